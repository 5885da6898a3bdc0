import pytest

from pipeline.checks import repeated_plan
from schemas.finding import Finding, Severity
from schemas.report import Figure, Service, Status
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

HEAD = "Se dieron 600 consultas, 40 cirugías y 500 detecciones. "
GOALS = "Fueron 1,140 atenciones de las 1,010 planeadas. " + "Todo salió bien. " * 20
BODY = "En detalle: 520 consultas, 40 cirugías y 445 detecciones. "
TRANSPLANTS = "De 5 trasplantes previstos se hicieron 9."
TEXT = HEAD + GOALS + BODY + TRANSPLANTS


def figures(text: str, *, approximate: bool = False) -> list[Figure]:
    planned = {"status": Status.PLANNED}
    plan = a_figure(1010, approximate=approximate, **planned)
    return [
        quoted(text, "1,140 atenciones", a_figure(1140)),
        quoted(text, "1,010 planeadas", plan),
        quoted(text, "600 consultas", a_figure(600, Service.CONSULTATION)),
        quoted(text, "40 cirugías", a_figure(40, Service.SURGERY)),
        quoted(text, "500 detecciones", a_figure(500, Service.SCREENING)),
        quoted(text, "520 consultas", a_figure(520, Service.CONSULTATION)),
        quoted(text, "445 detecciones", a_figure(445, Service.SCREENING)),
        quoted(text, "5 trasplantes", a_figure(5, Service.TRANSPLANT, **planned)),
        quoted(text, "hicieron 9", a_figure(9, Service.TRANSPLANT)),
    ]


def found(text: str, given: list[Figure]) -> list[Finding]:
    return list(repeated_plan.check(a_document(text), a_report(*given)))


def test_a_passage_whose_parts_add_up_to_the_plan_is_found_with_its_words() -> None:
    (finding,) = found(TEXT, figures(TEXT))
    assert finding.severity is Severity.WARNING
    assert finding.span is not None
    assert TEXT[slice(*finding.span)] == "520 consultas, 40 cirugías y 445 detecciones"
    for number in ("1,005", "1,010 planned", "1,140 performed"):
        assert number in finding.message


def test_the_order_of_figures_does_not_matter() -> None:
    assert found(TEXT, figures(TEXT)[::-1]) == found(TEXT, figures(TEXT))


def test_a_passage_that_adds_up_to_the_result_is_right() -> None:
    text = HEAD + GOALS + TRANSPLANTS
    kept = [f for f in figures(TEXT) if f.value not in (520, 445)]
    assert found(text, kept) == []


@pytest.mark.parametrize("value", [521, 519])
def test_one_off_is_no_repetition(value: int) -> None:
    text = TEXT.replace("520", str(value))
    others = [f for f in figures(TEXT) if f.value != 520]
    part = quoted(text, f"{value} consultas", a_figure(value, Service.CONSULTATION))
    assert found(text, [*others, part]) == []


def test_goals_themselves_may_add_up_to_the_plan() -> None:
    planned = [
        f.model_copy(update={"status": Status.PLANNED}) if f.value in (520, 445) else f
        for f in figures(TEXT)
    ]
    assert found(TEXT, planned) == []


def test_an_approximate_plan_or_another_place_is_not_compared() -> None:
    assert found(TEXT, figures(TEXT, approximate=True)) == []
    elsewhere = [
        f.model_copy(update={"place": "Jalisco"}) if f.value == 1010 else f for f in figures(TEXT)
    ]
    assert found(TEXT, elsewhere) == []


def test_no_parts_are_no_passage() -> None:
    assert found(TEXT, figures(TEXT)[:2]) == []


@pytest.mark.parametrize("parts", [0, 1, 2])
def test_fewer_than_three_parts_may_add_up_to_the_plan_by_chance(parts: int) -> None:
    text = "Fueron 9 atenciones de las 7 planeadas: 4 consultas, 3 cirugías y 7 trasplantes."
    figures = [
        quoted(text, "9 atenciones", a_figure(9)),
        quoted(text, "7 planeadas", a_figure(7, status=Status.PLANNED)),
        quoted(text, "7 trasplantes", a_figure(7, Service.TRANSPLANT)),
        quoted(text, "4 consultas", a_figure(4, Service.CONSULTATION)),
        quoted(text, "3 cirugías", a_figure(3, Service.SURGERY)),
    ]
    assert found(text, figures[: 3 + parts]) == []


def test_two_figures_may_share_their_words() -> None:
    given = figures(TEXT)
    shared = quoted(TEXT, "40 cirugías", a_figure(40, Service.SURGERY, "other"))
    assert found(TEXT, [*given, shared]) == found(TEXT, [shared, *given])
