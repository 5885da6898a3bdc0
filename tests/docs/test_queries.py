"""Every query that a document shows can be asked, and on the example bulletins gives rows.

Those of docs/questions.md give the table that stands below each.
"""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import jornada_here
from tests.pages import DOCS, blocks_of, without_edges

pytestmark = pytest.mark.slow

ROOT = DOCS.parent
PAGES = ("README.md", *sorted(f"docs/{page.name}" for page in DOCS.glob("*.md")))
OF_OTHER_DATABASES = ("eval_", "near_documents", "decisions")
"""Tables that reading the examples leaves empty."""


def queries_of(page: str) -> Iterator[str]:
    text = (ROOT / page).read_text("utf-8")
    for command in re.findall(r'jornada query [^"`\n]*"[^"]*"', text):
        if not command.endswith('..."'):
            yield shlex.split(command)[-1]
    for told in re.findall(r'jornada export [^"`\n]*--sql "[^"]*"', text):
        yield shlex.split(told)[-1]
    if page == "docs/table.md":  # those of docs/questions.md are compared with its tables
        yield from (block.code for block in blocks_of("table.md") if block.language == "sql")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where the command that docs/questions.md begins with was run."""
    made = tmp_path_factory.mktemp("examples")
    (made / "examples").symlink_to(ROOT / "examples")
    first = blocks_of("questions.md")[0]
    assert first.language == "sh"
    command, *arguments = shlex.split(first.code)
    assert (command, arguments[0]) == ("jornada", "extract")
    ran = jornada_here(made)(*arguments)
    assert ran.returncode == 0, ran.stderr
    return made


@pytest.mark.parametrize("page", PAGES)
def test_each_query_gives_rows(folder: Path, page: str) -> None:
    for query in queries_of(page):
        asked = jornada_here(folder)("query", query, "--json")
        assert asked.returncode == 0, f"{query}\n{asked.stderr}"
        empty = any(table in query for table in OF_OTHER_DATABASES)
        assert bool(json.loads(asked.stdout)) != empty, query


def test_queries_are_found() -> None:
    found = [len(list(queries_of(page))) for page in PAGES]
    assert sum(found) > 15


def test_no_join_of_the_page_on_tables_repeats_a_figure(folder: Path) -> None:
    joins = [
        block.code
        for block in blocks_of("table.md")
        if block.code.startswith("SELECT count(*) AS f")
    ]
    assert len(joins) > 4
    ask = jornada_here(folder)
    counts = {ask("query", join, "--json").stdout for join in joins}
    assert counts == {ask("query", "SELECT count(*) AS figures FROM facts", "--json").stdout}


def test_each_question_is_answered_by_the_table_below_its_query(folder: Path) -> None:
    _, *queries = blocks_of("questions.md")
    assert len(queries) >= 10
    for query in queries:
        assert query.language == "sql"
        asked = jornada_here(folder)("query", query.code)
        assert asked.returncode == 0, asked.stderr
        assert without_edges(asked.stdout) == without_edges(query.output or ""), query.code


def test_there_are_ten_questions_and_each_has_a_query() -> None:
    _, *questions = (DOCS / "questions.md").read_text("utf-8").split("\n## ")
    assert [question.partition(".")[0] for question in questions] == [*map(str, range(1, 11))]
    assert all("```sql" in question for question in questions)
