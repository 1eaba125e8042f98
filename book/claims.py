"""The pages of claims: the ledger, and the figures of each article as a reader meets them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any

from shelf import Shelf
from words import Page, badge, details, interval, listing, named, plain, raw, scroll, table, toctree

from parallelrun.audit.verdicts import VERDICTS


def ledger(shelf: Shelf) -> str:
    """Return the table of all claims, which can be searched, sorted and filtered."""
    rows = []
    for claim in shelf.claims:
        place = f"articles/{claim['source']}.html#{claim['id']}"
        tested = Counter(check["outcome"] for check in claim["checks"])
        rows.append(
            f'<tr data-theme="{claim["theme"]}" data-article="{claim["source"]}" data-verdict="{claim["verdict"]}">'
            f'<th scope="row"><a href="{place}">{claim["id"]}</a></th>'
            f"<td>{escape(claim['statement'])}</td><td>{escape(claim['published']['text'] or '')}</td>"
            f"<td>{escape(interval(claim['published']))}</td>"
            f'<td data-value="{VERDICTS.index(claim["verdict"])}">{badge(claim["verdict"])}</td>'
            f"<td>{escape(claim['reason'])}</td>"
            f'<td data-value="{len(claim["checks"])}">{escape(", ".join(f"{n} {o}" for o, n in tested.items()))}</td>'
            f"<td>{escape(named(claim['theme']))}</td><td>{escape(shelf.sources[claim['source']]['label'])}</td></tr>"
        )
    head = "".join(
        f'<th scope="col" aria-sort="none"><button type="button">{name}</button></th>'
        for name in (
            "Claim",
            "What is claimed",
            "Printed",
            "Stands for",
            "Verdict",
            "Why",
            "Checks",
            "Theme",
            "Article",
        )
    )
    themes = {claim["theme"]: named(claim["theme"]) for claim in shelf.claims}
    articles = {name: shelf.sources[name]["label"] for name in shelf.articles}
    filters = "".join(
        f'<label>{label} <select data-filter="{key}"><option value="">all</option>'
        + "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in options.items())
        + "</select></label>"
        for key, label, options in (
            ("theme", "Theme", themes),
            ("article", "Article", articles),
            ("verdict", "Verdict", {v: v for v in VERDICTS}),
        )
    )
    return "\n".join(
        [
            "# Ledger of claims\n",
            f"Every figure and statement of the four articles that can be tested, in words of our own, as of "
            f"{shelf.collection.audit.as_of}. A claim's number leads to its checks and to where its number comes from; "
            "what the verdicts mean stands in [methods and limits](methods.md). The files: "
            "[claims.csv](here:data/claims.csv), [checks.csv](here:data/checks.csv).\n",
            raw(
                f'<div class="ledger"><form class="filters" role="search"><label>Search <input type="search" '
                f'data-filter="words" placeholder="tokens, price, A30 …"></label>{filters}</form>'
                f'<p class="count" role="status" aria-live="polite">{len(rows)} claims</p>'
                + scroll(
                    f'<table class="table plain sortable"><thead><tr>{head}</tr></thead>'
                    f"<tbody>{''.join(rows)}</tbody></table>",
                    "Ledger of claims",
                )
                + "</div>"
            ),
        ]
    )


def readers(shelf: Shelf) -> Iterator[Page]:
    """Yield a page for each article: its printed figures in its own order, each with verdict, interval and chain."""
    lines = [
        "# The articles' figures\n",
        "Each printed figure of an article, in its order, with what it stands for, the verdict, and the chain that "
        "leads from it to rows, sources, figures and checks. Statements are in words of our own.\n",
    ]
    for name in shelf.articles:
        own = [claim for claim in shelf.claims if claim["source"] == name]
        counts = Counter(claim["verdict"] for claim in own)
        told = ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v])
        source = shelf.sources[name]
        lines += [
            f"## [{plain(source['label'])}]({name}.md)\n",
            f"{plain(source['title'])}. {len(own)} claims: {told}.\n",
        ]
        page, part = [f"# {plain(source['label'])}\n", f"{plain(source['title'])}. {plain(source['note'])}.\n"], ""
        for claim in own:
            judged = shelf.collection.audit.judged[claim["id"]]
            if (place := judged.claim.row["locator"].partition(",")[0]) != part:
                part = place
                page.append(f"## {plain(part)}\n")
            page.append(raw(entry(shelf, claim, judged.claim.row["locator"])))
        yield f"articles/{name}.md", "\n".join(page)
    yield "articles/index.md", "\n".join([*lines, toctree(*shelf.articles)])


def entry(shelf: Shelf, claim: dict[str, Any], locator: str) -> str:
    """Return one claim with its verdict, checks and chain."""
    chain = shelf.collection.trace(claim["id"])
    stands = interval(claim["published"])
    printed = escape(claim["published"]["text"] or "no figure")
    checks = table(
        ("Kind", "Computation", "Gives", "Outcome", "Counts", "Note"),
        (
            (
                escape(check["kind"]),
                f"<code>{escape(check['expression'])}</code>",
                escape("" if check["comparison"] else interval(check["computed"])),
                escape(check["outcome"]),
                escape(check["standing"]),
                escape(check["note"]),
            )
            for check in claim["checks"]
        ),
        f"Checks of {claim['id']}",
    )
    others = (one for one in chain.checks if not one.startswith(f"{claim['id']},"))
    linked = (
        listing("Rows", map(shelf.row, chain.rows))
        + listing("Sources", (shelf.cited(one["source"]) for one in chain.sources))
        + listing("Figures", (shelf.figure_link(one, "../") for one in chain.figures))
        + listing("Results from the same table", (f"<code>{escape(one)}</code>" for one in chain.results), "inline")
        + listing("Checks that read it", (f"<code>{escape(one)}</code>" for one in others))
    )
    note = f"<p>{escape(claim['note'])}</p>" if claim["note"] else ""
    count = len(claim["checks"])
    tests = details(f"{count} check{'s' if count > 1 else ''} of {claim['id']}", checks) if count else ""
    return (
        f'<section class="claim" id="{claim["id"]}"><p class="what"><b>{claim["id"]}</b> {badge(claim["verdict"])} '
        f"{escape(claim['statement'])}</p><dl><dt>Printed</dt><dd>{printed}</dd>"
        + (f"<dt>Stands for</dt><dd>{escape(stands)}</dd>" if stands else "")
        + f"<dt>Why</dt><dd>{escape(claim['reason'])}</dd><dt>Where</dt><dd>{escape(locator)}</dd></dl>{note}{tests}"
        + details(f"Chain of {claim['id']}: parallelrun trace {claim['id']}", linked or "<p>No number, no row.</p>")
        + "</section>"
    )
