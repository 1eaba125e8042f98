"""Read YAML files of settings: mappings, lists and single values, each with its file, line and column.

Values are kept as they are written (`parallelrun.study.parameters.Written`), so that the parameter's own type
decides what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parallelrun.errors import InputError
from parallelrun.study.parameters import Written


@dataclass(frozen=True)
class Node:
    """A mapping, a list or a single value of a file (a node as ruamel composes it), and where it begins."""

    held: Any
    path: Path
    where: str

    @property
    def mapping(self) -> dict[str, Node]:
        """The names and what stands under each.

        Raises
        ------
        InputError
            If this is no mapping, or has a name twice.
        """
        if not self._is("Mapping"):
            raise InputError(f"{self.where}: expected `name: value` lines, found {self._kind()}")
        names: dict[str, Node] = {}
        for key, value in self.held.value:
            where = _place(self.path, key.start_mark)
            if str(key.value) in names:
                raise InputError(f"{where}: found {key.value[:60]!r} twice")
            names[str(key.value)] = Node(value, self.path, where)
        return names

    @property
    def items(self) -> list[Node]:
        """What is listed."""
        return [Node(item, self.path, _place(self.path, item.start_mark)) for item in self.held.value]

    @property
    def listed(self) -> bool:
        """Whether this is a list."""
        return self._is("Sequence")

    @property
    def written(self) -> Written:
        """The single value.

        Raises
        ------
        InputError
            If this is a mapping, a list, or nothing.
        """
        quoted = self._is("Scalar") and self.held.style is not None
        if not self._is("Scalar") or (not quoted and self.held.value in ("", "~", "null")):
            raise InputError(f"{self.where}: expected a number, a text, or true or false, found {self._kind()}")
        return Written(self.held.value, quoted, self.where)

    def only(self, *needed: str, optional: tuple[str, ...] = ()) -> dict[str, Node]:
        """Return the mapping if it has all of the needed names, and of others only the optional ones.

        Raises
        ------
        InputError
            If not; the message lists what there may be.
        """
        found, expected = self.mapping, f"expected {', '.join((*needed, *optional))}"
        for name, node in found.items():
            if name not in (*needed, *optional):
                raise InputError(f"{node.where}: found {name[:60]!r}, {expected}")
        for name in needed:
            if name not in found:
                raise InputError(f"{self.where}: {name!r} is missing; {expected}")
        return found

    def whole(self, least: int) -> int:
        """Return the single value as a whole number.

        Raises
        ------
        InputError
            If it is none, or below the least.
        """
        text = self.written.text
        if not text.isdecimal() or int(text) < least:
            raise InputError(f"{self.where}: expected a whole number from {least} up, got {text[:40]!r}")
        return int(text)

    def _is(self, kind: str) -> bool:
        return type(self.held).__name__ == f"{kind}Node"

    def _kind(self) -> str:
        if self._is("Scalar"):
            return repr(self.held.value[:60]) if self.held.value else "nothing"
        return "a list" if self.listed else "a mapping"


def read(path: Path) -> Node:
    """Return a YAML file's content.

    Raises
    ------
    InputError
        If the file cannot be read or is not one YAML document; the message has file, line and column.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        held = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: found the byte 0x{error.object[error.start]:02x}, expected UTF-8 text") from None
    except (YAMLError, RecursionError) as error:
        mark, reason = (
            getattr(error, "problem_mark", None),
            getattr(error, "problem", None) or str(error).split("\n")[0],
        )
        raise InputError(f"{_place(path, mark) if mark else path}: not valid YAML ({reason})") from None
    if held is None:
        raise InputError(f"{path}: is empty")
    return Node(held, path, _place(path, held.start_mark))


def _place(path: Path, mark: Any) -> str:
    return f"{path}, line {mark.line + 1}, column {mark.column + 1}"
