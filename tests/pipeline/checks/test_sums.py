from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import sums
from pipeline.checks.sums import gaps
from schemas.finding import Finding, Severity
from schemas.report import Figure, Period, Service, Status
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

MAIN = (
    (Service.CONSULTATION, "family_medicine"),
    (Service.CONSULTATION, "specialty"),
    (Service.SURGERY, None),
    (Service.SCREENING, None),
    (Service.ANCILLARY_STUDY, None),
)


def services(*values: float, **other: object) -> list[Figure]:
    return [
        a_figure(value, service, detail, **other)
        for value, (service, detail) in zip(values, MAIN, strict=False)
    ]


def found(*figures: Figure, text: str = "") -> list[Finding]:
    return list(sums.check(a_document(text), a_report(*figures)))


def differences(*figures: Figure) -> list[float]:
    return [gap.difference for gap in gaps(figures)]


def test_parts_that_exceed_the_total_are_a_warning_that_names_the_numbers() -> None:
    (finding,) = found(a_figure(9100), *services(5000, 2000, 300, 1700, 1250))
    assert finding.severity is Severity.WARNING
    assert "add up to 10,250, 1,150 more than the 9,100" in finding.message
    assert "5,000 + 2,000 + 300 + 1,700 + 1,250" in finding.message


def test_a_part_without_which_the_rest_adds_up_is_no_part() -> None:
    assert found(a_figure(9000), *services(5000, 2000, 300, 1700, 1250)) == []


def test_an_operation_of_urgency_is_no_kind_beside_the_others() -> None:
    kinds = [("cataract", 84), ("hernia", 39), ("emergency", 9)]
    parts = [a_figure(value, Service.SURGERY, detail) for detail, value in kinds]
    assert found(a_figure(124, Service.SURGERY), *parts) == []


def test_parts_that_fall_a_little_short_are_a_warning_where_all_main_services_are_there() -> None:
    (finding,) = found(a_figure(6088), *services(3650, 418, 77, 1893))
    assert finding.severity is Severity.WARNING
    assert "50 less than the 6,088" in finding.message


def test_parts_that_fall_clearly_short_are_no_finding() -> None:
    assert found(a_figure(10000), *services(6000, 1500, 500, 1000)) == []


@pytest.mark.parametrize("total", [6143, 6043 + 3000, 6043 + 20])
def test_a_total_or_a_part_that_is_one_digit_off_is_a_warning(total: int) -> None:
    (finding,) = found(a_figure(total), *services(3650, 418, 82, 1893))
    assert f"{total - 6043:,} less than the {total:,}" in finding.message


def test_one_digit_of_a_round_total_tells_nothing() -> None:
    assert found(a_figure(9100), *services(3700, 418, 100, 1882)) == []


def test_what_hospitals_did_by_themselves_may_be_what_the_total_lacks() -> None:
    parts = services(3650, 418, 77, 1893, place="Chiapas")
    total = a_figure(6088, place="Chiapas")
    hospital = [a_figure(46, Service.CONSULTATION, place="HGZ 1"), a_figure(4, place="HGZ 2")]
    assert len(found(total, *parts)) == 1
    assert len(found(total, *parts, *hospital)) == 1
    hospital[1] = a_figure(4, Service.SURGERY, place="HGZ 2")
    assert found(total, *parts, *hospital) == []
    nation = [figure.model_copy(update={"place": "national"}) for figure in (total, *parts)]
    assert len(found(*nation, *hospital)) == 1


def test_what_donors_gave_is_no_part_of_the_donations() -> None:
    parts = {"tissue": 41, "multiorgan": 13, "kidney": 24, "cornea": 90}
    given = [a_figure(value, Service.DONATION, detail) for detail, value in parts.items()]
    assert found(a_figure(54, Service.DONATION), *given) == []
    assert found(a_figure(100), *given) == []


@pytest.mark.parametrize("parts", [services(6000), services(6000, 500), []])
def test_a_few_examples_are_no_breakdown(parts: list[Figure]) -> None:
    assert found(a_figure(10000), *parts) == []


