"""CodeMeta says what pyproject.toml says."""

import json
import tomllib

from parallelrun.standards import codemeta


def test_it_names_every_requirement_with_its_bound(root):
    said = json.loads(codemeta.render())
    package = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert {f"{one['name']}{one['version']}" for one in said["softwareRequirements"]} == set(package["dependencies"])
    assert said["@context"] == "https://w3id.org/codemeta/3.0"
    assert said["version"] == package["version"]
    assert said["license"][0].endswith("/MIT")
