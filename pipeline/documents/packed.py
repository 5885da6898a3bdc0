"""Formats that are packed with ZIP: what they hold is looked at before it is unpacked."""

import io
import zipfile

from pipeline.errors import DocumentError

MOST_UNPACKED, MOST_XML = 100 * 1024 * 1024, 20 * 1024 * 1024
"""Bytes, of all files and of the XML among them. A bulletin's text takes some hundred kilobytes;
pictures, which are not unpacked, more."""


def unpack(data: bytes) -> zipfile.ZipFile:
    """Open an archive. Raises DocumentError for a ZIP bomb, else what zipfile raises."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    xml = sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels")))
    if unpacked > MOST_UNPACKED or xml > MOST_XML:
        raise DocumentError(
            f"unpacks to {unpacked // 2**20} MB: too large for a bulletin, save its text alone"
        )
    return archive
