"""How much one bulletin may hold: what is larger is something else, and is refused in one line."""

from pipeline.errors import DocumentError

LARGEST = 10 * 1024 * 1024
"""Bytes of the largest single bulletin, and characters of its text, however small it is packed. A
bulletin is a page or two, with pictures a few megabytes; a larger file is something else, and a
model could not be asked about it anyhow."""


def require_size(*texts: str) -> None:
    """Raise `DocumentError` where the texts of one bulletin are too much together."""
    if sum(map(len, texts)) > LARGEST:
        raise DocumentError(f"text over {LARGEST // 2**20} MB, too large for one bulletin")
