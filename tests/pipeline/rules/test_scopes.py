from datetime import date

import pytest

from pipeline.rules.jornadas import calendar
from pipeline.rules.passages import passages
from pipeline.rules.scopes import FigureScope, choose_scope, cues, default_scope
from pipeline.rules.vocabulary import vocabulary
from schemas.report import Period

CARRIED = FigureScope(Period.OTHER, None, explicit=False)


def scope(text: str) -> FigureScope:
    """Return the scope of the text's last count, which has been carried as `other`."""
    source = passages(text, vocabulary())
    found = calendar(source, date(2022, 7, 5), vocabulary(), themed=False)
    sentence = source.sentences[-1]
    numeral = sentence.numerals[-1]
    return choose_scope(text, cues(source, sentence, found), numeral, numeral.end, CARRIED)


@pytest.mark.parametrize(
    ("text", "period", "edition"),
    [
        ("en la 8ª Jornada Nacional hubo 90", Period.JORNADA, 8),
        ("en las 8 Jornadas Nacionales hubo 90", Period.CUMULATIVE, None),
        ("desde el 11 de marzo hubo 90", Period.CUMULATIVE, None),
        ("del 11 de marzo al 5 de julio hubo 90", Period.CUMULATIVE, None),
        ("del 2 al 4 de julio hubo 90", Period.JORNADA, None),
        ("durante 2021 hubo 90", Period.CUMULATIVE, None),
        ("en julio hubo 90", Period.CUMULATIVE, None),
        ("en 100 días hubo 90", Period.CUMULATIVE, None),
        ("en tres días hubo 90", Period.JORNADA, None),
        ("en lo que va del año hubo 90", Period.CUMULATIVE, None),
        ("este fin de semana hubo 90", Period.JORNADA, None),
    ],
)
def test_words_of_a_sentence_say_which_time_its_number_covers(
    text: str, period: Period, edition: int | None
) -> None:
    assert scope(text) == FigureScope(period, edition, explicit=True)


def test_without_such_words_the_scope_before_goes_on() -> None:
    assert scope("también hubo 90") == CARRIED


def test_the_nearest_words_before_the_number_win() -> None:
    text = "en la 8ª Jornada Nacional hubo 12 y en la 7ª Jornada Nacional 90"
    assert scope(text).edition == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La 8ª Jornada Nacional terminó.", FigureScope(Period.JORNADA, 8, explicit=False)),
        ("El IMSS informó.", FigureScope(Period.CUMULATIVE, None, explicit=False)),
    ],
)
def test_before_any_such_words_a_bulletin_speaks_of_its_jornada(
    text: str, expected: FigureScope
) -> None:
    found = calendar(passages(text, vocabulary()), None, vocabulary(), themed=False)
    assert default_scope(found) == expected
