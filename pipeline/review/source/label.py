"""What a document's source is called on a page: its path as a person would type it here. Pure."""

from pipeline.documents.sources import STDIN
from pipeline.paths import shorten


def label_source(path: str | None, record: str | None, document_id: str | None) -> str:
    """Name a file, or a record of one; what came by standard input by its document as well."""
    short_id = (document_id or "")[:12]
    if path == STDIN:  # as many documents as anybody piped
        return " ".join(filter(None, ("standard input", record or short_id)))
    return "#".join(filter(None, (shorten(path), record))) or short_id
