"""What the report says in one language: sentences, names of codes, numbers and days."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.pages.writing import MONTHS, write_day, write_number
from pipeline.words import Language, name_detail, words_of
from schemas.codebook import OTHER

_FILE = "phrases.toml"
_SHORT = 3
"""Letters of a month that is written short."""
UNKNOWN = "–"


@dataclass(frozen=True)
class Phrases:
    """All that the report says, in one language."""

    language: Language

    def say(self, name: str, /, **values: object) -> str:
        """Say a sentence, with what it names filled in."""
        sentence: str = _read()["sentences"][name][self.language]
        return sentence.format(**values)

    def count(self, number: int, noun: str) -> str:
        """Say how many of something there are: "1 bulletin", "58,610 figures"."""
        one, many = _read()["nouns"][noun][self.language]
        return f"{number:,} {one if number == 1 else many}"

    def word(self, column: str, code: str | None) -> str:
        """Give the word for a code; a code without one stays as it is."""
        return (
            UNKNOWN
            if code is None
            else words_of(self.language).codes.get(column, {}).get(code, code)
        )

    def service(self, service: str, detail: str | None = None) -> str:
        """Name a service, and its kinds where they are said."""
        name = self.word("service", service)
        if detail is None:
            return name
        kind = (
            self.say("other_kind")
            if detail == OTHER
            else name_detail(self.language, service, detail)
        )
        return f"{name}: {kind}"

    def day(self, day: date | None) -> str:
        """Write a day in full: "5 de julio de 2022", "5 July 2022"."""
        return UNKNOWN if day is None else write_day(day, self.language)

    def days(self, first: date | None, last: date | None) -> str:
        """Write a span of days short: "2–3 Jul 2022"."""
        if first is None or last is None or first == last:
            return self._short(first or last)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self._short(last)}"
        begin = self._short(first)
        return (
            f"{begin.rsplit(' ', 1)[0] if first.year == last.year else begin} – {self._short(last)}"
        )

    def _short(self, day: date | None) -> str:
        if day is None:
            return UNKNOWN
        return f"{day.day} {self.months[day.month - 1][:_SHORT]} {day.year}"

    @property
    def months(self) -> Sequence[str]:
        """Name the months."""
        return MONTHS[self.language]

    def share(self, some: int, whole: int) -> str:
        """Give a share in per cent, a dash of nothing; only all is 100 and only none is 0."""
        if not whole:
            return UNKNOWN
        percent = 100 * some / whole
        if 0 < some < whole:
            percent = min(99.9, max(0.1, percent))
        return f"{percent:.1f}\N{NO-BREAK SPACE}%"


def write_known(value: float | None) -> str:
    """Write a number, or a dash where none is known."""
    return UNKNOWN if value is None else write_number(value)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
