import re
import subprocess
import sys

import click
import pytest

from parallelrun import project
from parallelrun.cli import main

COMMANDS = sorted(main.commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_a_screen_and_says_what_it_does(command, name):
    finished = command(name, "--help")
    assert finished.returncode == 0
    assert len(finished.stdout.splitlines()) <= 24
    assert isinstance(main.commands[name], click.Command)
    assert main.commands[name].help


def test_the_command_line_starts_without_the_plotting_libraries():
    heavy = ("matplotlib", "pandas", "papermill", "frictionless", "IPython", "nbformat")
    script = f"import sys, parallelrun.cli; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_mistyped_command_or_option_exits_2_and_says_so(command):
    for arguments in (["bild"], ["build", "--fast"], ["validate", "no/such/folder"]):
        finished = command(*arguments)
        assert finished.returncode == 2
        assert "Traceback" not in finished.stderr
        assert re.search(r"No such|cannot be read", finished.stderr)


@pytest.mark.parametrize("stem", project.stems())
def test_params_lists_every_parameter_with_what_is_expected(command, stem):
    from parallelrun.study.parameters import model_for

    listed = command("params", stem).stdout
    for name, field in model_for(stem).model_fields.items():
        assert f"{name} = {field.default!r}" in listed


def test_params_of_an_unknown_notebook(command):
    finished = command("params", "convergenc")
    assert finished.returncode == 2
    assert "no notebook 'convergenc': did you mean 'convergence'?" in finished.stderr


def test_outside_a_collection_the_packages_own_is_used(command, tmp_path, root):
    assert str(root / "data") in command("validate", cwd=tmp_path).stdout
