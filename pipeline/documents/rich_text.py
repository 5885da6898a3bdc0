"""RTF -> its text."""

import re
import sys

from striprtf.striprtf import font_table_group, rtf_to_text

from pipeline.documents.decoding import decode
from pipeline.documents.rich_text_unseen import without_unseen
from pipeline.documents.text import Parts
from pipeline.errors import DocumentError

_FIELD = re.compile(r"(?<=\\fldins)t", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\\par(?![a-zA-Z])")
_PICTURE = re.compile(r"[0-9a-fA-F\s]{2000,}")
_CHARACTER = re.compile(r"\\u(-?\d{5,15})")
_CODES_16_BITS = 65536
_MOST_COMMANDS = 1_000_000
_LONGEST_FONT_TABLE, _LONGEST_FONT = 30_000, 300


def parse(data: bytes) -> Parts:
    """Return the text of a letter in RTF; the cells of a table's row are set apart by "|".

    What is struck out or not seen is none.

    Raises DocumentError for one of more commands than any letter has, or whose font table is none,
    as it would not end.
    """
    # Addresses of links are no text, and striprtf takes n² steps to look for them: no field is one.
    text = _PICTURE.sub(" ", decode(data))
    if sum(map(text.count, "\\{}")) > _MOST_COMMANDS:
        raise DocumentError(f"RTF of over {_MOST_COMMANDS:,} commands: save it as DOCX or text")
    text = _CHARACTER.sub(_known_character, text)
    hidden: list[str] = []
    text = _FIELD.sub("s", without_unseen(text, hidden))
    text = _PARAGRAPH.sub(r"\\par\\par", text)  # which striprtf sets apart as it does lines
    fonts = font_table_group(text)  # type: ignore[no-untyped-call]
    most = max(_LONGEST_FONT_TABLE, _LONGEST_FONT * fonts.count("\\fcharset"))
    if len(fonts) > most:
        raise DocumentError("broken RTF: save it as DOCX or text")
    lines = _plain(text).split("\n")
    body = "\n".join(line.strip("|").replace("|", " | ") for line in lines)
    unseen = _plain(rf"{{\rtf1\ansi\ansicpg1252 {''.join(hidden)}}}").strip()
    return Parts(body=body, hidden=(unseen,) if unseen else ())


def _known_character(command: re.Match[str]) -> str:
    """Put the mark of a lost character in the place of one that there is not."""
    return command[0] if -_CODES_16_BITS <= int(command[1]) <= sys.maxunicode else r"\u65533"


def _plain(text: str) -> str:
    return str(rtf_to_text(text, errors="ignore"))  # type: ignore[no-untyped-call]
