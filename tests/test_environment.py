"""pyproject.toml, requirements.txt and environment.yml describe one environment."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture
def declared(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    requirements = [Requirement(line) for group in groups for line in group]
    return {canonicalize_name(r.name): r for r in requirements if r.name != project["name"]}


@pytest.fixture
def lock(root):
    return (root / "requirements.txt").read_text()


@pytest.fixture
def pins(lock):
    """The pinned version of each package that this interpreter and platform get."""
    found = {}
    for line in re.findall(r"^([a-z0-9].*?)(?: \\)?$", lock, re.MULTILINE):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            found[canonicalize_name(requirement.name)] = next(iter(requirement.specifier)).version
    return found


def test_the_lock_pins_every_declared_dependency_within_its_range(declared, pins):
    for name, requirement in declared.items():
        assert requirement.specifier.contains(pins[name]), f"{name} {pins[name]} is outside {requirement}"


def test_every_pin_has_a_hash_and_no_index_is_named(lock):
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(blocks) > 50
    assert [b.split()[0] for b in blocks if "--hash=sha256:" not in b] == []
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", lock)


def test_conda_takes_the_interpreter_from_conda_forge_and_the_rest_from_the_lock(root):
    environment = yaml.safe_load((root / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    python, pip, from_pip = environment["dependencies"]
    assert pip == "pip"
    assert from_pip == {"pip": ["-r requirements.txt"]}
    requires = tomllib.loads((root / "pyproject.toml").read_text())["project"]["requires-python"]
    assert Requirement(f"python{requires}").specifier.contains(python.removeprefix("python="))


def test_what_is_installed_is_what_is_locked(pins):
    wrong = {}
    for name, pin in pins.items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "missing"
        if installed != pin:
            wrong[name] = (installed, pin)
    assert wrong == {}, "run `make` to install what requirements.txt says"
