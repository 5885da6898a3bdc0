"""A report as people decided: the last decision about a number or a field holds."""

from datetime import date
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.completeness import list_unclaimed
from pipeline.decisions.apply import apply_decisions, effective
from pipeline.decisions.numeral_place import overlap
from pipeline.decisions.validation import decided_fault, hold
from schemas.decision import DecidedMark, Decision
from schemas.finding import Span
from schemas.report import BulletinKind, Figure, JornadaReport
from tests.decisions import TEXT, a_decision, a_figure_at, at, decidable
from tests.readings import a_document

DOCUMENT = decidable()
READ = a_figure_at(58610, "58 mil 610 consultas")
SURGERY = a_figure_at(320, "320 cirugías", service="surgery", detail=None)
PERCENT = a_figure_at(
    71.2, "71.2 por ciento", unit="percent", basis="goal", service="total", detail=None
)
AGAIN = a_figure_at(58610, "58 mil 610 consultas más", detail=None)
WHOLE = a_figure_at(64255, "64, 255 estudios", service="ancillary_study", detail=None)
PART = a_figure_at(255, "255 estudios", service="ancillary_study", detail=None)
DECIDABLE = (
    (at("58 mil 610"), READ),
    (at("320"), SURGERY),
    (at("71.2 por ciento"), PERCENT),
    (at("58 mil 610", times=2), AGAIN),
    (at("64, 255"), WHOLE),
    (at("255"), PART),
)
REPORT = JornadaReport(bulletin_kind=BulletinKind.RESULTS, figures=(READ, SURGERY))


def changed(figure: Figure, **labels: object) -> Figure:
    return Figure.model_validate({**figure.model_dump(), **labels})


@st.composite
def decisions(draw: st.DrawFn, *, undos: bool = True) -> list[Decision]:
    """Draw decisions in the order they were made, undos of earlier ones among them."""
    made: list[Decision] = []
    for number in range(draw(st.integers(0, 8))):
        if undos and made and draw(st.integers(0, 3)) == 0:
            undone = draw(st.sampled_from(made))
            made.append(a_decision("undo", DOCUMENT, number, undoes=undone.decision_id))
            continue
        span, figure = draw(st.sampled_from(DECIDABLE))
        kind = draw(st.sampled_from(["accept", "change", "delete", "add"]))
        labels = {"status": draw(st.sampled_from(["performed", "planned"]))}
        decided = None if kind == "delete" else changed(figure, **labels)
        made.append(a_decision(kind, DOCUMENT, number, span=span, figure=decided))
    return made


@st.composite
def reports(draw: st.DrawFn) -> JornadaReport:
    figures = draw(st.lists(st.sampled_from(DECIDABLE[:5]), unique=True))
    return REPORT.model_copy(update={"figures": tuple(figure for _, figure in figures)})


def test_a_report_that_nothing_was_decided_of_stays_as_it_is() -> None:
    assert apply_decisions(DOCUMENT, REPORT, []) == (REPORT, (None, None), ())


def test_a_changed_figure_stands_where_it_stood_and_says_who_changed_it() -> None:
    planned = changed(READ, status="planned")
    one = a_decision("change", DOCUMENT, span=at("58 mil 610"), figure=planned)
    report, marks, findings = apply_decisions(DOCUMENT, REPORT, [one])
    assert report.figures == (planned, SURGERY)
    assert marks == (DecidedMark("changed", "ANA", one.decided_at), None)
    (finding,) = findings
    assert finding.message == "ANA changed 58610; this reading has another status"
    assert (finding.check, finding.span) == ("decision", at("58 mil 610"))
    assert apply_decisions(DOCUMENT, REPORT, [one], {one.decision_id}).findings == ()


def test_an_added_figure_comes_where_its_words_stand() -> None:
    one = a_decision("add", DOCUMENT, span=at("71.2 por ciento"), figure=PERCENT)
    two = a_decision("add", DOCUMENT, 1, span=at("64, 255"), figure=WHOLE)
    for order in permutations((one, two)):
        report, marks, _ = apply_decisions(DOCUMENT, REPORT, order)
        assert report.figures == (READ, SURGERY, PERCENT, WHOLE)
        assert [mark and mark.kind for mark in marks] == [None, None, "added", "added"]


def test_a_deleted_number_is_set_aside_with_who_said_so() -> None:
    one = a_decision("delete", DOCUMENT, span=at("320"))
    report, marks, findings = apply_decisions(DOCUMENT, REPORT, [one])
    assert report.figures == (READ,)
    assert marks == (None,)
    assert ("320", "no figure, says ANA") in [(s.quote, s.reason) for s in report.set_aside]
    assert "holds no figure" in findings[0].message


def test_what_only_the_words_of_a_deleted_figure_covered_is_set_aside_too() -> None:
    document = a_document("Durante 120 días se hicieron 320 cirugías.")
    wide = a_figure_at(320, document.text, document.text, service="surgery", detail=None)
    one = a_decision("delete", document, span=at("320", document.text))
    report = apply_decisions(document, REPORT.model_copy(update={"figures": (wide,)}), [one]).report
    assert [(aside.quote, aside.reason) for aside in report.set_aside] == [
        ("120", "a length of time or an age"),
        ("320", "no figure, says ANA"),
    ]


