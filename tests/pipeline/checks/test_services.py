import pytest

from pipeline.checks import services
from schemas.finding import Severity
from schemas.report import Service
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted


def messages(text: str, service: Service, detail: str | None = None) -> list[str]:
    figure = a_figure(12, service, detail)
    return [one.message for one in services.check(a_document(text), a_report(figure, figure))]


@pytest.mark.parametrize(
    ("text", "service", "detail"),
    [
        ("12 operaciones de catarata", Service.SURGERY, "cataract"),
        ("intervinieron a 12 personas de la rodilla", Service.SURGERY, "knee"),
        ("12 C1RUG1AS OFTALMOLOGICAS", Service.SURGERY, "ophthalmology"),
        ("12 trasplantes de córnea y riñón", Service.TRANSPLANT, "cornea+kidney"),
        ("12 de Medicina Familiar", Service.CONSULTATION, "family_medicine"),
        ("12 consultas de Cardiología", Service.CONSULTATION, "specialty"),
        ("12 acciones", Service.TOTAL, None),
        ("Cirugías | Cons. esp.\n12 | 15", Service.CONSULTATION, "specialty"),
        ("se había valorado a 12 personas", Service.OTHER, "presurgical_assessment"),
        ("se valoró primero a 12 personas", Service.OTHER, "presurgical_assessment"),
        ("Estudios Rx/US\n12", Service.ANCILLARY_STUDY, "ultrasound+x_ray"),
        ("12 lo que sea", Service.OTHER, "other"),
    ],
)
def test_what_a_text_names_in_any_of_its_words_is_in_order(
    text: str, service: Service, detail: str | None
) -> None:
    assert messages(text, service, detail) == []


@pytest.mark.parametrize(
    ("text", "service", "detail", "named"),
    [
        ("12 cirugías a una mujer", Service.TRANSPLANT, "heart", ["transplant", "heart"]),
        ("12 cirugías", Service.SURGERY, "cataract", ["surgery (cataract)"]),
        ("12 consultas", Service.VACCINATION, None, ["vaccination"]),
        ("12 trasplantes de riñón", Service.TRANSPLANT, "heart+kidney", ["transplant (heart)"]),
    ],
)
def test_a_service_and_a_kind_that_nothing_names_are_one_warning_each(
    text: str, service: Service, detail: str | None, named: list[str]
) -> None:
    found = messages(text, service, detail)
    assert len(found) == len(named)
    assert all(name in message for name, message in zip(named, found, strict=True))


def test_the_warning_points_at_a_figure() -> None:
    text = "Hubo 12 cirugías."
    figure = quoted(text, "12 cirugías", a_figure(12, Service.DIALYSIS))
    (finding,) = services.check(a_document(text), a_report(figure))
    assert finding.severity is Severity.WARNING
    assert finding.span is not None
    assert text[slice(*finding.span)] == "12 cirugías"
