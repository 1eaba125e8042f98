"""The commands `parallelrun export` and `parallelrun verify`; each imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from parallelrun.errors import InputError


@click.command()
@click.argument("figures", nargs=-1, metavar="[FIGURE]...")
@click.option("--numbers", is_flag=True, help="Write the results as LaTeX macros, Typst and JSON variables, and links.")
@click.option("--to", type=click.Path(path_type=Path), metavar="DIR", help="Folder that gets the files.")
@click.option("--width", metavar="LENGTH", help="Width of the figures, such as 85mm; by default 178mm, slides 254mm.")
@click.option("--format", "formats", default="svg,pdf,png", show_default=True, help="Some of svg, pdf, png, eps.")
@click.option("--style", type=click.Choice(["article", "slide", "dark"]), default="article", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Words in the figures.")
@click.option(
    "--check",
    "document",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Find numbers that are stale or were typed again in a .tex, .typ, .md or .docx; exit code 1 if there are any.",
)
def export(
    figures: tuple[str, ...],
    numbers: bool,
    to: Path | None,
    width: str | None,
    formats: str,
    style: str,
    lang: str,
    document: Path | None,
) -> None:
    """Draw FIGUREs (all by default) for a document of your own, with caption, alt text, sources and snippets.

    Example: parallelrun export gap_history price_gap --numbers --to paper/figures --width 85mm
    """
    from parallelrun.export import command, redraw

    if document is not None:
        found = command.check(document)
        click.echo("\n".join(map(str, found)) or f"{document}: no number is stale or typed again")
        sys.exit(1 if found else 0)
    if to is None:
        raise InputError("name the folder that gets the files: --to DIR")
    kinds = tuple(formats.split(","))
    if unknown := [kind for kind in kinds if kind not in redraw.KINDS]:
        raise InputError(f"--format {unknown[0]!r}: expected some of {', '.join(redraw.KINDS)}, separated by commas")
    look = redraw.look_of(command.millimetres(width), style, lang)
    written, notes = command.export(figures, to, look, kinds, numbers)
    click.echo(f"{to}: {len(written)} files")
    for note in notes:
        click.echo(f"parallelrun: {note}", err=True)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, exists=True))
def verify(files: tuple[Path, ...]) -> None:
    """Say which run made a figure found anywhere, and whether running it again gives the same bytes or data.

    FILE is an SVG, PDF, PNG or EPS, or a PDF or Word document with figures in it. Exit code 1 unless each is the same.

    Example: parallelrun verify downloads/gap_history.png
    """
    from parallelrun.export import verify as verifying

    told, good = verifying.told(files)
    click.echo(told)
    sys.exit(0 if good else 1)
