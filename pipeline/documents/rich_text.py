"""RTF -> its text."""

import re

from striprtf.striprtf import font_table_group, rtf_to_text

from pipeline.documents.decoding import decode
from pipeline.documents.text import Parts
from pipeline.errors import DocumentError

_FIELD = re.compile(r"(?<=\\fldins)t", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\\par(?![a-zA-Z])")
_PICTURE = re.compile(r"[0-9a-fA-F\s]{2000,}")
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]+)(?P<number>-?\d{1,9})? ?|\\'..|\\.|[{}]|[^\\{}]+|\\", re.DOTALL
)
_UNSEEN = frozenset(("strike", "striked", "v"))  # struck out once, twice; hidden
_MOST_COMMANDS = 1_000_000
_LONGEST_FONT_TABLE, _LONGEST_FONT = 30_000, 300


def parse(data: bytes) -> Parts:
    """Return the text of a letter in RTF; the cells of a table's row are set apart by "|".

    What is struck out or hidden is none.

    Raises DocumentError for one of more commands than any letter has, or whose font table is none,
    as it would not end.
    """
    # Addresses of links are no text, and striprtf takes n² steps to look for them: no field is one.
    text = _PICTURE.sub(" ", decode(data))
    if sum(map(text.count, "\\{}")) > _MOST_COMMANDS:
        raise DocumentError(f"RTF of over {_MOST_COMMANDS:,} commands: save it as DOCX or text")
    text = _FIELD.sub("s", _without_unseen(text))
    text = _PARAGRAPH.sub(r"\\par\\par", text)  # which striprtf sets apart as it does lines
    fonts = font_table_group(text)  # type: ignore[no-untyped-call]
    most = max(_LONGEST_FONT_TABLE, _LONGEST_FONT * fonts.count("\\fcharset"))
    if len(fonts) > most:
        raise DocumentError("broken RTF: save it as DOCX or text")
    lines = rtf_to_text(text, errors="ignore").split("\n")  # type: ignore[no-untyped-call]
    return Parts(body="\n".join(line.strip("|").replace("|", " | ") for line in lines))


def _without_unseen(text: str) -> str:
    """Leave out the characters that are struck out or hidden; what a group says ends with it."""
    kept: list[str] = []
    outer: list[frozenset[str]] = []
    unseen: frozenset[str] = frozenset()
    for token in _TOKEN.finditer(text):
        piece, word = token[0], token["word"]
        if piece == "{":
            outer.append(unseen)
        elif piece == "}":
            unseen = outer.pop() if outer else frozenset()
        elif word in _UNSEEN:
            unseen = unseen - {word} if token["number"] == "0" else unseen | {word}
        elif word == "plain":
            unseen = frozenset()
        elif unseen and (word == "u" or (word is None and piece != r"\*")):
            continue
        kept.append(piece)
    return "".join(kept)
