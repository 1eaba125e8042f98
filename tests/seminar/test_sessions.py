import pytest

from parallelrun import ipynb, project
from parallelrun.errors import InputError
from parallelrun.seminar import handouts, sessions
from parallelrun.seminar.sessions import LEAST_EXERCISES, MINUTES, all_sessions

SESSIONS = all_sessions()
EXERCISES = [one for session in SESSIONS for one in session.exercises]


def test_there_are_five_sessions_of_ninety_minutes_with_six_exercises_or_more():
    assert [session.order for session in SESSIONS] == [1, 2, 3, 4, 5]
    for session in SESSIONS:
        assert sum(step.minutes for step in session.plan) == MINUTES == 90
        assert len(session.exercises) >= LEAST_EXERCISES == 6
        assert {one.kind for one in session.exercises} >= {"change a parameter", "defend or refute"}


@pytest.mark.parametrize("stem", project.stems())
def test_the_list_at_the_end_of_a_notebook_is_what_the_seminar_holds(stem):
    listed = handouts.exercises_of(ipynb.read(project.notebook_path(stem)))
    assert listed == sessions.notebook_list(stem, SESSIONS), "run `parallelrun seminar lists`, then `make accept`"


def test_every_notebook_has_exercises():
    assert {one.notebook for one in EXERCISES} == set(project.stems())


def test_what_is_asked_for_is_named_in_no_two_ways():
    for one in EXERCISES:
        for asked in one.asks.values():
            assert not (asked.choices and asked.within is not None), one.name


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes: 10\n    what: The figure", "minutes: 20\n    what: The figure", "takes 100 minutes, expected 90"),
        ("    kind: change a parameter", "    kind: guess", "kind"),
        ("    notebook: forecast_ledger\n", "    notebook: forecast_legder\n", "did you mean 'forecast_ledger'?"),
        ("exercises: [two_boards]", "exercises: [two_board]", "did you mean 'two_boards'?"),
        ("  - name: two_boards\n", "  - name: two_boards\n    hint: none\n", "expected no such name"),
        ("first, second = early[", "first, second == = early[", "not Python"),
        ("order: 1", "order: [1", "not valid YAML"),
    ],
)
def test_a_fault_in_a_session_is_named_with_file_and_line(tmp_path, old, new, said):
    text = (sessions.folder() / "convergence.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "convergence.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"convergence\.yml, line \d+") as found:
        sessions.load(tmp_path / "convergence.yml")
    assert said in str(found.value)


def test_the_line_of_a_fault_is_that_of_its_name(tmp_path):
    text = (sessions.folder() / "convergence.yml").read_text(encoding="utf-8").replace("within: 0.06", "within: wide")
    (tmp_path / "s.yml").write_text(text, encoding="utf-8")
    line = 1 + text[: text.index("within: wide")].count("\n")
    with pytest.raises(InputError, match=f"line {line}: .*within"):
        sessions.load(tmp_path / "s.yml")


def test_an_exercise_that_is_not_there_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'two_boards'"):
        sessions.exercise("two_bords")
