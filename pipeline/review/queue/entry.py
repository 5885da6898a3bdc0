"""One row of the queue: what is known of a document, and how bad that is. Pure."""

from datetime import date
from typing import NamedTuple

UNREADABLE, UNREAD = "unreadable", "unread"
"""A file that no document came of, and a document that nobody has read yet; the other states are
those of readings."""
STATES = ("failed", UNREADABLE, "partial", "ok", UNREAD)


class Entry(NamedTuple):
    """A document, or a file that could not be read, in the queue.

    `key` is the document's ID, or stands for the file; `reader` is a reader with its model and
    prompt. `figures` are those of the current reading, of which so many are `decided`; `differing`
    is how many figures of two readers do not agree. `relevant` is None where no reading says.
    """

    key: str
    document_id: str | None
    state: str
    title: str | None = None
    path: str | None = None
    record: str | None = None
    format: str | None = None
    day: date | None = None
    reader: str | None = None
    figures: int = 0
    decided: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    differing: int = 0
    relevant: bool | None = None
    is_relevance_decided: bool = False
    services: tuple[str, ...] = ()
    error: str | None = None
    words: str = ""
    """What it is found by besides its text."""

    @property
    def is_reviewed(self) -> bool:
        """Tell whether every figure is decided, or, where it has none, whether it is relevant."""
        if self.figures:
            return self.decided >= self.figures
        return self.is_relevance_decided

    @property
    def rank(self) -> int:
        """Give its place: the lowest is looked at first."""
        rank = self._group
        for count in (self.errors, self.warnings, self.differing):
            rank = rank * _MOST + _MOST - 1 - min(count, _MOST - 1)
        return rank

    @property
    def _group(self) -> int:
        worse_first = (
            self.state in ("failed", UNREADABLE),
            self.state == "partial",
            self.errors > 0,
            self.warnings > 0,
            self.differing > 0,
            self.relevant is False,
            self.state == UNREAD,
        )
        if self.is_reviewed:
            return len(worse_first) + 1
        return worse_first.index(True) if any(worse_first) else len(worse_first)


_MOST = 1000
"""Of two with as many findings or more, neither is worse."""
