"""Columns and codes in people's words, Spanish or English: `words.toml` and the codebook."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from schemas.codebook import JOINT, codebook

_FILE = "words.toml"


class Language(StrEnum):
    """A language that people read."""

    SPANISH = "es"
    ENGLISH = "en"


class Words(NamedTuple):
    """What things are called in one language."""

    headings: Mapping[str, str]
    """By the names of columns."""
    codes: Mapping[str, Mapping[str, str]]
    """By the names of columns, then by codes."""
    truth: Mapping[bool, str]


@cache
def words_of(language: Language) -> Words:
    """Read the file, once a process and language."""
    data = tomllib.loads(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
    codes = {
        column: {code: said[language] for code, said in group.items() if code != "columns"}
        for group in data["codes"]
        for column in group["columns"]
    }
    spanish = language is Language.SPANISH
    codes["service"] = {
        row.service: row.spanish if spanish else row.english
        for row in codebook().rows()
        if row.detail is None
    }
    headings = {column: said[language] for column, said in data["headings"].items()}
    truth = {known: data["truth"][str(known).lower()][language] for known in (True, False)}
    return Words(headings, codes, truth)


@cache
def name_detail(language: Language, service: str | None, detail: str) -> str:
    """Name each of the kinds that are joined in a detail: "diabetes, hipertensión".

    Without its service, a kind that several services call differently stays as it is.
    """
    return ", ".join(_name_kind(language, service, kind) for kind in detail.split(JOINT))


def _name_kind(language: Language, service: str | None, kind: str) -> str:
    names = {
        row.spanish if language is Language.SPANISH else row.english
        for row in codebook().rows()
        if row.detail == kind and service in (None, row.service)
    }
    return names.pop() if len(names) == 1 else kind
