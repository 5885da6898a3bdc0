"""Answers that were paid for are found again."""

from pathlib import Path

import pytest

from eval.tuning.kept_answers import FILE, KeptAnswers
from pipeline.errors import UsageError

ONE = [{"role": "user", "content": "one \N{SNOWMAN} \ud800"}]


def test_an_answer_is_found_by_its_question_and_its_turn(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path, "m")
    first, none = kept.find(ONE)
    assert none is None
    kept.keep(first, "a\u2028\nb")
    second, none = kept.find(ONE)
    assert none is None, "the same question once more is another one"
    kept.keep(second, "second")
    again = KeptAnswers(tmp_path, "m")
    assert [again.find(ONE)[1] for _ in range(3)] == ["a\u2028\nb", "second", None]
    assert KeptAnswers(tmp_path, "other").find(ONE)[1] is None


@pytest.mark.parametrize("cut", [b'{"question": "x", "ans', b"[]\n", b"\xff\xfe\n", b"null\n"])
def test_a_line_that_was_cut_off_costs_no_other(tmp_path: Path, cut: bytes) -> None:
    kept = KeptAnswers(tmp_path, "m")
    kept.keep(kept.find(ONE)[0], "answer")
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes() + cut)
    again = KeptAnswers(tmp_path, "m")
    assert again.find(ONE)[1] == "answer"
    again.keep(again.find(ONE)[0], "next")
    third = KeptAnswers(tmp_path, "m")
    assert [third.find(ONE)[1] for _ in range(2)] == ["answer", "next"]


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        KeptAnswers(tmp_path, "m")
