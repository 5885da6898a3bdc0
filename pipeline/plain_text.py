"""Text made fit to be stored, shown on a terminal, or written as JSON. Pure.

Bulletins, file names and answers of models are untrusted: no control character of theirs may reach
a terminal, and no half of a character, which no encoding can hold, the store.
"""

import json
import math
import re

_ACTING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069"
    # What shows nothing, and so can hide words; but for the selectors behind an emoji.
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065"
    r"\u206a-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters that act on a terminal, turn the direction of writing or show nothing; tab and newline
may stay."""


def storable(text: str) -> str:
    """Replace the halves of characters that JSON can escape but no encoding can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def clean(text: str) -> str:
    """Show each acting character as one replacement character."""
    return _ACTING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Fold all white space, and clean."""
    return clean(" ".join(text.split()))


def to_json(value: object, indent: int | None = 2) -> str:
    """Write JSON with accents as they are; acting characters are escaped, which changes nothing."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _ACTING.sub(lambda match: json.dumps(match[0])[1:-1], text)


def format_dollars(usd: float) -> str:
    """Show a sum with its cents, and with more digits where cents would say little."""
    digits = 2 if usd <= 0 else min(15, max(2, 1 - math.floor(math.log10(usd))))
    return f"${usd:,.{digits}f}"


def format_duration(seconds: float) -> str:
    """Show a time in the two units that matter: "2 d 3 h", "2 h 10 min", "40 s"."""
    if seconds < 59.5:  # noqa: PLR2004 - what is not shown as 60 s
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
