"""Pixels -> PNG, without a library for pictures. Pure."""

import struct
import zlib
from typing import Any

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB, _EIGHT_BITS = 2, 8
_LEVEL = 4


def png_of(pixels: Any) -> bytes:  # noqa: ANN401 - an array of numpy, bytes of red, green and blue
    """Write an array of height, width and three colours, a byte each."""
    height, width, _ = pixels.shape
    # Each line begins with how it was filtered: not at all.
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    header = struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _RGB, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, _LEVEL)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
