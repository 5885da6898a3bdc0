"""An anchored answer, held against the numbers of its bulletin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import completeness, grounding
from pipeline.forms.anchored import FORM, judge
from pipeline.forms.anchored_answer import NO_FIGURE
from pipeline.forms.form import Verdict
from pipeline.forms.numbering import number_document
from schemas.report import Service, Unit
from tests.pipeline.forms.made import anchored, document, one, scope, texts

TEXT = "Se otorgaron 58 mil 610 consultas y casi 2 mil 590 cirugías en 35 hospitales."
RIGHT = scope(one(1), one(2, "surgery"))


def faults(verdict: Verdict) -> list[tuple[str, str]]:
    return [(fault.field, fault.message) for fault in verdict.faults]


def test_a_right_answer_has_no_faults_and_quotes_the_text() -> None:
    verdict = judge(document(TEXT), anchored(RIGHT, aside=[3], approx=[2]))
    assert verdict.faults == ()
    assert verdict.report is not None
    assert [(f.value, f.service, f.approximate, f.quote) for f in verdict.report.figures] == [
        (58610, Service.CONSULTATION, False, "58 mil 610 consultas"),
        (2590, Service.SURGERY, True, "casi 2 mil 590 cirugías"),
    ]
    (aside,) = verdict.report.set_aside
    assert (aside.quote, aside.reason) == ("35 hospitales", NO_FIGURE)


def test_a_number_that_is_passed_over_is_named_with_its_words() -> None:
    (fault,) = judge(document(TEXT), anchored(RIGHT)).faults
    assert fault.field == "figures"
    assert fault.message.startswith("[3] 35 in ")
    assert "cirugías en 35 hospitales" in fault.message
    assert fault.message.endswith('is neither labelled nor in "aside"')
    assert fault.span is not None
    assert TEXT[slice(*fault.span)] == "35"


def test_a_number_that_does_not_exist_is_named_with_those_that_do() -> None:
    answer = anchored(scope(one(1), one(2), one(12)), aside=[3, 13], approx=[14], percent=[15])
    told = "; its marks are [1] to [3]"
    assert faults(judge(document(TEXT), answer)) == [
        ("scopes[0].figures[2].n", f"the bulletin has no number [12]{told}"),
        ("aside", f"the bulletin has no number [13]{told}"),
        ("approx", f"the bulletin has no number [14]{told}"),
        ("percent", f"the bulletin has no number [15]{told}"),
    ]


DAMAGED = "Se dieron 64, 255 consultas y 30 cirugías en 120 días."


def test_the_note_says_how_damaged_print_is_read_and_may_be_read() -> None:
    shown = FORM.show(document(DAMAGED))
    assert "dieron [1] 64, 255 consultas y [2] 30" in shown.text
    assert shown.note == (
        "The numbers to label have the marks [1] to [2]. "
        "[1] is read as 64255; if they are 64 and 255, use [3] and [4] instead."
    )


@pytest.mark.parametrize(
    ("figures", "aside", "values"),
    [
        ([1, 2], [], [64255, 30]),
        ([2], [1], [30]),
        ([3, 4, 2], [], [64, 255, 30]),
        ([4, 2], [3], [255, 30]),
        ([1, 2], [3, 4], [64255, 30]),
        ([3, 4, 2], [1], [64, 255, 30]),
        ([2], [3, 4], [30]),
        ([2], [1, 3, 4], [30]),
    ],
)
def test_an_answer_takes_one_reading_of_damaged_print(
    figures: list[int], aside: list[int], values: list[float]
) -> None:
    verdict = judge(document(DAMAGED), anchored(scope(*map(one, figures)), aside=aside))
    assert verdict.faults == ()
    assert verdict.report is not None
    assert [f.value for f in verdict.report.figures] == values
    assert completeness.find_unclaimed(DAMAGED, verdict.report) == ()


def test_marks_of_several_readings_are_one_fault() -> None:
    verdict = judge(document(DAMAGED), anchored(scope(one(1), one(4), one(2))))
    (fault,) = verdict.faults
    assert fault.message == (
        '"64, 255" is one or the other: label [1], or [3] and [4], not marks of several readings'
    )
    assert fault.span is not None
    assert DAMAGED[slice(*fault.span)] == "64, 255"
    assert verdict.report is not None
    assert [f.value for f in verdict.report.figures] == [30]


def test_half_a_reading_is_asked_for_the_rest() -> None:
    (fault,) = judge(document(DAMAGED), anchored(scope(one(3), one(2)))).faults
    assert fault.message.startswith("[4] 255 in ")


def test_what_need_not_be_labelled_is_set_aside_with_its_reason() -> None:
    text = "En 30 días, 45 consultas; otras en el HGZ 6, con 12."
    verdict = judge(document(text), anchored(scope(one(1))))
    assert verdict.faults == ()
    assert verdict.report is not None
    assert [(aside.quote, aside.reason) for aside in verdict.report.set_aside] == [
        ("12", "not surely a quantity"),
        ("30", "a length of time or an age"),
    ]


def test_a_bulletin_without_numbers_says_so() -> None:
    verdict = judge(document("Nada."), anchored(aside=[1]))
    assert faults(verdict) == [("aside", "the bulletin has no number [1]; it has none")]


@pytest.mark.parametrize(
    ("second", "field"),
    [
        (scope(one(1, "screening")), "scopes[1].figures[0]"),
        (scope(one(1), place="Colima"), "scopes[1].figures[0]"),
        (None, "aside"),
    ],
)
def test_a_number_that_is_called_two_things_is_neither(
    second: dict[str, object] | None, field: str
) -> None:
    scopes = [RIGHT] if second is None else [RIGHT, second]
    verdict = judge(document(TEXT), anchored(*scopes, aside=[3] if second else [3, 1]))
    (fault,) = verdict.faults
    assert fault.field == field
    assert fault.message.startswith("[1] 58 mil 610 in ")
    assert "something else in scopes[0].figures[0]" in fault.message
    assert verdict.report is not None
    assert [f.value for f in verdict.report.figures] == [2590]
    assert [n.value for n in completeness.find_unclaimed(TEXT, verdict.report)] == [58610]


def test_a_number_that_is_called_the_same_thing_twice_is_no_fault() -> None:
    answer = anchored(RIGHT, scope(one(1)), aside=[3, 3])
    assert judge(document(TEXT), answer).faults == ()
    cumulative = {"period": "cumulative", "edition": None}
    odd = anchored(
        scope(one(1), **cumulative), scope(one(1), one(2), period="cumulative"), aside=[3]
    )
    assert judge(document(TEXT), odd).faults == (), "an edition outside of a jornada says nothing"


def test_a_percentage_without_its_sign_is_one_where_the_answer_says_so() -> None:
    text = "Un avance de 98 por ciento en consulta y 91.5 en cirugía."
    verdict = judge(document(text), anchored(scope(one(1), one(2, "surgery")), percent=[2]))
    assert verdict.faults == ()
    assert verdict.report is not None
    assert [f.unit for f in verdict.report.figures] == [Unit.PERCENT, Unit.PERCENT]


def test_an_article_that_is_called_a_percentage_is_a_fault_and_no_figure() -> None:
    text = "Hubo una donación de córnea."
    verdict = judge(document(text), anchored(scope(one(1, "donation")), percent=[1]))
    assert [fault.field for fault in verdict.faults] == ["scopes.figures"]
    assert verdict.report is not None
    assert verdict.report.figures == ()


def test_marks_are_taken_out_of_copied_words() -> None:
    text = "Da IMSS 30 consultas\n\nEs parte de “120 días por un solo IMSS”."
    answer = anchored(
        scope(one(1)),
        aside=[2],
        title="Da IMSS [1] 30 consultas",
        programme="[2] 120 días por un solo IMSS",
    )
    report = judge(document(text), answer).report
    assert report is not None
    assert report.title == "Da IMSS 30 consultas"
    assert report.programme == "120 días por un solo IMSS"


def test_what_the_source_states_fills_in_the_report() -> None:
    stated = document(TEXT, title="Otro", published_on="2021-09-22")
    report = judge(stated, anchored(RIGHT, aside=[3])).report
    assert report is not None
    assert (report.title, str(report.published_on)) == ("Otro", "2021-09-22")


def test_the_marks_of_the_message_are_those_of_the_faults() -> None:
    odd = document(f"{TEXT} [3] 999")
    shown = FORM.show(odd)
    assert shown.note == "The numbers to label have the marks {1} to {5}."
    assert "{1} 58 mil 610" in shown.text
    (*_, fault) = judge(odd, anchored()).faults
    assert fault.message.startswith("{5} 999 in ")
    assert FORM.show(document("Nada.")).note == "It holds no number that has to be labelled."


marks = st.integers(min_value=1, max_value=9)
answers = st.builds(
    anchored,
    st.builds(scope, st.builds(one, marks, st.sampled_from(list(Service)))),
    st.builds(scope, st.builds(one, marks), st.builds(one, marks), place=st.just("Colima")),
    aside=st.lists(marks),
    approx=st.lists(marks, max_size=2),
    percent=st.lists(marks, max_size=2),
)


@given(texts, answers)
def test_whatever_is_answered_only_grounded_figures_are_kept_and_every_number_is_accounted_for(
    text: str, answer: object
) -> None:
    given_document = document(text)
    verdict = FORM.judge(given_document, answer)  # type: ignore[arg-type]
    assert verdict.report is not None
    assert grounding.keep_grounded(given_document, verdict.report)[1] == ()
    told = {fault.span for fault in verdict.faults if fault.span}
    held = [*verdict.report.figures, *verdict.report.set_aside]
    covered = set[int]()
    for held_one in held:
        covered |= set(range(held_one.char_start or 0, held_one.char_end or 0))
    for span in told:
        covered |= set(range(*span))
    numbers = number_document(given_document)
    in_doubt = {n for choice in numbers.choices for n in range(choice.start, choice.end)}
    for numeral in numbers.numerals:
        place = set(range(numeral.start, numeral.end))
        assert place <= covered or (place & in_doubt and place & covered)
