"""What all that is stored says together, in two lines at the end of a run."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pipeline.console.terminal import tell
from pipeline.errors import StoreError
from pipeline.store import Store

_MANY_FIGURES = 200_000
"""To compare so many takes a second and more."""
_MOST_FIGURES = 3_000_000
"""To compare more takes too long for the end of a run."""
_COMPARABLE = """
SELECT (SELECT count(*) FROM figures) AS figures,
    (SELECT count(*) FROM jornadas WHERE edition IS NOT NULL)
        + (SELECT count(*) FROM figures WHERE edition IS NOT NULL) AS editions,
    (SELECT count(*) FROM (
        SELECT document_id FROM jornadas WHERE edition IS NOT NULL OR start IS NOT NULL
        UNION SELECT document_id FROM figures
        WHERE edition IS NOT NULL OR starts_on IS NOT NULL OR ends_on IS NOT NULL
    )) AS documents
"""
"""What could be compared at all: to ask the views takes a while, also where there is nothing."""
_COVERAGE = """
SELECT count(*) FILTER (coverage = 'missing') AS missing, count(*) AS editions FROM coverage
"""


class Overview(NamedTuple):
    """How many numbers contradict each other, and how many editions are missing of how many.

    Each is None where nobody counted: where there are too many figures, or none can be read.
    """

    conflicts: int | None = None
    missing: int | None = None
    editions: int | None = None

    def to_object(self) -> dict[str, Any]:
        """Give it for machines."""
        return {
            "conflicts": self.conflicts,
            "editions_missing": self.missing,
            "editions_expected": self.editions,
        }

    def rows(self) -> Iterator[tuple[str, str]]:
        """Give what is there to tell as rows of a table: a name, and what is said."""
        if self.conflicts:
            yield "conflicts", f"{self.conflicts:,} in the whole database (`jornada conflicts`)"
        if self.missing:
            yield (
                "coverage",
                f"{self.missing:,} of {self.editions:,} editions missing (`jornada coverage`)",
            )


def fetch_overview(store: Store) -> Overview:
    """Count over all that is stored."""
    conflicts = missing = expected = 0
    try:
        with store.keep_open(read_only=True):
            ((figures, editions, documents),) = store.read(_COMPARABLE).rows
            if figures > _MOST_FIGURES:
                return Overview()
            if figures > _MANY_FIGURES:
                tell(f"Comparing {figures:,} figures across bulletins.")
            if documents > 1:
                ((conflicts,),) = store.read("SELECT count(*) FROM conflicts").rows
            if editions:
                ((missing, expected),) = store.read(_COVERAGE).rows
    except StoreError:
        return Overview()
    return Overview(conflicts, missing, expected)
