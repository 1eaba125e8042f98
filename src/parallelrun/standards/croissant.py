"""`data/croissant.json`: the tables as Croissant 1.0 describes them, from the data package, with their digests."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from typing import Any

from parallelrun import project
from parallelrun.data import tables
from parallelrun.errors import InputError
from parallelrun.standards.identity import LICENCES, as_json, identity

TYPES = {
    "string": "TEXT",
    "number": "FLOAT",
    "integer": "INTEGER",
    "boolean": "BOOL",
    "date": "DATE",
}
"""Croissant's type of each Table Schema type, by its name in mlcroissant."""


def render() -> str:
    """Return the file's content.

    Raises
    ------
    InputError
        If mlcroissant is not installed.
    """
    try:
        import mlcroissant as mlc
    except ImportError:
        raise InputError("the standards need mlcroissant: pip install 'parallel-run[standards]'") from None
    it, package = identity(), tables.package()
    logging.getLogger("absl").setLevel(logging.ERROR)
    files = [
        mlc.FileObject(
            id=one["path"],
            name=one["name"],
            description=one["title"],
            content_url=one["path"],
            encoding_formats=["text/csv"],
            sha256=hashlib.sha256((project.data_dir() / one["path"]).read_bytes()).hexdigest(),
        )
        for one in package["resources"]
    ]
    described = mlc.Metadata(
        name=package["name"],
        description=package["description"],
        creators=[mlc.Organization(name=name) for name in it.authors],
        license=[LICENCES["CC-BY-4.0"]],
        version=it.version,
        date_published=datetime.fromisoformat(it.released),
        keywords=it.keywords,
        cite_as=f"{', '.join(it.authors)} ({it.released[:4]}). {it.title}. Version {it.version}.",
        distribution=files,
        record_sets=[_records(mlc, one) for one in package["resources"]],
    )
    return as_json(_plain(described.to_json()))


def _records(mlc: Any, resource: dict[str, Any]) -> Any:
    name, schema = resource["name"], resource["schema"]
    cited = {key["fields"][0]: key["reference"] for key in schema.get("foreignKeys", [])}
    fields = []
    for one in schema["fields"]:
        unit = f" Unit: {one['unit']}." if one.get("unit") else ""
        field = mlc.Field(
            id=f"{name}/{one['name']}",
            name=one["name"],
            description=f"{one['description']}{unit}",
            data_types=[getattr(mlc.DataType, TYPES[one["type"]])],
            source=mlc.Source(file_object=resource["path"], extract=mlc.Extract(column=one["name"])),
        )
        if target := cited.get(one["name"]):
            field.references = mlc.Source(field=f"{target['resource']}/{target['fields'][0]}")
        fields.append(field)
    return mlc.RecordSet(
        id=name,
        name=name,
        description=resource["description"],
        key=[f"{name}/{column}" for column in schema["primaryKey"]],
        fields=fields,
    )


def _plain(value: Any) -> Any:
    """Return what JSON can hold: days as ISO dates."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.date().isoformat() if isinstance(value, datetime) else value
