"""A sweep's table and the picture of it."""

import json

import numpy as np
import pytest

from parallelrun.errors import InputError
from parallelrun.study.parameters import model_for
from parallelrun.sweeps import designs, table
from tests.collection import design, records


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("grid: {level: {low: 0, high: 1000, steps: 9}}", "Lines"),
        ("grid: {label: [a long text that is a choice, another one, b]}", "Lines"),
        ("grid: {free: [true, false]}", "Lines"),
        ("grid: {level: {low: 0, high: 1, steps: 12}, draws: [1, 10, 100]}", "A heat map"),
        ("grid: {level: [1, 2], draws: [1, 2], free: [true, false]}", "A tornado"),
        ("sobol: {samples: 16, ranges: {level: {low: 0, high: 9}, label: [a, b]}}", "A tornado"),
        ("zip: {level: [1, 2, 3], draws: [1, 2, 3]}", "Lines"),
    ],
)
def test_the_picture_fits_what_was_swept(tmp_path, text, kind):
    made = design(tmp_path, text)
    value = lambda p: p["level"] + p["draws"] / 7 + len(p["label"])  # noqa: E731
    files = table.picture("fifth", made, table.frame(made, records(made, value)), ())
    assert set(files) == {"picture.svg", "picture.pdf", "picture.png", "picture.csv"}
    assert f'<desc id="picture-desc">{kind} of one' in files["picture.svg"].decode()


@pytest.mark.parametrize("stem", ["convergence", "token_economics", "cost_structure", "chip_migration"])
def test_a_tornado_of_all_parameters_fits(tmp_path, root, stem):
    model = model_for(stem)
    bounds = {}
    for name, field in model.model_fields.items():
        if field.annotation is float:
            low = next(m.ge for m in field.metadata if hasattr(m, "ge"))
            bounds[name] = {"low": low, "high": float(field.default) if field.default > low else low + 1}
    (tmp_path / "g.yml").write_text(json.dumps({"latin_hypercube": {"samples": 9, "ranges": bounds}}))
    made = designs.load(tmp_path / "g.yml", model)
    known = json.loads((root / "figures" / stem / "results.json").read_text())["results"]
    made_up = np.random.default_rng(1).normal(size=(len(made.points), len(known)))
    rows = [
        {"run": n, "error": None, "results": [one | {"value": float(v)} for one, v in zip(known, row, strict=True)]}
        for n, row in enumerate(made_up)
    ]
    longest = sorted((one["name"] for one in known), key=len)[-table.PANELS :]
    assert table.picture(stem, made, table.frame(made, rows), tuple(longest))


def test_what_varies_is_shown_and_if_nothing_does_the_title_says_so(tmp_path):
    """A parameter that moves only an interval's end is one that matters: its picture is not that of a constant."""
    made = design(tmp_path, "grid: {level: [1, 2]}")
    still = {"value": 3.0, "low": 1.0, "high": 5.0, "unit": "points"}

    def shown(moved):
        rows = [
            {"run": n, "error": None, "results": [{"name": "still"} | still, {"name": "wide"} | still | moved(n)]}
            for n in range(2)
        ]
        return table.picture("fifth", made, table.frame(made, rows), ())["picture.svg"].decode()

    assert "fifth: 1 of 2 results over level" in shown(lambda n: {"high": 5.0 + n})
    assert "Lines of wide over level" in shown(lambda n: {"high": 5.0 + n})
    assert "fifth: none of 2 results varies over level" in shown(lambda n: {})


def test_a_picture_of_an_unknown_result_is_refused(tmp_path):
    made = design(tmp_path, "grid: {level: [1, 2]}")
    frame = table.frame(made, records(made, lambda p: p["level"]))
    with pytest.raises(InputError, match="no such result; there are one"):
        table.picture("fifth", made, frame, ("two",))


def test_no_text_of_a_table_is_a_spreadsheets_formula(tmp_path):
    made = design(tmp_path, "grid: {label: [\"=HYPERLINK('x')\", '@a', a-b], level: [1, 2]}")
    frame = table.frame(made, records(made, lambda p: -p["level"]))
    written = table.as_csv(frame).decode()
    assert "'=HYPERLINK('x')" in written
    assert not [cell for line in written.split("\n") for cell in line.split(",") if cell[:1] in tuple("=@+")]
    assert ",-1," in written, "a negative number stays a number"
    assert frame["label"][0] == "=HYPERLINK('x')", "only the text file is changed"
