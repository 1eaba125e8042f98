import itertools
import re
import string
from collections import defaultdict
from importlib import resources

import pandas as pd
import pytest

from parallelrun.data import tables
from parallelrun.errors import DataError, UnknownTableError
from parallelrun.study.provenance import inputs_of

CLAIMS_PER_ARTICLE = {"A": 72, "B": 6, "C": 7, "D": 21}
SOURCED_TABLES = [n for n in tables.tables() if n not in ("sources", "checks", "claims_audit/numerals")]
"""Every table but the sources; the checks, which cite nothing, what they compute with does; and the articles' numerals,
whose place is a line and a character."""
CLAIM_TABLES = [n for n in SOURCED_TABLES if any(f["name"] == "claim" for f in tables.tables()[n]["schema"]["fields"])]


def test_a_table_has_the_types_of_its_schema():
    scores = tables.load("convergence/arena_scores")
    assert scores["value"].dtype == "float64"
    assert str(scores["as_of"].dtype).startswith("datetime64")
    assert scores["vendor"].dtype == "str"
    assert inputs_of(scores) == {"convergence/arena_scores"}
    models = tables.load("token_economics/top_models")
    assert models["rank"].dtype == "Int64"
    assert models["free"].dtype == "boolean"


def test_an_unknown_table_names_the_near_ones():
    with pytest.raises(UnknownTableError, match=r"did you mean 'convergence/arena_scores"):
        tables.load("convergence/arena_score")
    with pytest.raises(UnknownTableError, match=r"there are checks, .* and \d+ more"):
        tables.load("zzzz")


def test_a_table_that_does_not_parse_names_its_file(collection, monkeypatch):
    path = collection / "data" / "convergence" / "arena_scores.csv"
    path.write_text(path.read_text().replace(",1503,1502.5", ",many,1502.5"))
    monkeypatch.setenv("PARALLELRUN_DATA", str(collection / "data"))
    with pytest.raises(DataError, match=r"arena_scores.csv.*parallelrun validate"):
        tables.load("convergence/arena_scores")


def test_a_table_without_a_column_of_its_schema_names_its_file_and_the_column(collection, monkeypatch):
    path = collection / "data" / "convergence" / "arena_scores.csv"
    path.write_text(path.read_text().replace("vendor", "maker", 1))
    monkeypatch.setenv("PARALLELRUN_DATA", str(collection / "data"))
    with pytest.raises(DataError, match=r"arena_scores.csv: .*vendor.*parallelrun validate"):
        tables.load("convergence/arena_scores")


def test_the_digest_follows_the_rows_and_the_schema(collection, monkeypatch):
    monkeypatch.setenv("PARALLELRUN_DATA", str(collection / "data"))
    before = tables.digest("convergence/arena_scores")
    assert before == tables.digest("convergence/arena_scores")
    path = collection / "data" / "convergence" / "arena_scores.csv"
    path.write_text(path.read_text().replace("1503", "1504"))
    assert tables.digest("convergence/arena_scores") != before


def test_every_claim_of_the_articles_stands_in_exactly_one_table():
    places = defaultdict(set)
    for name in CLAIM_TABLES:
        if name == "claims_audit/statements":  # what was added to the inventory later, a claim a row
            continue
        for claim in tables.load(name)["claim"].dropna():
            places[claim].add(name)
    expected = {f"{letter}{n:02d}" for letter, count in CLAIMS_PER_ARTICLE.items() for n in range(1, count + 1)}
    assert set(places) == expected
    assert {claim: tables for claim, tables in places.items() if len(tables) != 1} == {}
    assert not set(tables.load("claims_audit/statements")["claim"]) & expected


def test_a_claim_cites_the_article_that_its_letter_stands_for():
    for name in CLAIM_TABLES:
        frame = tables.load(name)
        letters = (
            frame["claim"].str[0].map({"A": "article-000", "B": "article-001", "C": "article-002", "D": "article-003"})
        )
        pd.testing.assert_series_equal(frame["source"], letters, check_names=False)


@pytest.mark.parametrize("name", [n for n in SOURCED_TABLES if n != "claims_audit/scenario_verdicts"])  # all of a day
def test_every_row_has_source_and_locator(name):
    frame = tables.load(name)
    assert not frame.empty
    assert frame["source"].notna().all()
    assert frame["locator"].str.len().gt(0).all()
    assert {"as_of", "note"} <= set(frame.columns)


@pytest.mark.parametrize("name", SOURCED_TABLES)
def test_an_interval_holds_its_value(name):
    frame = tables.load(name)
    if {"value", "low", "high"} <= set(frame.columns):
        known = frame.dropna(subset=["value", "low", "high"])
        assert (known["low"] <= known["value"]).all()
        assert (known["value"] <= known["high"]).all()


SCOPE = ("convergence/notable_models", "scope")

COUNTRIES = [
    (name, field)
    for name, table in tables.tables().items()
    for field in table["schema"]["fields"]
    if (field["name"] == "country" and "enum" not in field["constraints"]) or (name, field["name"]) == SCOPE
]


@pytest.mark.parametrize(("name", "field"), COUNTRIES, ids=[f"{name}-{field['name']}" for name, field in COUNTRIES])
def test_a_country_is_a_code_of_iso_3166_or_a_word_that_its_meaning_names(name, field):
    """The list is that of the time zone database, of which the package tzdata is a copy."""
    listed = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    codes = {line.split("\t")[0] for line in listed.splitlines() if not line.startswith("#")}
    pattern = re.compile(f"^{field['constraints']['pattern']}$")  # as the validator compiles it
    pairs = {"".join(letters) for letters in itertools.product(string.ascii_uppercase, repeat=2)}
    accepted = {code for code in pairs if pattern.match(code)}
    assert accepted - codes == {word for word in ("EU", "ZZ") if re.search(rf"\b{word}\b", field["description"])}
    assert codes <= accepted
    assert not [code for code in ("USA", "US ", "us", "Xall") if pattern.match(code)]


def test_every_source_is_cited():
    cited = set().union(*(set(tables.load(name)["source"].dropna()) for name in SOURCED_TABLES))
    assert set(tables.load("sources")["source"]) == cited
