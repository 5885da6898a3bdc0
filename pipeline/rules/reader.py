"""The deterministic reader: numerals, the vocabulary of the field, and where each number stands.

It needs no model and no key. It is the default where no model is configured, the floor that a
prompt must beat, and a second opinion.
"""

import time
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files

from pipeline.documents.headline import publication_day_of, title_of
from pipeline.errors import ReaderError
from pipeline.numerals import count_beginnings
from pipeline.rules.bulletin_place import place_of_bulletin, state_of_bulletin
from pipeline.rules.figures import BulletinContext, figures_of
from pipeline.rules.jornadas import calendar, is_upcoming
from pipeline.rules.passages import Passages, passages
from pipeline.rules.relevance import is_of_else, is_relevant
from pipeline.rules.report_fields import (
    bulletin_kind_of,
    places_named,
    programme_of,
    specialties_of,
)
from pipeline.rules.theme import is_theme, theme_of
from pipeline.rules.vocabulary import Vocabulary, vocabulary
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import BulletinKind, JornadaReport

_MOST_NUMBERS = 40_000
"""Thousands of bulletins' worth: what a reading of more would take, no memory has room for."""
_TITLE_REACH = 400
"""Characters of a letterhead that may stand before a title."""


@cache
def rules_hash() -> str:
    """Hash code and vocabulary: what other rules read is not taken for what these would."""
    package = files("pipeline")
    digest = sha256()
    for name in ("report.py", "codebook.toml", "codebook.py"):
        digest.update(files("schemas").joinpath(name).read_bytes())
    for name in ("numerals.py", "documents/headline.py"):
        digest.update(package.joinpath(name).read_bytes())
    for folder in ("spanish", "rules"):
        for entry in sorted(package.joinpath(folder).iterdir(), key=lambda item: item.name):
            if entry.name.endswith((".py", ".toml")):
                digest.update(entry.read_bytes())
    return digest.hexdigest()


@cache
def _key() -> ReaderKey:
    return ReaderKey(reader="baseline", schema_hash=rules_hash())


class BaselineReader:
    """Reads by rules; the same document always gives the same reading."""

    @property
    def key(self) -> ReaderKey:
        """Name the rules by their hash."""
        return _key()

    async def read(self, document: Document) -> Reading:
        """Read one document. Raises `ReaderError` for one with more numbers than any has."""
        started = time.perf_counter()
        _refuse_heaps(document.text)
        words = vocabulary()
        source = passages(document.text, words)
        return Reading(
            document_id=document.id,
            key=self.key,
            status=ReadingStatus.OK,
            report=_read(document, source, words),
            findings=tuple(_tell_pieces(source)),
            seconds=time.perf_counter() - started,
        )


def _refuse_heaps(text: str) -> None:
    if len(text) > _MOST_NUMBERS and (count := count_beginnings(text)) > _MOST_NUMBERS:
        raise ReaderError(
            f"no bulletin: it holds up to {count:,} numbers, of which {_MOST_NUMBERS:,} can be read"
        )


def read_report(document: Document, words: Vocabulary | None = None) -> JornadaReport:
    """Read a whole report from a document's text and metadata.

    `words` is the vocabulary, the project's own where none is given.
    """
    words = words or vocabulary()
    return _read(document, passages(document.text, words), words)


def _read(document: Document, source: Passages, words: Vocabulary) -> JornadaReport:
    title = document.metadata.title or title_of(document.text)
    published = document.metadata.published_on or publication_day_of(document.text)
    theme = theme_of(source)
    place = place_of_bulletin(source)
    jornadas = calendar(source, published, themed=is_theme(theme), place=place)
    upcoming = is_upcoming(source, jornadas, published)
    titled_at = source.text.find(title, 0, len(title) + _TITLE_REACH) if title else -1
    title_end = titled_at + len(title or "") if titled_at >= 0 else 0
    relevant = is_relevant(source)
    figures, asides = figures_of(
        BulletinContext(
            source,
            jornadas,
            theme,
            words,
            upcoming,
            title_end,
            place,
            relevant,
            state_of_bulletin(source),
        )
    )
    if not figures and is_of_else(source):
        relevant = False
    titled = any(mention.start < title_end for mention in jornadas.mentions)
    kind = bulletin_kind_of(source, jornadas, figures, upcoming=upcoming, titled=titled)
    if not relevant:
        kind = BulletinKind.RESULTS
    if kind is BulletinKind.BALANCE:
        jornadas = jornadas.without_subject()
    return JornadaReport(
        relevant=relevant,
        title=title,
        published_on=published,
        bulletin_kind=kind,
        programme=programme_of(source),
        jornadas=jornadas.jornadas if relevant else (),
        figures=figures,
        specialties=specialties_of(source),
        places=places_named(source, place),
        set_aside=asides,
    )


def _tell_pieces(source: Passages) -> Iterator[Finding]:
    """Tell of a sentence that is no sentence: what its far ends say of a number is not seen."""
    if source.in_pieces:
        longest = max(source.in_pieces, key=lambda one: one.end - one.start)
        yield Finding(
            check="sentences",
            severity=Severity.INFO,
            message="a sentence longer than any real one was read in pieces: it has "
            f"{longest.end - longest.start:,} characters ({len(source.in_pieces)} such in all)",
            span=Span(longest.start, longest.end),
        )
