"""The report: from results alone, the same bytes each time, with no number of its own and nothing left to the reader's
machine."""

import importlib.util
import re
import sys
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.collection import ROOT

SPECIFICATION = importlib.util.spec_from_file_location("report_build", ROOT / "report" / "build.py")
build = importlib.util.module_from_spec(SPECIFICATION)
sys.modules["report_build"] = build  # dataclasses look their module up
SPECIFICATION.loader.exec_module(build)

KEPT = {"file", "headline", "stem"}
"""Fields that hold names, not words that are shown."""


@pytest.fixture(scope="module")
def content():
    return build.context(build.default_runs(), None)


@pytest.fixture(scope="module")
def pdf(content, tmp_path_factory):
    out = tmp_path_factory.mktemp("report") / "report.pdf"
    build.typeset(content, out)
    return out.read_bytes()


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def blanked(value, name=""):
    """The same content with every digit of its words as x; names by which it is looked up stay."""
    if name in KEPT:
        return value
    if isinstance(value, str):
        return re.sub(r"\d", "x", value)
    if isinstance(value, list):
        return [one if isinstance(one, str) and name == "results" else blanked(one, name) for one in value]
    if isinstance(value, dict):
        return {key: blanked(one, key) for key, one in value.items()}
    return value


def test_it_has_twelve_to_sixteen_pages(pdf):
    assert 12 <= len(pages(pdf)) <= 16


def test_no_number_is_typed_in_its_prose(content, tmp_path):
    """With the digits of its data blanked out none is left but those of pages."""
    blank = blanked(content)
    build.typeset(blank, tmp_path / "blank.pdf")
    text = re.sub(r"page\s*\d+\s*/\s*\d+", "", "\n".join(pages((tmp_path / "blank.pdf").read_bytes())))
    front, rest = text.split("Contents", 1)
    listed, rest = rest.split(blank["themes"][0]["found"][:20], 1)
    assert re.findall(r".*\d.*", front) + re.findall(r".*\d.*", rest) == []
    assert re.findall(r"\d", re.sub(r"\s*\d+$", "", listed, flags=re.MULTILINE)) == []
    prose = (ROOT / "report" / "prose.typ").read_text()
    assert re.findall(r"\d", re.sub(r'#n\("[\w.]+"\)', "", prose)) == []


def test_a_rebuild_gives_the_same_bytes(content, pdf, tmp_path):
    build.typeset(content, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == pdf


def test_fonts_are_embedded_and_pictures_have_alternative_texts(content, pdf):
    reader = PdfReader(BytesIO(pdf))
    things = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]
    fonts = [thing for thing in things if isinstance(thing, dict) and thing.get("/Type") == "/FontDescriptor"]
    assert fonts
    for font in fonts:
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(font), font
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.root_object["/Lang"].startswith("en")
    told = [thing["/Alt"] for thing in things if isinstance(thing, dict) and "/Alt" in thing]
    for theme in content["themes"]:
        for figure in theme["figures"]:
            assert figure["alt"] in told, figure["name"]


def test_it_says_what_the_results_say(content, pdf):
    text = re.sub(r"\s+", " ", " ".join(pages(pdf)))
    for name in content["headline"]:
        assert content["results"][name]["text"] in text, name
    for verdict, count in content["verdicts"].items():
        assert count in text
        assert verdict in text
    close = re.sub(r"[\s\u200b]", "", text)
    assert {one["id"] for one in content["ledger"] if one["id"] not in close} == set()


def test_a_source_without_a_publisher_has_no_stray_comma(content, pdf):
    text = re.sub(r"\s+", " ", " ".join(pages(pdf)))
    assert any(not one["publisher"] for one in content["sources"])
    assert ". ," not in text


def test_a_scenario_that_is_not_there_is_named(capsys):
    assert build.main(["no_such"]) == 1
    assert "no scenario 'no_such'" in capsys.readouterr().err
