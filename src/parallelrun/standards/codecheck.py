"""`codecheck.yml`: what a codechecker is to reproduce, as CODECHECK 1.0 has it, without the check itself."""

from __future__ import annotations

import io

from parallelrun.standards.identity import identity, notebooks


def render() -> str:
    """Return the file's content."""
    from ruamel.yaml import YAML

    it = identity()
    manifest = [
        {"file": f"figures/{stem}/{name}", "comment": f"{comment}, written by {entry['notebook']}"}
        for stem, entry in notebooks().items()
        for name, comment in [
            *(
                (f"{figure['name']}.svg", f"figure under the heading: {figure['heading']}")
                for figure in entry["figures"]
            ),
            *([("results.json", "all recorded numbers")] if entry["results"] else []),
        ]
    ]
    content = {
        "version": "https://codecheck.org.uk/spec/config/1.0/",
        "source": "REPRODUCING.md",
        "paper": {"title": it.title, "authors": [{"name": name} for name in it.authors]},
        "manifest": manifest,
    }
    out = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 1000
    out.write(
        "# Written by `parallelrun standards`. Whoever checks adds codechecker, report, check_time and summary.\n"
    )
    yaml.dump(content, out)
    return out.getvalue()
