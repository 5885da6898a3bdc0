"""Which time a number covers, by the words of its sentence."""

from datetime import date

import pytest

from pipeline.rules.days import UNKNOWN, Days
from pipeline.rules.jornadas import calendar
from pipeline.rules.passages import passages
from pipeline.rules.scopes import FigureScope, choose_scope, default_scope
from pipeline.rules.time_cues import cues
from pipeline.rules.vocabulary import vocabulary
from schemas.report import Period

CARRIED = FigureScope(Period.OTHER, None, explicit=False)
TODAY = date(2022, 7, 5)
JULY = Days(date(2022, 7, 2), date(2022, 7, 4))
THIS_YEAR = Days(date(2022, 1, 1), date(2022, 12, 31))


def scope(text: str, carried: FigureScope = CARRIED) -> FigureScope:
    """Return the scope of the text's last count, which has been carried as `other`."""
    source = passages(text, vocabulary())
    found = calendar(source, TODAY, themed=False)
    sentence = source.sentences[-1]
    numeral = sentence.numerals[-1]
    cued = cues(source, sentence, found, carried)
    return choose_scope(text, cued, numeral, numeral.end, carried)


@pytest.mark.parametrize(
    ("text", "period", "edition"),
    [
        ("en la 8ª Jornada Nacional hubo 90", Period.JORNADA, 8),
        ("en las 8 Jornadas Nacionales hubo 90", Period.CUMULATIVE, None),
        ("desde el 11 de marzo hubo 90", Period.CUMULATIVE, None),
        ("del 11 de marzo al 5 de julio hubo 90", Period.CUMULATIVE, None),
        ("del 2 al 4 de julio hubo 90", Period.JORNADA, None),
        ("del 27 de junio al 5 de julio hubo 90", Period.JORNADA, None),
        ("del 26 de junio al 5 de julio hubo 90", Period.CUMULATIVE, None),
        ("durante 2021 hubo 90", Period.CUMULATIVE, None),
        ("en julio hubo 90", Period.CUMULATIVE, None),
        ("en 100 días hubo 90", Period.CUMULATIVE, None),
        ("en tres días hubo 90", Period.JORNADA, None),
        ("en lo que va del año hubo 90", Period.CUMULATIVE, None),
        ("este fin de semana hubo 90", Period.JORNADA, None),
        ("cada fin de semana hubo 90", Period.OTHER, None),
    ],
)
def test_words_of_a_sentence_say_which_time_its_number_covers(
    text: str, period: Period, edition: int | None
) -> None:
    said = scope(text)
    assert (said.period, said.edition) == (period, edition)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("del 2 al 4 de julio hubo 90", *JULY),
        ("del 11 de marzo al 5 de julio hubo 90", date(2022, 3, 11), date(2022, 7, 5)),
        ("de noviembre a mayo hubo 90", date(2021, 11, 1), date(2022, 5, 31)),
        ("en el primer semestre hubo 90", date(2022, 1, 1), date(2022, 6, 30)),
        ("en mayo hubo 90", date(2022, 5, 1), date(2022, 5, 31)),
        ("durante 2021 hubo 90", date(2021, 1, 1), date(2021, 12, 31)),
        ("en el año pasado hubo 90", date(2021, 1, 1), date(2021, 12, 31)),
        ("durante 2022 hubo 90", date(2022, 1, 1), None),
        ("en lo que va del año hubo 90", date(2022, 1, 1), None),
        ("en el año, hasta el 30 de junio, hubo 90", date(2022, 1, 1), date(2022, 6, 30)),
        ("desde el 11 de marzo hubo 90", date(2022, 3, 11), None),
        ("desde que empezó la campaña, el 11 de marzo, hubo 90", date(2022, 3, 11), None),
        ("las que comenzaron en marzo llegaron a 90", date(2022, 3, 1), None),
        ("hasta el 30 de junio hubo 90", None, date(2022, 6, 30)),
        ("en 100 días hubo 90", None, None),
        ("hasta la fecha hubo 90", None, None),
    ],
)
def test_what_was_done_covers_the_days_that_are_printed(
    text: str, first: date | None, last: date | None
) -> None:
    assert scope(text).covered(TODAY, goal=False) == Days(first, last)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("para este año son 90", THIS_YEAR),
        ("quiere llegar al 31 de diciembre con 90", THIS_YEAR),
        ("la meta para diciembre es 90", THIS_YEAR),
        ("hacia el 31 de marzo se piden 90", Days(None, date(2023, 3, 31))),
        ("la meta de 2022 durante 2022 es 90", THIS_YEAR),
        ("desde el 11 de marzo se piden 90", UNKNOWN),
        ("se piden 90", UNKNOWN),
    ],
)
def test_a_goal_is_for_the_whole_of_its_time(text: str, days: Days) -> None:
    assert scope(text).covered(TODAY, goal=True) == days


def test_a_count_of_jornadas_ends_with_the_last_of_them() -> None:
    said = scope(
        "La 6ª Jornada Nacional fue del 2 al 4 de julio. En las seis jornadas, que comenzaron el "
        "11 de marzo, hubo 90"
    )
    assert said.covered(TODAY, goal=False) == Days(date(2022, 3, 11), date(2022, 7, 4))


def test_a_sum_up_to_the_jornada_ends_with_it() -> None:
    said = scope(
        "La 6ª Jornada Nacional fue del 2 al 4 de julio. Con los de esta jornada, en el año van 90"
    )
    assert said.covered(TODAY, goal=False) == Days(date(2022, 1, 1), date(2022, 7, 4))


def test_a_cut_inside_a_jornada_has_its_own_days() -> None:
    said = scope("La 6ª Jornada Nacional es del 2 al 4 de julio. Al corte del domingo 3 hubo 90")
    assert (said.period, said.edition) == (Period.JORNADA, 6)
    assert said.days == Days(date(2022, 7, 2), date(2022, 7, 3))


def test_its_first_day_is_its_first_day() -> None:
    said = scope("La 6ª Jornada Nacional es del 2 al 4 de julio. El primer día hubo 90")
    assert said.days == Days(date(2022, 7, 2), date(2022, 7, 2))


def test_that_date_and_that_stretch_are_those_named_before() -> None:
    said = scope("El 1 de abril el IMSS comenzó; de esa fecha al 30 de junio hubo 90")
    assert said.days == Days(date(2022, 4, 1), date(2022, 6, 30))
    carried = FigureScope(Period.CUMULATIVE, None, explicit=True, days=said.days)
    assert scope("En ese lapso hubo 90", carried).days == said.days
    assert scope("En el mismo lapso de 2021 hubo 90", carried).days == Days(
        date(2021, 4, 1), date(2021, 6, 30)
    )


def test_an_annual_goal_is_of_the_current_year() -> None:
    assert scope("De la meta anual hay 90").days == THIS_YEAR


def test_without_such_words_the_scope_before_goes_on() -> None:
    assert scope("también hubo 90") == CARRIED


def test_the_nearest_words_before_the_number_win() -> None:
    text = "en la 8ª Jornada Nacional hubo 12 y en la 7ª Jornada Nacional 90"
    assert scope(text).edition == 7


@pytest.mark.parametrize(
    ("text", "period", "edition"),
    [
        ("La 8ª Jornada Nacional terminó.", Period.JORNADA, 8),
        ("El IMSS informó.", Period.OTHER, None),
    ],
)
def test_before_any_such_words_a_bulletin_speaks_of_its_jornada(
    text: str, period: Period, edition: int | None
) -> None:
    found = calendar(passages(text, vocabulary()), None, themed=False)
    assert default_scope(found) == FigureScope(period, edition, explicit=False)
