"""Sections of a bulletin that a place heads: "HGZ No. 1" above its results, "2.3. HGZ 3. De 41"."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.passages import Passages
from pipeline.rules.place_mentions import PRECISE
from pipeline.spanish.places import read_place
from schemas.report import PlaceKind

_START = attrgetter("start")
_LINE = re.compile(r"[^\n]+")
_MARK = re.compile(
    r"[^\w\n(\"“«¿¡]*(?:(?:(?:\d{1,2}|[IVX]{1,5}|[ivx]{1,4}|[A-Za-z])[.)]){1,2}(?:\d{1,2}[.)]?){0,3}[-–—]*(?=\W)"
    r"|[IVX]{1,5}(?=\s*[-–—]))?[^\w\n(\"“«¿¡]*"
)
# The end of a heading in its line: "HGZ No. 1.", "HGZ 1.-", "HGZ 1:", "HGZ 1 —"
_END = re.compile(
    r"\*{0,2}(?:[.:]\s*[-–—]+|\s[-–—]+(?=\s)|:|\.(?=\*{0,2}\s+[A-ZÁÉÍÓÚÑ¡¿]|\*{0,2}\s*$))"
)
_TITLE = re.compile(r"(?:n|num|nos?)$", re.IGNORECASE)
_OF_ALL = re.compile(
    r"\W*(?:\w{1,4}[.)]\s*)*(?:(?:en|el|l[ao]s|un)\s+)?(?:(?:gran\s+)?total|conjunto|suma\b|sumad[ao]s|entre\s"
    r"|(?:dos|tres|cuatro|cinco|seis|siete|ocho)\s(?:hospitales|unidades|sedes|clinicas)"
    r"|(?:a\s+)?nivel\s+(?:estatal|delegacional|nacional)|tod[oa]\s|entidad\b|pais\b|estado\b|delegacion\b"
    r"|representacion\b|ooad\b|organo\s+de\s+operacion)"
)
_NAME_WORD = re.compile(
    r"[^a-záéíóúñü]|(?:del?|l[ao]s?|el|y|con|en|n[oº°]|n[uú]m(?:ero)?|general|regional|rural|zona|subzona"
    r"|medicina|familiar|especialidad(?:es)?|alta|gineco\w*|obstetricia|pediatría|médic[oa]|atención"
    r"|ambulatoria|traumatología|ortopedia|nacional|centro|hospital|unidad|clínica|instituto)\b"
)
_LONGEST_HEADING, _FEWEST = 70, 2
_LONGEST_LEAD, _FEWEST_WORDS = 90, 4


class Section(NamedTuple):
    """A stretch of text whose numbers are those of one place."""

    start: int
    end: int
    place: str


class _Heading(NamedTuple):
    start: int
    """Where its line begins."""
    end: int
    place: str | None
    """None for a heading that names something else."""
    alone: bool
    marked: bool
    """A number or letter of a list stands before it."""


class Sections(NamedTuple):
    """The sections of a bulletin in order."""

    found: tuple[Section, ...] = ()

    def place_at(self, position: int) -> str | None:
        """Return the place of the section that a position lies in."""
        at = bisect_right(self.found, position, key=_START) - 1
        return self.found[at].place if at >= 0 and position < self.found[at].end else None


def sections_of(source: Passages) -> Sections:
    """Find the sections that places head; a lone heading makes none."""
    headings = list(_headings(source.clean))
    if len({one.place for one in headings if one.place}) < _FEWEST:
        return Sections()
    return Sections(tuple(_sections(source, headings)))


def _headings(text: str) -> Iterator[_Heading]:
    blank = True
    end = 0
    for line in _LINE.finditer(text):
        blank = "\n\n" in text[end : line.start()] or not end
        end = line.end()
        if not line[0].strip():
            continue
        if heading := _heading(text, line.start(), line.end(), blank=blank):
            yield heading


def _heading(text: str, start: int, end: int, *, blank: bool) -> _Heading | None:
    mark = _MARK.match(text, start, end)
    first = mark.end() if mark else start
    marked = any(char.isalnum() for char in text[start:first])
    if "\t" in text[first:end].strip() or "|" in text[start:end]:
        return None
    for found in _END.finditer(text, first, min(end, first + _LONGEST_LEAD)):
        if _TITLE.search(text, max(first, found.start() - 4), found.start()):
            continue  # "HGZ No. 1"
        rest = text[found.end() : end].strip(" *_\n")
        loose = marked or found[0] == ":"
        if place := _place(text[first : found.start()], units=bool(rest) and not loose):
            return _Heading(start, found.end(), place, alone=not rest, marked=marked)
        break
    if place := _place(text[first:end]):
        return _Heading(start, end, place, alone=True, marked=marked)
    words = text[first:end].split()
    is_title = blank and len(words) <= _FEWEST_WORDS and text[end - 1].isalnum()
    if marked or (is_title and not re.search(r"\d", text[first:end])):
        return _Heading(start, end, None, alone=True, marked=marked)
    return None


def _place(printed: str, *, units: bool = False) -> str | None:
    """Return the place that a heading is, of run-in ones a unit: a town may be a dateline."""
    name = printed.strip(" *_#\t.:—–-")
    if not 0 < len(name) <= _LONGEST_HEADING or not name[0].isupper():
        return None
    if not all(map(_NAME_WORD.match, name.split())):
        return None
    place = read_place(name)
    return place.name if place.kind in ((PlaceKind.UNIT,) if units else PRECISE) else None


def _sections(source: Passages, headings: list[_Heading]) -> Iterator[Section]:
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if not heading.place:
            continue
        end = following.start if following else len(source.clean)
        if not heading.alone and not (following and following.place):
            end = min(end, _end_of_block(source, heading.end))
        yield Section(heading.end, _before_all(source, heading.end, end), heading.place)


def _end_of_block(source: Passages, position: int) -> int:
    """Return where the paragraph ends that a heading runs into."""
    sentences = source.sentences
    at = max(bisect_right(sentences, position, key=_START) - 1, 0)
    while at + 1 < len(sentences) and sentences[at + 1].block == sentences[at].block:
        at += 1
    return sentences[at].end


def _before_all(source: Passages, start: int, end: int) -> int:
    """Return where a section stops, at the latest before a sentence on all places together."""
    for sentence in source.sentences[bisect_left(source.sentences, start, key=_START) :]:
        if sentence.start >= end:
            break
        if _OF_ALL.match(source.folded, sentence.start):
            return sentence.start
    return end
