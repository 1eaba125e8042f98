"""What the printed figures imply: totals, what they leave unlisted, the ratio under every split, users.

Tokens are in trillions and shares in per cent. A printed figure is any number that rounds to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd

from parallelrun.errors import DataError, ResultError
from parallelrun.study.counts import so_many
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import inputs_of, named, traced

Number = TypeVar("Number", float, np.ndarray)

COUNTRIES = ("CN", "US")

WHOLE = 100.0
"""All tokens of the platform, in per cent."""


def corners(formula: Callable[..., float], *operands: Estimate, unit: str = "") -> Estimate:
    """Return a formula of estimates with the range that it takes over the corners of their intervals.

    Exact for a formula that is monotone in each operand, also where an operand occurs more than once (interval
    arithmetic would then be too wide; Moore, Kearfott & Cloud 2009, *Introduction to Interval Analysis*, ch. 5).

    Parameters
    ----------
    formula : callable
        Takes as many numbers as there are operands.
    *operands : Estimate
        With a value each.
    unit : str
        Unit of the outcome.

    Returns
    -------
    Estimate
    """
    outcomes = [formula(*corner) for corner in itertools.product(*(one.ends for one in operands))]
    value = formula(*(central(one) for one in operands))
    return Estimate(value, min(outcomes), max(outcomes), unit, inputs_of(list(operands)))


def central(estimate: Estimate) -> float:
    """Return an estimate's value.

    Raises
    ------
    ResultError
        If it has only an interval.
    """
    if estimate.value is None:
        raise ResultError(f"expected a value, found only the interval {estimate}")
    return estimate.value


def share(volumes: pd.DataFrame, country: str) -> Estimate:
    """Return a country's printed share of all tokens, in per cent."""
    return pick(volumes, metric="share", country=country)


def _tokens(volumes: pd.DataFrame, country: str) -> Estimate:
    return pick(volumes, metric="tokens", country=country)


def first_week(volumes: pd.DataFrame) -> pd.Timestamp:
    """Return the last day of the week that the rows of a printed table speak of.

    Raises
    ------
    DataError
        If there is no row, or rows of several weeks.
    """
    ends = volumes["week_end"].unique()
    if len(ends) != 1:
        raise DataError(
            f"{named(volumes)}: column 'week_end' has {so_many(len(ends), 'week')}; expected that of the "
            f"article, in all rows: {'leave one week' if len(ends) else 'add rows'}"
        )
    return pd.Timestamp(ends[0])


class Printed(dict[str, str]):
    """What stands printed for each claim; one that is missing is a `DataError`, which names the tables."""

    def __init__(self, claims: dict[str, str], tables: str) -> None:
        super().__init__(claims)
        self._tables = tables

    def __missing__(self, claim: str) -> str:
        raise DataError(f"{self._tables}: column 'claim' has no {claim}, which a sentence prints: add its row")


def said(*tables: pd.DataFrame) -> Printed:
    """Return what stands printed for each claim of the given tables."""
    claims = {claim: text for table in tables for claim, text in zip(table["claim"], table["published"], strict=True)}
    return Printed(claims, named(*tables))


@traced
def listed_ratio(volumes: pd.DataFrame) -> Estimate:
    """Return the Chinese over the US tokens as printed (pure number)."""
    return _tokens(volumes, "CN") / _tokens(volumes, "US")


@traced
def previous_week(volumes: pd.DataFrame) -> pd.DataFrame:
    """Return the volumes of the printed week and, by the printed growth, of the week before.

    With growth g in per cent, the week before had V / (1 + g / 100).

    Parameters
    ----------
    volumes : pandas.DataFrame
        The table ``weekly_volumes``.

    Returns
    -------
    pandas.DataFrame
        Columns ``country``, ``week_end``, ``value``, ``low``, ``high`` (trillion tokens), ``growth`` (per cent).
    """
    end = first_week(volumes)
    rows = []
    for country in ("CN", "US"):
        now, growth = _tokens(volumes, country), pick(volumes, metric="growth", country=country)
        before = corners(lambda v, g: v / (1 + g / 100), now, growth, unit=now.unit)
        rows.append((country, end - pd.Timedelta(days=7), before.value, *before.ends, np.nan))
        rows.append((country, end, now.value, *now.ends, central(growth)))
    return pd.DataFrame(rows, columns=["country", "week_end", "value", "low", "high", "growth"])


