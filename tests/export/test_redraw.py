"""Which figures, and how they are drawn."""

import pytest

from parallelrun.errors import InputError
from parallelrun.export import redraw
from parallelrun.project import Look


def test_a_figure_goes_by_its_short_name_where_it_is_the_only_one():
    assert (
        redraw.chosen(["gap_history"]) == redraw.chosen(["convergence/gap_history"]) == {"convergence": {"gap_history"}}
    )


def test_all_figures_are_chosen_by_none():
    assert sum(map(len, redraw.chosen([]).values())) == sum("/" in name for name in redraw.known())


def test_an_unknown_figure_names_the_nearest():
    with pytest.raises(InputError, match="no figure 'gap_histroy': did you mean 'gap_history'"):
        redraw.chosen(["gap_histroy"])


def test_each_style_has_a_width():
    assert redraw.look_of(None, "article", "en") == Look(178.0)
    assert redraw.look_of(None, "slide", "zh") == Look(redraw.SLIDE_MM, "slide", "zh")
    assert redraw.look_of(85.0, "dark", "en") == Look(85.0, "dark")


@pytest.mark.parametrize("width", [10.0, 1000.0])
def test_a_width_out_of_range_is_refused(width):
    with pytest.raises(InputError, match=r"--width: found .* expected 60 to 500"):
        redraw.look_of(width, "article", "en")
