"""What every test run needs."""

import gc

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run slow tests first, each where there is room; the quick ones of a file stay together."""
    items.sort(key=_is_quick)
    for item in filter(_is_quick, items):
        item.add_marker(pytest.mark.xdist_group(str(item.path)))


def _is_quick(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is None


def pytest_unconfigure() -> None:
    # Hypothesis leaves a callback here that keeps modules alive past the interpreter's end, and
    # DuckDB's binding then prints a page about leaks.
    gc.callbacks.clear()
