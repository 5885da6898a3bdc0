"""Normalised text, and the document made of it."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import regex  # type: ignore[import-untyped]

from pipeline.documents.lookalikes import (
    is_ordinary,
    plain_characters,
    plain_numbers,
    without_unseen,
)
from pipeline.documents.parted_words import join_parted_words
from schemas.document import Document, Metadata

_LINE_BREAKS = re.compile("\r\n?|[\v\x85\u2028\u2029]")
# What a terminal takes for a command ("\x1b[31m"), whole: its letters are no text.
_TERMINAL = re.compile(
    "\x1b(?:\\[[0-?]{0,64}[ -/]{0,8}[@-~]|\\][^\x07\x1b]{0,512}(?:\x07|\x1b\\\\))"
)
_SOFT_HYPHEN_AT_END = re.compile("\xad(?=[ \t\xa0]*\n)")  # shown there, as no other is
_HYPHENS = re.compile("[\u2010\u2011]")
_SPACES = re.compile("[\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_LIGATURE = re.compile("[ﬀ-ﬆ]")
# Composing a run of n marks takes n² steps, so that a hostile line would never end; 30 is the
# longest run that the Unicode stream-safe format allows.
_MAY_HOLD_MARKS = re.compile("[^\x00-\u02ff\u2000-\u20cf\u2100-\u2bff]")
_MARKS = regex.compile(r"(\p{M}{30})\p{M}+")
_BLANK_LINES = re.compile(r"\n{3,}")


class Pages(NamedTuple):
    """How many pages of a file were read by OCR, and the numbers of those that have no words."""

    by_ocr: int = 0
    without_words: tuple[int, ...] = ()


class Parts(NamedTuple):
    """What a format's parser finds: the body, and what stands apart from it.

    `leads` are passages that belong above the body where it does not hold them: a title, a
    description. `title` and `published_on` are what the metadata states; `pages` is None where a
    format has none. `hidden` is what the file says and a reader of it does not see.
    """

    body: str
    leads: tuple[str, ...] = ()
    title: str | None = None
    published_on: date | None = None
    pages: Pages | None = None
    hidden: tuple[str, ...] = ()


def normalise(text: str) -> str:
    r"""Return `text` as it is stored: offsets elsewhere count the characters of this.

    NFC; line breaks as \\n, at most two in a row; plain spaces, none at the end of a line;
    typographic ligatures spelt out, words parted at a line's end put together; plain hyphens and
    digits; no character that shows nothing, as controls, zero-width ones and tags, and what is
    turned round by one stands as it is seen. Normalising twice changes nothing.
    """
    text = _SOFT_HYPHEN_AT_END.sub("-", _LINE_BREAKS.sub("\n", text))
    text = text.replace("\xa0", " ")
    if not is_ordinary(text):
        text = without_unseen(_TERMINAL.sub("", text) if "\x1b" in text else text)
        text = text.replace("\f", "\n\n")
        text = _HYPHENS.sub("-", _SPACES.sub(" ", plain_characters(text)))
        text = _LIGATURE.sub(lambda match: _LIGATURES[match[0]], text)
        text = plain_numbers(_compose(text))
    # Not a pattern like " +\n": it would take n² steps on a long run of spaces.
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return join_parted_words(_BLANK_LINES.sub("\n\n", text)).strip()


def _compose(text: str) -> str:
    if not _MAY_HOLD_MARKS.search(text):
        return unicodedata.normalize("NFC", text)
    text = unicodedata.normalize("NFC", _MARKS.sub(r"\1", text))
    return str(_MARKS.sub(r"\1", text))  # some marks are composed of two


def document_from(text: str, metadata: Metadata) -> Document:
    """Make a document of `text`, normalised here; its id is the sha256 of what comes out."""
    text = normalise(text)
    return Document(id=hashlib.sha256(text.encode()).hexdigest(), text=text, metadata=metadata)


def even_out(text: str) -> str:
    """Return `text` with case and runs of whitespace evened out, for comparing passages."""
    return " ".join(text.casefold().split())


def tells_a_figure(text: str) -> bool:
    """Say whether `text` reads as words with a number in them, not as a file name or a code."""
    return any(c.isdigit() for c in text) and sum(w.isalpha() for w in text.split()) >= 3  # noqa: PLR2004 - fewer words say nothing about a number


def with_leads(leads: Iterable[str], body: str) -> str:
    """Put each lead before `body` as a paragraph of its own, unless what follows holds it."""
    for lead in reversed([*leads]):
        if even_out(normalise(lead)) not in even_out(normalise(body)):
            body = f"{lead}\n\n{body}"
    return body
