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
    try:
        ((figures,),) = store.read("SELECT count(*) FROM figures").rows
        if figures > _MOST_FIGURES:
            return Overview()
        if figures > _MANY_FIGURES:
            tell(f"Comparing {figures:,} figures across bulletins.")
        ((conflicts,),) = store.read("SELECT count(*) FROM conflicts").rows
        ((missing, editions),) = store.read(_COVERAGE).rows
    except StoreError:
        return Overview()
    return Overview(conflicts, missing, editions)
