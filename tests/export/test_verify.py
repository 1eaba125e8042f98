"""From a figure's file back to its run: every figure in every format, and whatever was done to one."""

import io
import json
import random
import re

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from parallelrun import project
from parallelrun.export import verify
from parallelrun.study import catalogue

ROOT = project.root() / "figures"
NAMES = [f"{stem}/{one['name']}" for stem, entry in catalogue.read(ROOT).items() for one in entry["figures"]]
FILES = [ROOT / f"{name}.{kind}" for name in NAMES for kind in project.FORMATS]
TAMPERINGS = 100


def tampered(content: bytes, kind: str, chance: random.Random) -> bytes:
    """A figure's file after one change: to its drawing, a word, what it says of itself, or its length."""
    ways = [_byte, _cut] + ([_pixel] if kind == "png" else [_words, _number])
    changed = content
    while changed == content:
        changed = chance.choice(ways)(content, chance)
    return changed


def _byte(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) // 2, len(content))]


def _words(content: bytes, chance: random.Random) -> bytes:
    return content.replace(b"China", b"Chile", chance.randrange(1, 4)).replace(b"Source", b"Sourec", 1)


def _number(content: bytes, chance: random.Random) -> bytes:
    """A digit of the drawing changed."""
    digits = [match.start() for match in re.finditer(rb"\d", content)]
    place = chance.choice(digits)
    return content[:place] + (b"0" if content[place : place + 1] != b"0" else b"1") + content[place + 1 :]


def _pixel(content: bytes, chance: random.Random) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        words = PngInfo()
        for key, value in picture.text.items():
            words.add_itxt(key, value)
        place = (chance.randrange(picture.width), chance.randrange(picture.height))
        colour = picture.getpixel(place)
        picture.putpixel(place, (colour[0] ^ 1, *colour[1:]))
        out = io.BytesIO()
        picture.save(out, "PNG", pnginfo=words)
    return out.getvalue()


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """Verdicts on all figures as they are and on the tampered ones, from one run of each chain."""
    folder, chance = tmp_path_factory.mktemp("tampered"), random.Random(1)
    changed = []
    for number in range(TAMPERINGS):
        path = chance.choice(FILES)
        changed.append(folder / f"{number}-{path.name}")
        changed[-1].write_bytes(tampered(path.read_bytes(), path.suffix[1:], chance))
    found = verify.verify([*FILES, *changed])
    return found[: len(FILES)], dict(zip(changed, found[len(FILES) :], strict=True))


def test_every_figure_in_every_format_is_what_its_chain_gives(verdicts):
    for path, verdict in zip(FILES, verdicts[0], strict=True):
        assert verdict.outcome == "same bytes", (path, verdict.told)
        assert verdict.figure == path.relative_to(ROOT).with_suffix("").as_posix()


def test_every_tampering_is_named(verdicts):
    """A changed parameter that a figure does not depend on makes the file of another run: then that run is named."""
    for path, verdict in verdicts[1].items():
        another_run = any(line.startswith("with ") and "default" not in line for line in verdict.told)
        assert verdict.outcome != "same bytes" or another_run, path
        assert verdict.told[-1], path


def test_a_changed_pixel_is_no_same_picture(verdicts, tmp_path):
    path = ROOT / f"{NAMES[0]}.png"
    (tmp_path / "a.png").write_bytes(_pixel(path.read_bytes(), random.Random(2)))
    (verdict,) = verify.verify([tmp_path / "a.png"])
    assert verdict.outcome == "same data"
    assert "1 of" in verdict.told[-1]


def test_a_picture_written_anew_is_the_same_picture(tmp_path):
    path = ROOT / f"{NAMES[0]}.png"
    with Image.open(path) as picture:
        picture.load()
        words = PngInfo()
        for key, value in picture.text.items():
            words.add_itxt(key, value)
        picture.save(tmp_path / "a.png", pnginfo=words, compress_level=9)
    (verdict,) = verify.verify([tmp_path / "a.png"])
    assert verdict.outcome == "same picture"


def test_what_is_no_figure_of_the_collection_is_unknown(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    (verdict,) = verify.verify([tmp_path / "a.txt"])
    assert (verdict.outcome, verdict.figure) == ("unknown", "")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"notebook": "no_such"}, "which the collection does not have"),
        ({"parameters": {"no": 1}}, "parameters are none"),
    ],
)
def test_a_chain_that_is_not_there_is_named(tmp_path, change, why):
    told = {
        "project": "parallel-run",
        "version": "0",
        "notebook": "convergence",
        "parameters": {},
        "inputs": {},
    } | change
    words = PngInfo()
    words.add_itxt("Source", json.dumps(told))
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png", pnginfo=words)
    (verdict,) = verify.verify([tmp_path / "a.png"])
    assert verdict.outcome == "unknown"
    assert why in verdict.told[-1]


def test_rows_that_differ_are_told():
    from parallelrun.study import figures

    old, new = b"vendor,value\na,1\nb,2\n", b"vendor,value\na,1\nb,3\nc,4\n"
    told = {"rows": figures.row_digests(old), "data": "old"}
    lines = verify._rows(told, new, b"")
    assert lines[0] == "2 rows of its data are new and 1 are gone (vendor,value)"
    assert [line.rpartition(": ")[2] for line in lines[1:]] == ["b,3", "c,4"]


def test_a_figure_in_a_word_document_is_verified(tmp_path):
    from parallelrun.export import snippets
    from tests.export.examples import example

    stem, _, name = NAMES[0].partition("/")
    snippets.in_word([example(name, stem)], 85, tmp_path / "a.docx")
    text, good = verify.told([tmp_path / "a.docx"])
    assert good
    assert f"{NAMES[0]}: same bytes" in text


def test_a_document_whose_drawings_are_not_those_of_figures_says_what_to_do(tmp_path):
    """A figure that was exported at a width of one's own loses its words inside a PDF."""
    Image.new("L", (40, 30), 90).save(tmp_path / "paper.pdf")
    (tmp_path / "a.txt").write_text("hello")
    text, good = verify.told([tmp_path / "paper.pdf"])
    assert not good
    assert "no drawing in it is that of a figure under figures/; name exported files themselves" in text
    assert "no drawing" not in verify.told([tmp_path / "a.txt"])[0]
