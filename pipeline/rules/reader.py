"""The deterministic reader: numerals, the vocabulary of the field, and where each number stands.

It needs no model and no key. It is the default where no model is configured, the floor that a
prompt must beat, and a second opinion.
"""

import time
from functools import cache
from hashlib import sha256
from importlib.resources import files

from pipeline.documents.headline import publication_day_of, title_of
from pipeline.rules.bulletin_place import place_of_bulletin, state_of_bulletin
from pipeline.rules.figures import BulletinContext, figures_of
from pipeline.rules.jornadas import calendar, is_upcoming
from pipeline.rules.passages import passages
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
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import BulletinKind, JornadaReport

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
        """Read one document; never fails on text."""
        started = time.perf_counter()
        report = read_report(document)
        return Reading(
            document_id=document.id,
            key=self.key,
            status=ReadingStatus.OK,
            report=report,
            seconds=time.perf_counter() - started,
        )


def read_report(document: Document, words: Vocabulary | None = None) -> JornadaReport:
    """Read a whole report from a document's text and metadata.

    `words` is the vocabulary, the project's own where none is given.
    """
    words = words or vocabulary()
    title = document.metadata.title or title_of(document.text)
    published = document.metadata.published_on or publication_day_of(document.text)
    source = passages(document.text, words)
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
