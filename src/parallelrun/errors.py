"""The exceptions of the package: each message says what is wrong, where, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


def near(word: str, known: Iterable[object], otherwise: str | None = None) -> str:
    """Return a hint at what a mistyped word may mean: the known one that is nearest.

    Parameters
    ----------
    word : str
        What was found.
    known : iterable
        What there is.
    otherwise : str, optional
        The hint if nothing is near; by default the list of what there is.
    """
    words = [str(one) for one in known]
    if found := difflib.get_close_matches(word[:200], words, n=1, cutoff=0.5):
        return f"did you mean {found[0]!r}?"
    return f"there are {', '.join(words) or 'none'}" if otherwise is None else otherwise


class ParallelRunError(Exception):
    """Base of every error that the package raises on purpose."""


class DataError(ParallelRunError):
    """A curated table, or the package that describes it, is not as it must be."""


class Faults:
    """Collects the errors of many parts of a file, so that all of them are told at once."""

    def __init__(self) -> None:
        self._errors: list[DataError] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """Go on after a part that is wrong."""
        try:
            yield
        except DataError as error:
            self._errors.append(error)

    def tell(self) -> None:
        """Raise the errors as one, of the first one's kind, each on a line of its own; none if there are none."""
        if self._errors:
            messages = dict.fromkeys(str(error) for error in self._errors)
            raise type(self._errors[0])("\n".join(messages)) from None


class UnknownTableError(DataError):
    """No table has that name; the message names the near ones."""


class PublishedFormError(DataError):
    """A printed figure has a form for which there is no rule."""


class InputError(ParallelRunError):
    """What the user asks for cannot be done as it is said: a file, a folder, a name or an option is not right."""


class ParameterError(InputError):
    """A notebook's parameter is unknown, of the wrong type, or out of range."""


class FigureError(ParallelRunError):
    """A figure breaks the contract: no alt text, a glyph missing, a name used twice, a value outside its axes."""


class FitWarning(UserWarning):
    """A figure's text is cut off or printed over another; the figure is written all the same."""


class ResultError(ParallelRunError):
    """A recorded result breaks the contract: used twice, not finite, interval not around the value."""


class NotebookError(ParallelRunError):
    """A notebook could not be read, or a cell of it failed."""


class UnitError(DataError):
    """A unit cannot be read, or two units do not go together."""


class ExpressionError(DataError):
    """A check's expression cannot be evaluated."""


class UnboundedError(ExpressionError):
    """A division by an interval that contains zero."""
