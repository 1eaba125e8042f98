"""What a sweep's runs share: the same values, copies of their own, and nothing that has a state."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from parallelrun import project
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.study import memo
from parallelrun.study.provenance import inputs_of, mark, traced

CALLS: list[str] = []


@traced
def doubled(frame, factor=2.0):
    CALLS.append("doubled")
    return frame * factor


@traced
def anything(*things):
    CALLS.append("anything")
    return len(things)


@dataclasses.dataclass
class Point:
    x: float


@dataclasses.dataclass
class Place:
    x: float


@traced
def drawn_from(rng):
    CALLS.append("drawn_from")
    return rng.random()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    around = dataclasses.replace(project.surroundings(), memo=tmp_path)
    monkeypatch.setattr(project, "_entered", [around])
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


ARRAY = np.arange(6.0).reshape(2, 3)
DAYS = pd.date_range("2026-01-01", periods=3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (frame().rename_axis(columns="k"), frame()),
        (pd.Series(1, DAYS), pd.Series(1, pd.DatetimeIndex(list(DAYS)))),
        (pd.Series([1, 2]), pd.Series([1, 2], name="a")),
        (pd.DataFrame({"a": [1]}).set_index([["x"], ["y"]]), pd.DataFrame({"a": [1]}).set_index([["y"], ["x"]])),
        (np.asfortranarray(ARRAY), ARRAY),
        (ARRAY, ARRAY.T),
        (Point(1.0), Place(1.0)),
        (1, True),
        (1, 1.0),
        ("1", 1),
        (["a", "b"], ["ab"]),
        (["a", ["b"]], [["a"], "b"]),
        ([1, 2], (1, 2)),
        (np.float32(0.5), 0.5),
        (
            pd.Series(["x", "y"], dtype=pd.CategoricalDtype(["x", "y"])),
            pd.Series(["x", "y"], dtype=pd.CategoricalDtype(["y", "x"])),
        ),
        (pd.Series(["x", None], dtype="str"), pd.Series(["x", "None"], dtype="str")),
        (frame().assign(c=1)[["a", "c"]], frame().assign(c=1)[["c", "a"]]),
        ({"a": 1}, {"a": 1.0}),
        ({1, 2}, {1, 3}),
        (np.array([1.0, -0.0]), np.array([1.0, 0.0])),
        (pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-01", tz="UTC")),
    ],
)
def test_what_differs_in_any_way_is_another_call(one, other):
    anything(one)
    anything(other)
    assert CALLS == ["anything"] * 2
    anything(one)
    anything(other)
    assert CALLS == ["anything"] * 2


@pytest.mark.parametrize(
    "thing",
    [
        np.ma.masked_array([1.0, 2.0], [True, False]),
        np.array([object()]),
        Point,
        {1: object()},
        iter([1]),
        (one for one in [1]),
        [np.random.default_rng(1)],
        len,
    ],
)
def test_what_cannot_be_told_in_full_is_never_kept(thing):
    anything(thing)
    anything(thing)
    assert CALLS == ["anything"] * 2


class Reader(memo.Knowing):
    """Reads one of some texts, when it is first asked for it."""

    def __init__(self, *texts):
        self.texts, self.read = texts, []

    def known(self):
        return self.read

    def first(self):
        if not self.read:
            self.read.append(self.texts[0])
        return self.read[0]


class OtherReader(Reader):
    pass


@traced
def first_of(reader, other=None):
    CALLS.append("first_of")
    return f"{reader.first()}, {other}"


def test_what_a_reader_has_read_tells_a_call_apart():
    readers = [kind(text) for kind in (Reader, OtherReader) for text in "ab"]
    for reader in readers:
        reader.first()
    wanted = ["a, None", "b, None", "a, None", "b, None"]
    assert [first_of(reader) for reader in readers] == wanted
    assert [first_of(reader) for reader in readers] == wanted
    assert first_of(reader=readers[0]) == "a, None"
    assert CALLS == ["first_of"] * 5


def test_a_reader_and_a_value_in_each_others_place_are_another_call():
    reader = Reader("a")
    anything(reader, None)
    anything(None, reader)
    assert CALLS == ["anything"] * 2


def test_a_call_in_which_a_reader_reads_more_is_not_kept():
    assert [first_of(Reader(text)) for text in "ab"] == ["a, None", "b, None"]
    assert CALLS == ["first_of"] * 2


def test_functions_that_their_module_does_not_name_are_never_kept(folder):
    factor = len(str(folder))

    def closure(value):
        return factor * value

    for function in (closure, lambda value: factor * value):
        assert traced(function)(2) == 2 * factor
    assert not list(folder.iterdir())
    own = traced(lambda value: value)
    own.__wrapped__.__module__ = "__main__"
    own(2)
    assert not list(folder.iterdir())


def test_what_cannot_be_kept_is_computed(folder, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(memo.os, "link", full)
    doubled(frame())
    assert not list(folder.iterdir())
    monkeypatch.undo()


def test_what_was_torn_is_computed_again(folder):
    doubled(frame())
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:20])
    pd.testing.assert_frame_equal(doubled(frame()), frame() * 2.0)
    assert CALLS == ["doubled"] * 2


@pytest.mark.parametrize(
    ("stem", "name", "values"),
    [
        ("convergence", "confidence", (0.8, 0.9)),
        ("token_economics", "list_coverage", (50, 60)),
        ("cost_structure", "power_reading", ("articles", "national")),
        ("chip_migration", "fleet_size", (1000, 3000)),
    ],
)
def test_a_run_that_shares_records_what_one_alone_does(tmp_path, stem, name, values):
    (tmp_path / "memo").mkdir()
    around = project.Surroundings(project.root() / "data", project.root() / "figures", formats=())

    def job(value, shared):
        own = dataclasses.replace(
            around, out=tmp_path / f"{value}-{shared}", memo=tmp_path / "memo" if shared else None
        )
        return Job(project.notebook_path(stem), own, {name: value})

    jobs = [*(job(value, True) for value in values), job(values[-1], False)]
    for outcome in pool.run_all(jobs, 1):
        assert outcome.error is None
    assert list((tmp_path / "memo").iterdir())
    shared, alone = (
        json.loads((tmp_path / f"{values[-1]}-{kind}" / stem / "results.json").read_text()) for kind in (True, False)
    )
    assert shared == alone


def test_what_is_kept_is_found_in_every_later_run_whatever_it_was_made_from():
    """The first run goes on with what it kept, read again, so that calls with it are the later runs' calls."""
    first = doubled(doubled(frame()))
    CALLS.clear()
    pd.testing.assert_frame_equal(doubled(doubled(frame())), first)
    assert CALLS == []


