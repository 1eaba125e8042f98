import re

import pytest

from parallelrun.errors import InputError
from parallelrun.seminar import running, slides
from tests.seminar.test_sessions import SESSIONS


@pytest.fixture
def packages(tmp_path):
    for part in slides.PARTS:
        path = tmp_path / "packages" / "reveal.js" / part
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if "fonts" in part else path.write_text(part)
    return tmp_path / "packages"


def test_slides_name_only_files_that_are_beside_them(packages, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "home", lambda: tmp_path / "seminar")
    decks = slides.make(packages)
    assert [deck.stem for deck in decks] == [session.notebook for session in SESSIONS]
    for deck in decks:
        text = deck.read_text(encoding="utf-8")
        named = re.findall(r'(?:src|href)="([^"]+)"', text)
        assert len(named) > 3
        assert [name for name in named if not (deck.parent / name).is_file()] == []


@pytest.mark.parametrize("session", SESSIONS, ids=lambda one: one.notebook)
def test_slides_follow_the_plan_and_show_no_answer(session):
    deck = slides.deck(session)
    for step in session.plan:
        assert all(f"figures/{name}.svg" in deck for name in step.figures)
        assert all(f"Exercise {session.numbered(name)}</h2>" in deck for name in step.exercises)
    for one in session.exercises:
        assert one.says[:40] not in deck
    assert all(" ".join(one.listen.split())[:40] not in deck for one in session.questions)
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in re.findall(r"<img[^>]+>", deck))


def test_without_reveal_it_says_how_to_get_it(tmp_path):
    with pytest.raises(InputError, match="make slides"):
        slides.make(tmp_path)
