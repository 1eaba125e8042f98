"""Units of printed figures and results, as the field writes them, for dimensional checks.

A unit is words joined by spaces or hyphens (a product) and by slashes (everything after a slash divides):
``trillion tokens``, ``USD/million tokens``, ``kWh/1000 tokens``, ``TFLOPS``. Number words scale; ``%``, ``ratio`` and
no unit at all are pure numbers, so that a percentage can be compared with a share. Things that are counted
(``models``, ``weeks``, ``chips``) are units of their own: models and weeks do not add up. A word that is not in the
registry is taken to be such a thing, in singular or plural, regular or not (``batteries``, ``people``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from parallelrun.errors import UnitError

DEFINITIONS = """
peta- = 1e15 = P-
tera- = 1e12 = T-
giga- = 1e9 = G-
mega- = 1e6 = M-
kilo- = 1e3 = k-
milli- = 1e-3 = m-
micro- = 1e-6 = µ- = u-
ratio = []
percent = 0.01
pp = 0.01 = ppt
bps = 1e-4
thousand = 1e3
million = 1e6
billion = 1e9
trillion = 1e12
second = [time] = s = seconds
minute = 60 second = min = minutes
hour = 3600 second = h = hours
day = 24 hour = d = days
week = 7 day = weeks
month = 30.436875 day = months
year = 365.2425 day = years
gram = [mass] = g = grams
tonne = 1e6 gram = tonnes
metre = [length] = m = metres = meter = meters
joule = [energy] = J
watt = joule / second = W
watt_hour = watt * hour = Wh
byte = [information] = B = bytes
operation = [operation]
FLOPS = operation / second
dollar = [money] = USD = dollars
euro = [euro_money] = EUR = euros
yuan = [yuan_money] = CNY = RMB
point = [rating] = points
token = [token] = tokens
"""
"""The registry's units in pint's notation."""

_IRREGULAR = {"people": "person", "men": "man", "women": "woman", "children": "child", "feet": "foot"}
_PLURAL = re.compile(
    rf"(?P<regular>.*[^siu'])s|(?P<before>(?:\w+(?=people|women|children))?)(?P<irregular>{'|'.join(_IRREGULAR)})"
)
_POINTS = re.compile(r"percentage[ -]points?")

PURE = frozenset({"", "ratio", "share", "probability", "x"})
"""Ways to write that a number has no unit."""


def behind(unit: str) -> str:
    """Return a unit as it stands behind a number: after a space, and not at all if it only says that there is none."""
    return "" if unit in PURE else f" {unit}"


def is_plural(word: str) -> bool:
    """Whether a word looks like a plural noun: it ends in s, but not in ``-ss``, ``-is``, ``-us``, or is irregular."""
    return _PLURAL.fullmatch(word.lower()) is not None


def singular(word: str) -> str:
    """Return one spelling, in lower case, for the singular and the plural of a thing that is counted."""
    word = word.lower()
    found = _PLURAL.fullmatch(word)
    if found and found["irregular"]:
        return found["before"] + _IRREGULAR[found["irregular"]]
    return re.sub(r"ie$", "y", re.sub(r"(?<=[xz])e$|(?<=ch|sh|ss|us)e$", "", found["regular"] if found else word))


@cache
def registry() -> Any:
    """Return the pint registry with `DEFINITIONS` and nothing else."""
    from pint import UnitRegistry

    units: Any = UnitRegistry(None, on_redefinition="ignore")
    units.load_definitions([line for line in DEFINITIONS.splitlines() if line])
    return units


@cache
def parse(text: str) -> Any:
    """Return a unit as a pint quantity: its factor and its base dimensions.

    Parameters
    ----------
    text : str
        A unit as the field writes it, such as ``"USD/million tokens"``.

    Raises
    ------
    UnitError
        If the text has a sign that no unit has.
    """
    units = registry()
    if text.strip() in PURE:
        return units.Quantity(1.0)
    product = units.Quantity(1.0)
    for position, part in enumerate(_POINTS.sub("pp", text).replace("%", " percent ").split("/")):
        for word in re.split(r"[\s*·-]+", part.strip()):
            factor = _word(word, text)
            product = product / factor if position else product * factor
    return product.to_base_units()


def _word(word: str, text: str) -> Any:
    units = registry()
    if re.fullmatch(r"\d+(\.\d+)?", word):
        return units.Quantity(float(word))
    if not re.fullmatch(r"[^\W\d]\w*", word):
        raise UnitError(f"{text!r} is not a unit; write words such as trillion tokens, USD/kWh or %")
    if word in units:
        return units.Quantity(1.0, word)
    name = f"thing_{singular(word)}"
    if name not in units:
        units.define(f"{name} = [{name}]")
    return units.Quantity(1.0, name)
