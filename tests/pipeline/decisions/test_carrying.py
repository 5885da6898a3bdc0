"""Decisions about a text hold for the next text of its source, where the sentence is the same."""

import pytest

from pipeline.decisions.apply import apply_decisions
from pipeline.decisions.carrying import Said, carry_decisions
from pipeline.decisions.validation import hold
from schemas.report import JornadaReport
from tests.decisions import TEXT, a_decision, a_figure_at, at, decidable
from tests.readings import a_document

DOCUMENT = decidable()
EMPTY = JornadaReport(bulletin_kind="results", title="Uno")
PERCENT = a_figure_at(
    71.2, "71.2 por ciento", unit="percent", basis="goal", service="total", detail=None
)
DECIDED = [
    a_decision("add", DOCUMENT, 0, span=at("71.2 por ciento"), figure=PERCENT),
    a_decision("delete", DOCUMENT, 1, span=at("14")),
    a_decision(
        "change",
        DOCUMENT,
        2,
        span=at("58 mil 610", times=2),
        figure=a_figure_at(58610, "58 mil 610 consultas más"),
    ),
]


@pytest.mark.parametrize(
    "text",
    [
        "Corregido. " + TEXT,
        TEXT.replace(" ", "\n  ", 30).replace("cirugías", "CIRUGIAS"),
        TEXT.replace("71.2 por ciento", "71.2  por\nciento").replace("meta. ", "meta.\n\n"),
        TEXT.replace("58 mil 610 consultas y", "58  mil 610 consultas, y"),
    ],
)
def test_the_same_sentence_elsewhere_keeps_what_was_decided(text: str) -> None:
    new = a_document(text)
    carried = carry_decisions(Said(DOCUMENT, EMPTY), Said(new, EMPTY), DECIDED)
    assert carried.findings == ()
    assert [one.carried_from for one in carried.decisions] == [one.decision_id for one in DECIDED]
    for one, before in zip(carried.decisions, DECIDED, strict=True):
        assert hold(new, one) == one, "it holds in the new text as any other"
        assert (one.who, one.decided_at, one.kind) == (before.who, before.decided_at, before.kind)
    values = [
        figure.value for figure in apply_decisions(new, EMPTY, carried.decisions).report.figures
    ]
    assert values == [71.2, 58610]
    again = carry_decisions(Said(DOCUMENT, EMPTY), Said(new, EMPTY), DECIDED)
    assert again == carried, "the same IDs, so that it comes but once"


def test_a_percentage_keeps_its_sign() -> None:
    before, new = a_document("Se logró el 71.2% ."), a_document("Nota. Se logró  el 71.2%.")
    figure = a_figure_at(71.2, "71.2%", before.text, unit="percent", basis="goal")
    one = a_decision("add", before, span=at("71.2%", before.text), figure=figure)
    (carried,) = carry_decisions(Said(before, None), Said(new, None), [one]).decisions
    assert carried.span == at("71.2%", new.text)
    assert carried.figure is not None
    assert carried.figure.quote == "71.2%"


def test_another_sentence_does_not_and_a_finding_says_so() -> None:
    new = a_document(TEXT.replace("14 hospitales", "15 hospitales"))
    carried = carry_decisions(Said(DOCUMENT, EMPTY), Said(new, EMPTY), DECIDED)
    assert [one.carried_from for one in carried.decisions] == [DECIDED[0].decision_id]
    assert [finding.message for finding in carried.findings] == [
        "not carried over: what ANA decided of '14', whose sentence is another now",
        "not carried over: what ANA decided of '58 mil 610', whose sentence is another now",
    ]


def test_of_two_sentences_that_are_alike_each_keeps_its_own() -> None:
    text = "Hubo 40 cirugías.\nHubo 40 cirugías.\n"
    before, new = a_document(text), a_document("Nota.\n" + text)
    one = a_decision("delete", before, span=at("40", text, times=2))
    (carried,) = carry_decisions(Said(before, None), Said(new, None), [one]).decisions
    assert carried.span == at("40", new.text, times=2)
    shorter = a_document("Hubo 40 cirugías.\nFin.")
    assert carry_decisions(Said(before, None), Said(shorter, None), [one]).decisions == ()


def test_what_was_undone_is_not_carried() -> None:
    undo = a_decision("undo", DOCUMENT, 9, undoes=DECIDED[0].decision_id)
    carried = carry_decisions(
        Said(DOCUMENT, EMPTY), Said(a_document("No."), EMPTY), [DECIDED[0], undo]
    )
    assert carried == ((), ())


@pytest.mark.parametrize(("said", "carried"), [("Uno", 1), ("Dos", 1), ("Tres", 0), (None, 0)])
def test_a_field_is_carried_where_it_is_read_as_before(said: str | None, carried: int) -> None:
    one = a_decision("change", DOCUMENT, field="title", value="Dos")
    new = Said(a_document("Otro"), EMPTY.model_copy(update={"title": said}))
    decisions, findings = carry_decisions(Said(DOCUMENT, EMPTY), new, [one])
    assert len(decisions) == carried
    assert [finding.field for finding in findings] == ["title"][carried:]
