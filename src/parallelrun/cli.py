"""The command `parallelrun`. Each subcommand imports what it needs when it runs, so that all of them start fast."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parallelrun.errors import DataError, ParallelRunError

if TYPE_CHECKING:
    from datetime import datetime


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


@main.command()
@click.option("--claims", type=click.Path(path_type=Path), help="A claims file of your own, with --checks.")
@click.option("--checks", type=click.Path(path_type=Path), help="The checks of those claims.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the audit; by default that of the data, not today."
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
@click.option("--fail-on", metavar="VERDICT[,...]", help="End with exit code 1 if any claim has one of these verdicts.")
def audit(
    claims: Path | None, checks: Path | None, as_of: datetime | None, as_json: bool, fail_on: str | None
) -> None:
    """Test every published claim by its checks, and say which hold, fail, or cannot be judged.

    Exit code 0 if it could judge, 2 if a file is wrong (the message says where), 1 if --fail-on found something.

    Example: parallelrun audit --claims my-claims.csv --checks my-checks.csv --fail-on fails,contested
    """
    import json

    from parallelrun import audit as auditing
    from parallelrun.verdicts import VERDICTS

    unwanted = [word.strip() for word in fail_on.split(",")] if fail_on else []
    if unknown := [word for word in unwanted if word not in VERDICTS]:
        raise click.BadParameter(f"{unknown[0]!r} is no verdict; there are {', '.join(VERDICTS)}", param_hint="--fail-on")
    if (claims is None) != (checks is None):
        raise click.UsageError("a claims file and a checks file go together: give both --claims and --checks, or neither")
    done = auditing.run(claims, checks, as_of.date() if as_of else None)
    if as_json:
        click.echo(json.dumps(auditing.as_json(done), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(auditing.report(done))
    if found := [name for name, one in done.judged.items() if one.verdict in unwanted]:
        click.echo(f"parallelrun: {', '.join(unwanted)}: {', '.join(found)}", err=True)
        sys.exit(1)


@main.command()
@click.argument("what")
@click.option("--json", "as_json", is_flag=True, help="Print the chain as JSON.")
def trace(what: str, as_json: bool) -> None:
    """Follow WHAT down to its rows and sources, and up to where it is used.

    WHAT is a claim (A30), a figure (convergence/arena_scores), a result (convergence.gap_points_2026_03), a table
    (convergence/arena_scores.csv), or a cell (convergence/arena_scores#A07, convergence/arena_scores:2:value).

    Example: parallelrun trace A30
    """
    import json

    from parallelrun import trace as tracing

    chain = tracing.trace(what)
    click.echo(json.dumps(chain.as_dict(), indent=2, ensure_ascii=False) if as_json else tracing.report(chain))


if __name__ == "__main__":
    main()
