"""A provider's list of batches or files, walked page by page until what is sought is there.

That something is *not* in a list means money: it would be made again. So a walk also tells whether
it has seen all that it had to see. Lists come bare or in an object, newest or oldest first, with or
without a word on whether there is more.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pipeline.batch.status import id_of, read_moment, unreadable_answer
from pipeline.errors import ServerRefusal

Item = Mapping[str, Any]
Fetch = Callable[[str | None], Awaitable[object]]
"""Gets the page behind an item, the first one for None."""
_LISTS = ("data", "batches", "jobs", "files", "items", "results")
_MOST = 20_000  # items that are walked over
_SMALLEST_PAGE = 10  # nobody has pages of fewer items


class Page(NamedTuple):
    """One page; `more` says whether there are others, None where that is not told."""

    items: tuple[Item, ...]
    more: bool | None
    total: int


class Walk:
    """A walk over the items of a list. `is_whole` once it is over: nothing was left out.

    With `since`, in Unix seconds, what was made before need not be seen.
    """

    def __init__(self, fetch: Fetch, where: str, since: float = 0.0) -> None:
        self._fetch = fetch
        self._where = where
        self._since = since
        self.is_whole = False

    async def __aiter__(self) -> AsyncIterator[Item]:
        """Give each item once."""
        seen = set[str]()
        moments: list[float | None] = []
        after = None
        while len(seen) < _MOST:
            try:
                page = read_page(await self._fetch(after), self._where)
            except ServerRefusal:
                if after is None:
                    raise
                self.is_whole = len(seen) < _SMALLEST_PAGE
                return
            fresh = [item for item in page.items if id_of(item) not in seen]
            for item in fresh:
                yield item
            seen.update(name for item in fresh if (name := id_of(item)) is not None)
            moments += [read_moment(item.get("created_at")) for item in fresh]
            last = id_of(page.items[-1]) if page.items else None
            if _goes_back_to(moments, self._since):
                self.is_whole = True
                return
            if page.more is False:
                self.is_whole = page.total <= len(seen)
                return
            if not fresh or last is None:
                # Nothing behind it, or the first page again, for want of any other.
                is_last = not page.items or len(seen) < _SMALLEST_PAGE
                self.is_whole = is_last and page.more is None and page.total <= len(seen)
                return
            after = last


def read_page(answer: object, where: str) -> Page:
    """Read a page, however it is wrapped."""
    if isinstance(answer, list):
        return Page(_items(answer), None, 0)
    if not isinstance(answer, dict):
        raise unreadable_answer(where)
    listed = next((answer[name] for name in _LISTS if isinstance(answer.get(name), list)), None)
    if listed is None:
        lists = [value for value in answer.values() if isinstance(value, list)]
        if len(lists) == 1 and not answer.get("error"):
            listed = lists[0]
        elif any(name in answer and answer[name] is None for name in _LISTS):
            listed = []  # as some write an empty list
        else:
            inside = next((answer[name] for name in _LISTS if isinstance(answer.get(name), dict)),
                          None)  # fmt: skip
            if inside is None:
                raise unreadable_answer(where, answer)
            return read_page(inside, where)
    return Page(_items(listed), _has_more(answer), _total(answer))


def _items(listed: Sequence[object]) -> tuple[Item, ...]:
    return tuple(item for item in listed if isinstance(item, dict))


def _has_more(answer: Item) -> bool | None:
    told = next((answer[name] for name in ("has_more", "hasMore") if name in answer), None)
    if any(value for name, value in answer.items() if "next" in name.casefold()):
        return True
    return told if isinstance(told, bool) else None


def _total(answer: Item) -> int:
    totals = (answer.get(name) for name in ("total", "total_count", "count"))
    return max((total for total in totals if type(total) is int), default=0)


def _goes_back_to(moments: Sequence[float | None], since: float) -> bool:
    """Tell whether a list goes from new to old, and has come to what was made before `since`."""
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments) or len(known) < 2:  # noqa: PLR2004 - one has no order
        return False
    falls = all(later >= earlier for later, earlier in pairwise(known))
    return falls and known[0] > known[-1] and known[-1] < since
