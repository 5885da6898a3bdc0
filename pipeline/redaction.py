"""What no line, file or table may hold: secrets, however a server writes them back. Pure.

A server may echo what it was sent: as it is, cut short, broken over lines, or in base64, hex,
percent signs, or the escapes of JSON, Python and HTML, one inside of the other. So a text is looked
through as it stands, and again with its escapes undone.
"""

import base64
import html
import json
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote_to_bytes

SHORTEST = 6
"""Characters of a secret. What is shorter stands in any text by chance: to hide it would put stars
into words and figures, and whoever guesses would not need it."""
STARS = "***"
_SURE = 8
"""Characters from which on half a secret, from either end, is hidden too."""
_DEPTH = 4
"""So many escapes, one inside of the other, are undone."""
_UNSEEN = (
    r"\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
)
"""Ends of lines, and what else is not seen, or acts on a terminal."""
_HEX = "[0-9A-Fa-f]"
_DUMPS = re.compile(
    rf"(?P<dump>{_HEX}{{2}}(?:[\s:.,-]{{1,2}}(?:0x)?{_HEX}{{2}}){{{SHORTEST - 1},}})"
)
_BREAK = rf"(?P<unseen>\x1b\[[0-9;?]*[A-Za-z]|[\s{_UNSEEN}]{{2,}}|[{_UNSEEN}]|<[^<>]{{0,200}}>)"
_ESCAPE = re.compile(
    rf"""(?=[\\%&<\s{_UNSEEN}])(?:
        {_BREAK}
        |(?P<percent>(?:%{_HEX}{{2}})+)
        |(?P<octets>(?:\\x{_HEX}{{2}})+)
        |(?P<units>(?:\\u{_HEX}{{4}})+)
        |(?P<decimal>&\#\d{{1,7}};)
        |(?P<hexadecimal>&\#[xX]{_HEX}{{1,6}};)
        |(?P<entity>&\w{{1,31}};)
        |\\(?P<control>[0abfnrtv])
        |\\(?P<char>.))""",
    re.VERBOSE,
)
_BREAKS = re.compile(rf"(?=[<\s{_UNSEEN}]){_BREAK}")
_BETWEEN_PARTS = re.compile(r"[\s;,\"]+")
_ASCII_CAPITALS = re.compile("[A-Z]+")
_HEX_PAIR = re.compile(f"{_HEX}{{2}}")

IsPublic = Callable[[str], bool]
"""Tells of a piece of text that it is no secret: it stands in what was asked."""


@dataclass(frozen=True)
class Secrets:
    """Secrets in the ways of writing in which they are looked for; neither shown nor stored."""

    forms: tuple[str, ...] = field(default=(), repr=False)


NO_SECRETS = Secrets()


def know_secrets(values: Iterable[str]) -> Secrets:
    """Make what is looked for of the secrets themselves; see `SHORTEST`."""
    known = dict.fromkeys(value.strip() for value in values)
    forms = (form for value in known if len(value) >= SHORTEST for form in _forms(value))
    return Secrets(tuple(dict.fromkeys(_lower(form) for form in forms)))


def never(_: str) -> bool:
    """Take no piece for public."""
    return False


def credentials_in(header: str) -> Iterator[str]:
    """Give the secrets in the value of a header: what a scheme stands before, or a cookie's name.

    Of what `Basic` stands before also the name and the password.
    """
    scheme, _, rest = header.strip().partition(" ")
    has_scheme = rest and scheme.replace("-", "").isalnum()
    for part in _BETWEEN_PARTS.split(rest if has_scheme else header):
        yield part
        yield part.partition("=")[2].strip("=")
    if scheme.lower() == "basic":
        with suppress(ValueError):
            pair = base64.b64decode(rest).decode()
            yield from (pair, *pair.split(":", 1))


def redact(text: str, secrets: Secrets, is_public: IsPublic = never) -> str:
    """Put stars in the place of secrets, and change nothing else.

    What `is_public` stays: words of a bulletin that happen to be in a password are no leak, and a
    quote must stand as it is.
    """
    if not secrets.forms:
        return text
    clean, done = [], 0
    for start, end in sorted(_find(text, secrets.forms, is_public, _DEPTH)):
        if start >= done:
            clean += [text[done:start], STARS]
        done = max(done, end)
    return "".join((*clean, text[done:]))


