"""One database of bulletins and one server of them, for all tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.store import Store
from schemas.document import Document
from tests.review_server import Served, context_for, serve_review
from tests.reviewed import BULLETIN, a_bulletin, read_by_rules, store_readings


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("review") / "j.duckdb"


@pytest.fixture(scope="module")
def served(db: Path) -> Iterator[Served]:
    Store(db).prepare()
    with serve_review(context_for(db)) as running:
        yield running


@pytest.fixture(scope="module")
def bulletins(db: Path) -> Iterator[Document]:
    """Store more bulletins than there are tests: all at once, which is as quick as one."""
    made = [a_bulletin(f"{BULLETIN}\nFolio {number}.") for number in range(40)]
    store_readings(db, *((each, read_by_rules(each)) for each in made))
    return iter(made)


@pytest.fixture
def document(bulletins: Iterator[Document]) -> Document:
    """Give a bulletin that no other test has."""
    return next(bulletins)
