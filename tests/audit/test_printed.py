import math
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.audit.days import dates
from parallelrun.audit.printed import stands_for
from parallelrun.data import tables
from parallelrun.errors import PublishedFormError

FORMS = [
    ("12.96", "", 12.96, 12.955, 12.965),
    ("1,503", "points", 1503, 1502.5, 1503.5),
    ("1\u202f503", "points", 1503, 1502.5, 1503.5),
    ("12\u00a0345\u2009678 points", "points", 12_345_678, 12_345_677.5, 12_345_678.5),
    ("19", "models", 19, 19, 19),
    ("~0.3", "", 0.3, 0.25, 0.35),
    ("~300", "points", 300, 250, 350),
    ("~48 %", "%", 48, 47.5, 48.5),
    ("4.3x", "ratio", 4.3, 4.25, 4.35),
    ("2.87 x", "ratio", 2.87, 2.865, 2.875),
    ("1:16.7", "ratio", 16.7, 16.65, 16.75),
    ("1/16", "ratio", 0.0625, 0.0575, 0.0675),
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
    ("hundreds of thousands", "thousand chips", None, 200, 1_000),
    ("1/16th", "ratio", 0.0625, 0.0575, 0.0675),
    ("4.6 trillion", "tokens", 4.6e12, 4.55e12, 4.65e12),
    ("3 to 5 million", "users", 4e6, 3e6, 5e6),
    ("12.5 ± 0.4", "", 12.5, 12.1, 12.9),
    ("−0.8 %", "%", -0.8, -0.85, -0.75),
    ("nearly half", "%", 50, 45, 50),
    ("two thirds", "", 2 / 3, 2 / 3 - 0.005, 2 / 3 + 0.005),
    ("over 150 %", "%", 150, 150, math.inf),
    ("up to 30", "models", 30, -math.inf, 30),
    ("at least 20 %", "%", 20, 20, 100),
    ("5-fold", "", 5, 4.5, 5.5),
    ("single digits", "%", None, 0, 10),
    ("around 20 %", "%", 20, 15, 25),
    ("~80-90 %", "%", 85, 75, 95),
    ("~90 to 100%", "%", 95, 85, 100),
    ("~90-100", "points", 95, 85, 105),
    ("~95-100 %", "%", 97.5, 94.5, 100),
    ("about 90 to 120 %", "%", 105, 85, 125),
    ("~0-20", "points", 10, -5, 25),
    ("about 3 to 5 million", "users", 4e6, 2.5e6, 5.5e6),
    ("3 million to 4 million", "users", 3.5e6, 3e6, 4e6),
    ("900 thousand to 1 million", "users", 950_000, 900_000, 1e6),
    ("5k", "users", 5000, 4500, 5500),
    ("> 2.5k", "users", 2500, 2500, math.inf),
    ("10-20K", "users", 15_000, 10_000, 20_000),
    ("$3.5bn", "billion USD", 3.5, 3.45, 3.55),
    ("$3.5 billion", "billion USD", 3.5, 3.45, 3.55),
    ("EUR1.2bn", "EUR", 1.2e9, 1.15e9, 1.25e9),
    ("70B", "parameters", 70e9, 69.5e9, 70.5e9),
    ("1.5M", "users", 1.5e6, 1.45e6, 1.55e6),
    ("34 billion", "billion tokens", 34, 33.5, 34.5),
    ("900 million", "billion tokens", 0.9, 0.8995, 0.9005),
    ("+12 pp", "percentage points", 12, 11.5, 12.5),
    ("15 bps", "percentage points", 0.15, 0.145, 0.155),
    ("one in five", "ratio", 0.2, 0.195, 0.205),
    ("10 in 10", "%", 100, 99.5, 100.5),
    ("three quarters", "%", 75, 74.5, 75.5),
    ("two-thirds", "%", 200 / 3, 200 / 3 - 0.5, 200 / 3 + 0.5),
    ("two thirds", "%", 200 / 3, 200 / 3 - 0.5, 200 / 3 + 0.5),
    ("12 pp", "bps", 1200, 1150, 1250),
    ("5 GW", "W", 5e9, 4.5e9, 5.5e9),
    ("$3.5bn", "million USD", 3500, 3450, 3550),
    ("~1000", "", 1000, 900, 1100),
    ("~100", "", 100, 90, 110),
    ("~10", "", 10, 9, 11),
    ("1 in 5", "%", 20, 19.5, 20.5),
    ("a fifth", "%", 20, 19.5, 20.5),
    ("about half", "%", 50, 47.5, 52.5),
    ("just over half", "%", 50, 50, 55),
    ("just over 40", "", 40, 40, 45),
    ("nearly 40", "", 40, 35, 40),
    ("over a third", "%", 100 / 3, 100 / 3, 100),
    ("1/3", "ratio", 1 / 3, 1 / 3 - 0.005, 1 / 3 + 0.005),
    ("p < 0.05", "", 0.05, -math.inf, 0.05),
    ("15 % a year", "%/year", 15, 14.5, 15.5),
    ("CAGR of 15 per cent", "%/year", 15, 14.5, 15.5),
    ("5x to 7x", "ratio", 6, 5, 7),
    ("threefold", "ratio", 3, 2.5, 3.5),
    ("five times", "ratio", 5, 4.5, 5.5),
    ("doubled", "ratio", 2, 1.5, 2.5),
    ("halved", "ratio", 0.5, 0.495, 0.505),
    ("3:1", "ratio", 3, 2.5, 3.5),
    ("3:2", "ratio", 1.5, 1.0, 7 / 3),
    ("2e25", "operations", 2e25, 1.5e25, 2.5e25),
    ("10^26", "operations", 1e26, 10**25.5, 10**26.5),
    ("dozens", "chips", None, 24, 120),
    ("millions", "users", None, 2e6, 1e7),
    ("#3", "rank", 3, 3, 3),
    ("3rd", "rank", 3, 3, 3),
    ("13.4 months", "months", 13.4, 13.35, 13.45),
    ("16GB", "TB", 0.016, 0.0155, 0.0165),
    ("-2 to 3 %", "%", 0.5, -2, 3),
    ("4.7 (95% CI 4.5-4.9)", "ratio", 4.7, 4.5, 4.9),
    ("4.7 % (95 % CI 4.5-4.9)", "%", 4.7, 4.5, 4.9),
    ("78 +- 2 %", "%", 78, 76, 80),
    ("~100", "points", 100, 90, 110),
    ("~1", "points", 1, 0.5, 1.5),
    ("nearly 100 %", "%", 100, 90, 100),
]

