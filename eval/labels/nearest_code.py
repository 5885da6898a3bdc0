"""The code that was meant by a word that is none: by its letters, or by what it is called."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pipeline.labels import nearest_code, snake
from pipeline.words import Language, words_of
from schemas.codebook import OTHER, codebook

_NEAR = 60
"""Per cent of likeness: of a handful of codes, even one that is little like a word was meant."""
_NEAR_OF_MANY = 75


def nearest_label(label: str, word: str, codes: Sequence[str]) -> str | None:
    """Name the code of a label that a word is most like, None where none is.

    Of `codes` each goes by its own name, and by its Spanish and its English one: "cirugias" is
    `surgery`, and "acumulado" `cumulative`.
    """
    least = _NEAR_OF_MANY if label == "service" else _NEAR
    return nearest_code(word, _codes_by_word(label, tuple(codes)), least)


@cache
def _codes_by_word(label: str, codes: tuple[str, ...]) -> Mapping[str, str]:
    known = {snake(code): code for code in codes}
    for name, code in _list_names(label):
        if code in codes:
            known.setdefault(snake(name), code)
    return known


def _list_names(label: str) -> Iterator[tuple[str, str]]:
    """List what the codes of a label are called, each with its code.

    A service goes by its kinds, too: who writes "mastografía" for one means `screening`.
    """
    if label == "service":
        for row in sorted(codebook().rows(), key=lambda row: row.detail is not None):
            if row.detail != OTHER:
                yield row.spanish, row.service
                yield row.english, row.service
        return
    for language in Language:
        for code, name in words_of(language).codes.get(label, {}).items():
            yield name, code
