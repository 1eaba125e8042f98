"""Arena boards: the tables of leaders, ladders, first twenties, tasks and kinds of work, from new boards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from parallelrun.errors import InputError
from parallelrun.refresh import arena, changes, fetch
from parallelrun.refresh.arena import Board, Rating
from parallelrun.refresh.changes import Held, Refreshed, Row

MAKERS = "organizations.csv"
COUNTRIES = ("US", "CN")

TEXT = "text"
STYLED = "text_style_control"

ARENAS = {
    STYLED: "text",
    "vision_style_control": "vision",
    "document_style_control": "document",
    "webdev": "webdev",
    "image_edit": "image-edit",
    "image_to_video": "image-to-video",
    "text_to_image": "text-to-image",
    "text_to_video": "text-to-video",
    "video_edit": "video-edit",
}
"""Subset of each arena of ``convergence/modality_leaders``: the style-controlled one where there are two."""

SUBSETS = (TEXT, *ARENAS)

CATEGORIES = {
    "hard_prompts": "hard_6",
    "instruction_following": "if",
    "longer_query": "long_user",
    "multi_turn": "multiturn",
    "hard_prompts_english": "hard_english_6",
}
"""Names of categories that the data set and the tables, which have those of an older file, write differently."""

TOGETHER = {
    "board_leaders": ("board", "as_of"),
    "ladder": ("board", "as_of"),
    "top_twenty": ("board", "as_of"),
    "vendor_leaders": ("vendor", "as_of"),
    "task_leaders": ("board", "category", "as_of"),
    "modality_leaders": ("arena", "as_of"),
}
"""The tables that boards give rows of, and what the rows of one board share."""

Maker = Callable[[Rating], tuple[str, str]]


def refreshed(place: str | None, as_of: date | None, held: Held) -> Refreshed:
    """Return the tables of boards with the newest board of each subset in them.

    Parameters
    ----------
    place : str, optional
        A file or a URL of one subset (see `arena.board`), or a folder or an address in which the subsets' folders are,
        by default that of the data set.
    as_of : datetime.date, optional
        Leave out boards that were published later; by default today.
    held : Held
        The tables as they are.

    Raises
    ------
    InputError
        As for `arena.board`; and if a maker is not in ``organizations.csv``.
    """
    boards, lines = _boards(place, as_of)
    maker = _makers(boards, held)
    rows: dict[str, list[Row]] = {name: [] for name in TOGETHER}
    days = {board.day for board in boards}
    for board in boards:
        lines.append(f"Arena, {board.subset}, board of {board.day}: {_size(board)}")
        lines += _text(board, maker, held, rows) if board.subset in (TEXT, STYLED) else []
        _arena(board, maker, rows)
    done = Refreshed(lines=lines)
    for name, new in rows.items():
        one = changes.merge(held, f"convergence/{name}.csv", new, TOGETHER[name]) if new else Refreshed()
        done.files |= one.files
        done.lines += one.lines
    changes.cite(held, [_source(day, as_of or date.today()) for day in sorted(days)], done)
    return done


def _boards(place: str | None, as_of: date | None) -> tuple[list[Board], list[str]]:
    """Return the boards that there are, and a line for each subset that is not."""
    base = place or f"{arena.HOME}/resolve/main"
    path, limit = base.split("?", 1)[0], as_of or date.today()
    if path.endswith((".parquet", ".json", "/rows")):
        found = arena.board(base, limit)
        if found.subset not in SUBSETS:
            raise InputError(f"the subset {found.subset} goes into no table, expected one of {', '.join(SUBSETS)}")
        return [found], []
    boards, lines = [], []
    for subset in SUBSETS:
        try:
            boards.append(arena.board(_file(base, subset, as_of), limit))
        except fetch.NotThereError:
            lines.append(f"  {subset}: is not there")
    if not boards:
        raise InputError(f"{base}: expected folders such as {STYLED}/ with latest-00000-of-00001.parquet; found none")
    return boards, lines


def _file(base: str, subset: str, as_of: date | None) -> str:
    """Return the place of a subset's last board, or of its history if an earlier one is wanted."""
    if fetch.is_url(base):
        return f"{base.rstrip('/')}/{subset}/{'full' if as_of else 'latest'}-00000-of-00001.parquet"
    files = sorted(path for kind in ("parquet", "json") for path in (Path(base) / subset).glob(f"*.{kind}"))
    if not files:
        raise fetch.NotThereError(f"{base}: has no {subset}")
    wanted = [path for path in files if path.name.startswith("full" if as_of else "latest")]
    return str((wanted or files)[0])


def _makers(boards: list[Board], held: Held) -> Maker:
    """Return a function that tells vendor and country of a model, once all makers are known."""
    known = {row["name"]: (row["vendor"], row["country"]) for row in held.rows(MAKERS)}
    wanted: dict[str, str] = {}
    for board in boards:
        for ratings in board.ratings.values():
            wanted |= {_maker(one): one.model_name for one in ratings if _maker(one) not in known}
    changes.ask([f"{name} (maker of {model}, say)" for name, model in sorted(wanted.items())], MAKERS, held)
    return lambda rating: known[_maker(rating)]


def _maker(rating: Rating) -> str:
    """Return the maker as the data set names it; where it does not, the model's name stands for it."""
    return rating.organization or rating.model_name


def _scale(board: Board) -> str:
    """Return the scale of a text board, as the tables call it: since 2026 the site's default controls for style."""
    if board.subset == TEXT:
        return "overall"
    return "default" if board.day.year >= 2026 else "style_control"


