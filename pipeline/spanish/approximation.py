"""The words that make the number behind them approximate: "casi 500", "superan las 40 mil"."""

import re
from collections.abc import Iterable

from pipeline.spanish.folding import fold, one_of

ABOUT = (
    "al menos",
    "alrededor de",
    "aproximadamente",
    "aproximado de",
    "casi",
    "cerca de",
    "cercana a",
    "cercano a",
    "en torno a",
    "menos de",
    "poco menos de",
    "próximo a",
    "ronda",
    "rondaba",
    "rondaban",
    "rondan",
    "rondando",
    "rondaron",
    "rondó",
    "unas",
    "unos",
)
"""Before any number."""

MORE_THAN = (
    "más de",
    "poco más de",
)
"""Before any number: the exact one is larger."""

EXCEED = (
    "arriba de",
    "pasa de",
    "pasaban de",
    "pasan de",
    "pasaron de",
    "pasó de",
    "por encima de",
    "rebasa",
    "rebasaba",
    "rebasaban",
    "rebasado",
    "rebasan",
    "rebasando",
    "rebasar",
    "rebasará",
    "rebasarán",
    "rebasaron",
    "rebasó",
    "sobrepasa",
    "sobrepasan",
    "sobrepasando",
    "sobrepasar",
    "sobrepasaron",
    "sobrepasó",
    "supera",
    "superaba",
    "superaban",
    "superado",
    "superan",
    "superando",
    "superar",
    "superará",
    "superarán",
    "superaron",
    "superó",
)
"""Before a round number: the exact one is larger. "Superó los 1,234" names an exact one instead."""


def pattern_of(phrases: Iterable[str]) -> str:
    """Return a pattern for any of `phrases` in folded text, with any white space in them."""
    return rf"\b{one_of(map(fold, phrases))}\b".replace(re.escape(" "), r"\s+")
