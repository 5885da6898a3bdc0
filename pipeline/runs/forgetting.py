"""Sources that count no more: each gets a row that says so, and nothing is deleted."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from pipeline.errors import UsageError
from pipeline.store import Store, new_run
from pipeline.store.rows import Run, run_row, source_row, stored_name, stored_path
from schemas.document import Source
from schemas.reading import ReaderKey

_KEY = ReaderKey(reader="forget", schema_hash="none")
_SHORTEST_ID = 6
_HEXADECIMAL = frozenset("0123456789abcdef")
_PAGE = 100_000
"""Sources that are listed together: each list takes a look at all of them."""
# A path that does not begin at the root was kept by an older version of jornada, as it was typed.
_KNOWN = r"""
SELECT path, record, document_id FROM current_sources
WHERE (starts_with(path, $1) OR NOT (
    path = '-' OR contains(path, '://') OR regexp_matches(path, '^([/\\]|[A-Za-z]:[/\\])')
))
AND (path > $2 OR path = $2 AND coalesce(record, '') > $3)
ORDER BY path, coalesce(record, '') LIMIT $4
"""
_OF_DOCUMENTS = """
SELECT path, record, document_id FROM (
    SELECT * FROM sources WHERE status <> 'failed' QUALIFY row_number() OVER (
        PARTITION BY path, record, CASE WHEN path = '-' THEN document_id END
        ORDER BY seen_at DESC, sources.rowid DESC
    ) = 1
)
WHERE status <> 'forgotten' AND starts_with(document_id, $1)
UNION ALL
SELECT '-', NULL, document_id FROM current_documents
WHERE path IS NULL AND starts_with(document_id, $1)
"""
_COUNTS = """
SELECT (SELECT count(*) FROM current_documents), (SELECT count(*) FROM current_figures)
"""


class Known(NamedTuple):
    """A source on record as it is stored, and the document that it holds, if any."""

    path: str
    record: str | None
    document_id: str | None


@dataclass
class ForgetCounts:
    """How many sources were forgotten, and how many documents and figures count no more."""

    sources: int = 0
    documents: int = 0
    figures: int = 0


def forget(store: Store, run: Run, known: Sequence[Known]) -> None:
    """Store that sources count no more. Raises `StoreError`."""
    rows = [source_row(run, *each, "forgotten") for each in known]
    store.insert({"runs": [run_row(run)], "sources": rows})


def forget_all(store: Store, known: Sequence[Known]) -> ForgetCounts:
    """Forget sources in a run of its own, and count what no longer counts. Raises `StoreError`."""
    run = new_run(_KEY)
    with store.keep_open():
        ((documents, figures),) = store.read(_COUNTS).rows
        forget(store, run, known)
        ((documents_left, figures_left),) = store.read(_COUNTS).rows
        counts = ForgetCounts(len(known), documents - documents_left, figures - figures_left)
        store.end(run, "finished", None, json.dumps(asdict(counts)))
    return counts


def list_known(store: Store, beginning: str) -> Iterator[Known]:
    """List the sources that count whose path begins so, and those of which only a part is known."""
    last = ("", "")
    while page := store.read(_KNOWN, [beginning, *last, _PAGE]).rows:
        found = [Known(*row) for row in page]
        yield from found
        if len(found) < _PAGE:
            return
        last = (found[-1].path, found[-1].record or "")


def find_known(store: Store, named: Iterable[str]) -> list[Known]:
    """Find the sources that count and are named by file, folder, `FILE#RECORD` or document's ID.

    None of them has to be on the disk. Raises `UsageError` for a name that none is known by, and
    for the beginning of several IDs.
    """
    with store.keep_open(read_only=True):
        found = [each for name in named for each in _find(store, name)]
    return list(dict.fromkeys(found))


def _find(store: Store, name: str) -> list[Known]:
    if not name:
        raise UsageError("an empty name is no file: name what is to be forgotten")
    if found := _of_path(store, name) or _of_record(store, name) or _of_document(store, name):
        return found
    raise UsageError(
        f"{name}: {store.path} knows no such file or folder, and no document whose ID begins so "
        f"({_SHORTEST_ID} characters at least); `jornada query 'FROM current_sources'` lists all"
    )


def _of_path(store: Store, name: str) -> list[Known]:
    """Find a file with all of its records, or all that lies in a folder."""
    whole = stored_path(name)
    folder = whole.rstrip("/") + "/"
    return [
        each
        for each in list_known(store, whole)
        if (path := stored_path(each.path)) == whole or path.startswith(folder)
    ]


def _of_record(store: Store, name: str) -> list[Known]:
    """Find a record as messages name it; the names of file and record may hold a # themselves."""
    found = []
    for place, character in enumerate(name):
        if character == "#":
            source = Source(path=name[:place], record=name[place + 1 :])
            path, record = stored_name(source)
            found += [
                each
                for each in list_known(store, path)
                if (stored_path(each.path), each.record) == (path, record)
            ]
    return found


def _of_document(store: Store, name: str) -> list[Known]:
    """Find the sources of the document whose ID begins so."""
    beginning = name.lower()
    if len(beginning) < _SHORTEST_ID or not set(beginning) <= _HEXADECIMAL:
        return []
    found = [Known(*row) for row in store.read(_OF_DOCUMENTS, [beginning]).rows]
    if len({each.document_id for each in found}) > 1:
        raise UsageError(f"{name}: the IDs of several documents begin so; give more of it")
    return found
