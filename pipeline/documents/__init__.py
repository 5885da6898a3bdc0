"""Files and records -> `Document`s: any of sixteen formats, any encoding, any state of repair."""

from pipeline.documents.loading import LoadedSource, read_all
from pipeline.documents.records import RecordFields
from pipeline.documents.text import document_from

__all__ = ["LoadedSource", "RecordFields", "document_from", "read_all"]
