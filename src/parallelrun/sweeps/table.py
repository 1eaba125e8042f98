"""A sweep's results as one tidy table, and the standard picture of it: lines, a heat map, or a tornado."""

from __future__ import annotations

import io
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from parallelrun import project
from parallelrun.data.validate import FORMULA_STARTS
from parallelrun.study import figures
from parallelrun.study.canvas import CHINA, US, canvas
from parallelrun.study.counts import so_many
from parallelrun.study.quantities import shown
from parallelrun.study.results import DIGITS
from parallelrun.sweeps import record
from parallelrun.sweeps.designs import Design

PANELS = 6
"""Results that a picture shows if none are named."""

BARS = 8
"""Parameters that a tornado shows, those that matter most."""


def frame(design: Design, records: list[dict[str, Any]]) -> pd.DataFrame:
    """Return all results, one row a run and result.

    Parameters
    ----------
    design : Design
        The sweep's design.
    records : list of dict
        Each run's record, in order.

    Returns
    -------
    pandas.DataFrame
        Columns run, the swept parameters, result, value, low, high and unit. A failed run has no rows.
    """
    rows = [
        {
            "run": kept["run"],
            **{name: design.points[kept["run"]][name] for name in design.swept},
            "result": result["name"],
            "value": result["value"],
            "low": result["low"],
            "high": result["high"],
            "unit": result["unit"],
        }
        for kept in records
        for result in kept["results"]
    ]
    columns = ["run", *design.swept, "result", "value", "low", "high", "unit"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "low": float, "high": float})


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet runs as a formula, nor takes for several rows."""
    if not isinstance(cell, str):
        return cell
    whole = cell.replace("\r", r"\r")
    return f"'{whole}" if whole[:1] in tuple(FORMULA_STARTS) else whole


def as_csv(table: pd.DataFrame) -> bytes:
    """Return the table as CSV, with `parallelrun.study.results.DIGITS` significant digits.

    A text that a spreadsheet would run as a formula stands behind an apostrophe, as OWASP advises; in Parquet it is as
    it was.
    """
    texts = table.select_dtypes(["object", "str"])
    safe = table.assign(**{str(name): texts[name].map(harmless) for name in texts})
    return safe.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n").encode()


def as_parquet(table: pd.DataFrame) -> bytes:
    """Return the table as Parquet; the same table gives the same bytes."""
    out = io.BytesIO()
    table.to_parquet(out, index=False, engine="pyarrow")
    return out.getvalue()


def picture(stem: str, design: Design, table: pd.DataFrame, shown: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files of the standard picture by name; none if no result is there to draw.

    One swept parameter gives lines, two of a grid a heat map, and a sample or more parameters a tornado.

    Parameters
    ----------
    stem : str
        The notebook's stem.
    design : Design
        The sweep's design.
    table : pandas.DataFrame
        As `frame` gives it.
    shown : tuple of str
        The results to show; by default the first that vary, else those of which an end of the interval does.

    Raises
    ------
    InputError
        If a result that is to be shown was not recorded.
    """
    values = table.dropna(subset=["value"])
    recorded = list(dict.fromkeys(values["result"]))
    record.check_shown(shown, recorded)
    varying = _varying(values, ["value"]) or _varying(values, ["low", "high"])
    chosen = list(shown) or varying[:PANELS] or recorded[:1]
    if not chosen:
        return {}
    draw, kind = _lines, "lines"
    if design.sampled or len(design.swept) > 2:
        draw, kind = _tornado, "a tornado"
    elif len(design.swept) == 2 and values.groupby(list(design.swept)).ngroups == _combinations(values, design.swept):
        draw, kind = _heat, "a heat map"
    columns = min(2 if draw is not _lines else 3, len(chosen))
    rows = -(-len(chosen) // columns)
    figure, axes = canvas(height_cm=2.0 + 5.2 * rows, nrows=rows, ncols=columns, squeeze=False)
    drawn = []
    for axis, result in zip(axes.flat, chosen, strict=False):
        part = values[values["result"] == result]
        unit = part["unit"].iloc[0]
        axis.set_title("\n".join(textwrap.wrap(result.replace("_", " ") + (f" ({unit})" if unit else ""), 34)), size=8)
        drawn.append(draw(figure, axis, part, design))
    for axis in axes.flat[len(chosen) :]:
        axis.set_visible(False)
    names = ", ".join(design.swept[:4]) + (" and more" if len(design.swept) > 4 else "")
    title = f"{stem}: {len(chosen)} of {len(recorded)} results over {names}"
    if not varying:
        title = f"{stem}: none of {so_many(len(recorded), 'result')} varies over {names}"
    description = figures.Description(
        name="picture",
        title=title,
        alt=f"{kind.capitalize()} of {', '.join(chosen)} over {names}, from {values['run'].nunique()} runs.",
        caption=f"{kind.capitalize()}, from {values['run'].nunique()} of {len(design.points)} runs.",
        source_line=f"parallel-run {project.package_version()}, notebook {stem}.",
        provenance={"project": "parallel-run", "version": project.package_version(), "notebook": stem},
    )
    with tempfile.TemporaryDirectory() as folder:
        figures.save(figure, description, pd.concat(drawn, ignore_index=True), Path(folder), project.FORMATS)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def _varying(values: pd.DataFrame, columns: list[str]) -> list[str]:
    found = values.groupby("result", sort=False)[columns].nunique().max(axis=1)
    return [str(one) for one in found.index[found > 1]]


def _combinations(values: pd.DataFrame, names: tuple[str, ...]) -> int:
    return int(np.prod([values[name].nunique() for name in names]))


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _lines(figure: Any, axis: Any, part: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Draw a result over the first swept parameter, with its interval; choices as points."""
    name = design.swept[0]
    part = part.sort_values(name) if _is_number(part[name]) else part
    x = part[name] if _is_number(part[name]) else pd.Series(range(len(part)), index=part.index)
    held = part["low"].notna() & part["high"].notna()
    if _is_number(part[name]):
        axis.fill_between(x[held], part["low"][held], part["high"][held], alpha=0.25, linewidth=0)
        axis.plot(x, part["value"], marker="o", markersize=2.5)
        axis.locator_params(axis="x", nbins=5)
    else:
        axis.vlines(x[held], part["low"][held], part["high"][held], alpha=0.5)
        axis.plot(x, part["value"], "o")
        axis.set_xticks(
            list(x), [textwrap.shorten(str(v), 24, placeholder="…") for v in part[name]], rotation=30, ha="right"
        )
    axis.set_xlabel(name.replace("_", " "))
    return part[["result", name, "value", "low", "high", "unit"]]


def _heat(figure: Any, axis: Any, part: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Draw a result over two swept parameters."""
    import seaborn  # takes a second, and other pictures do without

    first, second = design.swept
    grid = part.pivot_table(index=second, columns=first, values="value", sort=True)
    ends = np.unique(np.linspace(grid.min().min(), grid.max().max(), 3))
    seaborn.heatmap(grid, ax=axis, cmap="cividis", cbar_kws={"ticks": ends, "format": "%.3g"})
    axis.invert_yaxis()
    for axis_, labels in ((axis.xaxis, grid.columns), (axis.yaxis, grid.index)):
        step = -(-len(labels) // 5)
        axis_.set_ticks([place + 0.5 for place in range(0, len(labels), step)], [_label(v) for v in labels[::step]])
        axis_.set_tick_params(labelrotation=0)
    axis.set_xlabel(first.replace("_", " "))
    axis.set_ylabel(second.replace("_", " "))
    return part[["result", first, second, "value", "low", "high", "unit"]]


def _label(value: Any) -> str:
    return shown(value, 4) if isinstance(value, float) else textwrap.shorten(str(value), 12, placeholder="…")


def _tornado(figure: Any, axis: Any, part: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Draw, for each parameter, how far apart the result's mean is between its low and its high values."""
    rows = []
    for name in design.swept:
        low, high = _means(part[name], part["value"])
        rows.append({"result": part["result"].iloc[0], "parameter": name, "at_low": low, "at_high": high})
    swings = pd.DataFrame(rows)
    swings["unit"] = part["unit"].iloc[0]
    order = (swings["at_high"] - swings["at_low"]).abs().sort_values(ascending=False).index
    swings = swings.loc[order].head(BARS)
    middle, places = part["value"].mean(), np.arange(len(swings))[::-1]
    for column, colour, hatch, label in (
        ("at_low", US, "//", "lowest third"),
        ("at_high", CHINA, "", "highest third"),
    ):
        swing = swings[column] - middle
        style = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
        axis.barh(places, swing, left=middle, height=0.6, label=label, **style)
    axis.axvline(middle, color="#333333", linewidth=0.8)
    names = [textwrap.shorten(one.replace("_", " "), 32, placeholder="…") for one in swings["parameter"]]
    axis.set_yticks(places, names, fontsize=6.5)
    axis.locator_params(axis="x", nbins=4)
    axis.set_xlabel("mean of the result")
    if axis.get_subplotspec().is_first_row() and axis.get_subplotspec().is_first_col():
        axis.legend(title="parameter in its", loc="best", fontsize=6, title_fontsize=6)
    return swings


def _means(parameter: pd.Series, value: pd.Series) -> tuple[float, float]:
    """Return the value's mean over the lowest and the highest third of a number, or the extremes over choices."""
    if _is_number(parameter):
        ends = parameter.quantile([1 / 3, 2 / 3])
        return float(value[parameter <= ends.iloc[0]].mean()), float(value[parameter >= ends.iloc[1]].mean())
    means = value.groupby(parameter).mean()
    return float(means.min()), float(means.max())
