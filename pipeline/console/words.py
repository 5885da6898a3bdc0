"""Columns and codes in people's words, Spanish or English: `words.toml` and the codebook."""

import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]

from schemas.codebook import JOINT, codebook

_FILE = "words.toml"
_OF_A_SERVICE = ("detail", "broader")


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


def translate(table: pa.Table, language: Language, *, truth: bool) -> pa.Table:
    """Give headings and codes their words; with `truth`, true and false as well.

    A code without a word stays as it is; so does a kind that several services call differently,
    where the table does not say of which service it is.
    """
    words = words_of(language)
    services = table.column("service").to_pylist() if "service" in table.column_names else None
    columns = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_boolean(column.type) and truth:
            columns.append(_map(column, words.truth))
        elif not pa.types.is_string(column.type):
            columns.append(column)
        elif name in _OF_A_SERVICE:
            details = zip(services or [None] * len(column), column.to_pylist(), strict=True)
            named = [detail and _name_detail(language, of, detail) for of, detail in details]
            columns.append(pa.array(named, pa.string()))
        elif name in words.codes:
            columns.append(_map(column, words.codes[name]))
        else:
            columns.append(column)
    return pa.table(
        columns, [_head(words, name, table.column_names) for name in table.column_names]
    )


def _head(words: Words, name: str, all_names: Sequence[str]) -> str:
    heading = words.headings.get(name, name)
    return name if heading in all_names else heading  # no two columns get one name


def _map(column: pa.ChunkedArray, words: Mapping[Any, str]) -> pa.Array:
    return pa.array([words.get(value, value) for value in column.to_pylist()], pa.string())


@cache
def _name_detail(language: Language, service: str | None, detail: str) -> str:
    """Name each of the kinds that are joined in a detail: "diabetes, hipertensión"."""
    return ", ".join(_name_kind(language, service, kind) for kind in detail.split(JOINT))


def _name_kind(language: Language, service: str | None, kind: str) -> str:
    names = {
        row.spanish if language is Language.SPANISH else row.english
        for row in codebook().rows()
        if row.detail == kind and service in (None, row.service)
    }
    return names.pop() if len(names) == 1 else kind
