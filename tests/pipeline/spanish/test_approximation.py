import re

import pytest

from pipeline.spanish.approximation import ABOUT, EXCEED, MORE_THAN, pattern_of
from pipeline.spanish.folding import fold

LISTS = (ABOUT, MORE_THAN, EXCEED)


@pytest.mark.parametrize("phrases", LISTS)
def test_the_words_are_sorted(phrases: tuple[str, ...]) -> None:
    assert list(phrases) == sorted(phrases, key=fold)


def test_no_phrase_is_of_two_kinds() -> None:
    folded = [fold(phrase) for phrases in LISTS for phrase in phrases]
    assert len(set(folded)) == len(folded)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hubo poco más de 500", "poco mas de"),
        ("Hubo MÁS\nDE 500", "mas\nde"),
        ("Hubo además de 500", None),
        ("Se superaron las 500", None),
    ],
)
def test_a_pattern_finds_whole_phrases_in_folded_text(text: str, found: str | None) -> None:
    match = re.search(pattern_of(MORE_THAN), fold(text))
    assert (match and match[0]) == found
