"""Counts and shares that the articles print beside the gap: models, vendors, investment, market segments."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import inputs_of, traced

SEGMENTS = {
    "generic LLM APIs": "years_to_parity_apis",
    "vertical AI (B2B)": "years_to_parity_vertical",
    "consumer apps": "years_to_parity_consumer",
}
"""Market segments of article 003 and the results that are recorded of them."""


@traced
def notable_arithmetic(notable: pd.DataFrame, readings: pd.DataFrame) -> dict[str, Estimate]:
    """Return what the printed counts of notable models imply, and what other readers have.

    Returns
    -------
    dict of Estimate
        ``unlisted``: models left for all others if the printed total is worldwide; ``chinese``: Chinese models that the
        printed share of Alibaba implies; ``least``: models of the listed US vendors and of China together; ``excess``:
        by how many these exceed the printed total; ``us``, ``cn``, ``world``: other readers' counts; ``share``:
        Alibaba's share in China by them (percent); ``us_share``: the listed US vendors in the US total (percent).

    Raises
    ------
    DataError
        If no vendor of a country is counted, which is not that it has no model.
    """
    counts = notable[(notable["metric"] == "count") & (notable["vendor"] != "all")]
    need_both(counts, "counts of vendors")
    total = pick(notable, claim="A22")
    inputs = inputs_of(notable)
    listed = Estimate(float(counts["value"].sum()), unit="models", inputs=inputs)
    us_listed = Estimate(float(counts.loc[counts["country"] == "US", "value"].sum()), unit="models", inputs=inputs)
    alibaba = pick(counts, vendor="Alibaba")
    chinese = alibaba / pick(notable, claim="A27").to("")
    chinese = Estimate(chinese.value, chinese.low, chinese.high, "models", chinese.inputs)
    found = {
        key: pick(readings, fact="notable models", year=2025, country=country)
        for key, country in (("us", "US"), ("cn", "CN"), ("world", "world"))
    }
    return {
        "unlisted": total - listed,
        "chinese": chinese,
        "least": chinese + us_listed,
        "excess": chinese + us_listed - total,
        **found,
        "share": (alibaba / found["cn"]).to("%"),
        "us_share": (us_listed / found["us"]).to("%"),
    }


@traced
def notable_counts(notable: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Return the counts to draw: vendors as printed, and countries as read by others and as implied.

    Returns
    -------
    pandas.DataFrame
        panel (``vendors`` or ``countries``), label, country, value, low, high (models), basis, claim, source.
    """
    counts = notable[(notable["metric"] == "count") & (notable["vendor"] != "all")]
    vendors = counts[["vendor", "country", "value", "low", "high", "claim", "source"]]
    vendors = vendors.rename(columns={"vendor": "label"}).assign(panel="vendors", basis="article")
    china, total = notable_arithmetic(notable, readings)["chinese"], pick(notable, claim="A22")
    said = pd.DataFrame(
        [
            ("all vendors", "other", total.value, None, None, "article, worldwide", "A22"),
            ("China", "CN", china.value, china.low, china.high, "implied by Alibaba’s share", "A27"),
        ],
        columns=["label", "country", "value", "low", "high", "basis", "claim"],
    ).assign(source=notable["source"].iloc[0])
    read = readings[(readings["fact"] == "notable models") & (readings["year"] == 2025)]
    names = {"US": "United States", "CN": "China", "KR": "South Korea", "world": "world"}
    others = read[["value", "source"]].assign(
        label=read["country"].map(names),
        country=read["country"].where(read["country"].isin(["US", "CN"]), "other"),
        basis="other readers",
    )
    countries = pd.concat([said, others], ignore_index=True).assign(panel="countries")
    return pd.concat([vendors, countries], ignore_index=True)


@traced
def portfolio_seen(portfolio: pd.DataFrame, leaders: pd.DataFrame) -> pd.DataFrame:
    """Return when each printed model of 2025 was first seen as the best Chinese model of a board.

    Only models that led China on a curated board can be found; the others stay empty.

    Returns
    -------
    pandas.DataFrame
        model, year (printed), first_seen, board, before (whether that is before the printed year).
    """
    names = leaders.assign(key=leaders["model"].str.lower()).sort_values("as_of")
    rows = []
    for model, year in zip(portfolio["model"], portfolio["year"], strict=True):
        seen = names[names["key"].str.startswith(model.lower())].head(1)
        day = seen["as_of"].min()
        before = "cannot tell" if seen.empty else "yes" if day.year < year else "no"
        rows.append((model, int(year), day, "".join(seen["board"]), before))
    return pd.DataFrame(rows, columns=["model", "year", "first_seen", "board", "before"])


