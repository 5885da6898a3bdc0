"""Page heads and feet that stand in the middle of a sentence, as PDF and OCR leave them."""

import re

_BLOCK = re.compile(r"[^\n].*(?:\n(?![ \t]*\n).*)*")
_MARK = re.compile(
    r"www\.|https?:|\btel[.:]|\btels\.|p[áa]g(?:ina)?\.?\s*\d|@\w|\bc\.\s?p\.|\bcomunicado\b|\bblvd\."
    r"|^\s*\d+\s*(?:(?:de|/)\s*\d+\s*)?$",
    re.IGNORECASE,
)
_OPEN_NUMBER = re.compile(r"(?:^|[\s\d])(?:mil|mill[oó]n|millones)$", re.IGNORECASE)
_ENDS = '.!?:;”"'
_LONGEST = 300


def without_page_feet(text: str) -> str:
    """Return `text` with such stretches blanked out, every other character at its place.

    A block of lines is a foot where it carries the marks of one (address, telephone, page number),
    what stands before it stops in mid-sentence and what stands behind it goes on in small letters,
    or with the rest of a number ("23 mil", foot, "138 consultas").
    """
    if "\n\n" not in text:
        return text
    blocks = list(_BLOCK.finditer(text))
    open_before, open_number = False, False
    feet: list[re.Match[str]] = []
    clean: list[str] = []
    done = 0
    for block in blocks:
        stripped = block[0].strip()
        if open_before and len(stripped) <= _LONGEST and _MARK.search(stripped):
            feet.append(block)
            continue
        if feet and (stripped[:1].islower() or (open_number and stripped[:1].isdigit())):
            for foot in feet:
                clean += (text[done : foot.start()], re.sub(r"[^\n]", " ", foot[0]))
                done = foot.end()
        feet = []
        open_before = stripped[-1:] not in _ENDS
        open_number = _OPEN_NUMBER.search(stripped[-12:]) is not None
    return "".join((*clean, text[done:]))