def _best(ratings: list[Rating], maker: Maker) -> dict[str, Rating]:
    """Return the highest model of each country."""
    return {c: best for c in COUNTRIES if (best := next((one for one in ratings if maker(one)[1] == c), None))}


def _text(board: Board, maker: Maker, held: Held, rows: dict[str, list[Row]]) -> list[str]:
    """Add the rows of a text board; return a line for the categories that are left out."""
    scale, ratings, day = _scale(board), board.ratings.get("overall", []), board.day.isoformat()
    if not ratings:
        raise InputError(f"{board.subset}: has no category overall; found {', '.join(board.ratings)[:200]}")
    for country, best in _best(ratings, maker).items():
        rows["board_leaders"].append(
            _model(board, "overall", best, maker)
            | {"board": scale, "votes": str(best.vote_count), "board_size": str(len(ratings)), "last_seen": day}
        )
        own = [one for one in ratings if maker(one)[1] == country]
        places = sorted({int(row["place"]) for row in held.rows("convergence/ladder.csv")})
        rows["ladder"] += [
            _row(board, "overall") | {"board": scale, "country": country, "place": str(place), "unit": "points",
            "value": _number(own[place - 1].rating), "models_listed": str(len(own))}
            for place in places if place <= len(own)
        ]  # fmt: skip
    seats = [maker(one) if maker(one)[1] in COUNTRIES else (maker(one)[0], "other") for one in ratings[:20]]
    rows["top_twenty"] += [
        _row(board, "overall", "first twenty models") | {"board": scale, "country": country,
        "models": str(sum(seat[1] == country for seat in seats)),
        "vendors": str(len({vendor for vendor, seat in seats if seat == country}))}
        for country in (*COUNTRIES, "other")
    ]  # fmt: skip
    if scale == "default":
        followed = {row["vendor"] for row in held.rows("convergence/vendor_leaders.csv")}
        for vendor in followed:
            own = [one for one in ratings if maker(one)[0] == vendor]
            for best in own[:1]:
                row = _model(board, "overall", best, maker) | {"votes": str(best.vote_count), "rank": str(best.rank)}
                rows["vendor_leaders"].append(row | ({} if row["country"] in COUNTRIES else {"country": "other"}))
        rows["vendor_leaders"].sort(key=lambda row: -float(row["value"]))
    return _tasks(board, scale, maker, held, rows)


def _tasks(board: Board, scale: str, maker: Maker, held: Held, rows: dict[str, list[Row]]) -> list[str]:
    known = {row["category"]: (row["kind"], row["label"]) for row in held.rows("convergence/task_leaders.csv")}
    left = []
    for category, ratings in board.ratings.items():
        name = CATEGORIES.get(category, category)
        if name not in known:
            left += [category] if category != "overall" else []
            continue
        kind, label = known[name]
        rows["task_leaders"] += [
            _model(board, category, best, maker) | {"board": scale, "category": name, "kind": kind, "label": label}
            for best in _best(ratings, maker).values()
        ]
    return [f"  categories that task_leaders does not have, left out: {', '.join(left)}"] if left else []


def _arena(board: Board, maker: Maker, rows: dict[str, list[Row]]) -> None:
    """Add the best of each country on the board of one kind of work."""
    if arena_name := ARENAS.get(board.subset):
        ratings = board.ratings.get("overall", [])
        rows["modality_leaders"] += [
            _model(board, "overall", best, maker) | {"arena": arena_name, "board_size": str(len(ratings))}
            for best in _best(ratings, maker).values()
        ]


def _row(board: Board, category: str, what: str = "") -> Row:
    place = f"subset {board.subset}, category {category}"
    return {"source": _key(board.day), "locator": f"{place}, {what}" if what else place, "as_of": board.day.isoformat()}


def _model(board: Board, category: str, rating: Rating, maker: Maker) -> Row:
    vendor, country = maker(rating)
    return _row(board, category, rating.model_name) | {
        "country": country,
        "vendor": vendor,
        "model": rating.model_name,
        "value": _number(rating.rating),
        "low": _number(rating.rating_lower),
        "high": _number(rating.rating_upper),
        "unit": "points",
        "note": "" if rating.rating_lower and rating.rating_upper else "no interval published",
    }


def _number(score: float | None) -> str:
    """Return a score to a tenth of a point: beyond that the data set's digits tell nothing."""
    return "" if score is None else f"{round(score, 1):.10g}"


def _size(board: Board) -> str:
    models = {one.model_name for ratings in board.ratings.values() for one in ratings}
    count = len(board.ratings)
    return f"{len(models)} models, {count} {'category' if count == 1 else 'categories'}"


def _key(day: date) -> str:
    return f"arena-leaderboard-{day}"


def _source(day: date, accessed: date) -> Row:
    return {
        "source": _key(day),
        "label": f"Arena boards, {changes.day_in_words(day)}",
        "publisher": "Arena",
        "title": "Arena leaderboard dataset (lmarena-ai/leaderboard-dataset)",
        "kind": "dataset",
        "evidence": "primary",
        "published": day.isoformat(),
        "accessed": accessed.isoformat(),
        "licence": "CC-BY-4.0",
        "url": arena.HOME,
        "note": "Scores to a tenth of a point; settings of a model that are listed apart count apart; vendor and "
        "country by organizations.csv",
    }
