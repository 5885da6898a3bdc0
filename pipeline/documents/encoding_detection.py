"""Which single-byte encoding a text is in, where its bytes have to be weighed."""

from charset_normalizer import from_bytes

_WESTERN = ("cp1252", "mac_roman", "cp850")


def detect(data: bytes) -> str | None:
    """Name the Western encoding that makes the best text of `data`, None where none does."""
    best = from_bytes(data, cp_isolation=list(_WESTERN)).best()
    return best.encoding if best else None
