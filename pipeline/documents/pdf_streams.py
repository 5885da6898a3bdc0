"""What the streams of a PDF unpack to, counted piece by piece before PDFium unpacks them whole."""

import re
import zlib
from graphlib import CycleError, TopologicalSorter

from pipeline.errors import DocumentError

_MOST_STREAMS = 100_000
_MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes of all streams but pictures, which are not unpacked for a text. Text and fonts of a
bulletin take a few megabytes."""
_LARGEST_OTHER = 256 * 1024
"""Bytes, packed, of a stream that is packed as nobody does any more: it may unpack to a thousand
times as many."""
_PIECE = 65536
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_LONGEST_ENTRY = 2000  # bytes: what is said of a stream before it
_PACKED = re.compile(rb"/(?:FlateDecode|LZWDecode|RunLengthDecode|Fl|LZW|RL)\b")
_OTHER = re.compile(rb"/(?:LZWDecode|RunLengthDecode|LZW|RL)\b")
_OBJECT = re.compile(rb"\b(\d{1,9})\s{1,9}\d{1,5}\s{1,9}obj\b")
_REFERENCE = re.compile(rb"\b(\d{1,9})\s{1,9}\d{1,5}\s{1,9}R\b")
_FORM = re.compile(rb"/Subtype\s{0,9}/Form\b")
_PICTURE = re.compile(rb"/Subtype\s{0,9}/Image\b")
_LENGTH = re.compile(rb"/Length\s{1,9}(\d{1,12})\b(?!\s+\d+\s+R)")


def require_size(data: bytes) -> None:
    """Raise DocumentError for a PDF that unpacks to more than a bulletin holds.

    What says so in ways that are not told here is left to PDFium.
    """
    unpacked = 0
    forms: dict[bytes, list[bytes]] = {}
    for number, found in enumerate(_STREAM.finditer(data)):
        if number == _MOST_STREAMS:
            raise DocumentError(f"over {_MOST_STREAMS:,} streams: print it to PDF once more")
        start = found.start()
        # The number of the object, and what it says of itself.
        *_, name, about = (b"", *_OBJECT.split(data[max(0, start - _LONGEST_ENTRY) : start]))
        if _FORM.search(about):
            forms[name] = _REFERENCE.findall(about)
        if _PICTURE.search(about):
            continue
        if len(_PACKED.findall(about)) > 1:
            raise DocumentError("packed several times over: print it to PDF once more")
        length = _LENGTH.search(about)
        if _OTHER.search(about) and (length is None or int(length[1]) > _LARGEST_OTHER):
            raise DocumentError("packed in an outdated way: print it to PDF once more")
        unpacked += _unpacked_size(memoryview(data)[found.end() :], _MOST_UNPACKED - unpacked)
        if unpacked > _MOST_UNPACKED:
            raise DocumentError(
                f"unpacks to over {_MOST_UNPACKED // 2**20} MB: print it to PDF once more"
            )
    try:
        TopologicalSorter(forms).prepare()
    except CycleError as error:
        raise DocumentError("print that holds itself: print it to PDF once more") from error


def _unpacked_size(packed: memoryview, most: int) -> int:
    """Count the bytes that a stream unpacks to, 0 where it is none; no more than some over `most`.

    It ends where it says so itself.
    """
    unpacking = zlib.decompressobj()
    size = at = 0
    rest: bytes | memoryview = b""
    try:
        while size <= most and not unpacking.eof:
            if not rest:
                rest = packed[at : at + _PIECE]
                at += len(rest)
            if not rest:
                break
            size += len(unpacking.decompress(rest, 16 * _PIECE))
            rest = unpacking.unconsumed_tail
    except zlib.error:
        pass
    return size
