"""What the tests of the pages about gold share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.eval.review.pages import Pages, document_ids, served


@pytest.fixture
def pages(read: Path, tmp_path: Path) -> Iterator[Pages]:
    """Serve a copy of the database that a module of tests has `read` once."""
    db = tmp_path / "jornada.duckdb"
    shutil.copy(read, db)
    with served(db, tmp_path / "gold") as pages:
        pages.documents = document_ids(db)
        yield pages
