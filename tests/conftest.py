"""What every test run needs."""

import gc


def pytest_unconfigure() -> None:
    # Hypothesis leaves a callback here that keeps modules alive past the interpreter's end, and
    # DuckDB's binding then prints a page about leaks.
    gc.callbacks.clear()
