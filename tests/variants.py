"""Every figure under data that nobody here has seen: what each plot function was called with, and changes to it.

`calls` runs a notebook without drawing and notes the arguments of each plot function; `VARIANTS` change such arguments:
rows up to two years later, values times 0.2 and 5, rows removed, one country absent, long names. A theme's test is

    @pytest.mark.parametrize("variant", variants.VARIANTS)
    @pytest.mark.parametrize("name", variants.names(STEM))
    def test_a_figure_follows_its_data(name, variant, tmp_path):
        variants.check(variants.call(STEM, name), variant, tmp_path, REFUSED.get((name, variant)))
"""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pkgutil
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from parallelrun import Estimate, Plot, Study, ipynb, project
from parallelrun.errors import FigureError, FitWarning
from parallelrun.study import figures, parameters

COUNTRIES = ("US", "CN")
BOUNDED = ("share", "probab", "coverage", "percent", "utilisation", "expected")


@dataclasses.dataclass(frozen=True)
class Call:
    """One call of a plot function in a notebook, with arguments as they were."""

    name: str
    function: Callable[..., Plot]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def draw(self, change: Callable[[Any], Any] = lambda thing: thing) -> Plot:
        """Draw it with each argument changed."""
        args, kwargs = copy.deepcopy((self.args, self.kwargs))
        return self.function(*_walk(args, change), **_walk(kwargs, change))


@cache
def calls(stem: str) -> tuple[Call, ...]:
    """Return the calls of a notebook's plot functions, by running its cells in this process without drawing."""
    seen: list[Call] = []
    patches: list[Any] = [mock.patch.object(Study, name) for name in ("show", "say", "table", "finish")]
    patches += [
        mock.patch.object(module, name, _noted(seen, name, function)) for module, name, function in _plotting(stem)
    ]
    namespace: dict[str, Any] = {}
    for patch in patches:
        patch.start()
    try:
        for cell in ipynb.read(project.notebook_path(stem))["cells"]:
            if cell["cell_type"] == "code":
                exec(compile(cell["source"], stem, "exec"), namespace)
    finally:
        for patch in patches:
            patch.stop()
    return tuple(seen)


def names(stem: str) -> list[str]:
    """Return the names of a theme's plot functions, without running its notebook."""
    return [name for _, name, _ in _plotting(stem)]


def call(stem: str, name: str) -> Call:
    """Return the call of a plot function in its notebook."""
    (found,) = (call for call in calls(stem) if call.name == name)
    return found


def _plotting(stem: str) -> Iterator[tuple[ModuleType, str, Callable[..., Plot]]]:
    theme = parameters.theme_of(stem)
    for info in pkgutil.iter_modules(theme.__path__):
        if info.name.startswith("plots"):
            module = importlib.import_module(f"{theme.__name__}.{info.name}")
            for name, function in vars(module).items():
                if getattr(function, "__module__", "") == module.__name__ and hasattr(function, "__wrapped__"):
                    yield module, name, function


def check(call: Call, variant: str, folder: Path, refused: str | None = None) -> Plot | None:
    """Draw and save a plot with changed arguments; every text must fit and every added day be in the plotted data.

    Parameters
    ----------
    call : Call
        As `call` gives it.
    variant : str
        A key of `VARIANTS`.
    folder : Path
        Where to save.
    refused : str, optional
        Why the function has nothing to draw; it must then raise a `FigureError`.

    Returns
    -------
    Plot or None
        What was drawn, to look at further; None if it was refused.
    """
    change = VARIANTS[variant]
    if refused:
        with pytest.raises(FigureError):
            call.draw(change)
        return None
    plot = call.draw(change)
    words = figures.Description(call.name, plot.title, plot.alt, plot.caption, "Source: several; parallel-run.")
    with warnings.catch_warnings():
        warnings.simplefilter("error", FitWarning)
        figures.save(plot.figure, words, plot.data, folder, ("svg",))
    if change is later:
        before = call.draw()
        assert len(plot.data) >= len(before.data)
        for column in before.data.select_dtypes("datetime").columns:
            last = max((frame[column].max() for frame in _frames(call, later) if column in frame), default=pd.NaT)
            assert pd.isna(last) or plot.data[column].max() == last, f"{column} ends {plot.data[column].max()}"
    return plot


def check_narrow(call: Call, folder: Path, highest_mm: float = 280.0) -> None:
    """Draw and save a plot for a column of 85 mm: every text fits, none is below 6 points, and it fits on a page."""
    look = project.Look(85.0)
    around = dataclasses.replace(project.surroundings(), look=look)
    with mock.patch.object(project, "surroundings", return_value=around), warnings.catch_warnings():
        warnings.simplefilter("error", FitWarning)
        plot = call.draw()
        words = figures.Description(call.name, plot.title, plot.alt, plot.caption, "Source: several; parallel-run.")
        figures.save(plot.figure, words, plot.data, folder, ("svg",))
    assert min(text.get_fontsize() for text in plot.figure.findobj(Text) if text.get_text()) >= 6
    assert 25.4 * plot.figure.get_size_inches()[1] <= highest_mm


