"""No year is kept that the source does not give."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks.years import keep_known_years
from schemas.document import Document, Metadata
from schemas.finding import Severity
from schemas.report import Figure, Jornada, JornadaReport, Status, YearSource
from tests.pipeline.checks.made import a_document, a_figure, a_jornada, a_report

WEEKEND = {"start": date(2019, 6, 7), "end": date(2019, 6, 9)}
NONE = (None, None, None, None)


def published(text: str, day: date | None) -> Document:
    metadata = Metadata(format="html", published_on=day)
    return a_document(text).model_copy(update={"metadata": metadata})


def kept(text: str, jornada: Jornada, day: date | None = None) -> tuple[Jornada, list[str]]:
    report, findings = keep_known_years(published(text, day), a_report(jornadas=(jornada,)))
    assert {finding.severity for finding in findings} <= {Severity.WARNING}
    return report.jornadas[0], [finding.message for finding in findings]


@pytest.mark.parametrize(
    "text",
    [
        "La jornada fue del 7 al 9 de junio de 2019.",
        "La jornada fue del 7 al 9 de junio de 2O19.",
        "La jornada empezó el 07/06/19.",
        "Las jornadas 2018-2019 siguen.",
        "Las jornadas 2018-19 siguen.",
        "León, a 11 de junio de 2019.- La jornada fue del 7 al 9 de junio.",
        "Junio 11, 2019. La jornada fue del 7 al 9.",
        "La jornada de dos mil diecinueve terminó.",
        "Boletín 120/2019. La jornada terminó.",
    ],
)
def test_a_printed_year_is_kept(text: str) -> None:
    jornada, messages = kept(text, a_jornada(year=2019, **WEEKEND))
    assert (jornada.year, jornada.year_source) == (2019, YearSource.PRINTED)
    assert (jornada.start, jornada.end) == (WEEKEND["start"], WEEKEND["end"])
    assert messages == []


@pytest.mark.parametrize(
    "text",
    [
        "Terminó la jornada.\n© 2019 Todos los derechos reservados",
        "“2019, Año de la Salud”\nTerminó la jornada.",
        "Terminó la jornada, con 2,019 consultas y 2019.5 pesos.",
    ],
)
def test_a_year_that_is_printed_of_something_else_says_nothing(text: str) -> None:
    assert kept(text, a_jornada(year=2019))[0].year is None


@pytest.mark.parametrize(
    ("day", "source"),
    [
        (date(2019, 6, 11), YearSource.METADATA),
        (date(2019, 4, 30), YearSource.METADATA),
        (date(2020, 1, 8), YearSource.METADATA),  # June was in the year before
        (date(2020, 6, 8), None),
        (date(2018, 6, 8), None),
    ],
)
def test_a_year_that_follows_from_the_metadata_is_kept(
    day: date, source: YearSource | None
) -> None:
    jornada, messages = kept("Del 7 al 9 de junio.", a_jornada(year=2019, **WEEKEND), day)
    assert jornada.year_source is source
    assert (jornada.year is None) is (source is None)
    assert len(messages) == (source is None)


def test_a_month_of_the_next_year_may_be_announced_in_december() -> None:
    weekend = {"start": date(2020, 1, 10), "end": date(2020, 1, 12)}
    jornada, _ = kept("Del 10 al 12 de enero.", a_jornada(year=2020, **weekend), date(2019, 12, 30))
    assert jornada.year_source is YearSource.METADATA


@pytest.mark.parametrize(
    ("text", "day", "source"),
    [
        ("La jornada del año pasado.", date(2020, 6, 8), YearSource.METADATA),
        ("La jornada del año pasado.", None, None),
        ("La jornada del próximo año.", date(2018, 6, 8), YearSource.METADATA),
    ],
)
def test_relative_words_count_from_the_day_of_publication(
    text: str, day: date | None, source: YearSource | None
) -> None:
    assert kept(text, a_jornada(year=2019), day)[0].year_source is source


def test_without_a_day_of_publication_relative_words_count_from_the_one_printed_year() -> None:
    last = a_jornada(year=2023, start=date(2023, 5, 5), end=date(2023, 5, 7))
    told, messages = kept("Noviembre de 2024. El año pasado, del 5 al 7 de mayo, hubo otra.", last)
    assert (told.year, messages) == (2023, [])
    _, messages = kept("En 2021 y 2024. El año pasado, del 5 al 7 de mayo, hubo otra.", last)
    assert len(messages) == 1


def test_a_year_is_inferred_where_the_days_are_usual_for_a_known_programme() -> None:
    text = "La Jornada de Recuperación de Servicios fue del 13 al 15 de agosto."
    right = {"start": date(2021, 8, 13), "end": date(2021, 8, 15)}
    jornada, messages = kept(text, a_jornada(year=2021, **right))
    assert (jornada.year, jornada.year_source) == (2021, YearSource.INFERRED)
    assert messages == []
    other = {"start": date(2022, 8, 13), "end": date(2022, 8, 15)}
    jornada, messages = kept(text, a_jornada(year=2022, **other))
    assert (jornada.year, jornada.year_source, jornada.start, jornada.end) == NONE
    assert "2022-08-13" in messages[0]


def test_an_invented_year_is_dropped_with_its_days() -> None:
    jornada, messages = kept("Del 7 al 9 de junio.", a_jornada(year=2019, **WEEKEND))
    assert (jornada.year, jornada.year_source, jornada.start, jornada.end) == NONE
    (message,) = messages
    assert message.startswith("dropped 2019, 2019-06-07, 2019-06-09: neither text nor metadata")


def test_a_wrong_year_gives_way_to_that_of_the_days() -> None:
    jornada, messages = kept("Del 7 al 9 de junio de 2019.", a_jornada(year=2020, **WEEKEND))
    assert (jornada.year, jornada.start) == (2019, WEEKEND["start"])
    assert messages == ["dropped the year 2020: the jornada is of 2019"]


def test_days_of_another_year_are_dropped_alone() -> None:
    wrong = a_jornada(year=2019, start=date(2014, 6, 7), end=date(2019, 6, 9))
    jornada, messages = kept("Del 7 al 9 de junio de 2019.", wrong)
    assert (jornada.year, jornada.start, jornada.end) == (2019, None, date(2019, 6, 9))
    assert messages == ["dropped 2014-06-07: the jornada is of 2019"]


def test_a_jornada_may_go_over_new_year() -> None:
    over = a_jornada(year=2021, start=date(2021, 12, 31), end=date(2022, 1, 2))
    jornada, messages = kept("Del 31 de diciembre de 2021 al 2 de enero.", over)
    assert (jornada.start, jornada.end, messages) == (over.start, over.end, [])


def figure(starts_on: date | None, ends_on: date | None) -> Figure:
    return a_figure(9, edition=None, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("text", "day", "known"),
    [
        ("De enero a junio de 2019 hubo 9.", None, True),
        ("De enero a junio hubo 9.", date(2019, 7, 2), True),
        ("De enero a junio hubo 9.", date(2020, 1, 2), True),
        ("De enero a junio hubo 9.", None, False),
        ("De enero a junio hubo 9.", date(2018, 1, 2), False),
    ],
)
def test_the_days_of_a_figure_need_a_known_year(
    text: str,
    day: date | None,
    known: bool,  # noqa: FBT001 - the expected value
) -> None:
    given_days = (date(2019, 6, 1), date(2019, 6, 30))
    report, findings = keep_known_years(published(text, day), a_report(figure(*given_days)))
    (one,) = report.figures
    assert (one.starts_on, one.ends_on) == (given_days if known else (None, None))
    assert len(findings) == (not known)


@pytest.mark.parametrize("status", list(Status))
def test_what_is_planned_may_end_in_the_year_after(status: Status) -> None:
    goal = figure(None, date(2020, 3, 31)).model_copy(update={"status": status})
    document = published("Hacia el 31 de marzo se espera llegar a 9.", date(2019, 10, 16))
    report, _ = keep_known_years(document, a_report(goal))
    assert (report.figures[0].ends_on is None) is (status is Status.PERFORMED)


def test_what_is_planned_may_end_in_the_year_after_the_jornada() -> None:
    text = "La jornada de noviembre de 2021. En enero se operará a 49."
    january = a_figure(49, status=Status.PLANNED, starts_on=date(2022, 1, 1))
    jornada = a_jornada(year=2021)
    report, _ = keep_known_years(a_document(text), a_report(january, jornadas=(jornada,)))
    assert report.figures[0].starts_on == date(2022, 1, 1)


def test_the_days_of_a_figure_may_have_the_year_of_a_jornada() -> None:
    text = "La Jornada de Recuperación de Servicios, del 13 al 15 de agosto, y desde abril hubo 9."
    jornada = a_jornada(start=date(2021, 8, 13), end=date(2021, 8, 15))
    mixed = figure(date(2021, 4, 1), date(2016, 8, 15))
    report, findings = keep_known_years(a_document(text), a_report(mixed, jornadas=(jornada,)))
    (one,) = report.figures
    assert (one.starts_on, one.ends_on) == (date(2021, 4, 1), None)
    assert ["ends_on 2016-08-15" in finding.message for finding in findings] == [True]


@pytest.mark.parametrize(
    ("text", "day", "stated"),
    [
        ("León, a 11 de junio de 2019.- Hubo 9.", None, True),
        ("Hubo 9. Fecha: 11/06/2019", None, True),
        ("Hubo 9.", date(2019, 6, 11), True),
        ("Junio de 2019. Hubo 9.", None, False),
        ("Hubo 9. — IMSS (@imss) June 11, 2019", None, False),
        ("Hubo 9.", date(2019, 6, 12), False),
    ],
)
def test_a_day_of_publication_must_be_stated_in_full(
    text: str,
    day: date | None,
    stated: bool,  # noqa: FBT001 - the expected value
) -> None:
    given_day = date(2019, 6, 11)
    report, findings = keep_known_years(published(text, day), a_report(published_on=given_day))
    assert report.published_on == (given_day if stated else None)
    assert [finding.field for finding in findings] == ([] if stated else ["published_on"])


TEXTS = st.sampled_from(
    [
        "",
        "Del 13 al 15 de agosto, Recuperación de Servicios.",
        "La Jornada Extraordinaria, del 2 al 4 de junio.",
        "El 5 de julio de 2022 y en 2021-22, el año pasado.",
        "León, a 3 de enero de 2023.- Del 16 al 18 de diciembre.",
    ]
)
DAYS = st.one_of(st.none(), st.dates(date(2019, 1, 1), date(2025, 12, 31)))
JORNADAS = st.builds(
    a_jornada, year=st.one_of(st.none(), st.integers(2019, 2025)), start=DAYS, end=DAYS
)
REPORTS = st.builds(
    lambda jornadas, figures, day: a_report(*figures, jornadas=tuple(jornadas), published_on=day),
    st.lists(JORNADAS, max_size=3),
    st.lists(st.builds(figure, DAYS, DAYS), max_size=3),
    DAYS,
)


@given(TEXTS, DAYS, REPORTS)
@settings(max_examples=300, deadline=None)
def test_afterwards_every_year_is_known_and_nothing_changes_any_more(
    text: str, day: date | None, report: JornadaReport
) -> None:
    document = published(text, day)
    once, _ = keep_known_years(document, report)
    twice, findings = keep_known_years(document, once)
    assert (twice, findings) == (once, ())
    for jornada in once.jornadas:
        assert (jornada.year is None) is (jornada.year_source is None)
        assert jornada.year is not None or (jornada.start, jornada.end) == (None, None)
    if not text and day is None:
        days = [d for one in once.figures for d in (one.starts_on, one.ends_on) if d]
        assert (days, once.published_on) == ([], None)
        assert [jornada.year for jornada in once.jornadas if jornada.year] == []
