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


@pytest.mark.parametrize("arguments", [["--help"], ["audit"], ["trace", "A30"], ["runs"]])
def test_commands_that_draw_nothing_start_without_the_heavy_libraries(arguments):
    heavy = ("matplotlib", "pandas", "papermill", "frictionless", "IPython", "nbformat")
    script = f"import sys, parallelrun.cli as c; c.main({arguments}, standalone_mode=False)"
    script += f"; print([m for m in {heavy} if m in sys.modules])"
    finished = subprocess.run([sys.executable, "-c", script], cwd=project.root(), capture_output=True, text=True)
    assert finished.stdout.splitlines()[-1] == "[]", finished.stderr


def test_a_mistyped_command_or_option_exits_2_and_says_so(command):
    for arguments in (["bild"], ["build", "--fast"], ["validate", "no/such/folder"]):
        finished = command(*arguments)
        assert finished.returncode == 2
        assert not re.search(r"Traceback|not valid", finished.stderr)
        assert re.search(r"No such|does not exist", finished.stderr)


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


def test_a_place_that_cannot_be_written_is_said(command, fifth):
    finished = command("build", "--into", "/proc/nowhere", cwd=fifth)
    assert finished.returncode == 1
    assert finished.stderr.startswith("parallelrun: /proc/nowhere")
    assert "Traceback" not in finished.stderr


def test_a_collection_that_cannot_be_written_is_said_with_the_option_that_writes_elsewhere(command, fifth, tmp_path):
    (fifth / "runs").write_text("as if it were read-only")
    (tmp_path / "g.yml").write_text("grid: {level: [0.1, 0.2]}")
    for arguments in (("run", "fifth"), ("sweep", "fifth", tmp_path / "g.yml")):
        refused = command(*arguments, cwd=fifth)
        assert refused.returncode == 1
        assert f"{fifth / 'runs'}" in refused.stderr
        assert "or name another folder with --out, and repeat" in refused.stderr
        written = command(*arguments, "--out", tmp_path / arguments[0], cwd=fifth)
        assert written.returncode == 0, written.stderr
    assert not list((tmp_path / "sweep").glob(".*"))