@traced
def investment_ratio(ecosystem: pd.DataFrame, readings: pd.DataFrame) -> Estimate:
    """Return printed US private investment over Chinese private investment as other readers have it."""
    china = pick(readings, fact="private investment", country="CN", year=2025)
    return pick(ecosystem, claim="A68") / china


def crossing(us: np.ndarray, cn: np.ndarray, years: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the year of equal shares by straight lines and by log odds.

    Parameters
    ----------
    us, cn : numpy.ndarray, shape (..., 2)
        Shares in percent in the two years.
    years : tuple of float
        The two years.

    Returns
    -------
    tuple of numpy.ndarray
        Year in which the lines through the shares cross, and in which the line through ``ln(us / cn)`` (the log odds of
        one against the other) is zero.
    """
    first, last = years
    gap, odds = us - cn, np.log(us / cn)
    linear = first + (last - first) * gap[..., 0] / (gap[..., 0] - gap[..., 1])
    logit = first + (last - first) * odds[..., 0] / (odds[..., 0] - odds[..., 1])
    return linear, logit


@traced
def parity_years(segments: pd.DataFrame) -> pd.DataFrame:
    """Return the year of parity for each segment, if the printed movement goes on.

    The ends come from all corners of the rounding intervals of the four printed shares.

    Returns
    -------
    pandas.DataFrame
        segment, method (``linear`` or ``logit``), value, low, high (year), source.

    Raises
    ------
    DataError
        If a segment lacks a country.
    """
    table = segments[segments["claim"] != "D14"]
    rows = []
    for segment, part in table.groupby("segment", sort=False):
        need_both(part, f"shares of the segment {segment!r}", segments)
        years = tuple(sorted(part["year"].astype(float).unique()))
        cells = [
            part[(part["country"] == c) & (part["year"] == y)].iloc[0][["value", "low", "high"]]
            for c in ("US", "CN")
            for y in years
        ]
        centre = np.array([cell["value"] for cell in cells], dtype=float)
        corners = np.array(list(product(*[(cell["low"], cell["high"]) for cell in cells])), dtype=float)
        shares = np.vstack([centre, corners])
        for method, found in zip(("linear", "logit"), crossing(shares[:, :2], shares[:, 2:], years), strict=True):
            row = {"segment": segment, "method": method, "value": found[0], "low": found.min(), "high": found.max()}
            rows.append(row | {"unit": "year", "source": part["source"].iloc[0]})
    return pd.DataFrame(rows)


@traced
def years_to_parity(parity: pd.DataFrame, segment: str, since: int = 2024) -> Estimate:
    """Return the years until equal shares of a segment by log odds, with the ends by rounding."""
    row = parity[(parity["segment"] == segment) & (parity["method"] == "logit")].iloc[0]
    value, low, high = (float(row[part]) - since for part in ("value", "low", "high"))
    return Estimate(value, low, high, "years")


@traced
def segment_path(segments: pd.DataFrame, parity: pd.DataFrame) -> pd.DataFrame:
    """Return printed shares and years of parity in one table for drawing.

    Returns
    -------
    pandas.DataFrame
        kind (``share`` or ``parity``), segment, country, method, year, value, low, high, claim, source.
    """
    shares = segments.assign(kind="share")[
        ["kind", "segment", "country", "year", "value", "low", "high", "claim", "source"]
    ]
    years = parity.assign(kind="parity")[["kind", "segment", "method", "value", "low", "high", "source"]]
    return pd.concat([shares, years], ignore_index=True)


@traced
def leads_matrix(leads: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Return who leads what: what the article puts first, then the figures of other readers.

    Returns
    -------
    pandas.DataFrame
        measure, country, text (``first`` or a figure), source.
    """
    parts = [leads.rename(columns={"standing": "text"})[["measure", "country", "text", "source"]]]
    for fact in ("share of citations", "industrial robots installed", "private investment"):
        rows = readings[readings["fact"] == fact]
        rows = rows[rows["year"] == rows["year"].max()]
        texts = [f"{value:,.4g} {unit}" for value, unit in zip(rows["value"], rows["unit"], strict=True)]
        parts.append(rows[["country", "source"]].assign(measure=f"{fact}, {rows['year'].max()}", text=texts))
    return pd.concat(parts, ignore_index=True)
