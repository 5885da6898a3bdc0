"""Words for kinds become codes where their form alone differs, and are named else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.labels import kinds_of, nearest_kind, read_detail
from schemas.codebook import OTHER, codebook
from schemas.report import Service

services = st.sampled_from(Service)
codes = services.flatmap(
    lambda service: st.tuples(st.just(service), st.sampled_from(codebook().kinds_of(service)))
)


def plural(word: str) -> str:
    return word.removesuffix("y") + "ies" if word.endswith("y") else word + "s"


@given(codes, st.permutations(["plural", "hyphen", "capital", "order"]), st.integers(0, 4))
def test_a_code_in_another_form_is_that_code(
    pair: tuple[Service, str], ways: list[str], some: int
) -> None:
    service, code = pair
    word = code
    for way in ways[:some]:
        match way:
            case "plural" if not word.endswith("s"):
                word = plural(word)
            case "hyphen":
                word = word.replace("_", "-")
            case "capital":
                word = word.replace("_", " ").title()
            case "order":
                word = "_".join(reversed(word.split("_")))
    assert read_detail(service, [word]) == (code, ())


@given(services, st.lists(st.text(max_size=30) | codes.map(lambda pair: pair[1]), max_size=6))
def test_whatever_is_said_only_a_detail_of_the_codebook_comes_out(
    service: Service, kinds: list[str]
) -> None:
    read = read_detail(service, kinds)
    assert codebook().fault_of(service, read.detail) is None
    assert read_detail(service, kinds_of(read.detail)) == (read.detail, ())


@pytest.mark.parametrize(
    ("service", "kinds", "detail"),
    [
        (Service.STAFF, ["doctors"], "physician"),
        (Service.STAFF, ["nurses", "physicians"], "nurse+physician"),
        (Service.SCREENING, ["mammogram"], "mammography"),
        (Service.SURGERY, ["cleft_lip", "cleft_palate"], "cleft_lip_palate"),
        (Service.CONSULTATION, ["Family Medicine"], "family_medicine"),
        (Service.SURGERY, ["vesícula"], "cholecystectomy"),
        (Service.SCREENING, ["breast_cancer", "mammography"], "mammography"),
        (Service.SURGERY, ["hip", "knee", "spine", "hernia"], None),
        (Service.CONSULTATION, ["cardiology", "urology", "oncology", "genetics"], "specialty"),
        (Service.TOTAL, ["null", ""], None),
    ],
)
def test_what_differs_in_form_or_by_rule_is_mended_without_a_word(
    service: Service, kinds: list[str], detail: str | None
) -> None:
    assert read_detail(service, kinds) == (detail, ())


def test_a_word_that_is_no_code_is_other_and_the_nearest_code_is_named() -> None:
    read = read_detail(Service.VACCINATION, ["pneumococcal vaccine"])
    assert read.detail == OTHER
    assert '"pneumococcus" is the nearest' in read.faults[0]
    assert nearest_kind(Service.SURGERY, "catarct") == "cataract"
    assert nearest_kind(Service.SURGERY, "zzzz") is None


def test_a_word_beside_codes_is_left_out_and_told() -> None:
    read = read_detail(Service.VACCINATION, ["flu", "mystery_shot"])
    assert read.detail == "influenza"
    assert "mystery_shot" in read.faults[0]
    assert read_detail(Service.SURGERY, [OTHER, "hernia"]).detail == "hernia"


def test_a_service_without_kinds_takes_none() -> None:
    read = read_detail(Service.TOTAL, ["kidney"])
    assert read.detail is None
    assert "give []" in read.faults[0]


def test_what_is_told_is_short_and_on_one_line() -> None:
    (fault,) = read_detail(Service.SURGERY, ['a"\n' * 10_000]).faults
    assert "\n" not in fault
    assert len(fault) < 200


def test_a_kind_of_another_service_is_said_to_be_that_and_nothing_like_it_is_named() -> None:
    (fault,) = read_detail(Service.CONSULTATION, ["presurgical assessments"]).faults
    homes = [one for one in Service if "presurgical_assessment" in codebook().root[one].detail]
    assert homes
    assert f"it is one of the service {' or '.join(homes)};" in fault
    assert "nearest" not in fault
