"""The codebook is what the data package says."""

import json

import pytest

from parallelrun import project
from parallelrun.data import codebook, tables
from parallelrun.errors import DataError


def test_every_table_and_column_stands_in_it_with_its_meaning():
    text = codebook.render()
    for name, resource in tables.tables().items():
        assert f"## {name}" in text
        for field in resource["schema"]["fields"]:
            assert f"| `{field['name']}` | {field['type']} |" in text
            assert field["description"].replace("|", "\\|") in text


def test_it_is_checked_and_written(collection, monkeypatch):
    monkeypatch.setattr(project, "root", lambda: collection)
    codebook.write()
    codebook.check()
    path = collection / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["title"] = "Another"
    path.write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(DataError, match="run `make codebook`"):
        codebook.check()
