import pytest

from parallelrun.errors import InputError, ParallelRunError
from parallelrun.seminar import running
from parallelrun.seminar.sessions import Run
from tests.collection import small, write

ROWS = """
from parallelrun import Estimate, Study
study = Study("fifth", globals())
study.record("rows of the table", rows=Estimate(float(len(study.load("chip_migration/chip_prices")))))
study.record("the level", level_set=Estimate(level, unit="points"))
study.finish()
"""


@pytest.fixture
def fifth(tmp_path, monkeypatch):
    small(tmp_path)
    write(tmp_path, "fifth", ROWS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(running.project, "root", lambda: tmp_path)
    return tmp_path


def test_a_run_records_what_its_parameters_and_added_rows_give_and_is_made_once(fifth, capfd):
    row = {"chip": "Ascend 910C", "value": 9000}
    usual, raised, longer = running.perform(
        [
            Run(notebook="fifth"),
            Run(notebook="fifth", set={"level": 2}),
            Run(notebook="fifth", add={"chip_migration/chip_prices": [row]}),
        ]
    )
    assert (usual["level_set"].value, raised["level_set"].value) == (0.5, 2.0)
    assert longer["rows"].value == usual["rows"].value + 1
    assert len(list((fifth / "build" / "seminar" / "runs").glob("*.json"))) == 3
    capfd.readouterr()
    assert running.run("fifth", level=2)["level_set"] == raised["level_set"]
    assert "runs" not in capfd.readouterr().err
    table = fifth / "data" / "chip_migration" / "chip_prices.csv"
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    running.run("fifth", level=2)
    assert "1 of 1 runs" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (Run(notebook="fith"), "did you mean 'fifth'"),
        (Run(notebook="fifth", set={"levle": 1}), "level"),
        (Run(notebook="fifth", set={"level": "high"}), "level"),
        (Run(notebook="fifth", add={"chip_migration/chip_price": [{"value": 1}]}), "chip_migration/chip_prices"),
        (Run(notebook="fifth", add={"chip_migration/chip_prices": [{"vlaue": 1}]}), "did you mean 'value'"),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_anything_runs(fifth, run, said):
    with pytest.raises(InputError, match=said):
        running.perform([Run(notebook="fifth"), run])
    assert not (fifth / "build" / "seminar" / "runs").exists()


def test_a_run_that_fails_is_told_and_leaves_nothing(fifth):
    write(fifth, "fifth", "raise ValueError('no')")
    with pytest.raises(ParallelRunError, match=r"fifth\.ipynb.*ValueError: no"):
        running.run("fifth")
    assert not list((fifth / "build" / "seminar" / "runs").glob("*.json"))


def test_a_result_that_is_not_there_is_answered_with_the_nearest():
    recorded = running.Recorded("fifth", [{"name": "rows", "value": 1, "low": 0, "high": 2, "unit": "", "inputs": []}])
    assert repr(recorded) == "rows: 1 (0 to 2)"
    with pytest.raises(InputError, match="fifth records no 'row': did you mean 'rows'"):
        recorded["row"]
