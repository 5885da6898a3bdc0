"""Tables whose columns and codes stand in people's words, Spanish or English."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from pipeline.words import Language, Words, name_detail, words_of

_OF_A_SERVICE = ("detail", "broader")


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
            named = [detail and name_detail(language, of, detail) for of, detail in details]
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
