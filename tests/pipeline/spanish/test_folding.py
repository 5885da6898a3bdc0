"""Folding changes letters, never places."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.spanish.folding import fold, one_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("CIRUGÍAS Ñandú", "cirugias nandu"),
        ("8ª y 2º", "8ª y 2º"),
        ("1’529—30", "1'529-30"),
        ("İzmir ẞ", "izmir ß"),
    ],
)
def test_case_and_accents_go(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_every_character_keeps_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    # A sigma alone is not the sigma that ends a word.
    assert [fold(char) for char in text if char not in "Σς"] == [
        folded for char, folded in zip(text, fold(text), strict=True) if char not in "Σς"
    ]


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.sets(st.text("abc.", min_size=1, max_size=4), min_size=1), st.text("abc.", max_size=5))
def test_one_of_matches_its_words_and_no_others(words: set[str], other: str) -> None:
    pattern = re.compile(one_of(words))
    assert all(pattern.fullmatch(word) for word in words)
    assert bool(pattern.fullmatch(other)) == (other in words)
    longest = max((word for word in words if other.startswith(word)), key=len, default=None)
    match = pattern.match(other)
    assert (match[0] if match else None) == longest
