"""The command `parallelrun`. Each subcommand imports what it needs when it runs, so that all of them start fast."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parallelrun import folders
from parallelrun.errors import DataError, InputError, ParallelRunError
from parallelrun.export import cli as exporting
from parallelrun.project import FORMATS
from parallelrun.standards import subcommands

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


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
            sys.exit(2 if isinstance(error, InputError) else 1)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read the output has seen enough
                raise
            command = self.commands.get(ctx.invoked_subcommand or "", self)
            told = folders.unwritten(error, [name for option in command.params for name in option.opts])
            click.echo(f"parallelrun: {told}", err=True)
            sys.exit(1)


class _Formats(click.ParamType):
    """Figure formats, separated by commas."""

    name = "formats"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        asked = set(value.split(","))
        if unknown := sorted(asked - set(FORMATS)):
            self.fail(f"found {unknown[0]!r}, expected some of {', '.join(FORMATS)}, separated by commas", param, ctx)
        return tuple(kind for kind in FORMATS if kind in asked)


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
    from parallelrun.runs.build import Layout, report
    from parallelrun.runs.build import build as run_build

    layout = Layout(into.resolve() / "figures", into.resolve() / "build") if into else Layout.default()
    built = run_build(layout, list(stems), force)
    if all(one.seconds is None for one in built):
        click.echo(f"Nothing to do: {len(built)} notebooks and {sum(b.figures for b in built)} figures are up to date.")
        return
    click.echo(report(built, layout))
    _fail(one.error for one in built)


@main.command()
@click.argument("folder", type=FOLDER, required=False)
def validate(folder: Path | None) -> None:
    """Check the tables in FOLDER (by default data/) against their schemas and
    each other.

    FOLDER has a datapackage.json of its own, or tables that take the place of those in data/, as for --data.

    Example: parallelrun validate my-data
    """
    from parallelrun import project
    from parallelrun.data import overlay

    folder = folder or project.data_dir()
    click.echo(f"{folder}: {overlay.check(folder)} tables are valid")


@main.command()
@click.argument("stems", nargs=-1, metavar="[NOTEBOOK]...")
def accept(stems: tuple[str, ...]) -> None:
    """Build, show what differs from what is committed, and write the new outputs into the notebooks.

    Example: parallelrun accept convergence
    """
    from parallelrun.runs.accept import accept as run_accept

    _fail(one.error for one in run_accept(list(stems)))


@main.command()
@click.option("--check", is_flag=True, help="Only say whether data/README.md is current.")
def codebook(check: bool) -> None:
    """Write data/README.md, the codebook, from datapackage.json.

    Example: parallelrun codebook --check
    """
    from parallelrun.data import codebook as writing

    writing.check() if check else writing.write()


@main.command()
@click.argument("notebook", metavar="NOTEBOOK")
@click.option("--cell", is_flag=True, help="Print the notebook's parameters cell.")
@click.option("--json", "as_json", is_flag=True, help="Print name, type, default, unit, range and help as JSON.")
def params(notebook: str, cell: bool, as_json: bool) -> None:
    """List a notebook's parameters: name, default, and what is expected. NOTEBOOK is a stem or a path.

    Example: parallelrun params convergence --json
    """
    import json

    from parallelrun.runs.single import find_notebook, model_of
    from parallelrun.study import parameters

    model = model_of(find_notebook(notebook))
    if as_json:
        click.echo(json.dumps(parameters.schema(model), indent=1, ensure_ascii=False))
    else:
        click.echo(parameters.cell(model) if cell else parameters.listing(model))


@main.command()
@click.argument("notebook", metavar="[NOTEBOOK]", required=False)
@click.option("-p", "values", type=(str, str), multiple=True, metavar="NAME VALUE", help="Set a parameter; repeatable.")
@click.option("--scenario", metavar="NAME|FILE", help="Take parameters from scenarios/NAME.yml or a file.")
@click.option("--data", type=FOLDER, metavar="DIR", help="Tables to read in place of those in data/.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of this run, new or empty.")
@click.option(
    "--format",
    "formats",
    type=_Formats(),
    metavar="LIST",
    help="Figure formats, such as svg,pdf; by default svg,pdf,png.",
)
@click.option("--no-figures", is_flag=True, help="Compute results only.")
@click.option("--force", is_flag=True, help="Run again what was run with the same inputs.")
def run(
    notebook: str | None,
    values: tuple[tuple[str, str], ...],
    scenario: str | None,
    data: Path | None,
    out: Path | None,
    formats: tuple[str, ...] | None,
    no_figures: bool,
    force: bool,
) -> None:
    """Run NOTEBOOK (stem or path) with parameters of your own; with --scenario or --data and no NOTEBOOK, run all.

    Example: parallelrun run convergence -p seed 7 --format svg
    """
    from parallelrun.runs import command, single

    if no_figures and formats is not None:
        raise InputError("--format and --no-figures exclude each other; give one of them")
    kinds = () if no_figures else formats or FORMATS
    done = command.run(notebook, values, scenario, data, out, kinds, force)
    click.echo(single.report(done))
    _fail(one.error for one in done)


def _fail(errors: Iterable[str | None]) -> None:
    """Raise one error that tells all."""
    if told := [error for error in errors if error]:
        raise ParallelRunError("\n".join(told))


@main.command()
@click.argument("notebook", metavar="[NOTEBOOK]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
def runs(notebook: str | None, as_json: bool) -> None:
    """List the runs that there are under runs/, of all notebooks or one.

    Example: parallelrun runs convergence
    """
    import json

    from parallelrun.runs.single import inventory, listing

    found = listing(notebook)
    records = [{"folder": str(folder), **record} for folder, record in found]
    click.echo(json.dumps(records, indent=1, ensure_ascii=False) if as_json else inventory(found))


@main.command()
@click.argument("names", metavar="RUN...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print everything that differs as JSON.")
def compare(names: tuple[str, ...], as_json: bool) -> None:
    """Say in which parameters, inputs, results and figures runs differ from the first.

    RUN is a run's folder, its hash, or `baseline` for figures/; a single RUN is compared with the baseline.

    Example: parallelrun compare baseline 1cab10b4c837
    """
    import json

    from parallelrun.runs import compare as comparing

    first, *others = comparing.sides(list(names) if len(names) > 1 else [comparing.BASELINE, *names])
    found = [comparing.compare(first, other) for other in others]
    click.echo(
        json.dumps(found, indent=1, ensure_ascii=False) if as_json else "\n\n".join(map(comparing.report, found))
    )


@main.command()
@click.argument("what", type=click.Choice(["boards", "rankings", "prices"]))
@click.option("--from", "place", metavar="FILE|URL", help="Read this in place of what the publisher serves.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the tables there, for --data DIR, instead of data/.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Leave out what is later; by default today.")
@click.option("--dry-run", is_flag=True, help="Only show what differs.")
def refresh(what: str, place: str | None, into: Path | None, as_of: datetime | None, dry_run: bool) -> None:
    """Add newly published rows: Arena boards, OpenRouter rankings, list prices. What differs is shown, then written.

    Example: parallelrun refresh rankings --from rankings-daily.json --into my-data
    """
    from parallelrun.refresh import command

    command.run(what, place, into, as_of.date() if as_of else None, dry_run, click.echo)


@main.command()
@click.argument("notebook", metavar="NOTEBOOK")
@click.argument("grid", metavar="GRID.yml", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--workers", type=click.IntRange(1, 256), help="Runs at once here; by default as many as processors.")
@click.option("--scheduler", metavar="ADDRESS", help="Run on the workers of a dask scheduler, such as tcp://host:8786.")
@click.option("--out", metavar="DIR|URL", help="Where to write, a folder or any fsspec URL.")
@click.option("--data", type=FOLDER, metavar="DIR", help="Tables to read in place of those in data/.")
@click.option("--resume", is_flag=True, help="Complete an interrupted sweep; run again what failed.")
@click.option("--figures", is_flag=True, help="Draw and keep the figures of every run.")
@click.option("--keep", is_flag=True, help="Keep the executed notebook of every run.")
@click.option("--result", "results", multiple=True, metavar="NAME", help="A result for the picture; repeatable.")
@click.option("--force", is_flag=True, help="Begin anew.")
def sweep(
    notebook: str,
    grid: Path,
    workers: int | None,
    scheduler: str | None,
    out: str | None,
    data: Path | None,
    resume: bool,
    figures: bool,
    keep: bool,
    results: tuple[str, ...],
    force: bool,
) -> None:
    """Run NOTEBOOK with every parameter set of GRID.yml; write one table of all results and a picture of it.

    Example: parallelrun sweep token_economics docs/sweeps/coverage.yml
    """
    from parallelrun.sweeps import command

    told, failed = command.run(
        notebook, grid, workers=workers, scheduler=scheduler, out=out, data=data, figures=figures, keep=keep,
        resume=resume, force=force, shown=results,
    )  # fmt: skip
    click.echo(told)
    _fail([failed])


@main.command()
@click.argument("text", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    required=True,
    help="Gets claims.csv, checks.csv and numerals.csv; none of them may be there.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day on which the text was printed.")
def draft(text: Path, into: Path, as_of: datetime | None) -> None:
    """Draft the claims of a TEXT: each figure with its unit and place, and arithmetic checks to confirm.

    Example: parallelrun draft docs/example/notice.md --into my-audit --as-of 2026-06-01
    """
    from parallelrun.audit import drafting

    click.echo(drafting.write(text, into, as_of.date() if as_of else None))


@main.command()
@click.option("--claims", type=click.Path(path_type=Path), help="A claims file of your own, with --checks.")
@click.option("--checks", type=click.Path(path_type=Path), help="The checks of those claims.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the audit; by default that of the data, not today."
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
@click.option("--fail-on", metavar="VERDICT[,...]", help="End with exit code 1 if any claim has one of these verdicts.")
def audit(claims: Path | None, checks: Path | None, as_of: datetime | None, as_json: bool, fail_on: str | None) -> None:
    """Test every published claim by its checks, and say which hold, fail, or cannot be judged.

    Exit code 0 if it could judge, 2 if a file is wrong (the message says where), 1 if --fail-on found something.

    Example: parallelrun audit --claims my-claims.csv --checks my-checks.csv --fail-on fails,contested
    """
    import json

    from parallelrun.audit import audit as auditing
    from parallelrun.audit.verdicts import VERDICTS

    unwanted = [] if fail_on is None else [word.strip() for word in fail_on.split(",")]
    if unknown := [word for word in unwanted if word not in VERDICTS]:
        raise click.BadParameter(
            f"{unknown[0]!r} is no verdict; there are {', '.join(VERDICTS)}", param_hint="--fail-on"
        )
    if (claims is None) != (checks is None):
        raise click.UsageError(
            "a claims file and a checks file go together: give both --claims and --checks, or neither"
        )
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

    WHAT is a claim (A30), a figure (convergence/gap_history), a result (convergence.gap_points_2026_03), a table
    (convergence/arena_scores.csv), or rows of one (convergence/arena_scores#A07, convergence/arena_scores?vendor=xAI).

    Example: parallelrun trace A30
    """
    import json

    from parallelrun.audit import trace as tracing

    chain = tracing.trace(what)
    click.echo(json.dumps(chain.as_dict(), indent=2, ensure_ascii=False) if as_json else tracing.report(chain))


@main.command()
@click.argument("what", type=click.Choice(["start", "handouts", "slides", "lists"]))
def seminar(what: str) -> None:
    """Make the seminar under build/seminar/: its start page and handouts, also with answers, or its slides.

    `lists` writes the exercises of seminar/*.yml into the lists at the end of the notebooks.

    Example: parallelrun seminar handouts
    """
    from parallelrun.seminar import handouts, sessions, slides

    if what == "start":
        click.echo(handouts.start(sessions.all_sessions()))
    elif what == "slides":
        click.echo("\n".join(map(str, slides.make())))
    else:
        done = handouts.make() if what == "handouts" else handouts.write_lists()
        click.echo(f"{what}: {', '.join(done) or 'nothing to do'}")


main.add_command(exporting.export)
main.add_command(exporting.verify)


main.add_command(subcommands.standards)
main.add_command(subcommands.crate)


if __name__ == "__main__":
    main()
