from datetime import date
from string import Formatter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.report import phrases
from pipeline.pages.report.phrases import Phrases, write_known
from pipeline.words import Language

ENGLISH, SPANISH = Phrases(Language.ENGLISH), Phrases(Language.SPANISH)
SENTENCES = phrases._read()["sentences"]  # noqa: SLF001 - what is said, whoever asks


def test_a_sentence_names_the_same_things_in_both_languages() -> None:
    assert SENTENCES
    for name, sentence in SENTENCES.items():
        named = [
            sorted(field for _, field, _, _ in Formatter().parse(sentence[language]) if field)
            for language in ("es", "en")
        ]
        assert named[0] == named[1], name


def test_numbers_are_written_as_mexico_writes_them() -> None:
    assert [write_known(each) for each in (58610, 1529812.0, 71.2, 0, None)] == [
        *("58,610", "1,529,812", "71.2", "0", "–"),
    ]


def test_days_are_written_as_people_do() -> None:
    first, last = date(2022, 7, 1), date(2022, 7, 3)
    assert SPANISH.day(first) == "1 de julio de 2022"
    assert ENGLISH.day(first) == "1 July 2022"
    assert ENGLISH.days(first, last) == "1–3 Jul 2022"
    assert SPANISH.days(first, date(2022, 8, 2)) == "1 jul – 2 ago 2022"
    assert ENGLISH.days(date(2021, 12, 31), first) == "31 Dec 2021 – 1 Jul 2022"
    assert ENGLISH.days(None, None) == "–"


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_only_all_is_a_hundred_per_cent_and_only_none_is_zero(some: int, more: int) -> None:
    share = ENGLISH.share(some, some + more)
    assert (share == "0.0\N{NO-BREAK SPACE}%") == (some == 0 and more > 0)
    assert (share == "100.0\N{NO-BREAK SPACE}%") == (more == 0 and some > 0)
    assert (share == "–") == (some + more == 0)


def test_kinds_have_their_words() -> None:
    assert ENGLISH.service("surgery", "cataract") == "surgeries: cataract"
    assert SPANISH.service("screening", "diabetes+hypertension").startswith("detecciones: diab")
    assert SPANISH.service("surgery", "other") == "cirugías: otro tipo"
    assert ENGLISH.word("place", "national") == "national"
    assert ENGLISH.word("kind", None) == "–"


def test_one_of_them_is_told_as_one() -> None:
    assert ENGLISH.count(1, "edition") == "1 edition"
    assert SPANISH.count(1, "edition") == "1 edición"
    assert SPANISH.count(0, "edition") == "0 ediciones"
