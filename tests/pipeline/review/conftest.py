"""What the tests of the review page share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.store import Store
from tests.review_server import Served, context_for, serve_review


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Serve a database of the test's own, which is empty."""
    db = tmp_path / "jornada.duckdb"
    Store(db).prepare()
    with serve_review(context_for(db)) as own:
        yield own
