"""Formats that are packed with ZIP -> the files in them, unpacked piece by piece as they count."""

import io
import re
import zipfile
from collections.abc import Iterator

from pipeline.errors import DocumentError

MOST_UNPACKED, MOST_XML = 100 * 1024 * 1024, 20 * 1024 * 1024
"""Bytes, of all files and of the text among them. A bulletin's text takes some hundred kilobytes;
pictures, which are not unpacked, more."""
_MOST_FILES, _MOST_TAGS = 10_000, 1_000_000
_PIECE = 65536
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1  # of an entry's flags
_TEXT = re.compile(r".*\.(?:xml|rels|opf|x?html?|ncx)", re.DOTALL | re.IGNORECASE)
_NO_TEXT = re.compile(
    r".*\.(?:png|jpe?g|gif|bmp|dib|tiff?|[ew]mf|webp|ico|mp[34]|m4a|wav|avi|mov|wmv"
    r"|[ot]tf|odttf|woff2?|bin|docx|xlsx|pptx)",
    re.DOTALL | re.IGNORECASE,
)


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive by their names; pictures and the like are empty.

    What an archive says of its sizes is believed where it says too much, and counted where it
    does not. Raises DocumentError for one that holds more than a bulletin does, is locked or
    packed otherwise than word processors do, else what zipfile raises for a broken one.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_FILES:
            raise DocumentError(f"an archive of {len(entries):,} files: save its text alone")
        _require_size(
            sum(entry.file_size for entry in entries),
            sum(entry.file_size for entry in entries if _TEXT.fullmatch(entry.filename)),
        )
        files: dict[str, bytes] = {}
        unpacked = text = tags = 0
        for entry in entries:
            if _NO_TEXT.fullmatch(entry.filename):
                files[entry.filename] = b""
                continue
            is_text = _TEXT.fullmatch(entry.filename) is not None
            pieces: list[bytes] = []
            for piece in _pieces(archive, entry):
                pieces.append(piece)
                unpacked += len(piece)
                text += len(piece) * is_text
                tags += piece.count(b"<") * is_text
                _require_size(unpacked, text, tags)
            files[entry.filename] = b"".join(pieces)
    return files


def pack(files: dict[str, bytes]) -> io.BytesIO:
    """Put files into an archive for who reads nothing else: what it says of its sizes is true."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    if entry.flag_bits & _ENCRYPTED:
        raise DocumentError("locked with a password: save it without one")
    if entry.compress_type not in _METHODS:
        # Python unpacks some of them, but not piece by piece.
        raise DocumentError("packed otherwise than word processors do: save it once more in one")
    with archive.open(entry) as file:
        while piece := file.read(_PIECE):
            yield piece


def _require_size(unpacked: int, text: int, tags: int = 0) -> None:
    if unpacked > MOST_UNPACKED or text > MOST_XML:
        raise DocumentError(
            f"unpacks to {unpacked // 2**20} MB: too large for a bulletin, save its text alone"
        )
    if tags > _MOST_TAGS:
        raise DocumentError(f"over {_MOST_TAGS:,} tags in it: save its text alone")
