import re

import pytest

from parallelrun.errors import ParallelRunError
from parallelrun.seminar import checking, solving
from parallelrun.seminar.sessions import Exercise
from tests.seminar.test_sessions import EXERCISES


@pytest.fixture(scope="session")
def solved():
    """All exercises, solved; what `make handouts` has run is not run again."""
    solving.prepare(EXERCISES)
    return {one.name: solving.solve(one) for one in EXERCISES}


def made(**more) -> Exercise:
    given = {
        "name": "one",
        "notebook": "convergence",
        "kind": "find a value",
        "text": "What is it?",
        "asks": {"x": {"what": "it", "within": 0.1}},
        "solution": "x = 2.0",
        "says": "It is {x:.0f}.",
    }
    return Exercise.model_validate(given | more)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_every_solution_runs_and_its_check_takes_it_and_refuses_a_wrong_one(solved, exercise):
    answers = solved[exercise.name].answers
    assert checking.check(exercise, answers), checking.check(exercise, answers)
    for name, asked in exercise.asks.items():
        if exercise.judge and asked.choices:
            continue  # more than one may be right
        if asked.choices:
            wrong = next(choice for choice in asked.choices if choice != answers[name])
        elif asked.within is None:
            wrong = "no such thing"
        else:
            wrong = answers[name] + asked.within + 1
        assert not checking.check(exercise, answers | {name: wrong}), name


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_other_readings_give_other_answers_and_are_named(solved, exercise):
    found = solved[exercise.name]
    for said, other in found.misread:
        refused = checking.check(exercise, other)
        assert not refused, f"{said}: gives the right answer"
        assert any("this is what one gets who" in line for line in refused.lines), said


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_what_is_said_of_an_answer_has_no_typed_number_that_the_exercise_does_not_give(exercise):
    typed = re.findall(r"\d+(?:\.\d+)?", re.sub(r"\{[^}]*\}", "", exercise.says))
    given = exercise.text + " ".join(asked.what for asked in exercise.asks.values()) + str(exercise.runs)
    names = re.findall(r"\b[A-Z]+\d+|\d+[A-Z]+", exercise.says + given)
    assert [one for one in typed if one not in given and not any(one in name for name in names)] == []


def test_all_exercises_but_those_with_many_right_answers_know_another_reading():
    assert [one.name for one in EXERCISES if not one.misreadings and not one.judge] == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"solution": "y = 1"}, "does not set 'x'"),
        ({"solution": "a = 1\nx = a / 0"}, r"exercise one, `x = a / 0`: ZeroDivisionError"),
        ({"says": "It is {z}."}, "cannot be filled in"),
        ({"asks": {"x": {"what": "it", "choices": ["yes", "no"]}}}, 'expected one of "yes", "no"'),
    ],
)
def test_a_solution_that_fails_is_named_with_exercise_and_line(more, said):
    with pytest.raises(ParallelRunError, match=said):
        solving.solve(made(**more))


def test_runs_are_checked_before_any_is_made():
    with pytest.raises(ParallelRunError, match=r"exercise one, run bad: .*board_dat"):
        solving.prepare([made(runs={"bad": {"notebook": "convergence", "set": {"board_dat": "x"}}})])


def test_further_checks_are_judged_with_the_articles_own():
    claim = next(name for name, one in solving.audit().judged.items() if one.figure.quantity and not one.findings)
    judged = solving.audit([(claim, "independent", "0 > 1")]).judged[claim]
    assert [one.outcome for one in judged.findings] == ["disagrees"]
