"""Lists of a provider: all that has to be seen is seen, or it is said that it was not."""

import asyncio
from typing import Any

import pytest

from pipeline.batch.listing import Walk
from pipeline.batch.status import UnreadableAnswer
from pipeline.errors import ServerRefusal

NOW, OLD = 2_000_000.0, 1_000_000.0


def items(*moments: object) -> list[dict[str, object]]:
    return [{"id": f"b{number}", "created_at": at} for number, at in enumerate(moments)]


def walk(*pages: object, since: float = 0.0) -> tuple[list[str], bool]:
    """Walk over pages that come in this order; the last one comes again and again."""
    left = list(pages)

    async def fetch(_: str | None) -> object:
        page = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(page, Exception):
            raise page
        return page

    async def go() -> tuple[list[str], bool]:
        walking = Walk(fetch, "here", since)
        seen = [item async for item in walking]
        return [str(item.get("id")) for item in seen], walking.is_whole

    return asyncio.run(go())


def paged(size: int, *, total: int) -> Any:  # noqa: ANN401 - a fetch
    every = items(*(NOW - number for number in range(total)))

    async def fetch(after: str | None) -> object:
        begin = 0 if after is None else [one["id"] for one in every].index(after) + 1
        shown = every[begin : begin + size]
        return {"data": shown, "has_more": begin + size < total}

    return fetch


def test_all_pages_are_walked_over() -> None:
    async def go() -> tuple[int, bool]:
        walking = Walk(paged(100, total=250), "here")
        return len([item async for item in walking]), walking.is_whole

    assert asyncio.run(go()) == (250, True)


@pytest.mark.parametrize(
    "page",
    [
        {"object": "list", "data": items(1, 2), "has_more": False},
        {"batches": items(1, 2), "has_more": False},
        {"jobs": items(1, 2), "total": 2},
        {"items": items(1, 2)},
        {"whatever": items(1, 2)},
        {"data": {"items": items(1, 2)}},
        items(1, 2),
    ],
)
def test_a_list_is_found_wherever_it_is(page: object) -> None:
    assert walk(page) == (["b0", "b1"], True)


@pytest.mark.parametrize("page", [{"data": [], "has_more": False}, {"data": None}, []])
def test_an_empty_list_is_whole(page: object) -> None:
    assert walk(page) == ([], True)


@pytest.mark.parametrize("page", [None, "x", {"error": {"message": "no"}}, {"ok": True}, 3])
def test_what_is_no_list_cannot_be_read(page: object) -> None:
    with pytest.raises(UnreadableAnswer):
        walk(page)


@pytest.mark.parametrize(
    "pages",
    [
        [{"data": items(1, 2), "has_more": True}],  # and the same page again
        [{"data": items(1, 2), "next_page_token": "x"}],
        [{"data": items(1, 2), "total": 7}],
        [{"data": items(1, 2), "has_more": False, "total": 7}],
        [{"data": [{"no": "id"}], "has_more": True}],
        [{"data": items(1, 2), "has_more": True}, {"data": [], "has_more": True}],
        [items(*range(1, 21))],  # as many as a page may have, and no word of others
        [items(*range(1, 21)), ServerRefusal("no such parameter: after")],
    ],
)
def test_a_list_that_may_go_on_is_not_whole(pages: list[object]) -> None:
    assert not walk(*pages)[1]


def test_a_list_from_new_to_old_needs_no_more_than_what_came_since() -> None:
    page = {"data": items(NOW, OLD, OLD - 1), "has_more": True}
    assert walk(page, since=NOW - 10) == (["b0", "b1", "b2"], True)
    assert not walk(page, since=OLD - 10)[1]


@pytest.mark.parametrize(
    "moments",
    [(OLD - 1, OLD, NOW), (OLD, NOW, OLD - 1), (OLD, OLD), (NOW, None, OLD), (NOW, "?", OLD)],
)
def test_a_list_in_another_order_is_walked_to_its_end(moments: tuple[object, ...]) -> None:
    more = {"data": [{"id": "last", "created_at": NOW}], "has_more": False}
    pages = ({"data": items(*moments), "has_more": True}, more)
    assert walk(*pages, since=NOW - 10)[0][-1] == "last"


def test_a_refusal_of_the_first_page_is_one() -> None:
    with pytest.raises(ServerRefusal):
        walk(ServerRefusal("no"))
