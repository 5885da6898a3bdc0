"""The codebook: what it may hold, and what follows from it."""

import pytest
from pydantic import ValidationError

from schemas.codebook import OTHER, Codebook, Row, codebook
from schemas.report import Figure, Service

SERVICE = {"es": "pruebas", "en": "tests", "means": "tests done"}


def book(**detail: object) -> Codebook:
    return Codebook.model_validate({"test": SERVICE | {"detail": detail}})


def test_its_services_are_those_of_figures() -> None:
    assert set(codebook().root) == set(Service)


def test_a_line_with_a_name_alone_is_a_code() -> None:
    assert book(new_kind="tipo nuevo").rows() == (
        Row("test", None, None, "pruebas", "tests"),
        Row("test", "new_kind", None, "tipo nuevo", "new kind"),
        Row("test", OTHER, None, "otro tipo", "other kind"),
    )


@pytest.mark.parametrize(
    "detail",
    [
        {"Blood": "sangre"},
        {"blood-test": "sangre"},
        {"blood": {"es": "sangre", "broader": "fluid"}},
        {"blood": {"es": "sangre", "color": "red"}},
        {"blood": {"es": "sangre", "aliases": ["urine"]}, "urine": "orina"},
        {
            "blood": {"es": "sangre", "aliases": ["fluid"]},
            "urine": {"es": "o", "aliases": ["fluid"]},
        },
        {"other": "otro"},
    ],
)
def test_a_code_out_of_shape_is_refused(detail: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        book(**detail)


@pytest.mark.parametrize(
    ("detail", "says"),
    [
        ("hypertension+diabetes", "alphabetical order"),
        ("diabetes+diabetes", "alphabetical order"),
        ("cataract", "no kind of screening"),
        ("", "no kind of screening"),
        ("diabetes+hiv+obesity+syphilis", "at most 3"),
        ("diabetes+other", "never joined"),
    ],
)
def test_a_detail_that_is_none_is_said_why(detail: str, says: str) -> None:
    assert says in str(codebook().fault_of("screening", detail))
    with pytest.raises(ValidationError, match=says):
        Figure.model_validate(
            {
                "value": 1,
                "unit": "count",
                "service": "screening",
                "detail": detail,
                "status": "performed",
                "period": "other",
                "place": "national",
                "approximate": False,
                "quote": "1",
            }
        )


@pytest.mark.parametrize("detail", [None, OTHER, "diabetes", "diabetes+hiv+obesity"])
def test_a_detail_of_codes_is_one(detail: str | None) -> None:
    assert codebook().fault_of("screening", detail) is None


def test_names_are_for_people_of_both_languages() -> None:
    assert codebook().name_of("screening", "diabetes+hiv") == "diabetes, HIV"
    assert codebook().name_of("screening", "diabetes+hiv", spanish=True) == "diabetes, VIH"
    assert codebook().name_of("staff", OTHER, spanish=True) == "otro tipo"
    assert codebook().name_of("surgery", spanish=True) == "cirugías"
