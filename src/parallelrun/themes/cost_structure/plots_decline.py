"""Figure of the cheapest price at a fixed score over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import COUNTRY_COLOURS, COUNTRY_MARKERS, COUNTRY_NAMES
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import log_axis, records, time_axis
from parallelrun.study.provenance import drawn
from parallelrun.themes.cost_structure import Parameters


@drawn
def price_decline(
    path: pd.DataFrame,
    trends: Mapping[str, pd.DataFrame],
    halving: Mapping[float, Mapping[str, Estimate]],
    p: Parameters,
) -> Plot:
    """Draw the cheapest price at a fixed score by country, with its trend (`decline.cheapest_over_time`)."""
    figure, axes = canvas(7.6)
    said = []
    for country, rows in path.groupby("country", sort=False):
        key = str(country)
        colour, name = COUNTRY_COLOURS[key], COUNTRY_NAMES[key]
        axes.step(rows["date"], rows["value"], where="post", color=colour)
        axes.plot(rows["date"], rows["value"], COUNTRY_MARKERS[key], ms=3.5, color=colour, label=name)
        for row in records(trends[key]):
            days = pd.date_range(row.first, row.last, periods=50)
            years = (days - row.first).days.to_numpy(float) / 365.25
            axes.plot(days, np.exp(row.intercept + row.slope * years), "--", color=colour, lw=1)
        months = halving[p.fixed_score][key]
        if months.value is not None:
            low, high = months.ends
            end = f"{high:.0f}" if np.isfinite(high) else "never"
            where = "the US" if key == "US" else "China"
            said.append(f"{so_many(months.value, 'month')} in {where} ({low:.0f} to {end})")
    log_axis(axes.yaxis)
    time_axis(axes.xaxis, 6)
    axes.grid(axis="y")
    axes.set_ylabel("USD per million tokens (log scale)")
    figure.legend(loc="outside lower center", ncols=2)
    others = [one.value or np.inf for score, pair in halving.items() if score != p.fixed_score for one in pair.values()]
    until = f"{max(others):.0f}" if np.isfinite(max(others)) else "never"
    ends = [
        f"{c} {rows['value'].iloc[0]:.2g} to {rows['value'].iloc[-1]:.2g} USD" for c, rows in path.groupby("country")
    ]
    return Plot(
        figure,
        path,
        title=f"At {p.fixed_score:.0f} points the cheapest price halved every {' and '.join(said)}, at other scores "
        f"every {min(others):.0f} to {until}"
        if said
        else f"No trend of the cheapest price at {p.fixed_score:.0f} points can be told",
        alt=f"Steps of the cheapest price at a fixed score by country over time, with trends: {'; '.join(ends)}.",
        caption=f"List price of the cheapest model with at least {p.fixed_score:.0f} points on one board of October "
        f"2026; {p.output_share:.3g} % output tokens. Dashed: trend of the logarithm while both countries have such a "
        f"model, which halves every {' and '.join(said) or 'never'}; {p.confidence:.3g} % intervals of Newey and West. "
        f"Other scores: {', '.join(f'{score:.0f}' for score in halving if score != p.fixed_score)}. A model stands on "
        f"the board with its best version, which may be younger than the price.",
    )
