"""Whether a file, or a record in it, still holds a text that was read from it."""

from collections import Counter

from pipeline.documents.loading import read_from
from pipeline.documents.opening import open_source
from pipeline.documents.records import RecordFields
from pipeline.errors import DocumentError
from schemas.document import Source


def holds(source: Source, document_id: str, *, by_ocr: bool = False) -> bool:
    """Read the source again, and tell whether the text that comes out has this ID.

    Raises `DocumentError` where it cannot be told: the file cannot be read, or has no such record.
    """
    whole = Source(path=source.path)
    fields = RecordFields(ocr=by_ocr)
    for loaded in read_from(open_source(source.path), whole, fields, Counter()):
        if loaded.source.record != source.record:
            continue
        if loaded.document is None:
            raise DocumentError(loaded.error or "cannot be read")
        return loaded.document.id == document_id
    raise DocumentError("has no such record any more")
