"""What the proofs found: one JSON a part under build/prove/, and one report of all parts."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from parallelrun import project

PARTS = ("data", "surroundings", "versions", "faults", "hostile")


@dataclass(frozen=True)
class Finding:
    """One promise that was put to the test: whether it held, how often it was tried, and what was seen."""

    promise: str
    held: bool | None
    tries: int
    seen: str = ""

    @property
    def outcome(self) -> str:
        """The outcome in words."""
        return "not tried" if self.held is None else "held" if self.held else "BROKEN"


@dataclass
class Part:
    """One part of the proof: its findings in order, and text that explains them."""

    name: str
    title: str
    command: str
    findings: list[Finding] = field(default_factory=list)
    text: str = ""
    seconds: float = 0.0

    def add(self, promise: str, held: bool | None, tries: int = 1, seen: str = "") -> None:
        """Note a finding, and say it."""
        self.findings.append(Finding(promise, held, tries, seen))
        print(f"  {self.findings[-1].outcome}: {promise}{f' ({seen})' if seen else ''}", file=sys.stderr, flush=True)


def home() -> Path:
    """Return the folder of the proofs' own files."""
    folder = project.root() / "build" / "prove"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def part(name: str, title: str, added: bool = False) -> Iterator[Part]:
    """Yield a part to fill; when it is done keep it and write the report. Exit 1 if a promise was broken.

    Parameters
    ----------
    name, title : str
        What the part is called, in files and for readers.
    added : bool
        Whether only some of its promises were tried, and what was found of the others before stays.
    """
    print(f"{title}:", file=sys.stderr, flush=True)
    began = time.monotonic()
    made = Part(name, title, "python -m prove." + " ".join([name, *sys.argv[1:]]))
    yield made
    made.seconds = round(time.monotonic() - began, 1)
    path = home() / f"{name}.json"
    if added and path.is_file():
        tried = {one.promise for one in made.findings}
        old = json.loads(path.read_text(encoding="utf-8"))["findings"]
        made.findings[:0] = [Finding(**one) for one in old if one["promise"] not in tried]
    content = asdict(made) | {"machine": machine()}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (home() / "report.md").write_text(written(), encoding="utf-8")
    if any(one.held is False for one in made.findings):
        sys.exit(1)


def machine() -> str:
    """Return what the proof ran on, in words without a name of the machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} processors, Python {platform.python_version()}"


def written() -> str:
    """Return the report of all parts that have run, in Markdown."""
    lines = ["## The latest findings", ""]
    for name in PARTS:
        path = home() / f"{name}.json"
        if not path.is_file():
            lines += [f"### {name.capitalize()}", "", "Has not run here.", ""]
            continue
        made = json.loads(path.read_text(encoding="utf-8"))
        lines += [f"### {made['title']}", "", f"`{made['command']}`, {made['seconds']:.0f} s; {made['machine']}", ""]
        lines += ["| Promise | Tries | Outcome | Seen |", "| --- | ---: | --- | --- |"]
        for one in made["findings"]:
            outcome = Finding(**one).outcome
            cells = (one["promise"], f"{one['tries']:,}", outcome, one["seen"])
            lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
        lines += ["", made["text"], ""] if made["text"] else [""]
    return "\n".join(lines)
