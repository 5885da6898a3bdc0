"""Files and records -> `Document`s: any of nine formats, any encoding, any state of repair."""

from pipeline.documents.loading import Loaded, read_all
from pipeline.documents.records import RecordFields
from pipeline.documents.text import document_from

__all__ = ["Loaded", "RecordFields", "document_from", "read_all"]
