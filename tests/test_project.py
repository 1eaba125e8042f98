"""Where things are: the collection, and the surroundings of a run."""

import os

import pytest

from parallelrun import project
from parallelrun.errors import ParallelRunError


@pytest.fixture
def alone(monkeypatch):
    """A process in no run, in which nothing is set from outside."""
    monkeypatch.setattr(project, "_entered", [])
    for name in [name for name in os.environ if name.startswith("PARALLELRUN_")]:
        monkeypatch.delenv(name)


def test_the_collection_is_the_nearest_at_or_above_the_working_directory(collection, monkeypatch):
    monkeypatch.chdir(collection / "data")
    assert project.root.__wrapped__() == collection


def test_outside_of_a_run_the_collections_own_folders_count_and_what_is_set(alone, monkeypatch, tmp_path):
    assert project.data_dir() == project.root() / "data"
    assert project.out_dir("mine") == project.root() / "build" / "interactive" / "mine"
    assert project.surroundings().formats == project.FORMATS
    monkeypatch.setenv("PARALLELRUN_DATA", str(tmp_path))
    monkeypatch.setenv("PARALLELRUN_FORMATS", "")
    assert project.data_dir() == tmp_path
    assert project.surroundings().formats == ()


def test_in_a_run_only_its_surroundings_count(alone, monkeypatch, tmp_path):
    monkeypatch.setenv("PARALLELRUN_DATA", "elsewhere")
    around = project.Surroundings(tmp_path / "data", tmp_path / "results", tmp_path / "out", ("svg",))
    project.enter(around)
    assert project.surroundings() == around
    assert (project.data_dir(), project.results_dir()) == (tmp_path / "data", tmp_path / "results")
    assert project.out_dir("mine") == tmp_path / "out" / "mine"


@pytest.mark.parametrize("stem", ["../x", "a/b", "", ".hidden", "a b"])
def test_a_name_that_could_lead_elsewhere_is_refused(stem):
    with pytest.raises(ParallelRunError, match="expected letters, digits, _ and - only"):
        project.out_dir(stem)
