"""The files of the standards are current, and a stale one is told."""

import pytest

from parallelrun import project
from parallelrun.errors import DataError
from parallelrun.standards import command


@pytest.mark.parametrize("name", command.FILES)
def test_the_files_are_current(name, root):
    assert (root / name).read_text(encoding="utf-8") == command.FILES[name](), "run `parallelrun standards`"


def test_stale_and_missing_files_are_written_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "root", lambda: tmp_path)
    monkeypatch.setattr(command, "FILES", {"a.json": lambda: "1", "docs/b.md": lambda: "2"})
    with pytest.raises(DataError, match=r"a.json, docs/b.md: not what .* run `parallelrun standards`"):
        command.check()
    assert command.write() == ["a.json", "docs/b.md"]
    command.check()
    (tmp_path / "a.json").write_text("old")
    assert command.write() == ["a.json"]
    assert command.write() == []
