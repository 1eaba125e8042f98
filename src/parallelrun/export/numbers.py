"""Results as variables of LaTeX, Typst and JSON, and as linked text for Markdown and Word, each with its trace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from parallelrun.export.snippets import latex, save_word
from parallelrun.study import results, units
from parallelrun.study.estimates import Estimate

LINK = "parallelrun:"
"""What the address of a linked number begins with; the rest is the result's name."""

TEX_HEAD = r"""% Numbers of parallel-run.
% \pr{NAME}: value; \prci{NAME}: interval; \prunit{NAME}: unit; \prfull{NAME}: all three.
% Behind each: the command that follows the number to its rows and sources.
\makeatletter
\newcommand*{\pr@get}[2]{\ifcsname pr@#1@#2\endcsname\csname pr@#1@#2\endcsname\else
  \@latex@error{parallel-run has no result #2}{See numbers.json}\fi}
\newcommand*{\pr}[1]{\pr@get{value}{#1}}
\newcommand*{\prci}[1]{\pr@get{ci}{#1}}
\newcommand*{\prunit}[1]{\pr@get{unit}{#1}}
\newcommand*{\prfull}[1]{\pr@get{full}{#1}}
\newcommand*{\pr@set}[5]{\@namedef{pr@value@#1}{#2}\@namedef{pr@ci@#1}{#3}\@namedef{pr@unit@#1}{#4}%
  \@namedef{pr@full@#1}{#5}}
"""


@dataclass(frozen=True)
class Number:
    """A result as it is written: name, texts of its value, interval and unit, and the numbers themselves."""

    name: str
    estimate: Estimate
    meaning: str

    @property
    def value(self) -> str:
        """The value in four digits, else the interval."""
        return str(Estimate(self.estimate.value)) if self.estimate.value is not None else self.interval

    @property
    def interval(self) -> str:
        """The interval in four digits; empty if there is none."""
        low, high = self.estimate.low, self.estimate.high
        return str(Estimate(None, low, high)) if low is not None and high is not None else ""

    @property
    def unit(self) -> str:
        """The unit; empty if it is a pure number, such as a ratio."""
        return units.behind(self.estimate.unit).lstrip()

    @property
    def full(self) -> str:
        """Value, unit and interval."""
        return str(self.estimate)

    @property
    def trace(self) -> str:
        """The command that follows it to its rows."""
        return f"parallelrun trace {self.name}"


def current(folder: Path) -> dict[str, Number]:
    """Return the numbers of a folder of figures, by ``stem.name``."""
    return {
        f"{stem}.{one['name']}": Number(
            f"{stem}.{one['name']}", Estimate(one["value"], one["low"], one["high"], one["unit"]), one["meaning"]
        )
        for stem, recorded in results.read(folder).items()
        for one in recorded["results"]
    }


def write(numbers: dict[str, Number], to: Path) -> list[str]:
    """Write ``numbers.{tex,typ,json,md,docx}``; return their names."""
    (to / "numbers.tex").write_text(in_latex(numbers), encoding="utf-8")
    (to / "numbers.typ").write_text(in_typst(numbers), encoding="utf-8")
    (to / "numbers.json").write_text(in_json(numbers), encoding="utf-8")
    (to / "numbers.md").write_text(in_markdown(numbers), encoding="utf-8")
    in_word(numbers, to / "numbers.docx")
    return [f"numbers.{kind}" for kind in ("tex", "typ", "json", "md", "docx")]


def in_latex(numbers: dict[str, Number]) -> str:
    """Return macros of LaTeX, which take a result's name."""
    lines = [
        rf"\pr@set{{{one.name}}}{{{latex(one.value)}}}{{{latex(one.interval)}}}{{{latex(one.unit)}}}{{{latex(one.full)}}}"
        f"% {one.trace}"
        for one in numbers.values()
    ]
    return TEX_HEAD + "\n".join(lines) + "\n\\makeatother\n"


def in_typst(numbers: dict[str, Number]) -> str:
    """Return a dictionary of Typst, ``pr``."""
    lines = [
        f"  {_text(one.name)}: (value: {_text(one.value)}, interval: {_text(one.interval)}, unit: {_text(one.unit)}, "
        f"full: {_text(one.full)}, trace: {_text(one.trace)}),"
        for one in numbers.values()
    ]
    return '// Numbers of parallel-run: #pr.at("NAME").full\n#let pr = (\n' + "\n".join(lines) + "\n)\n"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def in_json(numbers: dict[str, Number]) -> str:
    """Return all as JSON: the numbers, and the texts as they are exported."""
    content = {
        one.name: {
            "value": results.rounded(one.estimate.value),
            "low": results.rounded(one.estimate.low),
            "high": results.rounded(one.estimate.high),
            "unit": one.estimate.unit,
            "text": one.full,
            "meaning": one.meaning,
            "trace": one.trace,
        }
        for one in numbers.values()
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def in_markdown(numbers: dict[str, Number]) -> str:
    """Return a list of linked numbers, to copy from."""
    lines = [f"- [{one.full}]({LINK}{one.name}): {one.meaning}" for one in numbers.values()]
    return "# Numbers of parallel-run\n\n" + "\n".join(lines) + "\n"


def in_word(numbers: dict[str, Number], out: Path) -> None:
    """Write a Word document of linked numbers, to copy from."""
    from docx import Document
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = Document()
    document.add_heading("Numbers of parallel-run", 1)
    for one in numbers.values():
        paragraph = document.add_paragraph()
        link = OxmlElement("w:hyperlink")
        target = document.part.relate_to(f"{LINK}{one.name}", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), target)
        run = OxmlElement("w:r")
        text = OxmlElement("w:t")
        text.text = one.full
        run.append(text)
        link.append(run)
        paragraph._p.append(link)
        paragraph.add_run(f": {one.meaning}")
    save_word(document, out)


def read_json(path: Path) -> dict[str, Number]:
    """Return the numbers of an earlier ``numbers.json``."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Number(name, Estimate(one["value"], one["low"], one["high"], one["unit"]), one["meaning"])
        for name, one in content.items()
    }
