"""Counts in sentences: a number with the noun, and the verb, that go with it."""

from __future__ import annotations


def form(number: float | None, one: str, many: str = "") -> str:
    """Return the form of a word that goes with a number as it is shown, which is without decimals.

    Parameters
    ----------
    number : float
        How many; None is no number, and takes the plural.
    one : str
        What goes with 1, such as ``board`` or ``agrees``.
    many : str, optional
        What goes with all else; by default ``one`` and an s.
    """
    return one if number is not None and f"{number:.0f}" == "1" else many or f"{one}s"


def so_many(number: float | None, one: str, many: str = "") -> str:
    """Return a number without decimals and the noun that goes with it: ``1 board``, ``1,200 boards``.

    See `form` for the parameters; None is ``an unknown number of boards``.
    """
    return f"{_shown(number)} {form(number, one, many)}"


def so_often(number: float | None) -> str:
    """Return how often something happened: ``once``, ``3 times``; of None, ``an unknown number of times``."""
    return form(number, "once", f"{_shown(number)} times")


def _shown(number: float | None) -> str:
    return "an unknown number of" if number is None else f"{number:,.0f}"
