from dataclasses import replace
from html import unescape

import pytest

from parallelrun import project
from parallelrun.errors import InputError
from parallelrun.study import stories
from parallelrun.study.explore import explore

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_slider_moves_number_and_picture():
    head, slider, told, picture = explore("token_economics").children
    assert "Whose are the tokens" in head.value
    before = picture.value
    slider.value = 100.0
    story = stories.find("token_economics")
    (expected,) = story.computer()(unclassified_us_share=100.0).values()
    assert str(expected) in unescape(told.value)
    assert picture.value != before
    assert bytes(picture.value).startswith(b"\x89PNG")


def test_a_run_shows_nothing(monkeypatch):
    around = replace(project.surroundings(), notebook=project.notebook_path("token_economics"))
    monkeypatch.setattr(project, "_entered", [around])
    assert explore("token_economics") is None


def test_what_there_is_not_is_named():
    with pytest.raises(InputError, match=r"no story 'offer'.*offered"):
        explore("cost_structure", "offer")
