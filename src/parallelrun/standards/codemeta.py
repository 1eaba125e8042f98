"""`codemeta.json`: the software, as CodeMeta 3.0 describes it."""

from __future__ import annotations

import re

from parallelrun.standards.identity import LICENCES, as_json, identity


def render() -> str:
    """Return the file's content."""
    it = identity()
    return as_json(
        {
            "@context": "https://w3id.org/codemeta/3.0",
            "type": "SoftwareSourceCode",
            "name": it.name,
            "description": it.description,
            "version": it.version,
            "dateModified": it.released,
            "license": [LICENCES[one] for one in it.licences],
            "author": [{"type": "Organization", "name": name} for name in it.authors],
            "keywords": it.keywords,
            "programmingLanguage": {"type": "ComputerLanguage", "name": "Python"},
            "runtimePlatform": f"Python {it.python}",
            "operatingSystem": ["Linux", "macOS"],
            "softwareRequirements": [_requirement(one) for one in it.dependencies],
            "developmentStatus": "active",
            "isAccessibleForFree": True,
            "readme": "README.md",
            "buildInstructions": "REPRODUCING.md",
            **({"codeRepository": it.repository} if it.repository else {}),
        }
    )


def _requirement(written: str) -> dict[str, str]:
    name, version = re.fullmatch(r"([\w.-]+)\s*(.*)", written).groups()  # type: ignore[union-attr]
    return {"type": "SoftwareApplication", "name": name, "version": version, "identifier": f"pkg:pypi/{name}"}
