"""Bytes -> text: encodings told apart, double encoding mended, binary files refused."""

import codecs
import re
from typing import TYPE_CHECKING

from pipeline.errors import DocumentError
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from pipeline.documents import encoding_detection
else:
    encoding_detection = lazy("pipeline.documents.encoding_detection")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"
_MOST_CONTROLS = 0.01  # real text files hold next to none; compressed data about a tenth
_SPANISH = frozenset("áéíóúüñÁÉÍÓÚÜÑçÇàèòïö¿¡ªº°·•“”‘’«»–—…€´®©½¼¾±×\u00a0\u00ad")
_SPANISH_SHARE = 0.9
_WEIGHED = 1024 * 1024  # bytes of a text by which its encoding is told
_MOST_ODD = 0.2  # of all characters: a few odd bytes must not cost the whole text
_BETWEEN_LETTERS = re.compile(r"(?<=[a-z])[–—…‘“”•](?=[a-z])")

# A byte that is not UTF-8 in a file that otherwise is: pasted from cp1252, or cut.
_STRAY_BYTES = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)
}
# What the bytes 80 to BF of a UTF-8 sequence look like when they are read as cp1252.
_TAIL = "[\u0080-\u00bf" + bytes(range(0x80, 0xA0)).decode("cp1252", "ignore") + "]"
_MOJIBAKE = re.compile(f"[ÂÃ]{_TAIL}|[âï]{_TAIL}{{2}}")


def decode(data: bytes) -> str:
    """Return the text of `data`; UTF-8 is tried first, and cp1252 preferred after it.

    Raises DocumentError where the bytes are no text in any encoding.
    """
    encoding = _encoding_of(data)
    if encoding != "utf-8":
        return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape").translate(_STRAY_BYTES)


def decode_lines(data: bytes) -> str:
    r"""Return the text of `data` with its line breaks as \\n. Raises as `decode` does."""
    return decode(data).replace("\r\n", "\n").replace("\r", "\n")


def _encoding_of(data: bytes) -> str:
    """Name the encoding of `data`, which may be the beginning of something longer."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data and (wide := _utf16_without_mark(data)):
        return wide
    if len(data.translate(None, _CONTROLS)) < len(data) * (1 - _MOST_CONTROLS):
        raise DocumentError("binary data, not text: convert it to text, PDF or DOCX first")
    if _is_mostly_utf8(data):
        return "utf-8"
    return _single_byte(data[:_WEIGHED])


def mend(text: str) -> str:
    """Undo UTF-8 that was read as cp1252 ("cirugÃ­as"), where it can be nothing else.

    Only sequences that begin with a letter that Spanish lacks are touched, and only those that
    decode; twice encoded text is mended twice.
    """
    for _ in range(3):
        if "Ã" not in text and "Â" not in text and "â" not in text and "ï" not in text:
            break
        mended = _MOJIBAKE.sub(_mend_run, text)
        if mended == text:
            break
        text = mended
    return text


def _mend_run(run: re.Match[str]) -> str:
    # cp1252 leaves five bytes undefined; software that misreads UTF-8 passes them through.
    data = b"".join(
        char.encode("latin-1") if ord(char) < 0x100 else char.encode("cp1252")  # noqa: PLR2004 - the end of Latin-1
        for char in run[0]
    )
    try:
        return data.decode()
    except UnicodeDecodeError:
        return run[0]


def _utf16_without_mark(data: bytes) -> str | None:
    """Tell UTF-16 by its zero bytes: in Spanish text nearly every second byte is one."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    half = len(data) / 2
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _is_mostly_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
        stray = sum("\udc80" <= char <= "\udcff" for char in text)
        return stray < sum(char > "\x7f" for char in text) - stray
    return True


def _single_byte(data: bytes) -> str:
    text = data.decode("cp1252", "replace")
    beyond = [char for char in text if char > "\x7f"]
    # A dash inside a word is an accented letter of another encoding.
    odd = len(_BETWEEN_LETTERS.findall(text))
    if sum(char in _SPANISH for char in beyond) - odd >= _SPANISH_SHARE * len(beyond):
        return "cp1252"
    best = encoding_detection.detect(data)
    if best is None and len(beyond) > _MOST_ODD * len(text):
        raise DocumentError("text in an unknown encoding: save it as UTF-8")
    return best or "cp1252"
