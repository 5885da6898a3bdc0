from datetime import date

import pytest

from pipeline.checks import dates
from schemas.finding import Finding, Severity
from schemas.report import BulletinKind, Jornada, Service, Status
from tests.pipeline.checks.made import a_document, a_figure, a_jornada, a_report


def found(text: str, *jornadas: Jornada, **report: object) -> list[Finding]:
    return list(dates.check(a_document(text), a_report(jornadas=jornadas, **report)))


def words(text: str, finding: Finding) -> str:
    assert finding.span is not None
    return text[slice(*finding.span)]


WEEKEND = a_jornada(edition=10, start=date(2022, 7, 29), end=date(2022, 7, 31))


def test_an_ordinary_weekend_gives_no_finding() -> None:
    text = "Del viernes 29 al domingo 31 de julio de 2022"
    assert found(text, WEEKEND, published_on=date(2022, 8, 1)) == []


def test_an_end_before_the_start_is_found_where_it_is_printed() -> None:
    text = "Del 31 al 29 de julio de 2022"
    (finding,) = found(text, a_jornada(start=date(2022, 7, 31), end=date(2022, 7, 29)))
    assert finding.field == "jornadas[0]"
    assert "ends on 2022-07-29, before it starts on 2022-07-31" in finding.message
    assert words(text, finding).startswith("31 al 29 de julio")


@pytest.mark.parametrize(("last", "messages"), [(9, 0), (10, 1)])
def test_a_jornada_of_more_than_nine_days_is_found(last: int, messages: int) -> None:
    long = a_jornada(start=date(2022, 7, 1), end=date(2022, 7, last))
    assert len(found("", WEEKEND, long)) == messages


def test_a_wrong_weekday_is_found_where_the_year_is_printed() -> None:
    text = "Se hará el viernes 24 de marzo de 2023 y el sábado 26 de marzo de 2023"
    (finding,) = found(text)
    assert finding.severity is Severity.WARNING
    assert words(text, finding) == "sábado 26"
    assert "2023-03-26 is a Sunday" in finding.message


def test_each_weekday_of_a_range_is_looked_at() -> None:
    text = "Del jueves 29, sábado 30 y domingo 31 de julio de 2022"
    assert [words(text, finding) for finding in found(text)] == ["jueves 29"]
    text = "Del viernes 29 de abril al sábado 1 de mayo de 2022"
    assert [words(text, finding) for finding in found(text)] == ["sábado 1"]


def test_weekdays_that_are_listed_before_their_days_are_not_taken_one_day_off() -> None:
    assert found("El sábado y domingo, 28 y 29 de julio de 2024; viernes, sábado 27 de julio") == []


def test_a_weekday_without_a_printed_year_takes_that_of_the_jornada() -> None:
    assert len(found("Desde el jueves 29 de julio", WEEKEND)) == 1
    assert found("Desde el viernes 29 de julio", WEEKEND) == []
    assert found("Desde el jueves 28 de julio", WEEKEND) == []


def test_without_a_year_or_a_date_a_weekday_is_not_judged() -> None:
    assert found("El jueves 29 de julio, y el lunes 40 personas") == []


@pytest.mark.parametrize(
    "text",
    [
        "del 29 al 31 de septiembre",
        "el 30 de febrero de 2024",
        "el 29 de febrero de 2023",
        "El 31 DE NOVIEMBRE",
    ],
)
def test_a_day_that_no_calendar_has_is_found(text: str) -> None:
    (finding,) = found(text)
    assert words(text, finding) in finding.message
    assert words(text, finding)[:2] in ("29", "30", "31")


@pytest.mark.parametrize(
    "text", ["el 30 de septiembre", "el 29 de febrero", "el 29 de febrero de 2024", "el 31 de mayo"]
)
def test_a_day_that_may_be_is_left_alone(text: str) -> None:
    assert found(text) == []


RESULT = a_figure(5, Service.SURGERY)


def test_results_published_before_the_jornada_are_found() -> None:
    (finding,) = found("", WEEKEND, figures=(RESULT,), published_on=date(2022, 7, 20))
    assert "starts on 2022-07-29, after it was published on 2022-07-20" in finding.message


@pytest.mark.parametrize(
    "figure",
    [
        a_figure(5, Service.SURGERY, status=Status.PLANNED),
        a_figure(5, Service.SURGERY, edition=9),
        a_figure(640, Service.STAFF),
    ],
)
def test_an_announcement_may_come_before_its_jornada(figure: object) -> None:
    kind = BulletinKind.ANNOUNCEMENT
    given = {"figures": (figure,), "published_on": date(2022, 7, 20), "bulletin_kind": kind}
    assert found("", WEEKEND, **given) == []


def test_results_published_on_the_first_day_or_without_a_day_are_left_alone() -> None:
    assert found("", WEEKEND, figures=(RESULT,), published_on=date(2022, 7, 29)) == []
    assert found("", WEEKEND, figures=(RESULT,)) == []