def test_one_part_larger_than_its_total_is_a_warning() -> None:
    (finding,) = found(a_figure(1175), a_figure(3838, Service.OTHER, "preventive_action"))
    assert finding.severity is Severity.WARNING
    assert "the part 3,838 alone is 2,663 more" in finding.message


def test_kinds_far_above_their_service_are_its_parts_only_where_the_text_lists_them() -> None:
    text = "Hubo 21 cirugías. De estas, 18 de cadera y 19 de rodilla."
    figures = [
        quoted(text, "21 cirugías", a_figure(21, Service.SURGERY)),
        quoted(text, "18 de cadera", a_figure(18, Service.SURGERY, "hip")),
        quoted(text, "19 de rodilla", a_figure(19, Service.SURGERY, "knee")),
    ]
    assert len(found(*figures, text=text)) == 1
    assert found(*figures, text=text.replace("De estas", "Ayer")) == []


LISTED = "Hubo 956 trasplantes: 442 de riñón, 353 de córnea y 120 de médula ósea."


def transplants(text: str) -> list[Figure]:
    return [
        quoted(text, "956 trasplantes", a_figure(956, Service.TRANSPLANT)),
        quoted(text, "442 de riñón", a_figure(442, Service.TRANSPLANT, "kidney")),
        quoted(text, "353 de córnea", a_figure(353, Service.TRANSPLANT, "cornea")),
        quoted(text, "120 de médula ósea", a_figure(120, Service.TRANSPLANT, "bone_marrow")),
    ]


@pytest.mark.parametrize("text", [LISTED, LISTED.replace(": ", ", de los cuales ")])
def test_a_list_that_is_given_as_complete_and_falls_short_is_a_warning(text: str) -> None:
    (finding,) = found(*transplants(text), text=text)
    assert finding.severity is Severity.WARNING
    assert finding.span is not None
    assert text[slice(*finding.span)] == "956 trasplantes"


@pytest.mark.parametrize(
    "text",
    [
        LISTED.replace(".", ", entre otros."),
        LISTED.replace(": ", ", destacan "),
        LISTED.replace(": ", ", con "),
    ],
)
def test_a_list_of_examples_may_fall_short(text: str) -> None:
    assert found(*transplants(text), text=text) == []


def test_both_values_of_a_kind_are_tried() -> None:
    parts = services(58610, 23138, 2590, 51270, 4278)
    again = services(55396, 19333, 2590, 46215, 2703)
    assert differences(a_figure(sum(f.value for f in parts)), *again, *parts) == []


def test_both_values_of_the_total_are_tried() -> None:
    parts = services(5980, 2011, 307, 4102, 345)
    assert differences(a_figure(12475), a_figure(12745), *parts) == []


def test_vaccinations_and_the_like_may_or_may_not_be_part_of_the_total() -> None:
    parts = services(5226, 690, 118, 2237)
    shots = a_figure(1320, Service.VACCINATION, "influenza")
    assert differences(a_figure(8271), *parts, shots) == []
    assert differences(a_figure(9591), *parts, shots) == []
    assert differences(a_figure(9600), *parts, shots) == [-9]


def test_details_are_not_added_to_their_own_service() -> None:
    diabetes = a_figure(1000, Service.SCREENING, "diabetes")
    visits = a_figure(812, Service.CONSULTATION, "first_visit")
    parts = services(5000, 1954, 300, 1700)
    assert differences(a_figure(8954), *parts, diabetes, visits) == []


def test_a_joined_detail_covers_its_kinds() -> None:
    joined = a_figure(731, Service.SCREENING, "diabetes+hypertension")
    single = a_figure(400, Service.SCREENING, "diabetes")
    obesity = a_figure(269, Service.SCREENING, "obesity")
    assert differences(a_figure(1000, Service.SCREENING), joined, single, obesity) == []


