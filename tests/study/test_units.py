"""Units as the field writes them: factors, dimensions, and texts that read back."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.errors import UnitError
from parallelrun.study import units
from parallelrun.study.quantities import Quantity, Unit


@pytest.mark.parametrize(
    ("text", "scale", "same_as"),
    [
        ("%", 0.01, "ratio"),
        ("trillion tokens", 1e12, "million tokens"),
        ("USD/million tokens", 1e-6, "USD/token"),
        ("kWh/1000 tokens", 3600, "J/token"),
        ("PFLOPS", 1e15, "TFLOPS"),
        ("billion USD", 1e9, "USD"),
        ("weeks", 604_800, "days"),
        ("students", 1, "student"),
    ],
)
def test_a_unit_has_its_factor_and_dimensions(text, scale, same_as):
    assert Unit.of(text).factor == pytest.approx(scale)
    assert Unit.of(text).dimensions == Unit.of(same_as).dimensions


@pytest.mark.parametrize(
    ("plural", "thing"),
    [
        ("people", "person"), ("women", "woman"), ("salespeople", "salesperson"), ("children", "child"),
        ("batteries", "battery"), ("movies", "movie"), ("boxes", "box"), ("axes", "axe"), ("glasses", "glass"),
        ("buses", "bus"), ("houses", "house"), ("caches", "cache"), ("specimens", "specimen"),
    ],
)  # fmt: skip
def test_a_thing_is_the_same_in_singular_and_plural(plural, thing):
    assert units.is_plural(plural)
    assert not units.is_plural(thing)
    assert Unit.of(f"USD/{thing}").dimensions == Unit.of(f"USD/{plural}").dimensions
    assert Unit.of(f"USD/{thing}").dimensions != Unit.of(f"USD/{thing}x").dimensions


def test_counted_things_are_units_of_their_own():
    assert Unit.of("models").dimensions != Unit.of("weeks").dimensions != Unit.of("institutions").dimensions
    with pytest.raises(UnitError, match="not a unit"):
        Unit.of("USD^2!")


UNITS = [
    "", "%", "ratio", "share", "USD", "USD/million tokens", "trillion tokens", "kWh/1000 tokens", "weeks", "days",
    "points", "models", "chips", "MW", "GB/s", "million tokens/day", "USD/kWh", "tokens/user/day", "points/decade",
]  # fmt: skip


@given(st.sampled_from(UNITS), st.lists(st.tuples(st.sampled_from("*/"), st.sampled_from(UNITS)), max_size=4))
def test_the_text_of_a_product_reads_back_as_the_same_unit(first, steps):
    def step(product, step):
        sign, unit = step
        factor = Quantity.of(2.0, None, None, unit)
        return product * factor if sign == "*" else product / factor

    unit = reduce(step, steps, Quantity.of(2.0, None, None, first)).unit
    assert Unit.of(unit.text).dimensions == unit.dimensions
    assert Unit.of(unit.text).factor == pytest.approx(unit.factor)
