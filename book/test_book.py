"""The book as it was built: links, downloads, alt texts, formulae, and nothing from another host."""

import json
import os
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from parallelrun.audit import audit
from parallelrun.study import catalogue

ROOT = Path(__file__).parents[1]
BOOK = Path(os.environ.get("BOOK", ROOT / "build" / "book"))
PAGES = sorted(p.relative_to(BOOK).as_posix() for p in BOOK.rglob("*.html") if "_static" not in p.parts)
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "object": "data"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.anchors, self.links, self.loaded, self.alts, self.tags = set(), [], [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if found.get(LOADED.get(tag)) and found.get("rel") not in ("next", "prev", "search", "index", "canonical"):
            self.loaded.append(found[LOADED[tag]])
        if tag == "img":
            self.alts.append((found.get("src"), found.get("alt")))


@cache
def parsed(name):
    page = Page()
    page.feed((BOOK / name).read_text(encoding="utf-8"))
    return page


def test_there_is_a_book():
    assert len(PAGES) > 30, f"{BOOK} has no book; run `make book`"


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_anchor_of_a_page_is_there(name):
    for link in parsed(name).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (BOOK / name).parent / unquote(parts.path) if parts.path else BOOK / name
        assert target.resolve().is_file(), f"{name}: no file for {link}"
        place = target.resolve().relative_to(BOOK.resolve()).as_posix()
        if parts.fragment and place.endswith(".html") and not place.startswith("auditor/"):
            assert unquote(parts.fragment) in parsed(place).anchors, f"{name}: no anchor for {link}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_from_elsewhere(name):
    for one in parsed(name).loaded:
        assert not urlsplit(one).netloc, f"{name} loads {one}"


@pytest.mark.parametrize("style", sorted(BOOK.glob("_static/**/*.css")), ids=lambda path: path.name)
def test_a_style_sheet_loads_nothing_from_elsewhere(style):
    assert not re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_has_an_alternative_or_stands_in_a_named_link(name):
    for source, alt in parsed(name).alts:
        assert alt is not None, f"{name}: {source} has no alt"
        thumbnail = name in ("index.html", "gallery/index.html")
        assert alt or thumbnail, f"{name}: {source} has an empty alt"


def test_downloads_are_the_collections_own_bytes():
    own = [path for path in (BOOK / "figures").rglob("*") if path.is_file()]
    own += [
        path for name in ("data", "notebooks") for path in (BOOK / name).rglob("*") if path.suffix in (".csv", ".ipynb")
    ]
    assert len(own) > 200
    for path in own:
        assert path.read_bytes() == (ROOT / path.relative_to(BOOK)).read_bytes(), path


def test_every_figure_has_a_card_with_its_files_and_words():
    for stem, entry in catalogue.read(ROOT / "figures").items():
        page = parsed(f"gallery/{stem}.html")
        for figure in entry["figures"]:
            assert figure["name"] in page.anchors
            assert (f"../figures/{stem}/{figure['name']}.svg", figure["alt"]) in page.alts
            for kind in ("svg", "pdf", "png", "csv"):
                assert f"../figures/{stem}/{figure['name']}.{kind}" in page.links


def test_every_claim_stands_in_the_ledger_and_on_its_articles_page():
    ledger = parsed("ledger.html")
    for name, one in audit.run().judged.items():
        place = f"articles/{one.claim.row['source']}.html"
        assert f"{place}#{name}" in ledger.links
        assert name in parsed(place).anchors


@pytest.mark.parametrize("stem", sorted(catalogue.read(ROOT / "figures")))
def test_a_notebooks_page_shows_every_figure_and_folds_what_is_folded(stem):
    notebook = json.loads((ROOT / "notebooks" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    page = parsed(f"notebooks/{stem}.html")
    shown = {source for source, _ in page.alts}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if figure := output.get("metadata", {}).get("parallelrun", {}).get("figure"):
                assert f"../figures/{stem}/{figure['name']}.svg" in shown
    folded = sum("hide-input" in cell["metadata"].get("tags", []) for cell in notebook["cells"])
    assert sum(tag == "details" and "hide" in found.get("class", "") for tag, found in page.tags) == folded


def test_formulae_are_drawn_by_the_browser():
    text = (BOOK / "notebooks" / "chip_migration.html").read_text(encoding="utf-8")
    assert text.count("<math ") > 20
    assert not [one for one in parsed("notebooks/chip_migration.html").loaded if "mathjax" in one.lower()]


def test_a_story_is_on_its_notebooks_page_and_with_the_others():
    told = [found["data-story"] for tag, found in parsed("explore.html").tags if found.get("class") == "story"]
    assert len(told) == len(set(told)) > 4
    text = "".join((BOOK / name).read_text(encoding="utf-8") for name in PAGES if name.startswith("notebooks/"))
    for name in told:
        assert f'data-story="{name}"' in text
