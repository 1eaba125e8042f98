"""Read YAML 1.2 files of settings: mappings, lists and plain values, with the line of each; nothing else YAML can do.

Values are kept as they are written (`parallelrun.study.parameters.Written`), so that the parameter's own type
decides what they are. Tags, anchors and aliases are refused, and so are files, nestings and values of a size no
setting has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parallelrun.errors import InputError
from parallelrun.study.parameters import Written

LARGEST = 1_000_000
"""Bytes that a file may have."""

DEEPEST = 8
"""Levels that may stand in one another."""


@dataclass(frozen=True)
class Node:
    """A mapping, a list or a single value, and where it begins."""

    value: dict[str, Node] | list[Node] | Written
    where: str

    @property
    def mapping(self) -> dict[str, Node]:
        """The names and what stands under each.

        Raises
        ------
        InputError
            If this is no mapping.
        """
        if not isinstance(self.value, dict):
            raise InputError(f"{self.where}: expected `name: value` lines, found {self._kind()}")
        return self.value

    @property
    def items(self) -> list[Node]:
        """What is listed.

        Raises
        ------
        InputError
            If this is no list.
        """
        if not isinstance(self.value, list):
            raise InputError(f"{self.where}: expected a list such as [1, 2], found {self._kind()}")
        return self.value

    @property
    def written(self) -> Written:
        """The single value.

        Raises
        ------
        InputError
            If this is a mapping, a list, or nothing.
        """
        if not isinstance(self.value, Written) or (not self.value.quoted and self.value.text in ("", "~", "null")):
            raise InputError(f"{self.where}: expected a number, a text, or true or false, found {self._kind()}")
        return self.value

    def only(self, *names: str) -> dict[str, Node]:
        """Return the mapping if it has no other names than these.

        Raises
        ------
        InputError
            If it has; the message lists what there may be.
        """
        for name, node in self.mapping.items():
            if name not in names:
                raise InputError(f"{node.where}: found {name[:60]!r}, expected {', '.join(names)}")
        return self.mapping

    def _kind(self) -> str:
        if isinstance(self.value, dict):
            return "a mapping"
        return (
            "a list" if isinstance(self.value, list) else f"{self.value.text[:60]!r}" if self.value.text else "nothing"
        )


def read(path: Path) -> Node:
    """Return a YAML file's content.

    Raises
    ------
    InputError
        If the file cannot be read, is too large, is not one YAML document, or has a tag, an anchor, an alias, or a name
        twice; the message has file and line.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise InputError(f"{path}: has {size:,} bytes, expected at most {LARGEST:,}")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: found the byte 0x{error.object[error.start]:02x}, expected UTF-8 text") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Node:
    """Return a YAML text's content; see `read`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        reader = _Reader(YAML(typ="safe", pure=True).parse(text), name)
        return reader.document()
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise InputError(f"{where}: not valid YAML ({getattr(error, 'problem', None) or error})") from None


class _Reader:
    """Builds nodes from YAML's events, and so sees what a loader would already have carried out."""

    def __init__(self, events: Any, name: str) -> None:
        self._events, self._name = events, name

    def document(self) -> Node:
        self._next()
        if type(event := self._next()).__name__ == "StreamEndEvent":
            raise InputError(f"{self._name}: is empty")
        root = self._node(self._next(), 0)
        self._next()
        if type(event := self._next()).__name__ != "StreamEndEvent":
            raise InputError(f"{self._where(event)}: found a second document, expected one")
        return root

    def _next(self) -> Any:
        return next(self._events)

    def _where(self, event: Any) -> str:
        return f"{self._name}, line {event.start_mark.line + 1}"

    def _node(self, event: Any, depth: int) -> Node:
        where, kind = self._where(event), type(event).__name__
        if kind == "AliasEvent" or event.anchor is not None:
            raise InputError(f"{where}: found the anchor {event.anchor[:60]!r}; write the value out")
        if event.tag is not None:
            raise InputError(f"{where}: found the tag {event.tag[:60]!r}; write the value without it")
        if depth >= DEEPEST:
            raise InputError(f"{where}: found more than {DEEPEST} levels")
        if kind == "ScalarEvent":
            return Node(Written(event.value, event.style is not None, where), where)
        if kind == "SequenceStartEvent":
            items = []
            while type(event := self._next()).__name__ != "SequenceEndEvent":
                items.append(self._node(event, depth + 1))
            return Node(items, where)
        names: dict[str, Node] = {}
        while type(event := self._next()).__name__ != "MappingEndEvent":
            key = self._node(event, depth + 1)
            if not isinstance(key.value, Written):
                raise InputError(f"{key.where}: expected a name before the colon")
            if key.value.text in names:
                raise InputError(f"{key.where}: found {key.value.text[:60]!r} twice")
            node = self._node(self._next(), depth + 1)
            names[key.value.text] = Node(node.value, key.where)
        return Node(names, where)
