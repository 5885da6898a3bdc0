"""A prompt file taken apart and put together with other texts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.tuning.prompt_parts import (
    CLOSING,
    INSTRUCTIONS,
    MOST_CHARACTERS,
    PromptFile,
    find_faults,
    list_passages,
    name_candidate,
    name_file,
    put_together,
    take_apart,
)
from pipeline.errors import PromptError
from pipeline.forms.prompts import list_packaged, parse_prompt, read_prompt_file
from pipeline.plain_text import clean

ROOT = Path(__file__).parents[3]
SHORT = (ROOT / "examples" / "prompts" / "short.md").read_bytes()
BULLETIN = " ".join(f"palabra{number}" for number in range(40))


def faults(file: PromptFile, text: str, part: str = INSTRUCTIONS) -> list[str]:
    return list(find_faults(file, {**file.parts, part: text}, list_passages(file, [BULLETIN])))


@pytest.mark.parametrize("name", list_packaged())
def test_every_prompt_of_the_project_can_be_tuned(name: str) -> None:
    file = take_apart(name, read_prompt_file(name))
    assert not list(find_faults(file, file.parts, frozenset()))
    changed = {**file.parts, INSTRUCTIONS: f"{file.parts[INSTRUCTIONS]}\nOne rule more."}
    assert not list(find_faults(file, changed, frozenset()))
    read = parse_prompt("made", put_together(file, changed))
    assert (read.form, read.few_shots) == (file.prompt.form, file.prompt.few_shots)
    assert read.hash != file.prompt.hash


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_are_no_part(end: str, mark: bytes) -> None:
    file = take_apart("short.md", mark + SHORT.decode().replace("\n", end).encode())
    assert file.parts == take_apart("short.md", SHORT).parts


def test_what_stands_behind_the_bulletin_is_a_part() -> None:
    file = take_apart("short.md", SHORT + b"\nAnswer now.\n")
    assert file.parts[CLOSING] == "Answer now."
    made = put_together(file, {**file.parts, CLOSING: "Answer at once."})
    assert take_apart("made", made).parts[CLOSING] == "Answer at once."


@given(st.text(min_size=1).filter(lambda text: bool(text.strip())))
def test_a_text_comes_back_as_it_was_or_is_refused(text: str) -> None:
    file = take_apart("short.md", SHORT)
    found = faults(file, text)
    if clean(text) != text.replace("\r\n", "\n") or "[[" in text:
        assert found
    if not found:
        made = take_apart("made", put_together(file, {**file.parts, INSTRUCTIONS: text}))
        assert made.parts[INSTRUCTIONS].split() == text.split()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" ", "are empty"),
        ("x" * (MOST_CHARACTERS + 1), "are longer than 30,000 characters"),
        ("a [[BULLETIN]] b", "hold [[BULLETIN]]"),
        ("a [[CODES]] b", "must stay"),
        ("hidden \N{ZERO WIDTH SPACE} words", "show nothing"),
        ("turned \N{RIGHT-TO-LEFT OVERRIDE} round", "show nothing"),
        (f"As in: {BULLETIN.upper()}", "copied from a bulletin"),
    ],
)
def test_what_may_not_be_in_a_prompt(text: str, reason: str) -> None:
    assert any(reason in fault for fault in faults(take_apart("short.md", SHORT), text))


def test_the_list_of_codes_stays() -> None:
    file = take_apart("anchored-v2", read_prompt_file("anchored-v2"))
    text = file.parts[INSTRUCTIONS]
    assert any("[[CODES]]" in fault for fault in faults(file, text.replace("[[CODES]]", "")))
    assert any("[[CODES]]" in fault for fault in faults(file, f"{text} [[CODES]]"))
    assert not faults(file, f"{text} And more.")


def test_a_passage_that_the_prompt_has_already_may_stay() -> None:
    file = take_apart(
        "short.md", SHORT.replace(b"[[BULLETIN]]", f"{BULLETIN}\n[[BULLETIN]]".encode())
    )
    assert not faults(file, f"{file.parts[INSTRUCTIONS]} More.")


def test_a_name_says_where_a_candidate_comes_from_and_what_it_says() -> None:
    file = take_apart("short.md", SHORT)
    one, other = ({INSTRUCTIONS: text} for text in ("one", "other"))
    assert name_candidate(file, one).startswith("short-tuned-")
    assert name_candidate(file, one) == name_candidate(file, dict(one))
    assert name_candidate(file, one) != name_candidate(file, other)
    again = take_apart("made", put_together(file, {INSTRUCTIONS: "one"}))
    assert name_candidate(again, other) == name_candidate(file, other)


@pytest.mark.parametrize("name", ["../up", "a/b", "..", "ñandú: dos", "-"])
def test_a_file_stays_in_its_folder(name: str) -> None:
    file = Path(name_file(name))
    assert file.parts == (file.name,)
    assert file.stem.strip(".-")


@pytest.mark.parametrize("name", ["a: b", "#x", "'quoted'", "ñandú \\ \\1"])
def test_any_name_of_a_prompt_is_carried_on(name: str) -> None:
    quoted = name.replace("'", "''")
    file = take_apart("odd.md", SHORT.replace(b"name: short", f"name: '{quoted}'".encode()))
    assert parse_prompt("made", put_together(file, file.parts)).name.startswith(f"{name}-tuned-")


@pytest.mark.parametrize(
    "content",
    [
        SHORT.replace(b"name: short", b"name:\n  short"),
        SHORT.replace(b"You read", "You \N{ZERO WIDTH SPACE}read".encode()),
        SHORT[: SHORT.index(b"You read")] + b"[[BULLETIN]]\nAnswer.",
        SHORT.replace(b"[[BULLETIN]]", b""),
    ],
)
def test_a_prompt_that_cannot_be_changed_is_refused(content: bytes) -> None:
    with pytest.raises(PromptError, match=r"odd\.md"):
        take_apart("odd.md", content)
