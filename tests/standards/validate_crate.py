"""Hold a crate to RO-Crate 1.1 and the Process Run Crate profile, without a network; run by `make test-standards`.

The validator asks the web for the crate's JSON-LD context. Here it gets the copy that the package rocrate carries: a
later one, with every term of 1.1. Any other address is refused.

    python validate_crate.py CRATE CONTEXT.jsonld
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import rdflib.plugins.shared.jsonld.context as jsonld
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

CONTEXTS = ("https://w3id.org/ro/crate/1.1/context",)


def main(crate: str, context: str) -> int:
    held = json.loads(Path(context).read_text())

    refused = set()  # the validator passes over checks that raise

    def read(url, *args, **kwargs):
        if str(url) not in CONTEXTS:
            refused.add(str(url))
            raise OSError(f"no network here: {url}")
        return held, None

    def get(self, url, *args, **kwargs):
        content, _ = read(url)
        return SimpleNamespace(status_code=200, json=lambda: content, content=json.dumps(content).encode())

    jsonld.source_to_json = read
    HttpRequester.get = get
    settings = services.ValidationSettings(
        rocrate_uri=crate,
        profile_identifier="process-run-crate-0.5",
        requirement_severity=models.Severity.RECOMMENDED,
    )
    result = services.validate(settings)
    must = [one for one in result.get_issues(models.Severity.REQUIRED) if one.severity == models.Severity.REQUIRED]
    should = [one for one in result.get_issues(models.Severity.RECOMMENDED) if one not in must]
    for kind, issues in (("MUST", must), ("SHOULD", should)):
        for one in issues:
            print(f"{kind}: {one.check.identifier}: {one.message} [{one.violatingEntity}]")
    print(f"{crate}: {len(must)} of what it must have is missing, {len(should)} of what it should")
    if refused:
        print(f"could not be checked without a network: {', '.join(sorted(refused))}")
    return 1 if must or refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
