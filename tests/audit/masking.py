"""Texts of others without their words: what the grammar of a draft reads stays, of every other word only its shape."""

import re

_WORDS = """
thousand million billion trillion mn bn tn usd eur gbp cny rmb about around circa approximately roughly nearly
almost just over under more than at least fewer less most up to per cent percentage point points pp bps basis
fold times early mid late by before after since fy half a one two three four five ten third quarter fifth
tenth thirds quarters fifths tenths in twice double triple quadruple doubled tripled quadrupled halved
threefold twofold fourfold fivefold tenfold tens hundreds thousands millions billions of dozens single digits
digit rank no first second other latter top last the an and or on for from with as is are was were its vs ago
earlier kwh mwh gwh wh kw mw gw gb tb flops gflops tflops pflops eflops nm yuan token tokens page pages week
weeks month months year years day days hour hours minute minutes seconds chip chips model models parameter
parameters user users dollar dollars euro euros jan feb mar apr may jun jul aug sep oct nov dec january
february march april june july august september october november december q h
"""
KEPT = frozenset(_WORDS.split())
"""Words of numbers, dates, marks and units, which the grammar reads."""


def mask(text: str) -> str:
    """Return a text of the same lines, numerals and signs, with an x for each letter of another word.

    A word's capitals and a last ``s`` stay, as does what is joined to a numeral.
    """
    return re.sub(r"(?<!\d)[^\W\d_]+", lambda word: word[0] if word[0].lower() in KEPT else _shape(word[0]), text)


def _shape(word: str) -> str:
    if len(word) == 1:
        return word
    plural = word[-1] if word[-1] == "s" else ""
    return "".join("X" if letter.isupper() else "x" for letter in word[: len(word) - len(plural)]) + plural
