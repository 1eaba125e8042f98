import html
import json
import re

import pytest

from parallelrun import ipynb
from parallelrun.seminar import handouts, pages, running
from tests.seminar.test_sessions import EXERCISES, SESSIONS
from tests.seminar.test_solving import solved  # noqa: F401


def text_of(cells):
    return "\n".join(cell["source"] for cell in cells)


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def forms_of(number: float) -> set[str]:
    """How a number may be written; small whole ones stand for anything."""
    whole = {f"{number:.0f}"} if abs(number) > 9 else set()
    return whole | {f"{number:.{digits}f}" for digits in (1, 2, 3)}


@pytest.mark.parametrize("session", SESSIONS, ids=lambda one: one.notebook)
def test_no_solution_is_in_a_students_notebook_neither_code_nor_words_nor_numbers(solved, session):  # noqa: F811
    cells = handouts.student(session)
    assert all(not cell.get("outputs") for cell in cells)
    text = text_of(cells)
    public = " ".join(one.text + " ".join(a.what for a in one.asks.values()) for one in session.exercises)
    for one in session.exercises:
        found = solved[one.name]
        lines = [line.strip() for line in (one.solution + one.judge).splitlines() if len(line.strip()) > 12]
        lines += [said for said, _ in found.misread] + [found.says]
        assert [line for line in lines if line in text] == []
        for name, answer in found.answers.items():
            if isinstance(answer, float):
                forms = forms_of(answer) - {form for given in numbers(public) for form in forms_of(float(given))}
                assert not forms & numbers(text), f"{one.name}: {name}"
    for question in session.questions:
        assert " ".join(question.listen.split()) not in text


@pytest.mark.parametrize("session", SESSIONS, ids=lambda one: one.notebook)
def test_a_teachers_notebook_has_every_solution_and_what_it_gives(solved, session):  # noqa: F811
    text = text_of(handouts.teacher(session, solved))
    for one in session.exercises:
        assert one.solution.strip() in text
        assert solved[one.name].says in text


@pytest.mark.parametrize("session", SESSIONS, ids=lambda one: one.notebook)
def test_code_of_a_teachers_notebook_runs_as_it_stands(solved, session):  # noqa: F811
    known: dict = {}
    for cell in handouts.teacher(session, solved):
        if cell["cell_type"] == "code":
            exec(compile(cell["source"], session.notebook, "exec"), known)
    for name in session.exercises[-1].asks:
        assert name in known


def test_with_the_printed_plan_alone_a_session_can_be_held(solved):  # noqa: F811
    for session in SESSIONS:
        plan = pages.plan(session, solved)
        for (begins, minutes), step in zip(pages.clock(session), session.plan, strict=True):
            assert f"### {begins} – {step.what} ({minutes} minutes)" in plan
            assert pages.told(step) in plan
        for one in session.exercises:
            assert " ".join(one.text.split()) in plan
            assert solved[one.name].says in plan
        for question in session.questions:
            assert " ".join(question.listen.split()) in plan
        named = [name for step in session.plan for name in step.figures]
        assert plan.count("<img alt=") == len(named) >= 1
        read = re.sub("<img[^>]+>", "", plan)
        for title in (pages.figure(name)["title"] for name in named):
            assert f'<img alt="{html.escape(title)}. ' in plan
            assert title not in read, "it stands in the picture"
        assert not re.search(r"(src|href)=\"(?!data:)", pages.page("t", plan))


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "home", lambda: tmp_path / "seminar")
    return tmp_path / "seminar"


def test_a_students_work_is_left_alone_and_kept_aside_if_the_exercises_change(home):
    handouts.start(SESSIONS)
    place = home / "student" / "convergence.ipynb"
    mine = place.read_text(encoding="utf-8").replace("first = ...", "first = 42")
    place.write_text(mine, encoding="utf-8")
    handouts.start(SESSIONS)
    assert place.read_text(encoding="utf-8") == mine
    changed = SESSIONS[0].model_copy(update={"title": "Another"})
    handouts.start([changed, *SESSIONS[1:]])
    assert "Another" in place.read_text(encoding="utf-8")
    assert [path.read_text(encoding="utf-8") for path in (home / "student" / "kept").iterdir()] == [mine]


def test_the_start_page_leads_to_each_session_and_its_notebook(home):
    page = handouts.start(SESSIONS)
    text = text_of(ipynb.read(page)["cells"])
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert len(targets) == 2 * len(SESSIONS)
    for session in SESSIONS:
        assert (home / "student" / f"{session.notebook}.ipynb").is_file()
        assert f"student/{session.notebook}.ipynb" in targets
        assert f"../../notebooks/{session.notebook}.ipynb" in targets
        assert session.title in text


def test_a_list_in_a_notebook_is_written_anew_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(handouts.sessions, "all_sessions", lambda: SESSIONS)
    monkeypatch.setattr(handouts.project, "stems", lambda: ["convergence"])
    source = handouts.project.notebook_path("convergence")
    place = tmp_path / "convergence.ipynb"
    content = json.loads(source.read_text(encoding="utf-8"))
    monkeypatch.setattr(handouts.project, "notebook_path", lambda stem: place)
    other = json.loads(json.dumps(content))
    for cell in other["cells"]:
        if any("## Exercises" in line for line in cell["source"]):
            start = next(n for n, line in enumerate(cell["source"]) if "## Exercises" in line)
            cell["source"] = [*cell["source"][: start + 1], "\n", "1. Old."]
    place.write_text(json.dumps(other), encoding="utf-8")
    assert handouts.write_lists() == ["convergence"]
    assert ipynb.read(place)["cells"] == ipynb.read(source)["cells"]
    assert handouts.write_lists() == []


def test_exercises_number_at_least_thirty():
    assert len(EXERCISES) >= 30
