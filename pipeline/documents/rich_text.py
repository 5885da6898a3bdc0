"""RTF -> its text."""

import re

from striprtf.striprtf import font_table_group, rtf_to_text

from pipeline.documents.decoding import decode
from pipeline.documents.text import Parts
from pipeline.errors import DocumentError

_FIELD = re.compile(r"(?<=\\fldins)t", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\\par(?![a-zA-Z])")
_PICTURE = re.compile(r"[0-9a-fA-F\s]{2000,}")
_LONGEST_FONT_TABLE, _LONGEST_FONT = 30_000, 300


def parse(data: bytes) -> Parts:
    """Return the text of a letter in RTF; the cells of a table's row are set apart by "|".

    Raises DocumentError for one whose font table is none, as it would not end.
    """
    # Addresses of links are no text, and striprtf takes n² steps to look for them: no field is one.
    text = _FIELD.sub("s", _PICTURE.sub(" ", decode(data)))
    text = _PARAGRAPH.sub(r"\\par\\par", text)  # which striprtf sets apart as it does lines
    fonts = font_table_group(text)  # type: ignore[no-untyped-call]
    most = max(_LONGEST_FONT_TABLE, _LONGEST_FONT * fonts.count("\\fcharset"))
    if len(fonts) > most:
        raise DocumentError("broken RTF: save it as DOCX or text")
    lines = rtf_to_text(text, errors="ignore").split("\n")  # type: ignore[no-untyped-call]
    return Parts(body="\n".join(line.strip("|").replace("|", " | ") for line in lines))
