"""`jornada vocabulary`: where its text comes from, and what it prints."""

import json
from pathlib import Path

import pytest

from tests.command import Jornada

SENTENCE = "Se prevén 40 cirugías de hernia en Sonora. La sala mide 9 [red]metros[/red]."


def test_a_sentence_comes_as_an_argument_from_a_file_or_from_standard_input(
    here: Jornada, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE, encoding="utf-8")
    for ran in (
        here("vocabulary", "test", SENTENCE, "--json"),
        here("vocabulary", "test", "-f", "a.txt", "--json"),
        here("vocabulary", "test", "-", "--json", stdin=SENTENCE),
    ):
        assert ran.returncode == 0, ran.stderr
        facts = json.loads(ran.stdout)
        assert facts["text"] == SENTENCE
        surgeries, metres = facts["numbers"]
        assert surgeries["figure"]["detail"] == "hernia"
        assert metres["set_aside"] == "a measure"
        (hernia,) = [one for one in facts["known"] if one["words"] == "hernia"]
        assert [one["list"] for one in hernia["phrases"]] == ["services.surgery.named.hernia"]


def test_it_says_where_to_mend_it_and_acts_on_no_terminal(here: Jornada) -> None:
    ran = here("vocabulary", "test", f"{SENTENCE}\x1b[2J\u202e")
    assert ran.returncode == 0, ran.stderr
    assert "services.surgery.named.hernia: hernia" in ran.stdout
    assert "set aside: a measure" in ran.stdout
    assert "\x1b" not in ran.stdout
    assert "\u202e" not in ran.stdout


def test_words_without_numbers_and_without_anything_known(here: Jornada) -> None:
    ran = here("vocabulary", "test", "Buenas tardes a todas.")
    assert ran.returncode == 0, ran.stderr
    assert "Numbers: none." in ran.stdout
    assert "What decides: none." in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("test",), "give one text: as an argument, with -f FILE, or - for standard input"),
        (("test", "a", "-f", "b"), "give one text: as an argument, with -f FILE, or -"),
        (("test", " \n"), "the sentence is empty"),
        (("test", "-f", "no.txt"), "no.txt: "),
        (("test", "40 cirugías. " * 2_000), "the text has 25,999 characters, more than 10,000"),
        (("show", "zz\x1b[2Jz"), "no phrase of the vocabulary has this word in it"),
    ],
)
def test_what_is_no_text_is_one_clear_line(
    here: Jornada, arguments: tuple[str, ...], said: str
) -> None:
    ran = here("vocabulary", *arguments)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert "\x1b" not in ran.stderr


def test_a_word_is_shown_where_it_stands(here: Jornada) -> None:
    ran = here("vocabulary", "show", "hernias")
    assert ran.returncode == 0, ran.stderr
    assert "services.surgery.named.hernia" in ran.stdout
    ran = here("vocabulary", "show", "hernias", "--json")
    assert {"list": "services.surgery.named.hernia", "phrase": "hernia"} in json.loads(ran.stdout)
    assert json.loads(here("vocabulary", "show", "zzz", "--json").stdout) == []
