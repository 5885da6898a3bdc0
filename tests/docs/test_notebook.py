"""The page on notebooks: its code runs, in order, and gives what the page shows."""

import io
import os
import shlex
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from pipeline import notebook
from tests.command import environment, jornada_here
from tests.pages import DOCS, blocks_of, without_edges

PAGE = "notebook.md"


@pytest.mark.slow
def test_the_code_runs_and_gives_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(environment()):
        monkeypatch.delenv(name)
    Path("examples").symlink_to(DOCS.parent / "examples")
    cells: dict[str, Any] = {}
    blocks = blocks_of(PAGE)
    assert {block.language for block in blocks} == {"python", "sh"}
    for block in blocks:
        if block.language == "sh":
            command, *arguments = shlex.split(block.code)
            assert command == "jornada"
            ran = jornada_here(tmp_path)(*arguments)
            assert ran.returncode == 0, ran.stderr
            continue
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(block.code, cells)  # noqa: S102 - our own page
        assert without_edges(printed.getvalue()) == without_edges(block.output or ""), block.code


def test_the_page_lists_each_function_and_no_other() -> None:
    rows = [line for line in (DOCS / PAGE).read_text("utf-8").splitlines() if line[:3] == "| `"]
    named = {row.removeprefix("| `").partition("(")[0] for row in rows}
    assert named | {"Bulletin"} == set(notebook.__all__)
