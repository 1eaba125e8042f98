"""Dated segments beside list prices: since when, on what basis, and where two packages differ."""

from datetime import date

import model_prices

from parallelrun.refresh import segments

DAY = date(2026, 11, 25)


def listed(model, prices):
    return {"model": model, "input_price": str(prices[0]), "output_price": str(prices[1])}


def test_a_price_that_agrees_gets_its_day_and_what_the_day_means():
    held = model_prices.rates("anthropic/claude-opus-4.6", "2026-11-25T12:00:00Z")
    found = segments.beside([listed("anthropic/claude-opus-4.6", (held.input, held.output))], DAY)
    (note,) = found.notes.values()
    assert note.endswith(f"recorded on {held.valid_from[:10]}, which lags the change by days")
    assert "1 of 1 prices" in found.lines[0]
    assert len(found.lines) == 1


def test_a_price_that_differs_is_listed_with_both():
    found = segments.beside([listed("z-ai/glm-5", (0.5, 1.9))], DAY)
    assert found.notes == {}
    assert "z-ai/glm-5: 0.5/1.9 here, 1/3.2 in model-prices" in found.lines[1]


def test_first_seen_is_not_called_a_change():
    assert "not known" in segments.BASES["first observed"]
    assert "changed" not in segments.BASES["first observed"].replace("of the change", "")


def test_a_related_name_is_not_the_model():
    held = model_prices.rates("openai/gpt-5.4-high", "2026-11-25T12:00:00Z")
    assert held.removed_suffix
    found = segments.beside([listed("openai/gpt-5.4-high", (held.input, held.output))], DAY)
    assert found.notes == {}
    assert len(found.lines) == 1


def test_a_price_of_certain_hours_says_so():
    held = model_prices.rates("deepseek/deepseek-v3.2", "2026-11-25T12:00:00Z")
    found = segments.beside([listed("deepseek/deepseek-v3.2", (9.0, 9.0))], DAY)
    assert held.period is not None
    assert f"({held.period.replace('_', ' ')} hours)" in found.lines[1]
