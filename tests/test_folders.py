"""Folders that appear whole or not at all, and paths that stay where they belong."""

import os
import time
from pathlib import Path

import pytest

from parallelrun import folders
from parallelrun.errors import InputError


def test_what_is_prepared_is_gone_afterwards_and_so_is_what_a_killed_process_left(tmp_path):
    left = tmp_path / f"{folders.PREFIX}left"
    left.mkdir()
    (left / ".lock").touch()
    with folders.staging(tmp_path) as stage, folders.staging(tmp_path) as other:
        assert not left.exists()
        assert stage.is_dir(), "one that is in use stays"
        (stage / "figure.svg").touch()
        folders.replace(stage / "figure.svg", tmp_path / "new" / "figure.svg")
        assert other != stage
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_folder_takes_anothers_place_whole(tmp_path):
    for name, files in (("new", "bc"), ("old", "ab")):
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_text(name)
    folders.replace(tmp_path / "new", tmp_path / "old")
    assert {path.name: path.read_text() for path in (tmp_path / "old").iterdir()} == {"b": "new", "c": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_link_that_leads_out_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    assert folders.inside(tmp_path / "in" / "a", tmp_path / "in") == tmp_path / "in" / "a"
    with pytest.raises(InputError, match="leads out of"):
        folders.inside(tmp_path / "in" / "link" / "a", tmp_path / "in")


def test_a_chosen_folder_is_where_it_really_is_and_no_file(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert folders.chosen(tmp_path / "b" / ".." / "link") == tmp_path / "a"
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"--into .*file: is a file"):
        folders.chosen(tmp_path / "file", "--into")


def test_a_folder_that_was_never_locked_goes_once_it_is_old(tmp_path):
    left = tmp_path / f"{folders.PREFIX}left"
    left.mkdir()
    with folders.staging(tmp_path):
        assert left.is_dir(), "its process may be about to lock it"
    old = time.time() - 2 * folders.UNLOCKED_SECONDS
    os.utime(left, (old, old))
    with folders.staging(tmp_path):
        assert not left.exists()


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "new" / "stamp.json"
    folders.write(path, "old")

    def full(self, content):
        with self.open("wb") as file:
            file.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        folders.write(path, "newer")
    assert path.read_text() == "old"


def test_a_place_that_cannot_be_written_is_named_not_what_is_prepared_in_it(tmp_path):
    with pytest.raises(OSError, match="/proc") as refused, folders.staging(Path("/proc")):
        pass
    assert refused.value.filename == "/proc"
    (tmp_path / "there.csv").mkdir()
    with pytest.raises(OSError, match=r"there\.csv") as refused:
        folders.write(tmp_path / "there.csv", "text")
    assert refused.value.filename == str(tmp_path / "there.csv")


@pytest.mark.parametrize("option", folders.ELSEWHERE)
def test_of_what_the_system_refuses_place_reason_and_way_out_are_told(option):
    error = PermissionError(13, "Permission denied", "runs")
    told = folders.unwritten(error, ["--force", option])
    assert told == f"runs: Permission denied; make room or allow it, or name another folder with {option}, and repeat"
    assert folders.unwritten(OSError("no more"), ["--force"]) == "no more; make room or allow it, and repeat"
