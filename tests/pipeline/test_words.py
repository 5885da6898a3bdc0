"""Every code has a word in both languages, and no two columns have one heading."""

from enum import StrEnum

import pytest

from pipeline.words import Language, words_of
from schemas.finding import Severity
from schemas.report import (
    Basis,
    BulletinKind,
    JornadaKind,
    Period,
    PlaceKind,
    Service,
    Status,
    Unit,
)

CODES: dict[str, type[StrEnum]] = {
    "unit": Unit,
    "basis": Basis,
    "service": Service,
    "status": Status,
    "period": Period,
    "kind": JornadaKind,
    "place_kind": PlaceKind,
    "bulletin_kind": BulletinKind,
    "severity": Severity,
    "checked": Severity,
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("column", CODES)
def test_every_code_has_a_word_and_no_other_has(language: Language, column: str) -> None:
    assert set(words_of(language).codes[column]) == set(CODES[column])
    assert all(words_of(language).codes[column].values())


@pytest.mark.parametrize("language", Language)
def test_no_two_columns_have_one_heading(language: Language) -> None:
    headings = list(words_of(language).headings.values())
    assert len(set(headings)) == len(headings)
