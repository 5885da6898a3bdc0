"""The page on tables: what it lists is what the database says of itself, and no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.store import Store
from pipeline.words import Language, words_of
from schemas.codebook import codebook
from tests.pages import DOCS

PAGE = "table.md"
VIEWS = (
    *("facts", "jornada_totals", "totals", "plan_and_result", "series", "conflicts", "coverage"),
    *("known_jornadas", "jornada_mentions", "prints"),
    *("current_documents", "current_sources", "current_readings"),
    *("current_figures", "current_jornadas", "current_findings"),
)
LISTED = ("facts", "jornada_totals", "plan_and_result", "series", "conflicts", "coverage")
"""Views whose columns the page lists; those of others are described in the database alone."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    return made


def views_of(store: Store) -> dict[str, str]:
    return dict(store.read("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").rows)


def lines_of(store: Store) -> Iterator[str]:
    """Give the lines that the page has to have, in order."""
    told = views_of(store)
    yield from (f"| `{view}` | {told[view]} |" for view in VIEWS)
    columns = store.read(
        "SELECT table_name, column_name, comment FROM duckdb_columns() ORDER BY column_index"
    ).rows
    for view in LISTED:
        yield f"### `{view}`"
        yield from (f"| `{name}` | {told} |" for of, name, told in columns if of == view)
    tables = "SELECT table_name, comment FROM duckdb_tables() ORDER BY table_name"
    yield from (f"| `{name}` | {told} |" for name, told in store.read(tables).rows)
    for service, codes in codebook().root.items():
        kinds = " ".join(f"`{code}`" for code in codes.detail)
        yield f"| `{service}` | {codes.es} | {codes.en} | {kinds} |"


def test_each_view_column_table_and_code_is_on_the_page_as_the_database_has_it(
    store: Store,
) -> None:
    assert set(views_of(store)) == set(VIEWS)
    page = iter((DOCS / PAGE).read_text("utf-8").splitlines())
    lacking = [line for line in lines_of(store) if line not in page]
    assert lacking == [], "\n".join(lines_of(store))


@pytest.mark.parametrize("language", Language)
def test_each_column_of_a_view_that_people_ask_has_a_heading(
    store: Store, language: Language
) -> None:
    asked = {*LISTED, "totals", "known_jornadas"}
    columns = store.read("SELECT table_name, column_name FROM duckdb_columns()").rows
    named = {column for view, column in columns if view in asked}
    assert named <= set(words_of(language).headings)
