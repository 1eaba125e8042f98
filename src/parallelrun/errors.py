"""The exceptions of the package: each message says what is wrong, where, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

MOST = 20
"""Names that a hint lists before it counts the rest."""


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
    if otherwise is not None:
        return otherwise
    more = f" and {len(words) - MOST} more" if len(words) > MOST else ""
    return f"there are {', '.join(words[:MOST]) or 'none'}{more}"


class ParallelRunError(Exception):
    """Base of every error that the package raises on purpose.

    Parameters
    ----------
    message : str
        What is wrong, where, and what to do.
    parts : iterable of ParallelRunError
        The single errors, if this one tells several.
    """

    def __init__(self, message: str = "", parts: Iterable[ParallelRunError] = ()) -> None:
        super().__init__(message)
        self.parts = tuple(parts)


class DataError(ParallelRunError):
    """A curated table, or the package that describes it, is not as it must be."""


class ToldError(DataError):
    """Something cannot be computed because of a fault that is told at its own place."""


class Faults:
    """Collects the errors of many parts of a file, so that all of them are told at once.

    Parameters
    ----------
    errors : iterable of ParallelRunError
        What was found before.
    kind : type of ParallelRunError
        What is collected of the parts; other errors are raised.
    """

    def __init__(self, errors: Iterable[ParallelRunError] = (), kind: type[ParallelRunError] | None = None) -> None:
        self._errors = list(errors)
        self._kind = kind or DataError

    @property
    def errors(self) -> tuple[ParallelRunError, ...]:
        """What was collected, one error a fault; what only follows from another one is left out beside it."""
        told = [error for error in self._errors if not isinstance(error, ToldError)] or self._errors
        return tuple({str(error): error for error in told}.values())

    def add(self, error: ParallelRunError) -> None:
        """Collect an error, or each of those that it tells."""
        self._errors += error.parts or [error]

    def part(self) -> Faults:
        """Go on after a part that is wrong: ``with faults.part():``."""
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool | None:
        if not isinstance(error, self._kind):
            return None
        self.add(error)
        return True

    def tell(self, order: Callable[[str], Any] | None = None) -> None:
        """Raise the errors as one, of the first one's kind, each on a line of its own; none if there are none.

        Parameters
        ----------
        order : callable, optional
            What the messages are sorted by; by default they stand as they were collected.
        """
        found = sorted(self.errors, key=lambda error: order(str(error))) if order else list(self.errors)
        if found:
            raise type(found[0])("\n".join(map(str, found)), found) from None


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
