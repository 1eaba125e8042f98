"""What files say of themselves, and what of them is the drawing."""

import pytest

from parallelrun import project
from parallelrun.export import embedded
from parallelrun.study import catalogue

FILES = sorted((project.root() / "figures").glob("*/*.svg"))


@pytest.mark.parametrize("kind", project.FORMATS)
def test_every_figure_says_of_itself_what_the_manifest_has(kind):
    for stem, entry in catalogue.read(project.root() / "figures").items():
        for figure in entry["figures"]:
            told = embedded.read((project.root() / "figures" / stem / f"{figure['name']}.{kind}").read_bytes())
            assert told.kind == kind
            said = dict(told.provenance)
            said.pop("figure", None)
            assert said == figure["provenance"] | {"title": figure["title"], "alt": figure["alt"]}


@pytest.mark.parametrize("kind", project.FORMATS)
def test_the_drawing_of_a_file_is_not_its_words(kind):
    one, other = (path.with_suffix(f".{kind}").read_bytes() for path in FILES[:2])
    assert embedded.print_of(one) != embedded.print_of(other)
    changed = one.replace(b"parallel-run", b"paralell-run")
    assert changed != one
    if kind != "png":  # whose checksums a plain change breaks
        assert embedded.print_of(changed) == embedded.print_of(one)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG broken", b"%PDF-1.4 broken", b"<svg broken", b"PK\x03\x04"]
)
def test_a_damaged_or_foreign_file_says_nothing_and_raises_nothing(content):
    assert embedded.read(content).provenance is None


def test_a_figure_of_another_program_says_nothing():
    assert embedded.read(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>") == embedded.Told("svg", None)