@traced
def implied_total(volumes: pd.DataFrame, country: str) -> Estimate:
    """Return the platform's total that a country's printed tokens and share imply, in trillion tokens: V / s."""
    tokens = _tokens(volumes, country)
    return corners(lambda v, s: v / (s / WHOLE), tokens, share(volumes, country), unit=tokens.unit)


@traced
def unclassified(volumes: pd.DataFrame) -> Estimate:
    """Return the part of the platform's tokens that is given to neither country, in per cent."""
    return Estimate(WHOLE, unit="%") - share(volumes, "CN") - share(volumes, "US")


@traced
def shares(volumes: pd.DataFrame) -> pd.DataFrame:
    """Return the printed shares and what they leave unlisted: ``country``, ``value``, ``low``, ``high`` (per cent)."""
    parts = {"CN": share(volumes, "CN"), "unlisted": unclassified(volumes), "US": share(volumes, "US")}
    rows = [(name, central(part), *part.ends) for name, part in parts.items()]
    return pd.DataFrame(rows, columns=["country", "value", "low", "high"])


def split_formula(cn: float, us: float, to_us: Number) -> Number:
    """Return China over US when a part of the unclassified tokens is of US models, the rest of Chinese.

    Parameters
    ----------
    cn, us : float
        Printed shares in per cent.
    to_us : float
        Part of what is left that goes to the US, from 0 to 1.
    """
    rest = WHOLE - cn - us
    return (cn + (1 - to_us) * rest) / (us + to_us * rest)


@traced
def split_ratio(volumes: pd.DataFrame, unclassified_us_share: float) -> Estimate:
    """Return the ratio of all tokens, China over US, for one split of the unclassified (share of the US in per cent).

    The formula rises with the Chinese share and falls with the US share, since the two parts add up to the
    whole: the corners of the rounding intervals hold its range.
    """
    return corners(
        lambda cn, us: split_formula(cn, us, unclassified_us_share / 100), share(volumes, "CN"), share(volumes, "US")
    )


@traced
def ratio_by_split(volumes: pd.DataFrame, points: int = 101) -> pd.DataFrame:
    """Return the ratio China over US for every split of the unclassified tokens.

    Returns
    -------
    pandas.DataFrame
        Columns ``unclassified_us_share`` (per cent), ``value``, ``low``, ``high``.
    """
    to_us = np.linspace(0, 1, points)
    cn, us = share(volumes, "CN"), share(volumes, "US")
    return pd.DataFrame(
        {
            "unclassified_us_share": 100 * to_us,
            "value": split_formula(central(cn), central(us), to_us),
            "low": split_formula(cn.ends[0], us.ends[1], to_us),
            "high": split_formula(cn.ends[1], us.ends[0], to_us),
        }
    )


@traced
def parity_split(volumes: pd.DataFrame) -> Estimate:
    """Return the part of the unclassified tokens that must be of US models for both countries to be level, in per cent.

    From ``split_formula = 1`` follows (50 - us) / (100 - cn - us); above 100 % there is no parity.
    """
    return corners(
        lambda cn, us: 100 * (50 - us) / (WHOLE - cn - us), share(volumes, "CN"), share(volumes, "US"), unit="%"
    )


def tokenizer_range(tokenizer_ratio: float, tokenizer_spread: float) -> Estimate:
    """Return a tokenizer ratio with a spread in per cent either way."""
    spread = tokenizer_spread / 100
    return Estimate(tokenizer_ratio, tokenizer_ratio * (1 - spread), tokenizer_ratio * (1 + spread))


@traced
def equal_text_ratio(ratio: Estimate, tokenizer_ratio: float, tokenizer_spread: float) -> Estimate:
    """Return a ratio of tokens as a ratio of text.

    A text that is 1 token to a US model is r tokens to a Chinese one, so that the ratio of texts is R / r.

    Parameters
    ----------
    ratio : Estimate
        Tokens of Chinese models over those of US models.
    tokenizer_ratio : float
        r.
    tokenizer_spread : float
        How far r may lie above or below, in per cent.
    """
    return ratio / tokenizer_range(tokenizer_ratio, tokenizer_spread)


