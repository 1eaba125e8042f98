"""The command `parallelrun`. Each subcommand imports what it needs when it runs, so that all of them start fast."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from parallelrun.errors import DataError, ParallelRunError


class _Group(click.Group):
    """Turns the package's errors into a message on stderr and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except DataError as error:
            click.echo(f"parallelrun: the data are not valid\n{error}", err=True)
            sys.exit(2)
        except ParallelRunError as error:
            click.echo(f"parallelrun: {error}", err=True)
            sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="parallel-run")
def main() -> None:
    """Notebooks that re-derive, test and draw what four articles say about the AI Index 2026."""


@main.command()
@click.argument("stems", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("--force", is_flag=True, help="Run also what is up to date.")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Write figures and working files there instead."
)
def build(stems: tuple[str, ...], force: bool, into: Path | None) -> None:
    """Run the notebooks that are out of date and write figures/.

    Example: parallelrun build convergence
    """
    from parallelrun.build import Layout, raise_failures, report
    from parallelrun.build import build as run_build

    layout = Layout(into.resolve() / "figures", into.resolve() / "build") if into else Layout.default()
    built = run_build(layout, list(stems), force)
    if all(one.seconds is None for one in built):
        click.echo(f"Nothing to do: {len(built)} notebooks and {sum(b.figures for b in built)} figures are up to date.")
        return
    click.echo(report(built, layout))
    raise_failures(built)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
def validate(folder: Path | None) -> None:
    """Check the tables in FOLDER (with a datapackage.json; by default data/) against their schemas.

    Example: parallelrun validate my-data
    """
    from parallelrun import project
    from parallelrun.validate import check

    folder = folder or project.data_dir()
    click.echo(f"{folder}: {check(folder)} tables are valid")


@main.command()
@click.argument("stems", nargs=-1, metavar="[NOTEBOOK]...")
def accept(stems: tuple[str, ...]) -> None:
    """Build, show what differs from what is committed, and write the new outputs into the notebooks.

    Example: parallelrun accept convergence
    """
    from parallelrun.accept import accept as run_accept

    run_accept(list(stems))


@main.command()
@click.option("--check", is_flag=True, help="Only say whether data/README.md is current.")
def codebook(check: bool) -> None:
    """Write data/README.md, the codebook, from datapackage.json."""
    from parallelrun import project
    from parallelrun.codebook import render

    path = project.root() / "data" / "README.md"
    if check and (not path.is_file() or path.read_text(encoding="utf-8") != render()):
        raise ParallelRunError("data/README.md is not what datapackage.json says: run `make codebook`")
    if not check:
        path.write_text(render(), encoding="utf-8")


@main.command()
@click.argument("stem", metavar="NOTEBOOK")
@click.option("--cell", is_flag=True, help="Print the notebook's parameters cell.")
def params(stem: str, cell: bool) -> None:
    """List a notebook's parameters: name, default, and what is expected.

    Example: parallelrun params convergence
    """
    from parallelrun import params as parameters

    model = parameters.model_for(stem)
    if cell:
        click.echo(parameters.cell(model))
        return
    for name, field in model.model_fields.items():
        click.echo(
            f"{name} = {field.default!r}\n    {field.description or 'no description'}: {parameters.expected(field)}"
        )


if __name__ == "__main__":
    main()