DATES = [
    ("16 April 2026", "2026-04-16", "2026-04-16"),
    ("2026-04-16", "2026-04-16", "2026-04-16"),
    ("16 April", "2026-04-16", "2026-04-16"),
    ("late April", "2026-04-21", "2026-04-30"),
    ("mid-May 2024", "2024-05-11", "2024-05-20"),
    ("early 2023", "2023-01-01", "2023-04-30"),
    ("March 2026", "2026-03-01", "2026-03-31"),
    ("2025", "2025-01-01", "2025-12-31"),
    ("by 2027", "2026-04-17", "2027-12-31"),
    ("before 2030", "2026-04-17", "2029-12-31"),
    ("after May 2026", "2026-06-01", "9999-12-31"),
    ("since May 2026", "2026-05-01", "9999-12-31"),
    ("Q1 2026", "2026-01-01", "2026-03-31"),
    ("q4, 2025", "2025-10-01", "2025-12-31"),
    ("by Q3", "2026-04-17", "2026-09-30"),
    ("H1 2025", "2025-01-01", "2025-06-30"),
    ("FY2025", "2024-01-01", "2025-12-31"),
    ("Q3 FY25", "2024-07-01", "2025-09-30"),
]


@pytest.mark.parametrize(("published", "unit", "value", "low", "high"), FORMS)
def test_each_form_stands_for_its_interval(published, unit, value, low, high):
    figure = stands_for(published, unit)
    assert figure.value == (None if value is None else pytest.approx(value))
    assert (figure.low, figure.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    "published",
    ["", "about", "12,96", "5-3", "e5", "7 or so", "--", "12.", "NaN", "5kg", "3 million to 4", "1/0", "five in four"],
)
def test_other_forms_are_refused(published):
    with pytest.raises(PublishedFormError, match=r"form|backwards"):
        stands_for(published)


