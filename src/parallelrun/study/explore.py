"""Sliders in JupyterLab: the stories of the book, computed live from the notebook's own models."""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING, Any

from parallelrun import project
from parallelrun.errors import InputError
from parallelrun.study import stories
from parallelrun.study.estimates import Estimate
from parallelrun.study.parameters import unit_of
from parallelrun.study.stories import Series, Story

if TYPE_CHECKING:
    from ipywidgets import VBox


def explore(stem: str, name: str | None = None) -> VBox | None:
    """Show sliders for a story, with its picture and its numbers.

    Nothing is shown in a run of a notebook (`make`, `parallelrun run`, a sweep), so that the outputs that are committed
    hold no trace of it.

    Parameters
    ----------
    stem : str
        The notebook's stem, such as ``"token_economics"``.
    name : str, optional
        The story; by default the notebook's first.

    Raises
    ------
    InputError
        If there is no such story, or ipywidgets is not installed.
    """
    story = stories.find(stem, name)
    if project.surroundings().notebook is not None:
        return None
    try:
        import ipywidgets as widgets
    except ImportError:
        raise InputError(
            "explore needs ipywidgets: install parallel-run[explore] (`make` does), restart the kernel"
        ) from None

    fields, compute = story.model().model_fields, story.computer()
    sliders = {
        axis: widgets.SelectionSlider(
            options=[(f"{value:,g}" if isinstance(value, float) else str(value), value) for value in values],
            index=stories.nearest(values, fields[axis].default),
            description=" ".join(filter(None, (axis.replace("_", " "), unit_of(fields[axis])))),
            continuous_update=False,
            style={"description_width": "16em"},
            layout=widgets.Layout(width="40em"),
        )
        for axis, values in story.axes.items()
    }
    picture, told = widgets.Image(format="png", width=640), widgets.HTML()
    curves: dict[tuple[Any, ...], list[Series]] = {}

    def draw(_: object = None) -> None:
        chosen = {axis: slider.value for axis, slider in sliders.items()}
        first, *rest = story.axes
        key = tuple(chosen[axis] for axis in rest)
        if key not in curves:
            curves[key] = [compute(**chosen | {first: value}) for value in story.axes[first]]
        here = curves[key][story.axes[first].index(chosen[first])]
        told.value = "<br>".join(f"{escape(label)}: <b>{said(one)}</b>" for label, one in here.items())
        picture.value = png(story, curves[key], chosen[first])

    for slider in sliders.values():
        slider.observe(draw, names="value")
    draw()
    head = widgets.HTML(f"<h3>{escape(story.question)}</h3><p>{escape(story.method)}</p>")
    return widgets.VBox([head, *sliders.values(), told, picture])


def said(one: Estimate | None) -> str:
    """Return a number with interval and unit, or that there is none."""
    return "does not apply here" if one is None else escape(str(one))


def png(story: Story, curve: list[Series], chosen: float) -> bytes:
    """Return the picture of a story's curve over its first axis, the chosen value marked.

    Only labels with the unit of the first are drawn, so that one axis holds them.
    """
    from parallelrun.study.canvas import CHINA, US, canvas, use_house_style

    axis, values = next(iter(story.axes.items()))
    units = {label: one.unit for series in curve for label, one in series.items() if one}
    use_house_style()
    figure, axes = canvas(8.0)
    axes.set_xscale("log" if story.log else "linear")
    for (label, unit), colour in zip(units.items(), (CHINA, US), strict=False):
        if unit != next(iter(units.values())):
            continue
        there = [(x, one) for x, series in zip(values, curve, strict=True) if (one := series[label])]
        x, lows, highs = [x for x, _ in there], [one.ends[0] for _, one in there], [one.ends[1] for _, one in there]
        axes.fill_between(x, lows, highs, color=colour, alpha=0.2, linewidth=0)
        axes.plot(x, [one.value for _, one in there], color=colour, label=label)
    if story.level is not None:
        axes.axhline(story.level, color="#777777", linewidth=0.8, linestyle=":")
    axes.axvline(chosen, color="#333333", linewidth=1)
    field = story.model().model_fields[axis]
    axes.set_xlabel(" ".join(filter(None, (axis.replace("_", " "), f"({unit_of(field)})" if unit_of(field) else ""))))
    axes.set_ylabel(next(iter(units.values())))
    axes.legend()
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=150, bbox_inches="tight")
    return out.getvalue()