@traced
def raised(frame, power):
    CALLS.append("raised")
    return doubled(frame) ** power


def test_a_call_within_a_call_is_found_again_where_the_outer_one_is_another(folder):
    first, second = raised(frame(), 1), raised(frame(), 2)
    assert CALLS == ["raised", "doubled", "raised"]
    pd.testing.assert_frame_equal(first**2, second)
    assert inputs_of(second) == {"t/one"}


def test_a_call_within_a_call_that_reads_more_keeps_neither():
    def both(text):
        return last_of(Reader(text))

    assert [both(text) for text in "ab"] == ["a, 1", "b, 1"]
    assert CALLS == ["last_of", "first_of"] * 2


@traced
def last_of(reader):
    CALLS.append("last_of")
    return first_of(reader, 1)


def test_calls_with_a_state_are_never_kept():
    rng = np.random.default_rng(1)
    assert drawn_from(rng) != drawn_from(rng)
    assert CALLS == ["drawn_from"] * 2


def test_without_a_folder_nothing_is_kept(monkeypatch, folder):
    monkeypatch.setattr(project, "_entered", [])
    doubled(frame())
    doubled(frame())
    assert CALLS == ["doubled"] * 2
    assert not list(folder.iterdir())


def test_quick_calls_are_not_kept(monkeypatch, folder):
    monkeypatch.setattr(memo, "LEAST_SECONDS", 60.0)
    doubled(frame())
    assert not list(folder.iterdir())
