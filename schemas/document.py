"""A bulletin's text, where it came from, and the numerals in it."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Metadata(BaseModel):
    """What front matter, HTML metadata or named columns state about a bulletin.

    `ocr_pages` is how many pages of a PDF were read by OCR, and `pages_without_words` which ones
    (from 1) gave no words; both are None for other formats. `hidden_words` is how many words the
    file has that a reader of it does not see, and that are no part of the text, and `hidden_text`
    the first of them; both are None where there are none.
    """

    model_config = ConfigDict(frozen=True)

    format: str
    title: str | None = None
    published_on: date | None = None
    ocr_pages: int | None = None
    pages_without_words: tuple[int, ...] | None = None
    hidden_words: int | None = None
    hidden_text: str | None = None


class Document(BaseModel):
    """One bulletin. Every offset elsewhere counts the characters of `text`, end exclusive.

    `id` is the hex sha256 of `text` in UTF-8, so that the same content under two names is one
    document.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    metadata: Metadata

    @property
    def printed(self) -> tuple[str, ...]:
        """All that the bulletin prints: its text, and its title where that stands nowhere in it."""
        title = self.metadata.title
        return (self.text, title) if title and title not in self.text else (self.text,)


class Source(BaseModel):
    """Where a document was found: a file, and the record in it where a file holds many."""

    model_config = ConfigDict(frozen=True)

    path: str
    record: str | None = None

    def __str__(self) -> str:
        """Name the source as a person would: `file` or `file#record`."""
        return self.path if self.record is None else f"{self.path}#{self.record}"


class NumeralKind(StrEnum):
    """What a numeral is by its form; only counts and percents can be figures."""

    COUNT = "count"
    PERCENT = "percent"
    ORDINAL = "ordinal"
    DATE = "date"
    YEAR = "year"
    PHONE = "phone"
    IDENTIFIER = "identifier"
    TIME = "time"


QUANTITIES = (NumeralKind.COUNT, NumeralKind.PERCENT)
"""The kinds of numerals that can be figures."""


class Numeral(NamedTuple):
    """One number as printed: `text[start:end] == raw`, worth `value`."""

    start: int
    end: int
    raw: str
    value: int | float
    kind: NumeralKind


class Ambiguity(NamedTuple):
    """A stretch of print that can be read in several ways, the likeliest first.

    The numerals of each reading lie within `start` and `end`, in order and without overlaps.
    """

    start: int
    end: int
    readings: tuple[tuple[Numeral, ...], ...]