@pytest.mark.parametrize(("printed", "earliest", "latest"), DATES)
def test_each_date_stands_for_its_days(printed, earliest, latest):
    span = dates(printed, printed_on=date(2026, 4, 17))
    assert (span.earliest.isoformat(), span.latest.isoformat()) == (earliest, latest)


@pytest.mark.parametrize(
    "printed", ["", "30", "Smarch 2026", "31 February 2026", "soon", "2026-13-01", "by", "16", "Q5 2026", "Q12026"]
)
def test_other_dates_are_refused(printed):
    with pytest.raises(PublishedFormError, match=r"form|calendar"):
        dates(printed, date(2026, 4, 17))


def test_a_date_without_a_year_needs_the_day_on_which_it_was_printed():
    with pytest.raises(PublishedFormError, match="no year"):
        dates("16 April")


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31)))
def test_a_day_lies_in_its_month_year_and_third(day):
    part = ("early", "mid", "late")[min((day.day - 1) // 10, 2)]
    for printed in (f"{day:%B %Y}", f"{day:%Y}", f"{part} {day:%B %Y}", f"{day.day} {day:%B}"):
        span = dates(printed, day)
        assert span.earliest <= day <= span.latest


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
    for name, resource in tables.tables().items():
        columns = [field["name"] for field in resource["schema"]["fields"]]
        if {"claim", "published", "value", "low", "high", "unit"} <= set(columns):
            for row in tables.load(name).itertuples():
                if isinstance(row.published, str):
                    yield pytest.param(row, id=f"{name}-{row.claim}-{row.Index}")


@pytest.mark.parametrize("row", list(published_rows()))
def test_curated_intervals_are_what_was_published(row):
    """The value and interval beside a printed figure follow from it by the rule for its form."""
    figure = stands_for(row.published, row.unit)
    stored = None if math.isnan(row.value) else row.value
    assert stored == (None if figure.value is None else pytest.approx(figure.value))
    assert (row.low, row.high) == (pytest.approx(figure.low), pytest.approx(figure.high))


@pytest.mark.parametrize(
    ("published", "unit"), [("12 %", "ratio"), ("1/4", "%"), ("12 pp", "points"), ("16 chips", "models"), ("$3", "EUR")]
)
def test_a_form_that_says_another_unit_is_refused(published, unit):
    with pytest.raises(PublishedFormError, match=r"printed in|ratio"):
        stands_for(published, unit)


@pytest.mark.parametrize(
    ("published", "unit", "form"),
    [
        ("12.96", "", "number"),
        ("a third", "%", "number"),
        ("80-90 %", "%", "range"),
        ("> 100", "chips", "bound"),
        ("95+", "points", "bound"),
        ("up to 30", "models", "bound"),
        ("over a third", "%", "bound"),
        ("under half", "%", "bound"),
        ("double digits", "%", "words"),
        ("dozens", "chips", "words"),
        ("tens of millions", "users", "words"),
        ("4.7 (95 % CI 4.5-4.9)", "ratio", "interval"),
    ],
)
def test_a_form_says_how_its_interval_is_to_be_read(published, unit, form):
    assert stands_for(published, unit).form == form


@pytest.mark.parametrize(
    ("published", "unit", "value", "low", "high"),
    [
        ("under half", "%", 50, -math.inf, 50),
        ("<= half", "", 0.5, -math.inf, 0.5),
        (">= half", "%", 50, 50, 100),
        ("1/1", "ratio", 1, 0.995, 1.005),
        ("4.7 million (95% CI 4.5-4.9)", "users", 4.7e6, 4.5e6, 4.9e6),
        ("3 ± 0.5 million", "users", 3e6, 2.5e6, 3.5e6),
        ("3 million ± 500 thousand", "users", 3e6, 2.5e6, 3.5e6),
        ("12.5 +/- 0.4", "", 12.5, 12.1, 12.9),
        ("~300:1", "ratio", 300, 250, 350),
        ("~2.50e3", "", 2500, 2450, 2550),
        ("10:3", "ratio", 10 / 3, 9.5 / 3.5, 10.5 / 2.5),
        ("20:0.5", "ratio", 40, 19.5 / 0.55, 20.5 / 0.45),
        ("7-7", "points", 7, 7, 7),
        ("over 100 %", "%", 100, 100, 100),
        ("US$3", "USD", 3, 2.5, 3.5),
        ("0.15 pp", "bps", 15, 14.5, 15.5),
        ("$3 ", "USD/million tokens", 3, 2.5, 3.5),
        ("3  million", "users", 3e6, 2.5e6, 3.5e6),
        ("5 x", "ratio", 5, 4.5, 5.5),
        ("5 fold", "ratio", 5, 4.5, 5.5),
        ("5 times", "ratio", 5, 4.5, 5.5),
        ("12.5 kWh/day", "kWh/day", 12.5, 12.45, 12.55),
        ("2 billion", "billion tokens/day", 2, 1.5, 2.5),
    ],
)
def test_corners_of_the_forms(published, unit, value, low, high):
    figure = stands_for(published, unit)
    assert (figure.value, figure.low, figure.high) == (pytest.approx(value), pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("published", "unit", "message"),
    [
        ("12 %", "ratio", "'12 %' is printed in per cent, but the unit is 'ratio': write % there"),
        ("12 pp", "points", "'12 pp' is printed in pp, but the unit is 'points': write pp there"),
        ("1/4", "%", "'1/4' is a ratio, but the unit is '%': write ratio there"),
        ("5-3", "", "the printed range '5-3' runs backwards: write the lower end first"),
        ("16 chips", "models", "'16 chips' is not a form that a published figure in 'models' can have"),
        ("$5", "%", "'$5' is printed in USD, but the unit is '%': write USD there"),
        ("5 kWh", "USD", "'5 kWh' is not a form that a published figure in 'USD' can have: it is printed in 'kWh'"),
        ("5 apples", "pears", "'5 apples' is not a form that a published figure in 'pears' can have: it is printed in"),
        ("$5", "million", "'$5' is not a form that a published figure in 'million' can have: it is printed in 'USD'"),
        ("three in many", "%", "'three in many' is not a form"),
        ("soon", "", "'soon' is not a form that a published figure can have here; the forms are listed in"),
        ("tens of tens of tens", "chips", "is not a form"),
        ("9" * 400, "", "is too large or too small to compute with"),
    ],
)
def test_a_refusal_says_what_was_printed_and_what_to_write(published, unit, message):
    with pytest.raises(PublishedFormError, match=re.escape(message)):
        stands_for(published, unit)


def test_rounding_is_a_choice():
    assert (stands_for("4.3x", "ratio", "truncated").low, stands_for("4.3x", "ratio", "truncated").high) == (4.3, 4.4)
    assert (stands_for("-4.3", "", "truncated").low, stands_for("-4.3", "", "truncated").high) == (-4.4, -4.3)
    half = stands_for("0.5", "", "truncated")
    assert (half.value, half.low, half.high) == (0.5, 0.5, 0.6)
    assert stands_for("0", "", "truncated").high == 1
    assert stands_for("4.3x", "ratio", "half even") == stands_for("4.3x", "ratio")


def dated_rows():
    for name, resource in tables.tables().items():
        columns = [field["name"] for field in resource["schema"]["fields"]]
        if {"published", "earliest", "latest"} <= set(columns):
            for row in tables.load(name).dropna(subset=["published"]).itertuples():
                yield pytest.param(row, id=f"{name}-{row.Index}")


@pytest.mark.parametrize("row", list(dated_rows()))
def test_curated_dates_are_what_was_published(row):
    span = dates(row.published, row.as_of.date())
    assert (span.earliest, span.latest) == (row.earliest.date(), row.latest.date())
