import pytest

from parallelrun.errors import InputError
from parallelrun.seminar import pages
from parallelrun.seminar.sessions import Asked
from tests.seminar.test_sessions import SESSIONS


def test_steps_begin_when_those_before_have_ended():
    for session in SESSIONS:
        clock = pages.clock(session)
        begins = [60 * int(at.split(":")[0]) + int(at.split(":")[1]) for at, _ in clock]
        assert begins[0] == 0
        assert [b + m for b, (_, m) in zip(begins, clock, strict=True)] == [*begins[1:], 90]


@pytest.mark.parametrize(
    ("asked", "answer", "said"),
    [
        (Asked(what="x", unit="points", within=0.5), 39.0, "39.0 points"),
        (Asked(what="x", within=0), 39.0, "39"),
        (Asked(what="x", unit="claims", within=0), 1.0, "1 claim"),
        (Asked(what="x", unit="claims", within=0), 0.0, "0 claims"),
        (Asked(what="x", unit="%", within=0), 1.0, "1 %"),
        (Asked(what="x", within=2), 1073.6, "1,074"),
        (Asked(what="x", choices=("yes", "no")), "yes", "yes"),
    ],
)
def test_an_answer_is_shown_to_the_digits_that_are_asked_for(asked, answer, said):
    assert pages.shown(asked, answer) == said


def test_a_plan_names_what_the_articles_print_by_its_claim():
    step = SESSIONS[0].plan[0]
    assert "{A20}" in step.how
    assert "2.7 %" in pages.told(step)
    with pytest.raises(InputError, match="names the claim 'A200'"):
        pages.told(step.model_copy(update={"how": "{A200}"}))


def test_a_figure_that_is_not_there_is_answered_with_the_nearest():
    assert pages.figure("convergence/gap_history")["file"].is_file()
    with pytest.raises(InputError, match="did you mean 'convergence/gap_history'"):
        pages.figure("convergence/gap_histroy")


def test_a_page_asks_for_nothing_else_and_has_its_title():
    page = pages.page("A & B", "# A\n\n| a | b |\n| --- | --- |\n| 1 | 2 |")
    assert "<title>A &amp; B</title>" in page
    assert "<table>" in page
    assert "http" not in page


def test_a_variable_in_the_text_of_a_page_is_set_as_one():
    assert pages.rendered("Solve it for $s$; it costs $5.") == "<p>Solve it for <em>s</em>; it costs $5.</p>\n"
