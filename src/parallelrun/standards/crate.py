"""A Process Run Crate (RO-Crate 1.1) of the build, or of one run: what ran on which tables, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parallelrun import folders, project
from parallelrun.audit import service
from parallelrun.data import tables
from parallelrun.errors import InputError
from parallelrun.runs import single
from parallelrun.standards.identity import LICENCES, Identity, identity, notebooks

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
REVIEWS = "claim-reviews.json"

KINDS = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".ipynb": "application/x-ipynb+json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".md": "text/markdown",
    ".cff": "application/yaml",
}
"""Media type by the ending of a file; others are plain text."""


def write(run: str | None, into: Path | None) -> Path:
    """Write a crate into a folder, which it returns.

    Parameters
    ----------
    run : str, optional
        A run's folder or the beginning of its hash; by default the build, with the reviews of the claims.
    into : Path, optional
        A folder, new or empty; by default ``build/crate/``, which is replaced.

    Raises
    ------
    InputError
        If there is no such run, the folder holds something else, or the package rocrate is not installed.
    """
    try:
        from rocrate.rocrate import ROCrate
    except ImportError:
        raise InputError("a crate needs rocrate: pip install 'parallel-run[standards]'") from None
    out = folders.chosen(into, "--to") if into else project.root() / "build" / "crate"
    if into and out.exists() and any(out.iterdir()):
        raise InputError(f"--to {into}: is not empty, expected a folder that is new or empty")
    record = single.load(single.find(run)) if run else None
    with folders.staging(out.parent) as stage:
        it, crate = identity(), ROCrate(version="1.1")
        _describe(crate, it, record)
        if run and record:
            _of_run(crate, single.find(run), record)
        else:
            _of_build(crate, it, stage)
        crate.write(stage / "crate")
        _settle(stage / "crate" / "ro-crate-metadata.json")
        folders.replace(stage / "crate", out)
    return out


def _describe(crate: Any, it: Identity, record: dict[str, Any] | None) -> None:
    from rocrate.model.contextentity import ContextEntity

    crate.name = f"{it.name}: {record['title']}, run {record['hash']}" if record else it.title
    crate.description = it.description
    crate.datePublished = record["timings"]["started"][:10] if record else it.released
    crate.keywords = ", ".join(it.keywords)
    crate.license = crate.add(ContextEntity(crate, LICENCES["CC-BY-4.0"], properties={
        "@type": "CreativeWork", "name": "CC-BY-4.0",
        "description": "Creative Commons Attribution 4.0; the code is MIT",
    }))  # fmt: skip
    crate.root_dataset["conformsTo"] = crate.add(ContextEntity(crate, PROFILE, properties={
        "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5",
    }))  # fmt: skip
    authors = [crate.add(ContextEntity(crate, f"#{name.replace(' ', '-')}", properties={
        "@type": "Organization", "name": name,
    })) for name in it.authors]  # fmt: skip
    crate.root_dataset["author"] = authors
    crate.root_dataset["publisher"] = authors[0]
    crate.add(ContextEntity(crate, "#parallelrun", properties={
        "@type": "SoftwareApplication", "name": it.name, "softwareVersion": it.version, "description": it.description,
        "url": "REPRODUCING.md",
    }))  # fmt: skip


def _of_build(crate: Any, it: Identity, stage: Path) -> None:
    root = project.root()
    for name in ("README.md", "REPRODUCING.md", "CITATION.cff", "requirements.txt", "LICENSE", "LICENSE-DATA"):
        _file(crate, root / name, name)
    _file(crate, root / "data" / "datapackage.json", "data/datapackage.json")
    for name, one in tables.tables().items():
        _file(crate, root / "data" / one["path"], f"data/{one['path']}", one["title"], identifier=tables.digest(name))
    for stem, entry in notebooks().items():
        results = [root / "figures" / stem / f"{f['name']}.{k}" for f in entry["figures"] for k in f["files"]]
        results += [root / "figures" / stem / "results.json"] if entry["results"] else []
        made = [_file(crate, path, f"figures/{stem}/{path.name}") for path in results]
        given = entry["figures"][0]["provenance"]["parameters"] if entry["figures"] else {}
        inputs = [crate.dereference(f"data/{tables.tables()[table]['path']}") for table in entry["tables"]]
        _action(crate, stem, entry["title"], given, inputs, made, it.released)
    verdicts = service.judge("", "", "")
    (stage / REVIEWS).write_text(
        json.dumps(json.loads(service.claim_reviews(verdicts)), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    _file(crate, stage / REVIEWS, REVIEWS, "The verdicts on the articles' claims, as schema.org ClaimReviews")


def _of_run(crate: Any, folder: Path, record: dict[str, Any]) -> None:
    from rocrate.model.contextentity import ContextEntity

    known = tables.tables()
    inputs = []
    for name, digest in record["tables"].items():
        if name in known and tables.digest(name) == digest:
            path = f"data/{known[name]['path']}"
            inputs.append(_file(crate, project.data_dir() / known[name]["path"], path, identifier=digest))
        else:
            inputs.append(crate.add(ContextEntity(crate, f"#{name}", properties={
                "@type": "CreativeWork", "name": name, "identifier": digest,
                "description": "A table of which this collection now has other rows; the identifier is its digest.",
            })))  # fmt: skip
    made = [_file(crate, path, path.name) for path in sorted(folder.iterdir()) if path.is_file()]
    started = record["timings"]["started"]
    _action(crate, record["notebook"], record["title"], record["parameters"], inputs, made, started)


def _file(crate: Any, path: Path, name: str, title: str = "", identifier: str = "", kind: Any = "File") -> Any:
    properties = {"@type": kind, "name": title or name}
    properties["encodingFormat"] = KINDS.get(path.suffix, "text/plain")
    if identifier:
        properties["identifier"] = identifier
    return crate.add_file(str(path), name, properties=properties)


def _action(
    crate: Any, stem: str, title: str, given: dict[str, Any], inputs: list[Any], made: list[Any], when: str
) -> None:
    """Add one run of a notebook: the notebook, its parameters and tables, and what it made."""
    from rocrate.model.contextentity import ContextEntity

    notebook = project.notebook_path(stem)
    if notebook.is_file():
        tool = _file(crate, notebook, f"notebooks/{stem}.ipynb", title, kind=["File", "SoftwareSourceCode"])
        tool["programmingLanguage"] = "Python"
        tool["version"] = project.package_version()
    else:
        tool = crate.dereference("#parallelrun")
    values = [
        crate.add(ContextEntity(crate, f"#{stem}/{name}", properties={
            "@type": "PropertyValue", "name": name, "value": value if isinstance(value, int | float) else str(value),
        }))
        for name, value in given.items()
    ]  # fmt: skip
    action = crate.add(ContextEntity(crate, f"#run-of-{stem}", properties={
        "@type": "CreateAction", "name": f"Run of {stem}", "description": title, "endTime": when,
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }))  # fmt: skip
    action["instrument"] = tool
    action["agent"] = crate.root_dataset["author"]
    action["object"] = [*inputs, *values]
    action["result"] = made
    crate.root_dataset.append_to("mentions", action)


def _settle(path: Path) -> None:
    """Sort the crate's entities, so that the same build gives the same bytes."""
    content = json.loads(path.read_text(encoding="utf-8"))
    content["@graph"].sort(key=lambda one: one["@id"])
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
