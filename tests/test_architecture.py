"""The rooms of the package: arrows run one way, no circle, and each module has a test of its name."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import parallelrun
from tests.collection import ROOT

PACKAGE = ROOT / "src" / "parallelrun"
LONGEST = 400
GROUND = {"errors", "project", "ipynb", "folders", "digests"}
BELOW = {
    "ground": set(),
    "data": {"ground"},
    "study": {"ground", "data"},
    "audit": {"ground", "data", "study"},
    "engine": {"ground", "data", "study", "themes"},
    "runs": {"ground", "data", "study", "engine"},
    "sweeps": {"ground", "data", "study", "engine", "runs"},
    "refresh": {"ground", "data"},
    "standards": {"ground", "data", "study", "audit", "runs"},
    "export": {"ground", "data", "study", "engine", "runs"},
    "seminar": {"ground", "data", "study", "audit", "engine", "runs"},
    "themes": {"ground", "data", "study"},
    "themes.claims_audit": {"ground", "data", "study", "audit"},
    "themes.forecast_ledger": {"ground", "data", "study", "themes.convergence"},
    "cli": {
        "ground",
        "data",
        "study",
        "audit",
        "engine",
        "runs",
        "sweeps",
        "refresh",
        "export",
        "seminar",
        "standards",
    },
    "": {"study"},
}
"""What each room may import beside itself. The engine knows of themes only the folder that they are in; a theme that is
not listed has the arrows of ``themes``, which lead to no other theme; ``""`` is the package's `__init__`."""


def modules(package: Path) -> dict[str, Path]:
    """All modules by dotted name below the package, packages by their `__init__`."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    """The package's modules that a module imports: at the top, in functions, and for types only."""
    named = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            named |= {_module(str(node.module), alias.name, known) for alias in node.names}
    ours = {name for name in named if name.partition(".")[0] == "parallelrun"}
    return {name.removeprefix("parallelrun").removeprefix(".") for name in ours}


def _module(package: str, name: str, known: dict[str, Path]) -> str:
    """The module that a name comes from: the named one, that of a name of the package's `__init__`, or the package."""
    if package == "parallelrun" and name in parallelrun._HOMES:
        return f"parallelrun.study.{parallelrun._HOMES[name]}"
    full = f"{package}.{name}"
    return full if full.removeprefix("parallelrun.") in known else package


def room(module: str) -> str:
    first, *rest = module.split(".")
    return "ground" if first in GROUND else ".".join([first, *rest[:1]]) if first == "themes" else first


def faults(package: Path) -> list[str]:
    known = modules(package)
    graph = {name: imports(path, known) - {name} for name, path in known.items()}
    found = []
    for name, targets in graph.items():
        for target in sorted(targets):
            one, other = room(name), room(target)
            if one != other and other not in BELOW.get(one, BELOW["themes"] if one.startswith("themes.") else set()):
                found.append(f"{name} imports {target}: no arrow leads from {one} to {other}")
        if (lines := len(known[name].read_text(encoding="utf-8").splitlines())) > LONGEST:
            found.append(f"{name} has {lines} lines")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found.append(f"a circle: {' <- '.join(error.args[1])}")
    return found


def test_arrows_run_one_way_and_no_module_is_long():
    assert faults(PACKAGE) == []


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"data/a.py": "from parallelrun.study import b", "study/b.py": ""}, "no arrow leads from data to study"),
        ({"data/a.py": "def f():\n    import parallelrun.cli", "cli.py": ""}, "no arrow leads from data to cli"),
        (
            {"audit/a.py": "if TYPE_CHECKING:\n    from parallelrun.runs import b", "runs/b.py": ""},
            "no arrow leads from audit to runs",
        ),
        ({"errors.py": "import parallelrun.data.a", "data/a.py": ""}, "no arrow leads from ground to data"),
        ({"data/a.py": "from parallelrun import Estimate"}, "no arrow leads from data to study"),
        ({"data/a.py": "import parallelrun.data.b", "data/b.py": "from parallelrun.data.a import x"}, "a circle: "),
        ({"engine/a.py": "from parallelrun.themes.t import x", "themes/t/__init__.py": ""}, "from engine to themes.t"),
        ({"themes/s/a.py": "from parallelrun.themes.t.b import x", "themes/t/b.py": ""}, "from themes.s to themes.t"),
        ({"themes/s/a.py": "import parallelrun.audit.b", "audit/b.py": ""}, "from themes.s to audit"),
        ({"attic/a.py": "from parallelrun.data import b", "data/b.py": ""}, "no arrow leads from attic to data"),
        ({"data/a.py": "x = 1\n" * 401}, "data.a has 401 lines"),
    ],
)
def test_what_breaks_the_rule_is_named(tmp_path, files, fault):
    for name, text in {"__init__.py": "", **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (said,) = faults(tmp_path)
    assert fault in said


def test_each_room_says_in_one_sentence_what_it_is():
    rooms = {path.parent.name: path for path in PACKAGE.glob("*/__init__.py")}
    assert set(rooms) <= set(BELOW)
    for path in rooms.values():
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert re.fullmatch(r"[^\n]+\.", said), path


ELSEWHERE = {
    "audit.days": "tests/audit/test_printed.py",
    "engine.preload": "tests/engine/test_pool.py",
    "engine.progress": "tests/engine/test_pool.py",
    "runs.command": "tests/runs/test_single.py",
    "standards.subcommands": "tests/standards/test_crate.py",
    "study.canvas": "tests/study/test_figures.py",
    "sweeps.command": "tests/sweeps/test_sweep.py",
    "sweeps.record": "tests/sweeps/test_sweep.py",
}
"""Modules that are tested under another's name, and where."""


@pytest.mark.parametrize("module", [name for name, path in modules(PACKAGE).items() if path.name != "__init__.py"])
def test_each_module_has_a_test_of_its_name(module):
    *rooms, name = module.split(".")
    if rooms[:1] == ["themes"]:
        assert (ROOT / "tests" / "themes" / f"test_{rooms[1]}.py").is_file()
        return
    own = "/".join(["tests", *rooms, f"test_{name}.py"])
    place = ROOT / ELSEWHERE.get(module, own)
    assert place.is_file()
    if module in ELSEWHERE:
        assert not (ROOT / own).is_file(), f"{own} is there: take {module} out of the list"
        assert name in place.read_text(encoding="utf-8")