@traced
def ratio_surface(volumes: pd.DataFrame, points: int = 25) -> pd.DataFrame:
    """Return the ratio of texts for every split of the unclassified tokens and tokenizer ratios from a half to two.

    Returns
    -------
    pandas.DataFrame
        Columns ``unclassified_us_share`` (per cent), ``tokenizer_ratio``, ``value``; one row a pair.
    """
    cn, us = share(volumes, "CN"), share(volumes, "US")
    to_us, r = np.meshgrid(np.linspace(0, 1, points), np.geomspace(0.5, 2, points))
    ratio = split_formula(central(cn), central(us), to_us) / r
    return pd.DataFrame(
        {"unclassified_us_share": 100 * to_us.ravel(), "tokenizer_ratio": r.ravel(), "value": ratio.ravel()}
    )


@traced
def top_sum(top: pd.DataFrame, free: bool | None = None) -> Estimate:
    """Return the sum of the printed models' tokens, of the free or the paid ones only if asked, in trillion tokens."""
    rows = top if free is None else top[top["free"] == free]
    return Estimate(float(rows["value"].sum()), float(rows["low"].sum()), float(rows["high"].sum()), "trillion tokens")


@traced
def printed_free_share(top: pd.DataFrame) -> Estimate:
    """Return the part of the printed models' tokens that the article itself marks as free, in per cent: F / (F + P)."""
    return corners(lambda f, p: 100 * f / (f + p), top_sum(top, free=True), top_sum(top, free=False), unit="%")


@traced
def users_and_tokens(users: pd.DataFrame, volumes: pd.DataFrame) -> pd.DataFrame:
    """Return each country's printed shares of users and of tokens.

    Columns ``quantity`` (users or tokens), ``country``, ``value``, ``low``, ``high`` (per cent).
    """
    table = pd.concat(
        [
            users[users["metric"] == "user_share"].assign(quantity="users"),
            volumes[volumes["metric"] == "share"].assign(quantity="tokens"),
        ],
        ignore_index=True,
    )
    return table[["quantity", "country", "value", "low", "high"]]


def _own_use(user_share: float, token_share: float, intensity: float | np.ndarray) -> np.ndarray:
    weighted = user_share * intensity
    return np.minimum(100.0, 100 * WHOLE * weighted / (weighted + WHOLE - user_share) / token_share)


@traced
def own_use(users: pd.DataFrame, tokens: Estimate, intensity: float) -> Estimate:
    """Return the largest part of Chinese models' tokens that users in China can account for, in per cent.

    A share u of the users, each with k times the tokens of a user elsewhere, handles u k / (u k + 100 - u) of
    all tokens; that part is taken to go to Chinese models entirely, and is set against their share.

    Parameters
    ----------
    users : pandas.DataFrame
        The table ``users``.
    tokens : Estimate
        Chinese models' share of all tokens, in per cent.
    intensity : float
        k.
    """
    user = pick(users, metric="user_share", country="CN")
    return corners(lambda u, s: float(_own_use(u, s, intensity)), user, tokens, unit="%")


@traced
def intensity_for(users: pd.DataFrame, tokens: Estimate, part: float) -> Estimate:
    """Return how many times the tokens of others a user in China must use to account for a part of Chinese models'.

    The k at which `own_use` reaches the part (in per cent): with h = s part / 100, h (100 - u) / (u (100 - h)).
    """

    def k(u: float, s: float) -> float:
        h = s * part / 100
        return h * (WHOLE - u) / (u * (WHOLE - h))

    return corners(k, pick(users, metric="user_share", country="CN"), tokens)


@traced
def own_use_curve(users: pd.DataFrame, tokens: Estimate, intensity: float, points: int = 121) -> pd.DataFrame:
    """Return `own_use` over intensities from a half to twenty, or as far as the chosen one.

    Columns ``intensity``, ``value``, ``low``, ``high`` (per cent).
    """
    user = pick(users, metric="user_share", country="CN")
    intensities = np.geomspace(min(0.5, intensity), max(20.0, intensity), points)
    return pd.DataFrame(
        {
            "intensity": intensities,
            "value": _own_use(central(user), central(tokens), intensities),
            "low": _own_use(user.ends[0], tokens.ends[1], intensities),
            "high": _own_use(user.ends[1], tokens.ends[0], intensities),
        }
    )
