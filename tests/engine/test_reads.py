"""What a run reads of the data is known: each file, each listed folder, and when it cannot be known."""

import subprocess
import sys

import pytest

CODE = """
import os, sys
from pathlib import Path
from parallelrun.engine import reads
folder = Path(sys.argv[1])
seen = reads.watch(folder)
os.chdir(folder.parent)
{source}
found = seen()
print("unknown" if found is None else ",".join(sorted(found)))
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data" / "theme").mkdir(parents=True)
    (tmp_path / "data" / "theme" / "a.csv").write_text("x\n1\n")
    (tmp_path / "data" / "b.csv").write_text("x\n2\n")
    (tmp_path / "data-of-others.csv").write_text("x\n3\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "data" / "b.csv")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("Path('data-of-others.csv').read_text()", ""),
        ("Path('data/theme/a.csv').read_text()", "theme/a.csv"),
        ("import pandas; pandas.read_csv('data/../data/b.csv')", "b.csv"),
        ("os.close(os.open(b'data/b.csv', os.O_RDONLY))", "b.csv"),
        ("Path('link.csv').read_bytes()", "b.csv"),
        ("list(folder.rglob('*.csv'))", ".,theme"),
        ("os.listdir('data/theme')", "theme"),
        ("os.system('true')", "unknown"),
        ("import subprocess; subprocess.run(['true'])", "unknown"),
    ],
)
def test_files_and_listed_folders_are_noted_by_their_names(folder, source, expected):
    finished = subprocess.run(
        [sys.executable, "-c", CODE.format(source=source), str(folder)], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == expected