def test_another_way_to_read_the_same_print_takes_the_place_of_the_first() -> None:
    report = REPORT.model_copy(update={"figures": (PART,)})
    one = a_decision("change", DOCUMENT, span=at("64, 255"), figure=WHOLE)
    assert apply_decisions(DOCUMENT, report, [one]).report.figures == (WHOLE,)


def test_a_second_place_of_the_same_value_is_another_figure() -> None:
    one = a_decision("add", DOCUMENT, span=at("58 mil 610", times=2), figure=AGAIN)
    assert apply_decisions(DOCUMENT, REPORT, [one]).report.figures == (READ, SURGERY, AGAIN)


def test_a_field_is_what_was_decided_last() -> None:
    made = [
        a_decision("change", DOCUMENT, 0, field="published_on", value="2022-07-05"),
        a_decision("change", DOCUMENT, 1, field="published_on", value="2022-07-06"),
        a_decision("change", DOCUMENT, 2, field="title", value="Otro"),
    ]
    report, marks, findings = apply_decisions(DOCUMENT, REPORT, made)
    assert (report.published_on, report.title) == (date(2022, 7, 6), "Otro")
    assert marks == (None, None)
    assert [finding.field for finding in findings] == ["published_on", "title"]


def test_a_text_that_is_not_relevant_keeps_but_the_figures_that_were_decided() -> None:
    made = [
        a_decision("accept", DOCUMENT, span=at("320"), figure=SURGERY),
        a_decision("change", DOCUMENT, 1, field="relevant", value=False),
    ]
    report = apply_decisions(DOCUMENT, REPORT, made).report
    assert not report.relevant
    assert report.figures == (SURGERY,)
    assert "58 mil 610" in [aside.quote for aside in report.set_aside]


def test_what_undid_and_was_undone_undoes_nothing() -> None:
    one = a_decision("delete", DOCUMENT, span=at("320"))
    undo = a_decision("undo", DOCUMENT, 1, undoes=one.decision_id)
    redo = a_decision("undo", DOCUMENT, 2, undoes=undo.decision_id)
    assert effective([one, undo]) == ()
    assert effective([one, undo, redo]) == (one,)


@given(reports(), decisions())
def test_applied_twice_changes_nothing(report: JornadaReport, made: list[Decision]) -> None:
    once = apply_decisions(DOCUMENT, report, made)
    again = apply_decisions(DOCUMENT, once.report, made)
    assert (again.report, again.marks) == (once.report, once.marks)
    assert again.findings == ()


@given(reports(), decisions(undos=False), st.data())
def test_an_undo_is_as_if_nothing_had_been_decided(
    report: JornadaReport, made: list[Decision], data: st.DataObject
) -> None:
    undone = data.draw(st.sets(st.sampled_from(made))) if made else set()
    left = [one for one in made if one not in undone]
    undos = [
        a_decision("undo", DOCUMENT, 99, undoes=one.decision_id) for one in made if one in undone
    ]
    assert apply_decisions(DOCUMENT, report, [*made, *undos]) == apply_decisions(
        DOCUMENT, report, left
    )


@given(reports(), decisions(undos=False), st.randoms(use_true_random=False))
def test_the_order_of_decisions_about_different_numbers_is_all_the_same(
    report: JornadaReport, made: list[Decision], random: object
) -> None:
    apart: list[Decision] = []
    for one in made:
        spans = [other.span for other in apart if other.span]
        if one.span and not any(overlap(one.span, span) for span in spans):
            apart.append(one)
    shuffled = list(apart)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (apply_decisions(DOCUMENT, report, each) for each in (apart, shuffled))
    assert (one.report, one.marks) == (other.report, other.marks)


@given(reports(), decisions())
def test_every_figure_is_printed_and_no_number_is_lost(
    report: JornadaReport, made: list[Decision]
) -> None:
    held = [hold(DOCUMENT, one) for one in made]
    decided = apply_decisions(DOCUMENT, report, held)
    counting = {one.span: one.figure for one in effective(held) if one.span is not None}
    for figure, mark in zip(decided.report.figures, decided.marks, strict=True):
        if mark is None:
            assert figure in report.figures
        else:
            assert any(
                one == figure and decided_fault(TEXT, figure, span) is None
                for span, one in counting.items()
            )
    assert {figure for figure in counting.values() if figure} <= set(decided.report.figures)
    known = set(list_unclaimed(TEXT, report))
    read = {figure.value for figure in report.figures}
    for left in list_unclaimed(TEXT, decided.report) if counting else ():
        there = Span(left.start, left.end)
        covered = any(overlap(there, at_(figure)) for figure in report.figures)
        assert left in known or covered or left.value in read


def at_(figure: Figure) -> Span:
    return Span(figure.char_start or 0, figure.char_end or 0)
