"""The subcommands `standards` and `crate`; what they need is imported when they run."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--check", is_flag=True, help="Only say whether the files are current.")
def standards(check: bool) -> None:
    """Write codemeta.json, codecheck.yml, data/croissant.json and docs/replication.md from what is there.

    Example: parallelrun standards --check
    """
    from parallelrun.standards import command

    if check:
        command.check()
    else:
        click.echo("\n".join(command.write()) or "all are current")


@click.command()
@click.argument("run", metavar="[RUN]", required=False)
@click.option("--to", type=click.Path(path_type=Path), metavar="DIR", help="New or empty folder, not build/crate/.")
def crate(run: str | None, to: Path | None) -> None:
    """Write a Process Run Crate of the build, or of RUN (a run's folder, or the beginning of its hash).

    Example: parallelrun crate --to my-crate
    """
    from parallelrun.standards import crate as crates

    click.echo(f"written: {crates.write(run, to)}")