def redact_json(value: Any, secrets: Secrets, is_public: IsPublic = never) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Do so with each text in a JSON value, names among them."""
    if isinstance(value, str):
        return redact(value, secrets, is_public)
    if isinstance(value, list):
        return [redact_json(each, secrets, is_public) for each in value]
    if isinstance(value, dict):
        return {
            redact(name, secrets, is_public): redact_json(each, secrets, is_public)
            for name, each in value.items()
        }
    return value


def _forms(value: str) -> Iterator[str]:
    in_json, in_url = json.dumps(value)[1:-1], quote(value, safe="")
    for spelled in dict.fromkeys((value, value.replace(" ", "+"), in_json, in_url)):
        octets = spelled.encode("utf-8", "surrogatepass")
        yield spelled
        yield octets.hex()
        for before in range(3):
            yield from _in_base64(octets, before)


def _in_base64(octets: bytes, before: int) -> Iterator[str]:
    """Give what is the same in base64 whatever stands around: so many bytes before, or more."""
    encode: Callable[[bytes], bytes]
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(bytes(before) + octets).decode()
        yield encoded[-(-before * 8 // 6) : (before + len(octets)) * 8 // 6]


def _find(
    text: str, forms: Iterable[str], is_public: IsPublic, depth: int
) -> Iterator[tuple[int, int]]:
    """Find where secrets stand, in `text` as it is and with its escapes undone."""
    lowered = _lower(text)
    for form in forms:
        for start, end in _find_form(lowered, form):
            if not is_public(text[start:end]):
                yield start, end
    if not depth:
        return
    # Breaks alone first: behind one, a secret's own letters may look like an escape.
    for pattern, deeper in ((_BREAKS, 0), (_DUMPS, 0), (_ESCAPE, depth - 1)):
        plain, places, origins = _undo(pattern, text)
        if plain == text:
            continue
        for start, end in _find(plain, forms, is_public, deeper):
            yield _origin(places, origins, start), _origin(places, origins, end - 1, after=True)


def _find_form(text: str, form: str) -> Iterator[tuple[int, int]]:
    """Find a form, or half of it from either end with whatever more there is."""
    half = max(_SURE, len(form) // 2)
    half = min(len(form), half)
    head, tail = form[:half], form[-half:]
    place = text.find(head)
    while place >= 0:
        end = place + half
        while end - place < len(form) and text[end : end + 1] == form[end - place]:
            end += 1
        yield place, end
        place = text.find(head, end)
    if half == len(form):
        return
    place = text.find(tail)
    while place >= 0:
        end, start = place + half, place
        while end - start < len(form) and start and text[start - 1] == form[start - 1 - end]:
            start -= 1
        yield start, end
        place = text.find(tail, end)


def _undo(pattern: re.Pattern[str], text: str) -> tuple[str, list[int], list[tuple[int, int]]]:
    """Undo the outermost escapes that fit a pattern.

    Gives the plain text, where in it each piece begins, and what stretch of `text` it comes from:
    pieces of the same length are copied, others are the meaning of an escape.
    """
    pieces: list[str] = []
    places: list[int] = []
    origins: list[tuple[int, int]] = []
    length = done = 0
    for found in pattern.finditer(text):
        start, end = found.span()
        for piece, origin in ((text[done:start], (done, start)), (_meaning(found), (start, end))):
            if piece:
                pieces.append(piece)
                places.append(length)
                origins.append(origin)
                length += len(piece)
        done = end
    pieces.append(text[done:])
    places.append(length)
    origins.append((done, len(text)))
    return "".join(pieces), places, origins


def _origin(
    places: list[int], origins: list[tuple[int, int]], place: int, *, after: bool = False
) -> int:
    """Tell where a character of the plain text begins in the other, or ends there.

    One that an escape means begins and ends with it.
    """
    index = bisect_right(places, place) - 1
    start, end = origins[index]
    length = (places[index + 1] if index + 1 < len(places) else place + 1) - places[index]
    is_copied = index == len(origins) - 1 or length == end - start
    if not is_copied:
        return end if after else start
    return start + place - places[index] + after


def _meaning(escape: re.Match[str]) -> str:
    """Say what an escape means; nothing where it is but a break in what is written."""
    kind, said = escape.lastgroup, escape[0]
    if kind == "unseen":
        is_space = said.strip(" \t\xa0\u3000") == ""
        return said if is_space else ""
    if kind == "percent":
        return _decode(unquote_to_bytes(said))
    if kind in ("octets", "dump"):
        return _decode(bytes.fromhex("".join(_HEX_PAIR.findall(re.sub(r"0x|\\x", " ", said)))))
    if kind == "units":
        units = bytes.fromhex(said.replace("\\u", "").replace("\\U", ""))
        return units.decode("utf-16-be", "replace")
    if kind in ("decimal", "hexadecimal"):
        # Not `html.unescape`, which takes control characters for what browsers make of them.
        code = int(said[2:-1]) if kind == "decimal" else int(said[3:-1], 16)
        return chr(code) if code <= sys.maxunicode else said
    if kind == "entity":
        return html.unescape(said)
    return "\n" if kind == "control" else escape["char"]


def _decode(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _lower(text: str) -> str:
    """Fold case without a change of length, which a few letters would bring."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return _ASCII_CAPITALS.sub(lambda found: found[0].lower(), text)