def _frames(call: Call, change: Callable[[Any], Any]) -> list[pd.DataFrame]:
    found: list[pd.DataFrame] = []

    def note(thing: Any) -> Any:
        changed = change(thing)
        if isinstance(changed, pd.DataFrame):
            found.append(changed)
        return changed

    _walk(copy.deepcopy((call.args, call.kwargs)), note)
    return found


def _noted(seen: list[Call], name: str, function: Callable[..., Plot]) -> Callable[..., Plot]:
    def note(*args: Any, **kwargs: Any) -> Plot:
        seen.append(Call(name, function, *copy.deepcopy((args, kwargs))))
        return Plot(Figure(), pd.DataFrame(), "", "", "", name=name)

    return note


def _walk(thing: Any, change: Callable[[Any], Any]) -> Any:
    """Change every frame and estimate in a structure of tuples, lists and mappings."""
    if isinstance(thing, pd.DataFrame | Estimate):
        return change(thing)
    if isinstance(thing, dict):
        return {key: _walk(value, change) for key, value in thing.items()}
    if isinstance(thing, tuple | list):
        walked = [_walk(item, change) for item in thing]
        return type(thing)(*walked) if hasattr(thing, "_fields") else type(thing)(walked)
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = {f.name: _walk(getattr(thing, f.name), change) for f in dataclasses.fields(thing) if f.init}
        return dataclasses.replace(thing, **fields)
    return thing


def _keeping(attrs: dict[Any, Any], frame: pd.DataFrame) -> pd.DataFrame:
    frame.attrs = attrs
    return frame


def later(thing: Any, days: int = 730) -> Any:
    """Repeat the rows of a frame's last days, up to two years later."""
    if isinstance(thing, Estimate):
        return thing
    dates = thing.select_dtypes("datetime").columns
    if thing.empty or not len(dates):
        return thing
    last = thing.sort_values(dates[0], kind="stable").tail(max(len(thing) // 10, 1)).copy()
    for column in dates:
        last[column] += pd.to_timedelta(np.linspace(7, days, len(last)).round(), unit="D")
    return _keeping(thing.attrs, pd.concat([thing, last], ignore_index=True))


def scaled(factor: float) -> Callable[[Any], Any]:
    """Return a change that multiplies values; shares, probabilities and percentages stay within their bounds."""

    def change(thing: Any) -> Any:
        if isinstance(thing, Estimate):
            bound = 100.0 if thing.unit == "%" else None
            return dataclasses.replace(
                thing, **{part: _times(getattr(thing, part), factor, bound) for part in ("value", "low", "high")}
            )
        frame = thing.copy()
        for column in frame.select_dtypes("float").columns:
            top = frame[column].abs().max()
            bounded = any(word in str(column) for word in BOUNDED)
            if not bounded and "unit" in frame:
                bounded = bool(frame["unit"].isin(["%", "share", "probability"]).any())
            moved = frame[column] * factor
            frame[column] = moved.clip(upper=1.0 if top <= 1 else 100.0) if bounded and top <= 100 else moved
        return _keeping(thing.attrs, frame)

    return change


def _times(number: float | None, factor: float, bound: float | None) -> float | None:
    if number is None:
        return None
    return min(number * factor, bound) if bound is not None and number <= bound else number * factor


def thinned(thing: Any) -> Any:
    """Keep every second row."""
    return thing if isinstance(thing, Estimate) or len(thing) < 2 else _keeping(thing.attrs, thing.iloc[::2].copy())


def without(country: str) -> Callable[[Any], Any]:
    """Return a change that takes away the rows of a country."""

    def change(thing: Any) -> Any:
        if isinstance(thing, Estimate) or "country" not in thing:
            return thing
        return _keeping(thing.attrs, thing[thing["country"] != country].copy())

    return change


def long_names(thing: Any) -> Any:
    """Make the names of vendors, models and the like half as long again."""
    if isinstance(thing, Estimate):
        return thing
    frame = thing.copy()
    for column in ("vendor", "model", "name", "label", "subject", "who", "provider", "company", "item", "statement"):
        if column in frame and pd.api.types.is_string_dtype(frame[column]):
            frame[column] = (
                frame[column].astype(object).map(lambda s: f"{s} preview 2027-12" if isinstance(s, str) else s)
            )
    return _keeping(thing.attrs, frame)


VARIANTS: dict[str, Callable[[Any], Any]] = {
    "rows two years later": later,
    "values times 0.2": scaled(0.2),
    "values times 5": scaled(5.0),
    "every second row": thinned,
    "no US": without("US"),
    "no China": without("CN"),
    "long names": long_names,
}
