"""Typed parameters of a notebook: one pydantic model a theme, with unit, range and help for each.

The notebook's tagged cell is written from the model by `cell`, and `check` holds any values against it, so
that the two agree and a bad value fails with a message before anything is computed.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.fields import FieldInfo

from parallelrun import notebooks, project
from parallelrun.errors import ParameterError


class Parameters(BaseModel):
    """Base of the themes' models: no unknown names, no coercion, no change after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


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


def model_for(stem: str) -> type[Parameters]:
    """Return the theme's ``Parameters`` model, or one inferred from the notebook's tagged cell if it has no theme."""
    module = f"parallelrun.themes.{stem}"
    if stem.isidentifier() and importlib.util.find_spec(module) is not None:
        return importlib.import_module(module).Parameters
    path = project.notebook_path(stem)
    defaults = notebooks.default_parameters(notebooks.read(path), path.name)
    fields: dict[str, Any] = {name: (type(value), value) for name, value in defaults.items()}
    return create_model("Parameters", __base__=Parameters, **fields)


def check(model: type[Parameters], values: Mapping[str, Any]) -> Parameters:
    """Return the values as a checked model.

    Raises
    ------
    ParameterError
        If a name is unknown (the nearest is named) or a value has the wrong type or is out of range; the
        message has one line for each.
    """
    try:
        return model(**values)
    except ValidationError as error:
        lines = [_explain(model, problem) for problem in error.errors()]
        raise ParameterError("\n".join(lines)) from None


def _explain(model: type[Parameters], problem: Any) -> str:
    name = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, model.model_fields, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(model.model_fields)}"
        return f"parameter {name!r} is unknown: {hint}"
    return f"parameter {name!r}: expected {expected(model.model_fields[name])}, got {problem['input']!r}"


def expected(field: FieldInfo) -> str:
    """Return a field's type, range or choices, and unit in words: ``a number from 0 to 100 (%)``."""
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(repr(choice) for choice in get_args(annotation))
    names: dict[Any, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
    words = names.get(annotation, str(annotation))
    unit = unit_of(field)
    return words + _range(field) + (f" ({unit})" if unit else "")


def _range(field: FieldInfo) -> str:
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    if low is None and high is None:
        return ""
    if low is None:
        return f" up to {high:,}"
    return f" from {low:,} to {high:,}" if high is not None else f" from {low:,} up"


def unit_of(field: FieldInfo) -> str:
    """Return a field's unit; empty for a pure number."""
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def cell(model: type[Parameters]) -> str:
    """Return the source of the notebook's parameters cell: a literal and a comment for each field."""
    lines = [
        f"{name} = {field.default!r}  # {field.description}: {expected(field)}"
        for name, field in model.model_fields.items()
    ]
    return "\n".join(lines)
