import pytest

from parallelrun.errors import InputError
from parallelrun.seminar import checking, solving
from tests.seminar.test_solving import made

READS = [{"name": "adds where one multiplies", "code": "x = 2.9"}]


@pytest.fixture
def exercise(monkeypatch):
    one = made(solution="x = 2.0", misreadings=READS)
    monkeypatch.setattr(checking, "_solved", lambda name: solving.solve(one))
    return one


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (2.05, "x: right"),
        (2.9, "x: not right: this is what one gets who adds where one multiplies"),
        (0.5, "x: not right: the ratio is the other way round"),
        (-2.0, "x: not right: the sign is the other way round"),
        (0.02, "x: not right: it is a share where per cent are asked for"),
        (200, "x: not right: it is in per cent where a share is asked for"),
        (3.5, "x: not right: too high"),
        (1.2, "x: not right: too low"),
        (..., "x: not answered yet; give a number: it"),
        ("two", "x: found 'two', expected a number"),
        (float("nan"), "x: found nan, expected a number"),
        (True, "x: found True, expected a number"),
    ],
)
def test_a_student_is_told_what_is_off(exercise, answer, said):
    told = checking.check(exercise, {"x": answer})
    assert told.lines == (said,)
    assert bool(told) == (said == "x: right")


def test_a_check_never_says_the_answer(exercise):
    for answer in (1.2, 3.5, 2.9, 0.5, -2.0, "two", ...):
        assert not any(
            char.isdigit() for char in repr(checking.check(exercise, {"x": answer})).replace(repr(answer), "")
        )


def test_a_name_that_is_not_asked_for_is_told(exercise):
    assert "nothing called 'y'" in repr(checking.check(exercise, {"x": 2.0, "y": 1}))


def test_where_many_answers_are_right_the_exercise_judges():
    one = made(asks={"x": {"what": "a word"}}, solution="x = 'ab'", judge="fault = '' if 'a' in x else 'has no a'")
    assert checking.check(one, {"x": "ba"})
    assert repr(checking.check(one, {"x": "b"})) == "has no a"


def test_what_a_judge_cannot_read_is_told_as_it_says_it():
    one = made(asks={"x": {"what": "a word"}}, solution="x = 'ab'", judge="raise ValueError('cannot be read')")
    assert "cannot be read" in repr(checking.check(one, {"x": "b"}))


def test_each_exercise_has_a_function_of_its_name():
    from parallelrun.seminar.checking import check_two_boards

    assert check_two_boards.__name__ == "check_two_boards"
    assert "not answered yet" in repr(check_two_boards(first=...))
    with pytest.raises(InputError, match="two_boards"):
        _ = checking.check_two_bords
