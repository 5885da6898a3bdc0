"""What somebody asks the queue for: filters, words and a page, as in an address. Pure."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from pipeline.review.queue.index import bits_of

PAGE = 50
"""Rows of one page."""
_MOST_WORDS = 12
_SHORTEST_BEGINNING = 3
"""A shorter word is one whole word: too many begin with it."""

_CONDITIONS = {
    ("findings", "error"): "errors > 0",
    ("findings", "warning"): "warnings > 0",
    ("findings", "none"): "errors = 0 AND warnings = 0",
    ("differ", "yes"): "differing > 0",
    ("differ", "no"): "differing = 0",
    ("relevant", "yes"): "relevant = 1",
    ("relevant", "no"): "relevant = 0",
    ("reviewed", "yes"): "reviewed = 1",
    ("reviewed", "no"): "reviewed = 0",
}
_COLUMNS = {"state": "state", "reader": "reader", "format": "format", "year": "year"}
FILTERS = ("state", "findings", "differ", "relevant", "reader", "format", "year", "service",
    "reviewed")  # fmt: skip


class QueueQuery(NamedTuple):
    """Filters by their names, the words that are looked for, and the page, from 1."""

    filters: Mapping[str, str]
    words: str
    page: int

    @property
    def address(self) -> str:
        """Give it as an address has it, without the page."""
        return self.at(1)

    def at(self, page: int) -> str:
        """Give it with another page: empty where nothing is asked for."""
        pairs = {"q": self.words, **self.filters, "page": str(page) if page > 1 else ""}
        return urlencode({name: value for name, value in pairs.items() if value})

    def condition(self, *, by_text: bool) -> tuple[str, list[object]]:
        """Give it as SQL over the entries of the index, with its parameters.

        `by_text`: the index can be searched by words.
        """
        parts: list[str] = ["TRUE"]
        parameters: list[object] = []
        for sql, given in (*self._filter(), *self._search(by_text=by_text)):
            parts.append(sql)
            parameters += given
        return " AND ".join(parts), parameters

    def _filter(self) -> Iterator[tuple[str, list[object]]]:
        for name, value in self.filters.items():
            if (name, value) in _CONDITIONS:
                yield _CONDITIONS[name, value], []
            elif name == "service":
                yield "services & ?", [bits_of([value])]
            elif name == "year":
                yield "year = ?", [_number(value[:9])]
            elif name in _COLUMNS:
                yield f"{_COLUMNS[name]} = ?", [value]
            else:  # no such choice
                yield "FALSE", []

    def _search(self, *, by_text: bool) -> Iterator[tuple[str, list[object]]]:
        words = split_words(self.words)[:_MOST_WORDS]
        if not by_text:
            for word in words:
                yield "words LIKE ?", [f"%{word}%"]
        elif words:
            asked = [f'"{word}"*' if len(word) >= _SHORTEST_BEGINNING else f'"{word}"'
                for word in words]  # fmt: skip
            # With a plus: in the order of the queue, and not in that of what was found.
            found = "+text IN (SELECT rowid FROM texts WHERE texts MATCH ?)"
            yield found, [" AND ".join(asked)]


def parse_query(given: Mapping[str, str]) -> QueueQuery:
    """Read a query out of an address; what is nothing of the kind is left out."""
    filters = {name: given[name][:200] for name in FILTERS if given.get(name)}
    page = max(1, _number(given.get("page", "")[:9]))
    return QueueQuery(filters, " ".join(given.get("q", "").split())[:500], page)


def split_words(text: str) -> list[str]:
    """Split as the index does: into letters and digits, nothing else."""
    kept = [
        each if unicodedata.category(each)[0] in "LN" or unicodedata.combining(each) else " "
        for each in text
    ]
    return "".join(kept).split()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1
