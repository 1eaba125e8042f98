"""Typed parameters of a notebook: one pydantic model a theme, with unit, range and help for each.

The notebook's tagged cell is written from the model by `cell`, and `check` holds any values against it, so
that the two agree and a bad value fails with a message before anything is computed.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    create_model,
    field_validator,
)
from pydantic.fields import FieldInfo

from parallelrun import ipynb, project
from parallelrun.errors import ParameterError, near

DAY = "ISO date"
"""Unit of a parameter that is a day."""


class Parameters(BaseModel):
    """Base of the themes' models: no unknown names, no coercion, no change after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _is_a_day(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse a text that is no day where the unit is one, written as tables have it."""
        if unit_of(cls.model_fields[str(info.field_name)]) == DAY and f"{date.fromisoformat(value)}" != value:
            raise ValueError("not written as YYYY-MM-DD")
        return value


def parameter(default: Any, *, unit: str, help: str, ge: float | None = None, le: float | None = None) -> Any:
    """Return a model field with its unit, help and range.

    Parameters
    ----------
    default : int, float, str or bool
        Default value; a plain literal.
    unit : str
        Unit in the field's terms; ``""`` for a pure number, a choice or a name.
    help : str
        What it means, in a few words.
    ge, le : float, optional
        Smallest and largest value allowed.
    """
    return Field(default, description=help, ge=ge, le=le, json_schema_extra={"unit": unit})


def theme_of(stem: str) -> Any:
    """Return the package of a notebook's theme, which holds its ``Parameters`` and ``RESULTS``; None if it has none."""
    module = f"parallelrun.themes.{stem}"
    if stem.isidentifier() and importlib.util.find_spec(module) is not None:
        return importlib.import_module(module)
    return None


def model_for(stem: str, notebook: Path | None = None) -> type[Parameters]:
    """Return the theme's ``Parameters`` model, or one inferred from the notebook's tagged cell if it has no theme.

    Parameters
    ----------
    stem : str
        The theme's stem.
    notebook : Path, optional
        The notebook, if it is not that of the stem in ``notebooks/``.
    """
    theme = theme_of(stem)
    if theme is not None:
        return theme.Parameters
    path = notebook or project.notebook_path(stem)
    defaults = ipynb.default_parameters(ipynb.read(path), path.name)
    fields: dict[str, Any] = {
        name: (type(value), value) for name, value in defaults.items() if not name.startswith("_")
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a parameter may be called json or copy, as pydantic's methods are
        return create_model("Parameters", __base__=Parameters, **fields)


@dataclass(frozen=True)
class Written:
    """A value as somebody wrote it: its text, whether it stood in quotes, and in which file and line."""

    text: str
    quoted: bool = False
    where: str = ""


def read(model: type[Parameters], written: Mapping[str, Written]) -> Parameters:
    """Return values that were written in a file or on a command line, typed by the model and checked.

    A text is what its field's type reads in it: ``true`` is a boolean and ``1e5`` a number where one of these is
    expected, else they are texts. What stands in quotes is a text.

    Raises
    ------
    ParameterError
        As in `check`; each line begins with the place.
    """
    values = {
        name: _typed(model.model_fields[name], value) if name in model.model_fields else value.text
        for name, value in written.items()
    }
    return check(model, values, {name: value.where for name, value in written.items()})


def _typed(field: FieldInfo, written: Written) -> Any:
    """Return a written value with the type that its field has; as text if it cannot have it."""
    kind: Any = field.annotation
    if written.quoted or kind is str:
        return written.text
    if get_origin(kind) is Literal:
        return next((choice for choice in get_args(kind) if str(choice) == written.text), written.text)
    for reading in (kind, float) if kind is int else (kind,):
        try:
            value = TypeAdapter(reading).validate_strings(written.text)
        except ValidationError:
            continue
        return int(value) if kind is int and float(value).is_integer() else value
    return written.text


def check(model: type[Parameters], values: Mapping[str, Any], places: Mapping[str, str] | None = None) -> Parameters:
    """Return the values as a checked model.

    Parameters
    ----------
    model : type of Parameters
        The notebook's parameters.
    values : mapping
        Values by name; what is missing has its default.
    places : mapping, optional
        Where each was written, for the message.

    Raises
    ------
    ParameterError
        If a name is unknown (the nearest is named), or a value has the wrong type, is out of range, no day where its
        unit is an ISO date, or of more than 64 bits; the message has one line for each.
    """
    problems = [
        (
            name,
            f"parameter {_short(name)}: expected a whole number of at most 64 bits, as tables hold them, got {value}",
        )
        for name, value in values.items()
        if isinstance(value, int) and not -(2**63) <= value < 2**63
    ]
    if not problems:
        try:
            return model(**values)
        except ValidationError as error:
            problems = [(str(problem["loc"][0]), _explain(model, problem)) for problem in error.errors()]
    places = places or {}
    raise ParameterError("\n".join(f"{places[n]}: {line}" if places.get(n) else line for n, line in problems)) from None


def _explain(model: type[Parameters], problem: Any) -> str:
    name = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        return _unknown(name, model)
    field = model.model_fields[name]
    wanted = f"a day such as {field.default}" if unit_of(field) == DAY else expected(field)
    return f"parameter {name!r}: expected {wanted}, got {_short(problem['input'])}"


def _unknown(name: str, model: type[Parameters]) -> str:
    hint = near(name, model.model_fields) if model.model_fields else "the notebook has no parameters"
    return f"parameter {_short(name)} is unknown: {hint}"


def _short(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:57]}..."


