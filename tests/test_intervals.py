import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun import data
from parallelrun.errors import PublishedFormError
from parallelrun.intervals import stands_for

FORMS = [
    ("12.96", "", 12.96, 12.955, 12.965),
    ("1,503", "points", 1503, 1502.5, 1503.5),
    ("19", "models", 19, 19, 19),
    ("~0.3", "", 0.3, 0.25, 0.35),
    ("~300", "points", 300, 250, 350),
    ("~48 %", "%", 48, 47.5, 48.5),
    ("4.3x", "ratio", 4.3, 4.25, 4.35),
    ("2.87 x", "ratio", 2.87, 2.865, 2.875),
    ("1:16.7", "ratio", 16.7, 16.65, 16.75),
    ("1/16", "ratio", 16, 15.5, 16.5),
    ("0.03-0.04", "USD/kWh", 0.035, 0.03, 0.04),
    ("1:4-5", "ratio", 4.5, 4, 5),
    ("80-90 %", "%", 85, 80, 90),
    ("nearly 40 %", "%", 40, 35, 40),
    ("> 100,000", "models", 100_000, 100_000, math.inf),
    ("95 %+", "%", 95, 95, 100),
    (">= 10 %", "%", 10, 10, 100),
    ("<= 0", "points", 0, -math.inf, 0),
    ("double digits", "%", None, 10, 100),
    ("hundreds of thousands", "chips", None, 200_000, 1_000_000),
]


@pytest.mark.parametrize(("published", "unit", "value", "low", "high"), FORMS)
def test_each_form_stands_for_its_interval(published, unit, value, low, high):
    figure = stands_for(published, unit)
    assert figure.value == (None if value is None else pytest.approx(value))
    assert (figure.low, figure.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("published", ["", "about", "12,96", "5-3", "1e5", "around 7", "--", "12.", "NaN"])
def test_other_forms_are_refused(published):
    with pytest.raises(PublishedFormError, match=r"form|backwards"):
        stands_for(published)


@given(st.decimals(min_value=0, max_value=10**6, places=3), st.integers(0, 3))
def test_a_rounded_number_stands_for_the_number_it_was_rounded_from(number, places):
    printed = round(number, places) if places else Decimal(int(number.to_integral_value()))
    figure = stands_for(f"{printed:f}")
    assert figure.low <= float(number) <= figure.high


@given(st.integers(1, 10**6))
def test_approximately_is_never_narrower_than_plain(number):
    plain, approximate = stands_for(str(number)), stands_for(f"~{number}")
    assert approximate.low <= plain.low
    assert plain.high <= approximate.high


def published_rows():
    for name, resource in data.tables().items():
        columns = [field["name"] for field in resource["schema"]["fields"]]
        if {"claim", "published", "value", "low", "high", "unit"} <= set(columns):
            for row in data.load(name).itertuples():
                yield pytest.param(row, id=f"{name}-{row.claim}-{row.Index}")


@pytest.mark.parametrize("row", list(published_rows()))
def test_curated_intervals_are_what_was_published(row):
    """The value and interval beside a printed figure follow from it by the rule for its form."""
    figure = stands_for(row.published, row.unit)
    stored = None if math.isnan(row.value) else row.value
    assert stored == (None if figure.value is None else pytest.approx(figure.value))
    assert (row.low, row.high) == (pytest.approx(figure.low), pytest.approx(figure.high))
