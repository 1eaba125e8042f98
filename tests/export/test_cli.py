"""The two commands say what they take, and start without loading what they need to run."""

import subprocess
import sys

import pytest

from tests.collection import run_command


@pytest.mark.parametrize(("name", "words"), [("export", ["--width", "--numbers", "--check"]), ("verify", ["FILE"])])
def test_help_says_what_a_command_takes(name, words):
    ended = run_command(name, "--help")
    assert ended.returncode == 0
    assert all(word in ended.stdout for word in [*words, "Example:"])


def test_naming_the_commands_loads_no_library():
    heavy = {"matplotlib", "pandas", "pypdf", "docx"}
    code = f"import sys, parallelrun.export.cli; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
