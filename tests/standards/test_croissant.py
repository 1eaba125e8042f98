"""Croissant describes every table, and a reader that follows it gets the rows."""

import hashlib
import json

import mlcroissant as mlc
import pytest

from parallelrun.data import tables
from parallelrun.standards import croissant


@pytest.fixture(scope="module")
def content():
    return croissant.render()


def test_every_table_and_column_is_in_it_with_its_digest(content, root):
    said = json.loads(content)
    files = {one["@id"]: one["sha256"] for one in said["distribution"]}
    for name, resource in tables.tables().items():
        assert files[resource["path"]] == hashlib.sha256((root / "data" / resource["path"]).read_bytes()).hexdigest()
        (records,) = [one for one in said["recordSet"] if one["@id"] == resource["name"]]
        assert [one["name"] for one in records["field"]] == [one["name"] for one in resource["schema"]["fields"]], name


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # in its JSON-LD reader
def test_a_reader_that_follows_it_gets_the_rows(content, root, tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(root / "data")
    said = json.loads(content)
    for one in said["distribution"]:
        one["contentUrl"] = f"data/{one['contentUrl']}"
    (tmp_path / "croissant.json").write_text(json.dumps(said))
    data = mlc.Dataset(str(tmp_path / "croissant.json"))
    assert not data.metadata.ctx.issues.errors
    rows = list(data.records("convergence-arena-scores"))
    expected = tables.load("convergence/arena_scores")
    assert [row["convergence-arena-scores/value"] for row in rows] == list(expected["value"])
    assert rows[0]["convergence-arena-scores/vendor"] in ("Anthropic", b"Anthropic")
