"""The page of questions: each query gives the table that stands below it."""

import shlex
from pathlib import Path

from tests.command import jornada_here
from tests.pages import DOCS, blocks_of, without_edges


def test_each_query_gives_the_table_below_it(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(DOCS.parent / "examples")
    here = jornada_here(tmp_path)
    first, *queries = blocks_of("questions.md")
    assert first.language == "sh"
    command, *arguments = shlex.split(first.code)
    assert command == "jornada"
    made = here(*arguments)
    assert made.returncode == 0, made.stderr
    assert len(queries) >= 10
    for query in queries:
        assert query.language == "sql"
        asked = here("query", query.code)
        assert asked.returncode == 0, asked.stderr
        assert without_edges(asked.stdout) == without_edges(query.output or ""), query.code


def test_there_are_ten_questions_and_each_has_a_query() -> None:
    _, *questions = (DOCS / "questions.md").read_text("utf-8").split("\n## ")
    assert [question.partition(".")[0] for question in questions] == [*map(str, range(1, 11))]
    assert all("```sql" in question for question in questions)
