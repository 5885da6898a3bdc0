"""Near-identical bulletins: the same release, reposted with another header or in another format.

Two bulletins are one release where their words are nearly the same and their numbers are the same:
a bulletin of the same template about another jornada differs in little but its numbers. Pure, and
the same in every process: signatures are kept, and a change here or in the library's values that
makes them differ needs another `SCHEME`.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np
import rensa  # type: ignore[import-untyped]
from rapidfuzz.distance import LCSseq

from pipeline.documents.headline import full_day, publication_day_of
from pipeline.numerals import numerals
from pipeline.spanish.dates import dates
from pipeline.spanish.folding import fold
from schemas.document import QUANTITIES, Numeral, NumeralKind

SCHEME = 1
"""Signatures of different schemes have no band in common, and mean nothing to each other."""

ALIKE = 0.5
"""From this similarity on, bulletins with the same numbers are one release.

Two different releases, even about one campaign weekend, come to 0.25 at most; one whose every
fiftieth letter OCR misread, to 0.65; one of two hundred words under another header, to 0.5. Those
of one template are far more alike: it is the numbers that tell them apart.
"""

# At a similarity s two signatures have each value in common with probability s, a band of three
# with s^3, and one of twenty with 1 - (1 - s^3)^20: 0.93 at 0.5, 0.99 at 0.6, 1 - 1e-8 at 0.85.
_VALUES, _BANDS, _ROWS = 64, 20, 3
_SEED = 2021
_GRAM = 8
_FEWEST_GRAMS = 100
"""Letters; about twenty words. Shorter texts (captions, stubs) share too much by chance."""
_NOT_LETTERS = bytes(set(range(256)) - set(range(ord("a"), ord("z") + 1)))
_SPREAD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
_FACTORS = np.array([[0x9E3779B1], [0x85EBCA77], [0xC2B2AE3D], [0x27D4EB2F]], dtype=np.uint32)

_MOST_ADDED = 3
"""A page's number, a folio without a name, a number in another title."""
_MOST_NUMBERS = 2000
_HOSPITAL_DIGITS = 3
_WHEN = 1
"""The bit of a number's hash that is set in days and editions, and in no others."""
_TELLS_WHEN = (NumeralKind.ORDINAL, NumeralKind.DATE)
# Begins with a character class: the engine then skips from word to word at C speed.
_BOILERPLATE = re.compile(
    r"[bcfph](?<![a-z].)(?:oletin|omunicado|olio|agina|ag|oja)(?:\s+(?:de\s+prensa|informativo))?"
    r"(?:\s*(?:numero|num|no|n)(?![a-z]))?[\s.:,#°º|-]*(\d{1,6})(?:\s?(?:de|/)\s?(\d{1,4}))?"
)
_HEAD = 1500
"""Characters, in which a header's day of publication stands."""
_LONGEST_DATELINE, _FEW_WORDS = 120, 5

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
Hashes32 = np.ndarray[tuple[int], np.dtype[np.uint32]]


class Signature(NamedTuple):
    """What is kept of a text to know it again; about 0.5 kB, of which `bands` are 160 bytes.

    `hashes` are 64 MinHash values of four bytes, little-endian, and `numbers` four bytes for each
    number in the order of the text. `bands` are unsigned 64-bit keys: two texts that share none
    are not near; those that share one are candidates for `is_same_release`.
    """

    hashes: bytes
    numbers: bytes
    bands: tuple[int, ...]


def sign(text: str) -> Signature | None:
    """Sign a text; None for one too short to say anything."""
    folded = fold(text)
    grams = _hash_grams(folded)
    if len(grams) < _FEWEST_GRAMS:
        return None
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        grams, [0, len(grams)], _VALUES, _SEED
    )
    hashes = np.array(matrix.to_rows()[0], dtype="<u4")
    numbers = np.array(_hash_numbers(text, folded), dtype="<u4")
    return Signature(hashes.tobytes(), numbers.tobytes(), _key_bands(hashes, numbers))


def estimate_similarity(one: Signature, other: Signature) -> float:
    """Estimate which share of their letters' sequences two texts have in common (Jaccard), 0-1."""
    return float(np.mean(_values(one.hashes) == _values(other.hashes)))


def is_same_release(one: Signature, other: Signature) -> bool:
    """Say whether two texts are one release: alike in words, and the same in their numbers."""
    return estimate_similarity(one, other) >= ALIKE and _same_numbers(
        _values(one.numbers).tolist(), _values(other.numbers).tolist()
    )


def find_boilerplate(folded: str) -> set[int]:
    """Return where numbers begin that only number a bulletin or its pages: "Boletín 395"."""
    found = _BOILERPLATE.finditer(folded)
    return {match.start(group) for match in found for group in (1, 2) if match[group]}


def _hash_grams(folded: str) -> Hashes:
    """Hash each run of eight letters, whatever stands between them.

    Runs of letters bear OCR slips, and words cut at a line's end, far better than runs of words.
    """
    letters = folded.encode("ascii", "ignore").translate(None, _NOT_LETTERS)
    if len(letters) < _GRAM:
        return np.empty(0, dtype=np.uint64)
    # Eight letters are eight bytes: the text itself, read as a number from each letter on.
    shape = (len(letters) - _GRAM + 1,)
    return _mix(np.ndarray(shape, "<u8", letters, strides=(1,)).astype(np.uint64))


