"""Programmes of jornadas with a known run, and the year that it gives to days without one."""

import re
import tomllib
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipeline.spanish.folding import fold

_FILE = "programmes.toml"
_SMALL_WORDS = r"\W{1,8}(?:(?:de|del|dei|el|la|ia|los|ios|las|ias|por|para|al)\W{1,8}){0,3}"
_MISREAD = {"i": "[il1]", "l": "[li1]", "o": "[o06]", "s": "[s5]", "1": "[1li]", "0": "[0o]"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MonthAndDay = tuple[int, int]


class Programme(BaseModel):
    """A series of jornadas: its names, its usual first and last weekdays, the years of its run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...]
    usual: tuple[tuple[Weekday, Weekday], ...]
    first: int
    last: int

    def fits(self, start: date, end: date) -> bool:
        """Tell whether the days are a usual jornada of its run."""
        weekdays = _WEEKDAYS[start.weekday()], _WEEKDAYS[end.weekday()]
        within = self.first <= start.year and end.year <= self.last
        return within and 0 <= (end - start).days < len(_WEEKDAYS) and weekdays in self.usual


@lru_cache(maxsize=8)  # asked for each jornada of a text
def programmes_named(text: str) -> tuple[Programme, ...]:
    """Return the known programmes that `text` names, as printed or as OCR misreads them."""
    folded = fold(text)
    return tuple(programme for programme, names in _known() if names.search(folded))


def infer_year(text: str, first: MonthAndDay, last: MonthAndDay) -> int | None:
    """Return the one year in which days printed without a year are a usual jornada, or None.

    The year is that of the first day. None where the text names no known programme, or where no
    year or several of its run would do.
    """
    fitting = {
        year
        for programme in programmes_named(text)
        for year in range(programme.first, programme.last + 1)
        if (days := days_in(year, first, last)) and programme.fits(*days)
    }
    return fitting.pop() if len(fitting) == 1 else None


def days_in(year: int, first: MonthAndDay, last: MonthAndDay) -> tuple[date, date] | None:
    """Return the days of a span that begins in `year`, None where it has no such day."""
    try:
        return date(year, *first), date(year + (last < first), *last)
    except ValueError:  # 29 February, 31 June
        return None


@cache
def _known() -> tuple[tuple[Programme, re.Pattern[str]], ...]:
    """Read the file, once a process."""
    data = tomllib.loads(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
    found = [Programme.model_validate(entry) for entry in data["programme"]]
    return tuple((programme, re.compile(_any_of(programme.words))) for programme in found)


def _any_of(names: tuple[str, ...]) -> str:
    return "|".join(
        rf"(?<![a-z\d]){_SMALL_WORDS.join(map(_misread, name.split()))}(?![a-z])" for name in names
    )


def _misread(word: str) -> str:
    """Return a pattern for a word; an accented letter is what OCR loses first."""
    lower = word.lower()
    return "".join(
        _MISREAD.get(char, re.escape(char)) if char == fold(char) else r"[a-z\d]{1,2}"
        for char in lower
    )
