"""The prompts of two runs, found again and set against each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.runs.run_prompts import compare_prompts, find_prompt, find_texts
from pipeline.forms.prompts import Prompt, load_prompt, parse_prompt
from pipeline.store import Store
from pipeline.store.kept_prompts import keep_prompts
from schemas.reading import ReaderKey

BASELINE = ReaderKey(reader="baseline", schema_hash="s")
HEAD = "---\nname: mine\nform: quoted\ndescription: a test\n---\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def prompt_of(told: str, codes: str | None = None) -> Prompt:
    return parse_prompt("mine.md", f"{HEAD}{told}".encode(), codes)


def key(prompt: Prompt) -> ReaderKey:
    return ReaderKey(
        reader="llm", model="m", prompt=prompt.name, prompt_hash=prompt.hash, schema_hash="s"
    )


def test_lines_that_differ_are_shown_and_counted(store: Store) -> None:
    before = prompt_of("One.\nTwo.\nThree.\n[[BULLETIN]]\n")
    after = prompt_of("One.\nTwo, and more.\nThree.\nFour.\n[[BULLETIN]]\n")
    keep_prompts(store, [before, after])
    found = compare_prompts(store, key(before), key(after))
    assert [line for line in found.lines if line[0] in "+-"] == [
        f"--- mine ({before.hash[:8]})",
        f"+++ mine ({after.hash[:8]})",
        "-Two.",
        "+Two, and more.",
        "+Four.",
    ]
    assert "has 2 lines" in found.said
    assert "lacks 1." in found.said


def test_a_line_that_looks_like_a_heading_of_the_diff_is_counted(store: Store) -> None:
    before = prompt_of("-- a\n[[BULLETIN]]\n")
    after = prompt_of("++ b\n[[BULLETIN]]\n")
    keep_prompts(store, [before, after])
    found = compare_prompts(store, key(before), key(after))
    assert {"--- a", "+++ b"} < set(found.lines)
    assert "has 1 line " in found.said
    assert "lacks 1." in found.said


@pytest.mark.parametrize("end", ["", "\n\n", "\r\n"])
def test_line_ends_are_a_difference_too(store: Store, end: str) -> None:
    before, after = prompt_of("[[BULLETIN]]\n"), prompt_of(f"[[BULLETIN]]{end}")
    keep_prompts(store, [before, after])
    assert compare_prompts(store, key(before), key(after)).lines


def test_the_same_file_with_other_codes_differs_in_the_codes(store: Store) -> None:
    before = prompt_of("[[CODES]]\n[[BULLETIN]]\n", "- `one`")
    after = prompt_of("[[CODES]]\n[[BULLETIN]]\n", "- `two`")
    keep_prompts(store, [before, after])
    lines = compare_prompts(store, key(before), key(after)).lines
    assert lines[0] == f"--- mine ({before.hash[:8]}): [[CODES]]"
    assert lines[-2:] == ("-- `one`", "+- `two`")


def test_one_prompt_does_not_differ_from_itself_though_it_be_lost(store: Store) -> None:
    lost = key(prompt_of("[[BULLETIN]]"))
    assert compare_prompts(store, lost, lost).said.startswith("Both read with the same prompt")


def test_a_prompt_that_is_not_kept_is_said_to_be_lost(store: Store) -> None:
    lost, known = prompt_of("[[BULLETIN]]"), load_prompt("quoted-v1")
    for pair in ((lost, known), (known, lost)):
        found = compare_prompts(store, *map(key, pair))
        assert found.lines == ()
        assert f"the text of the prompt mine ({lost.hash[:8]}) is not kept" in found.said
    assert find_prompt(store, key(lost)) is None


def test_the_baseline_has_no_prompt(store: Store) -> None:
    packaged = key(load_prompt("quoted-v1"))
    for pair in ((BASELINE, packaged), (packaged, BASELINE)):
        assert compare_prompts(store, *pair).said == "baseline reads without a prompt."


def test_a_prompt_of_the_project_is_known_as_long_as_it_is_as_it_was(store: Store) -> None:
    prompt = load_prompt("quoted-v1")
    changed = key(prompt).model_copy(update={"prompt_hash": "of before"})
    found, lost = find_texts(store, [key(prompt), changed])
    assert found is not None
    assert found.text == prompt.text
    assert lost is None
    assert find_prompt(store, key(prompt)) == prompt
