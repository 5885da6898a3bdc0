"""What a document names is there: the targets of its links, and paths in its words.

A path is a word in backticks, outside of blocks of code, that begins with a folder of the project
(`eval/gold`) or has a slash and ends as our files do (`a/b.py`). It counts from the project's
folder; `<name>`, `{name}` and `*` stand for anything. A bare file (`store.py`) or folder
(`checks/`) lies in the project's folder, or in that of a document further down, or one below.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    *("README.md", "eval/README.md", "examples/README.md"),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")),
)
FOLDERS = (
    ".ci",
    "benchmarks",
    "docs",
    "eval",
    "examples",
    "pipeline",
    "prompts",
    "schemas",
    "tests",
)
ENDS = (".py", ".toml", ".md", ".sql")
READERS_OWN = {
    *("bulletins/", "labels/", "backlog/", "mine.md", "anchored-v3.md"),
    *("prices.toml", "jornada.toml"),
}
"""What stands for files of whoever reads."""


def text_of(document: str) -> str:
    """Give a document without its blocks of code."""
    text = (ROOT / document).read_text("utf-8")
    return re.sub(r"^[ ]*```.*?^[ ]*```", "", text, flags=re.MULTILINE | re.DOTALL)


def words_of(document: str) -> Iterator[str]:
    """Give the words in backticks that may be paths."""
    for code in re.findall(r"`([^`\n]+)`", text_of(document)):
        for word in code.split():
            if word not in READERS_OWN and not word.startswith(("/", ".venv/", "./", "-", "$")):
                yield word


def is_there(base: Path, path: str) -> bool:
    pattern = re.sub(r"<\w+>|\{\w+\}", "*", path).rstrip("/")
    return any(True for _ in base.glob(pattern))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_link_leads_somewhere(document: str) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", text_of(document))
    files = [target.partition("#")[0] for target in targets if "://" not in target]
    beside = (ROOT / document).parent
    assert [file for file in files if not (beside / file).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_path_is_there(document: str) -> None:
    paths = {
        word
        for word in words_of(document)
        if "/" in word and (word.split("/")[0] in FOLDERS or word.endswith(ENDS))
    }
    assert [path for path in sorted(paths) if not is_there(ROOT, path)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_bare_file_and_folder_is_there(document: str) -> None:
    beside = (ROOT / document).parent
    bare = {
        word
        for word in words_of(document)
        if re.fullmatch(r"[\w.-]+/", word) or ("/" not in word and word.endswith(ENDS))
    }
    if beside == ROOT:
        assert [name for name in sorted(bare) if not is_there(ROOT, name)] == []
    for name in bare:
        assert any(
            is_there(*place) for place in ((ROOT, name), (beside, name), (beside, f"*/{name}"))
        )


def test_a_path_that_is_not_there_is_seen() -> None:
    assert not is_there(ROOT, "pipeline/store.py")
    assert not is_there(ROOT, "eval/gold/<stem>.xml")
    assert is_there(ROOT, "eval/gold/<stem>.json")