def test_staff_is_no_part_of_the_services() -> None:
    parts = services(5000, 2000, 300, 1700)
    assert differences(a_figure(9000), *parts, a_figure(640, Service.STAFF)) == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"place": "Jalisco"},
        {"edition": 9},
        {"status": Status.PLANNED},
        {"period": Period.CUMULATIVE, "edition": None},
    ],
)
def test_figures_of_another_scope_are_never_compared(elsewhere: dict[str, Any]) -> None:
    assert differences(a_figure(9000), *services(50000, 20000, **elsewhere)) == []


@pytest.mark.parametrize("value", [9000, 13000])
def test_an_approximate_total_is_not_compared(value: float) -> None:
    total = a_figure(value, approximate=True)
    assert differences(total, *services(5000, 2000, 300, 3000)) == []


def test_an_approximate_part_makes_falling_short_meaningless_but_not_exceeding() -> None:
    rough = a_figure(3000, Service.SURGERY, approximate=True)
    exact = [f for f in services(83000, 23500, 0, 51000, 4500) if f.service != Service.SURGERY]
    assert differences(a_figure(165000), rough, *exact) == []
    assert differences(a_figure(160000), rough, *exact) == [2000]


def test_cumulative_parts_from_another_passage_do_not_exceed_a_total() -> None:
    since = {"period": Period.CUMULATIVE, "edition": None}
    near, far = {"char_start": 0, "char_end": 3}, {"char_start": 5000, "char_end": 5003}
    total = a_figure(900, quote="900", **near, **since)
    of_the_year = [
        a_figure(700, Service.SURGERY, quote="700", **far, **since),
        a_figure(800, Service.SCREENING, quote="800", **far, **since),
    ]
    assert differences(total, *of_the_year) == []
    here = [part.model_copy(update=near) for part in of_the_year]
    assert differences(total, *here) == [600]


def test_details_of_another_sentence_may_be_of_another_span() -> None:
    text = "En el semestre hubo 325 cirugías. Este año van 228 de catarata y 114 de hernia."
    since: dict[str, Any] = {"period": Period.CUMULATIVE, "edition": None}
    figures = [
        quoted(text, "325 cirugías", a_figure(325, Service.SURGERY, **since)),
        quoted(text, "228 de catarata", a_figure(228, Service.SURGERY, "cataract", **since)),
        quoted(text, "114 de hernia", a_figure(114, Service.SURGERY, "hernia", **since)),
    ]
    assert found(*figures, text=text) == []
    assert len(found(*figures, text=text.replace(". Este", ": este"))) == 1
    dated = [figure.model_copy(update={"starts_on": date(2023, 1, 1)}) for figure in figures]
    assert len(found(*dated, text=text)) == 1


def test_both_halves_of_the_institute_add_up_to_the_nation() -> None:
    halves = [a_figure(182340, place="OOAD"), a_figure(16735, place="UMAE")]
    assert differences(a_figure(199075), *halves) == []
    (finding,) = found(a_figure(199175), *halves)
    assert finding.severity is Severity.WARNING
    assert "100 less" in finding.message
    assert found(a_figure(199175), halves[0]) == []


values = st.lists(st.integers(1, 10**6), min_size=2, max_size=5)


@given(values)
def test_parts_that_add_up_give_no_finding(parts: list[int]) -> None:
    assert found(a_figure(sum(parts)), *services(*parts)) == []


@given(values, st.integers(1, 10**6), st.data())
def test_what_is_added_to_a_part_is_the_difference(
    parts: list[int], more: int, data: st.DataObject
) -> None:
    total = a_figure(sum(parts))
    index = data.draw(st.integers(0, len(parts) - 1))
    parts[index] += more
    assert differences(total, *services(*parts)) == [more]


@given(values, st.integers(-(10**5), 10**5), st.randoms())
def test_the_order_of_figures_does_not_matter(parts: list[int], off: int, random: Random) -> None:
    figures = [a_figure(max(0, sum(parts) + off)), *services(*parts)]
    straight = differences(*figures)
    random.shuffle(figures)
    assert differences(*figures) == straight


def test_many_contradicting_values_end_soon_and_say_nothing() -> None:
    parts = [a_figure(10**6 + 2**i, service, detail) for service, detail in MAIN for i in range(12)]
    assert differences(a_figure(7), *parts) == []
