"""What a sweep's runs share: the same values, copies of their own, and nothing that has a state."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from parallelrun import memo
from parallelrun.provenance import inputs_of, mark, traced

CALLS: list[str] = []


@traced
def doubled(frame, factor=2.0):
    CALLS.append("doubled")
    return frame * factor


@traced
def plotted(frame):
    CALLS.append("plotted")
    return Figure(), frame


@traced
def drawn_from(rng):
    CALLS.append("drawn_from")
    return rng.random()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(memo.VARIABLE, str(tmp_path))
    monkeypatch.setattr(memo, "LEAST_SECONDS", 0.0)
    CALLS.clear()
    return tmp_path


def frame(values=(1.0, 2.0)):
    return mark(pd.DataFrame({"a": list(values), "b": ["x", "y"]}).set_index("b"), {"t/one"})


def test_the_same_call_is_computed_once_and_gives_equal_copies():
    first, second = doubled(frame()), doubled(frame())
    assert CALLS == ["doubled"]
    pd.testing.assert_frame_equal(first, second)
    assert inputs_of(second) == {"t/one"}
    second.loc["x", "a"] = 99.0
    pd.testing.assert_frame_equal(first, doubled(frame()))


@pytest.mark.parametrize(
    "other",
    [
        lambda: doubled(frame((1.0, 2.5))),
        lambda: doubled(frame(), 3.0),
        lambda: doubled(frame(), factor=2.0),
        lambda: doubled(frame().rename(columns={"a": "c"})),
        lambda: doubled(frame().iloc[::-1]),
        lambda: doubled(frame().astype("float32")),
        lambda: doubled(mark(frame(), {"t/two"})),
        lambda: doubled(frame().rename(index={"x": "z"})),
        lambda: doubled(frame().rename_axis("c")),
        lambda: doubled(frame().astype("Int64")),
        lambda: doubled(frame((1.0, float("nan")))),
    ],
)
def test_any_other_content_is_another_call(other):
    doubled(frame())
    other()
    assert CALLS == ["doubled", "doubled"]


def test_figures_are_not_kept_but_their_data_are():
    plotted(frame())
    figure, data = plotted(frame())
    assert CALLS == ["plotted"]
    assert isinstance(figure, Figure)
    pd.testing.assert_frame_equal(data, frame())


def test_calls_with_a_state_are_never_kept():
    rng = np.random.default_rng(1)
    assert drawn_from(rng) != drawn_from(rng)
    assert CALLS == ["drawn_from"] * 2


def test_without_a_folder_nothing_is_kept(monkeypatch, folder):
    monkeypatch.delenv(memo.VARIABLE)
    doubled(frame())
    doubled(frame())
    assert CALLS == ["doubled"] * 2
    assert not list(folder.iterdir())


def test_quick_calls_are_not_kept(monkeypatch, folder):
    monkeypatch.setattr(memo, "LEAST_SECONDS", 60.0)
    doubled(frame())
    assert not list(folder.iterdir())
