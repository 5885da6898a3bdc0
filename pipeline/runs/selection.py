"""Which documents are asked about again: those whose reading leaves something to be desired.

All of it is told from the store alone, so that a command that was killed goes on where it was.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from pipeline.store import ANSWERED, OF_A_READER, SAME_KEY, Store, key_columns
from schemas.reading import ReaderKey


class Flaw(StrEnum):
    """What is wrong with the reading of a document that counts now; the gravest is told."""

    FAILED = "failed"  # there are failed readings only
    PARTIAL = "partial"
    FINDINGS = "findings"  # of severity warning or error


class Exclusion(NamedTuple):
    """An SQL query for the documents that are passed over, with its parameters."""

    sql: str = "SELECT NULL::VARCHAR"
    parameters: tuple[object, ...] = ()

    def __or__(self, other: "Exclusion") -> "Exclusion":
        """Pass over what either does."""
        return Exclusion(f"{self.sql} UNION ALL {other.sql}", self.parameters + other.parameters)


class Selection(NamedTuple):
    """Documents by ID, each with its flaw; so many others with such a flaw were `passed` over."""

    flaws: dict[str, Flaw]
    passed: int

    def count(self, flaw: Flaw) -> int:
        """Count the documents with this flaw."""
        return sum(each is flaw for each in self.flaws.values())


_CHOSEN = """
WITH flawed AS (
    SELECT d.document_id, d.added_at, CASE
        WHEN c.reading_id IS NULL THEN 'failed'
        WHEN c.status = 'partial' THEN 'partial'
        ELSE 'findings' END AS flaw
    FROM documents AS d SEMI JOIN current_documents USING (document_id)
    LEFT JOIN current_readings AS c USING (document_id)
    WHERE CASE WHEN c.reading_id IS NULL
        THEN d.document_id IN (SELECT document_id FROM readings)
        ELSE c.status = 'partial' OR c.reading_id IN
            (SELECT reading_id FROM findings WHERE severity IN ('error', 'warning')) END
), passed(document_id) AS ({passed})
SELECT document_id, flaw, document_id IN (FROM passed WHERE document_id IS NOT NULL)
FROM flawed
WHERE list_contains(?::VARCHAR[], flaw)
AND (? OR document_id IN (SELECT unnest(?::VARCHAR[])))
ORDER BY added_at, document_id
"""
# As in `Store.find_read`: a call that brought no answer is made again.
_READ = f"""
SELECT document_id FROM readings
WHERE {OF_A_READER} AND {ANSWERED} AND {SAME_KEY}
"""  # noqa: S608 - conditions of ours
_READ_AGAIN = f"""
SELECT document_id FROM (
    SELECT *, row_number() OVER (PARTITION BY document_id ORDER BY read_at, reading_id) AS place
    FROM readings WHERE {OF_A_READER}
)
WHERE place > 1 AND {ANSWERED} AND {SAME_KEY}
"""  # noqa: S608 - the same
_BROKEN_OFF = f"""{_READ_AGAIN}
AND run_id IN (
    SELECT run_id FROM runs WHERE {SAME_KEY} AND started_at > coalesce(
        (SELECT max(started_at) FROM runs JOIN run_ends USING (run_id)
        WHERE outcome = 'finished' AND {SAME_KEY}), '-infinity'::TIMESTAMP)
)
"""  # noqa: S608 - the same


def read_by(key: ReaderKey) -> Exclusion:
    """Pass over what a reader with this key has read."""
    return Exclusion(_READ, key_columns(key))


def read_again_by(key: ReaderKey) -> Exclusion:
    """Pass over what a reader with this key has read after it had been read before."""
    return Exclusion(_READ_AGAIN, key_columns(key))


def read_again_before_the_break(key: ReaderKey) -> Exclusion:
    """Pass over what such a reader has read again in runs that did not finish, if they were last.

    So a command that was killed or stopped does not ask twice about the same document.
    """
    return Exclusion(_BROKEN_OFF, key_columns(key) * 3)


def choose_documents(
    store: Store,
    flaws: Collection[Flaw],
    passed: Exclusion | None = None,
    among: Collection[str] | None = None,
) -> Selection:
    """Choose the documents with one of these flaws, of all or of those given, the oldest first.

    A text that no file holds today is none of them: nobody pays for it. Who asks for findings gets
    partial and failed ones as well.
    """
    passed = passed or Exclusion()
    wanted = set(Flaw) if Flaw.FINDINGS in flaws else set(flaws)
    rows = store.read(
        _CHOSEN.format(passed=passed.sql),
        [
            *passed.parameters,
            [flaw.value for flaw in wanted],
            among is None,
            list(among or ()),
        ],
    ).rows
    found = {document_id: Flaw(flaw) for document_id, flaw, done in rows if not done}
    return Selection(found, len(rows) - len(found))