def check_cells(model: type[Parameters], sources: list[str], given: set[str]) -> None:
    """Check that the cells run so far set all parameters, and nothing else where they set parameters.

    A cell of parameters holds only literals, and comes before all imports, has papermill's mark, or sets a known name.

    Parameters
    ----------
    model : type of Parameters
        The notebook's parameters.
    sources : list of str
        The cells, as IPython's ``In`` has them; nothing is checked if there are none.
    given : set of str
        The parameters that are set.

    Raises
    ------
    ParameterError
        If a name is unknown or a parameter is missing.
    """
    known = set(model.model_fields)
    lines = []
    first = True
    for source in sources:
        first = first and "import " not in source
        names = ipynb.literal_names(source)
        if first or source.startswith("# Parameters\n") or names & known:
            lines += [_unknown(name, model) for name in sorted(names - known)]
    missing = [name for name in model.model_fields if name not in given]
    if sources and not lines and missing:
        lines = [f"parameter {name!r} is missing: set it in the cell of parameters" for name in missing]
    if lines:
        raise ParameterError("\n".join(dict.fromkeys(lines)))


def expected(field: FieldInfo) -> str:
    """Return a field's type, range or choices, and unit in words: ``a number from 0 to 100 (%)``."""
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(repr(choice) for choice in get_args(annotation))
    names: dict[Any, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
    words = names.get(annotation, f"what only the notebook can set, a {getattr(annotation, '__name__', annotation)}")
    unit = unit_of(field)
    return words + _range(field) + (f" ({unit})" if unit else "")


def limits(field: FieldInfo) -> tuple[float | None, float | None]:
    """Return the smallest and the largest value that a field may have; None where there is no limit."""
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    return low, high


def _range(field: FieldInfo) -> str:
    low, high = limits(field)
    if low is None and high is None:
        return ""
    form = "" if unit_of(field) == "year" else ","  # a year has no thousands
    if low is None:
        return f" up to {high:{form}}"
    return f" from {low:{form}} to {high:{form}}" if high is not None else f" from {low:{form}} up"


def unit_of(field: FieldInfo) -> str:
    """Return a field's unit; empty for a pure number."""
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def cell(model: type[Parameters]) -> str:
    """Return the source of the notebook's parameters cell: a literal and a comment for each field."""
    lines = [
        f"{name} = {_literal(field.default)}  # {': '.join(filter(None, (field.description, expected(field))))}"
        for name, field in model.model_fields.items()
    ]
    return "\n".join(lines)


def _literal(value: Any) -> str:
    """Return a plain literal as the formatter writes it, texts in double quotes."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def listing(model: type[Parameters]) -> str:
    """Return each parameter with its default, meaning and what is expected, for a terminal."""
    return "\n".join(
        f"{name} = {field.default!r}\n    {field.description or 'no description'}: {expected(field)}"
        for name, field in model.model_fields.items()
    )


def schema(model: type[Parameters]) -> list[dict[str, Any]]:
    """Return each parameter's name, type, default, unit, range, choices and help, for machines."""
    names: dict[Any, str] = {int: "integer", float: "number", str: "string", bool: "boolean"}
    rows = []
    for name, field in model.model_fields.items():
        literal = get_origin(field.annotation) is Literal
        low, high = limits(field)
        rows.append(
            {
                "name": name,
                "type": "choice" if literal else names.get(field.annotation, "fixed"),
                "default": field.default,
                "unit": unit_of(field),
                "minimum": low,
                "maximum": high,
                "choices": list(get_args(field.annotation)) if literal else None,
                "help": field.description or "",
            }
        )
    return rows
