"""Labels that a person gives apart, without seeing those of others: whose they are, by the address.

`?apart=1&who=NAME` is said by each address of such a page; `from=READING` names the reading that
the person began with, and without it no reader's labels are seen either.
"""

from collections.abc import Iterable
from typing import NamedTuple

from starlette.requests import Request

from pipeline.review.context import context_of
from schemas.decision import Decision


class Apart(NamedTuple):
    """Who labels apart, and the reading begun with: None for who reads the text for themselves."""

    who: str
    reading_id: str | None = None

    @property
    def is_blind(self) -> bool:
        """Whether no reader's labels may be seen."""
        return self.reading_id is None


def apart_of(request: Request) -> Apart | None:
    """Tell who labels apart on a page, None where it shows what holds for everybody."""
    asked = request.query_params
    if not asked.get("apart"):
        return None
    return Apart(context_of(request).who, asked.get("from") or None)


def decisions_for(decisions: Iterable[Decision], apart: Apart | None) -> tuple[Decision, ...]:
    """Give the decisions that count on a page: those for everybody, or a person's own alone."""
    if apart is None:
        return tuple(one for one in decisions if not one.apart)
    return tuple(one for one in decisions if one.apart and one.who == apart.who)
