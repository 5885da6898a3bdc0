"""Changes to the bytes of a file that leave most of it as it was, each by chance."""

import random
import re
from collections.abc import Callable

ODD = (
    *(b"\0", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\r", b"\x85", b"\x1b"),
    *("\u202e", "\u2028", "\ufdfa", "\u0301" * 40, "\U000e0041", "\ufffd", "٣٤", "½", "ﬁ", "\xad"),
    *(b"&#x110000;", b"&#0;", b"]]>", b"<!--", b"-->", b"%%EOF", b"\\", b'"', b"'", b"{", b"}"),
    *(b"=?utf-8?B?", b"From ", b"--XX", b"\n\n\n", b"\t", b"<![CDATA[", b"&amp;" * 9, b"${x}"),
)
HUGE = (
    *(b"0", b"-1", b"2147483647", b"2147483648", b"4294967296", b"9223372036854775808"),
    *(b"1e309", b"9" * 40, b"9" * 400, b"NaN", b"1" + b",000" * 60, b"0." + b"9" * 80),
)
CHARSETS = ("utf-16", "utf-16-be", "utf-32", "cp1252", "cp037", "utf-7", "mac-roman", "utf-8-sig")
Mutation = Callable[[bytes, random.Random], bytes]


def _span(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 4, 16, 64, 300, 2000)))


def flip(data: bytes, chance: random.Random) -> bytes:
    """Change some bits."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20)) if out else 0):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def cut(data: bytes, chance: random.Random) -> bytes:
    """Leave out the end."""
    return data[: chance.randrange(len(data) + 1)]


def leave_out(data: bytes, chance: random.Random) -> bytes:
    """Leave out a span."""
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """Repeat a span, up to some thousand times."""
    start, end = _span(data, chance)
    times = min(chance.choice((1, 3, 30, 3000)), 200_000 // (end - start + 1))
    return data[:end] + data[start:end] * times + data[end:]


def swap(data: bytes, chance: random.Random) -> bytes:
    """Let two chunks change places."""
    (a, b), (c, d) = sorted((_span(data, chance), _span(data, chance)))
    b = min(b, c)
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def number(data: bytes, chance: random.Random) -> bytes:
    """Put a huge number in the place of one that is there."""
    if not (found := list(re.finditer(rb"\d+", data))):
        return insert(data, chance)
    one = chance.choice(found)
    return data[: one.start()] + chance.choice(HUGE) + data[one.end() :]


def insert(data: bytes, chance: random.Random) -> bytes:
    """Insert what is odd."""
    odd = chance.choice(ODD)
    start, _ = _span(data, chance)
    return data[:start] + (odd if isinstance(odd, bytes) else odd.encode()) + data[start:]


def overwrite(data: bytes, chance: random.Random) -> bytes:
    """Write over four or eight bytes with the largest or least that they may be."""
    start, _ = _span(data, chance)
    over = chance.choice((b"\xff", b"\0", b"\x7f", b"\x80")) * chance.choice((4, 8))
    return data[:start] + over + data[start + len(over) :]


def recode(data: bytes, chance: random.Random) -> bytes:
    """Write it, or what is behind some place, in another character set."""
    start = chance.choice((0, _span(data, chance)[0]))
    text = data[start:].decode("utf-8", "ignore")
    return data[:start] + text.encode(chance.choice(CHARSETS), "ignore")


MUTATIONS: tuple[Mutation, ...] = (
    *(flip, flip, cut, leave_out, repeat, swap, number, number, insert, insert, overwrite, recode),
)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change it once, or some times."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(MUTATIONS)(data, chance)
    return data


def splice(one: bytes, other: bytes, chance: random.Random) -> bytes:
    """Join the beginning of one file and the end of another."""
    return cut(one, chance) + other[chance.randrange(len(other) + 1) :]
