"""What every test run needs."""

import gc

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("jornada", deadline=None)
settings.load_profile("jornada")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with slow tests first: where files are shared out, none is left for the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_unconfigure() -> None:
    # Hypothesis leaves a callback here that keeps modules alive past the interpreter's end, and
    # DuckDB's binding then prints a page about leaks.
    gc.callbacks.clear()
