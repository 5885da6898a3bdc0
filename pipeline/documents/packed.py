"""Formats that are packed with ZIP: what they hold is looked at before it is unpacked."""

import io
import zipfile

from pipeline.errors import DocumentError

MOST_UNPACKED = 100 * 1024 * 1024
"""Bytes. A bulletin's text takes some hundred kilobytes of XML; pictures, which are not unpacked,
more."""


def unpack(data: bytes) -> zipfile.ZipFile:
    """Open an archive. Raises DocumentError for a ZIP bomb, else what zipfile raises."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MOST_UNPACKED:
        raise DocumentError(
            f"unpacks to {unpacked // 2**20} MB: too large for a bulletin, save its text alone"
        )
    return archive