def _mix(values: Hashes) -> Hashes:
    values = values * _SPREAD
    return values ^ (values >> _HALF)


def _hash_numbers(text: str, folded: str) -> list[int]:
    """Hash the numbers that a release consists of, in order; its header's own are left out."""
    found = numerals(text)
    skipped = find_boilerplate(folded) | _find_datelines(text, found)
    kept = [
        (str(one.value), one.kind in _TELLS_WHEN)
        for one in found
        if one.start not in skipped and _counts(one)
    ]
    if len(kept) > _MOST_NUMBERS:
        kept[_MOST_NUMBERS:] = [(" ".join(named for named, _ in kept[_MOST_NUMBERS:]), False)]
    return [crc32(named.encode()) & ~_WHEN | when for named, when in kept]


def _counts(numeral: Numeral) -> bool:
    """Leave out clock times, telephones and folios, but not the numbers of hospitals."""
    if numeral.kind is NumeralKind.IDENTIFIER:
        return numeral.raw.isdecimal() and len(numeral.raw) <= _HOSPITAL_DIGITS
    if numeral.kind is NumeralKind.ORDINAL and not numeral.value:
        return False  # "--o0o--", which ends a bulletin
    return numeral.kind in (*QUANTITIES, *_TELLS_WHEN, NumeralKind.YEAR)


def _find_datelines(text: str, found: Sequence[Numeral]) -> set[int]:
    """Return where the numerals of datelines among the first lines begin.

    A release keeps the dates of its jornada, but is published again on another day.
    """
    starts: set[int] = set()
    done = 0
    for index, year in enumerate(found):
        if year.start > _HEAD:
            break
        if year.kind is not NumeralKind.YEAR or year.start < done:
            continue
        begin = text.rfind("\n", 0, year.start) + 1
        end = text.find("\n", year.end)
        done = end if end >= 0 else len(text)
        if year.end - begin <= _LONGEST_DATELINE and _is_dateline(text, begin, done):
            days = (one for one in found[:index] if one.kind is NumeralKind.DATE)
            starts.update(one.start for one in (year, *days) if one.start >= begin)
    return starts


def _is_dateline(text: str, start: int, end: int) -> bool:
    """Say whether a line gives a day of publication, or stands alone and says little but a day."""
    line = text[start:end]
    if publication_day_of(line):
        return True
    alone = text[:start].endswith("\n\n") and text.startswith("\n\n", end)
    return alone and any(
        full_day(day) and len(f"{line[: day.start]} {line[day.end :]}".split()) <= _FEW_WORDS
        for day in dates(line)
    )


def _key_bands(hashes: Hashes32, numbers: Hashes32) -> tuple[int, ...]:
    """Key each band by its hashes and by two of the numbers, which all that have them would choose.

    By their words alone, all bulletins of a template would be candidates for each other; by one
    number, all that share a year or an edition.
    """
    chosen = np.zeros(len(_FACTORS), dtype=np.uint32)
    if len(numbers):
        least = np.sort(np.unique(numbers | np.uint32(_WHEN)) * _FACTORS, axis=1)[:, :2]
        chosen = least[:, 0] ^ (least[:, -1] >> np.uint32(1))
    keys = _mix(np.arange(_BANDS, dtype=np.uint64) + np.uint64(SCHEME << 8))
    keys = _mix(keys ^ np.resize(chosen, _BANDS))
    for row in hashes[: _BANDS * _ROWS].reshape(_ROWS, _BANDS):
        keys = _mix(keys ^ row)
    return tuple(keys.tolist())


def _values(packed: bytes) -> Hashes32:
    return np.frombuffer(packed, dtype="<u4")


def _same_numbers(one: Sequence[int], other: Sequence[int]) -> bool:
    """Say whether two sequences of numbers are those of one release.

    Either may repeat its numbers, but not both at one place: there, a number was changed. Above
    the first that they share both may, as each has its own title. What is new is in one of them
    alone, which then lacks nothing of the other's body; it is little, and no day or edition.
    """
    if one == other:
        return True
    shared: set[int] = set()
    gaps: list[tuple[Sequence[int], Sequence[int]]] = []
    done, met = 0, 0
    mine, theirs = ([value & ~_WHEN for value in values] for values in (one, other))
    for block in LCSseq.editops(mine, theirs).as_matching_blocks():  # the last is empty
        gaps.append((one[done : block.a], other[met : block.b]))
        done, met = block.a + block.size, block.b + block.size
        shared.update(mine[block.a : done])
    new = [[v for gap in gaps for v in gap[side] if v & ~_WHEN not in shared] for side in (0, 1)]
    if any(all(gap) for gap in gaps[1:]) or all(new):
        return False
    if any(value & _WHEN for value in (*new[0], *new[1])):
        return False
    for added, lacking in ((new[0], 1), (new[1], 0)):
        if len(added) > _MOST_ADDED or (added and any(gap[lacking] for gap in gaps[1:])):
            return False
    return True
