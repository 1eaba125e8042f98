"""Study: what a notebook can do with it, and what it shows and leaves behind."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from parallelrun import Estimate, Plot, Study, canvas, project
from parallelrun.data import tables
from parallelrun.errors import DataError, FigureError, ResultError
from parallelrun.study import memo, parameters, study


@pytest.fixture
def shown(monkeypatch):
    """What is shown: text or HTML of each output."""
    seen = []
    keep = lambda thing, **kwargs: seen.append(thing if kwargs.get("raw") else thing._repr_mimebundle_()[0])  # noqa: E731
    monkeypatch.setattr(study, "display", keep)
    return seen


@pytest.fixture
def mine(monkeypatch, tmp_path):
    model = parameters.create_model("Parameters", __base__=parameters.Parameters, level=(float, 0.5))
    monkeypatch.setattr(parameters, "model_for", lambda stem, notebook=None: model)
    around = replace(project.surroundings(), out=tmp_path, formats=("svg",))
    monkeypatch.setattr(project, "surroundings", lambda: around)
    return Study("mine", {"level": 0.7})


def plot(study):
    scores = study.load("convergence/arena_scores")
    figure, axes = canvas(6)
    axes.plot(scores["value"], "o")
    return Plot(figure, scores, title="Scores", alt="Six points", caption="As printed.", name="scores",
                inputs=frozenset({"convergence/arena_scores"}))  # fmt: skip


def test_a_plot_is_saved_with_its_sources_and_shown_once(mine, shown, tmp_path):
    mine.show(plot(mine))
    assert "Figure scores: Scores" in shown[0]["text/plain"]
    svg = (tmp_path / "mine" / "scores.svg").read_text()
    assert "Source: " in svg
    assert '"level": 0.7' in svg.replace("&quot;", '"')
    with pytest.raises(FigureError, match="shown twice"):
        mine.show(plot(mine))


def test_runs_that_share_parse_a_table_once_while_it_stays_as_it_is(mine, monkeypatch, tmp_path, collection):
    around = replace(project.surroundings(), data=collection / "data", memo=tmp_path)
    monkeypatch.setattr(project, "surroundings", lambda: around)
    monkeypatch.setattr(memo, "LEAST_SECONDS", 0.0)
    parsed, given = [], pd.read_csv
    monkeypatch.setattr(pd, "read_csv", lambda *args, **kwargs: parsed.append(1) or given(*args, **kwargs))
    name = "convergence/arena_scores"
    alone = tables.load(name)
    for _ in range(2):
        pd.testing.assert_frame_equal(mine.load(name), alone)
        assert mine.load(name).attrs == alone.attrs
    assert len(parsed) == 2
    path = collection / "data" / f"{name}.csv"
    path.write_text(path.read_text().replace(",1503,1502.5", ",1504,1502.5"))
    assert 1504 in set(mine.load(name)["value"])
    assert 1504 not in set(alone["value"])
    path.write_text(path.read_text().replace(",1504,1502.5", ",many,1502.5"))
    with pytest.raises(DataError, match=rf"{re.escape(str(path))}.*parallelrun validate"):
        mine.load(name)


def test_in_a_run_for_results_only_a_plot_is_only_named(mine, shown, monkeypatch, tmp_path):
    without = replace(project.surroundings(), formats=())
    monkeypatch.setattr(project, "surroundings", lambda: without)
    mine.show(Plot(None, pd.DataFrame(), "", "", "", name="scores"))
    assert shown[0]["text/plain"] == "Figure `scores` is not drawn: this run is for results only."
    assert not list(tmp_path.rglob("*"))


def test_results_are_said_and_written_with_their_meaning(mine, shown, tmp_path, monkeypatch):
    theme = type("theme", (), {"RESULTS": {"gap": "gap at level {level:.1f}"}})
    monkeypatch.setattr(parameters, "theme_of", lambda stem: theme)
    mine.record(gap=Estimate(39.0, 38.5, 39.5, "points"))
    mine.record("what was counted", models=Estimate(19.0))
    assert shown[0]["text/markdown"] == "`gap` = **39 points (38.5 to 39.5)**: gap at level 0.7"
    with pytest.raises(ResultError, match="no meaning; add it to RESULTS"):
        mine.record(other=Estimate(1.0))
    mine.finish()
    written = json.loads((tmp_path / "mine" / "results.json").read_text())
    assert written["parameters"] == {"level": 0.7}
    assert [(r["name"], r["meaning"]) for r in written["results"]] == [
        ("gap", "gap at level 0.7"), ("models", "what was counted")
    ]  # fmt: skip
    assert "Results of mine" in shown[-1]["text/html"]


def test_a_table_shows_numbers_to_four_digits_and_empty_cells(mine, shown):
    frame = pd.DataFrame(
        {"n": [12345, 7], "x": [0.123456, None], "big": [123456.7, 1.0], "day": pd.to_datetime(["2026-01-02", None]),
         "yes": [True, False], "<b>": ["a", "b"]}
    )  # fmt: skip
    mine.table(frame, "Some <rows>")
    text, html = shown[0]["text/plain"], shown[0]["text/html"]
    assert all(cell in text for cell in ("12,345", "0.1235", "123,457", "2026-01-02", "yes", "no"))
    assert not any(word in text for word in ("nan", "NaN", "NaT", "None"))
    assert all(word in html for word in ("Some &lt;rows&gt;", "&lt;b&gt;"))
