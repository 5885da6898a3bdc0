"""Two people's labels of one text, and what becomes of them when one is chosen."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from eval.review.apart.people import labels_of, list_people
from eval.review.settle.differences import (
    Act,
    list_neither,
    pair_fields,
    pair_figures,
    take_alike,
    take_field,
    take_figure,
    tell_settled,
)
from eval.review.settle.rows import key_of, list_rows, next_open
from pipeline.decisions.apply import apply_decisions
from pipeline.decisions.numeral_place import place_of
from pipeline.documents.text import document_from
from schemas.decision import Decision, DecisionKind
from schemas.document import Metadata
from schemas.report import Figure, JornadaReport

TEXT = (
    "Boletín\n\nSe hicieron 1,204 consultas, 88 cirugías, 90 estudios, 71 trasplantes y 12 "
    "donaciones en la jornada; las 88 operaciones fueron gratuitas.\n"
)
DOCUMENT = document_from(TEXT, Metadata(format="txt"))
DAY = datetime(2026, 12, 1)  # noqa: DTZ001 - as it is stored
WORDS = ("1,204 consultas", "88 cirugías", "90 estudios", "71 trasplantes", "12 donaciones")
_ids = count()


def a_figure(words: str, **changes: object) -> Figure:
    start = TEXT.index(words)
    labels: dict[str, object] = {
        "value": int(words.split(maxsplit=1)[0].replace(",", "")),
        "unit": "count",
        "service": "other",
        "status": "performed",
        "period": "jornada",
        "place": "national",
        "approximate": False,
        "quote": words,
        "char_start": start,
        "char_end": start + len(words),
    }
    return Figure.model_validate(labels | changes)


def a_report(*figures: Figure, **fields: object) -> JornadaReport:
    return JornadaReport.model_validate({"bulletin_kind": "results", "figures": figures, **fields})


def decisions(acts: Iterable[Act], who: str = "eva", *, apart: bool = False) -> list[Decision]:
    made = []
    for act in acts:
        number = next(_ids)
        made.append(
            Decision(
                decision_id=f"{number:032x}",
                document_id=DOCUMENT.id,
                who=who,
                decided_at=DAY + timedelta(seconds=number),
                apart=apart,
                **act._asdict(),
            )
        )
    return made


def label(*figures: Figure, who: str) -> list[Decision]:
    """Label the text by hand, apart."""
    acts = [Act(DecisionKind.ADD, place_of(TEXT, figure), figure) for figure in figures]
    return decisions(acts, who, apart=True)


def decided(report: JornadaReport, made: Sequence[Decision]) -> JornadaReport:
    return apply_decisions(DOCUMENT, report, made).report


ONE = a_figure(WORDS[0])
ANA = a_report(ONE, a_figure(WORDS[1]), a_figure(WORDS[2]))
LUIS = a_report(ONE, a_figure(WORDS[1], status="planned"), a_figure(WORDS[3]))
READ = a_report(a_figure(WORDS[0], service="consultation"), a_figure(WORDS[4]))


def test_figures_are_paired_and_told_apart_in_the_order_of_the_text() -> None:
    pairs = pair_figures(TEXT, ANA, LUIS)
    assert [(pair.words, pair.is_alike, pair.wrong) for pair in pairs] == [
        (WORDS[0], True, ()),
        (WORDS[1], False, ("status",)),
        (WORDS[2], False, ()),
        (WORDS[3], False, ()),
    ]
    rows = list_rows(pairs, (), TEXT, READ, ())
    assert [(row.words, row.first is None, row.second is None) for row in rows] == [
        ("88", False, False),
        ("90", False, True),
        ("71", True, False),
    ]
    assert rows[0].labels == (("status", "performed", "planned"),)
    assert rows[0].before.endswith("Se hicieron 1,204 consultas, ")


def test_what_is_chosen_holds_and_is_told_as_whose() -> None:
    pairs, made = pair_figures(TEXT, ANA, LUIS), list[Decision]()
    for pair, side in zip(pairs[1:], ("second", "first", "first"), strict=True):
        report = decided(READ, made)
        made += decisions(take_figure(pair, side, TEXT, report.figures, made))
        report = decided(READ, made)
        assert tell_settled(pair, report.figures, TEXT, made) == side
    kinds = [one.kind.value for one in made]
    assert kinds == ["add", "add", "delete"]
    assert [figure.quote for figure in decided(READ, made).figures] == [
        WORDS[0],
        WORDS[1],
        WORDS[2],
        WORDS[4],
    ]


def test_what_neither_has_is_no_figure_once_all_that_is_alike_is_taken() -> None:
    pairs = pair_figures(TEXT, ANA, LUIS)
    assert [figure.quote for _, figure in list_neither(pairs, TEXT, READ.figures, ())] == [WORDS[4]]
    made = decisions(take_alike(pairs, (), TEXT, READ, ()))
    report = decided(READ, made)
    assert report.figures == (ONE,)
    assert take_alike(pairs, (), TEXT, report, made) == ()


def test_who_was_decided_otherwise_is_as_neither() -> None:
    pair = pair_figures(TEXT, ANA, LUIS)[1]
    third = a_figure(WORDS[1], service="surgery")
    made = decisions([Act(DecisionKind.ADD, pair.at, third)])
    assert tell_settled(pair, decided(READ, made).figures, TEXT, made) == "other"
    undo = made[0].model_copy(
        update={
            "decision_id": "f" * 32,
            "kind": DecisionKind.UNDO,
            "undoes": made[0].decision_id,
            "span": None,
            "figure": None,
        }
    )
    assert tell_settled(pair, READ.figures, TEXT, [*made, undo]) is None


def test_of_a_fact_that_is_printed_twice_the_place_that_is_chosen_is_left() -> None:
    there, here = a_figure(WORDS[1]), a_figure("88 operaciones")
    (pair,) = pair_figures(TEXT, a_report(there), a_report(here))
    assert len(pair.places) == 2
    report = a_report(there)
    made = decisions(take_figure(pair, "second", TEXT, report.figures, ()))
    assert decided(report, made).figures == (here,)
    made += decisions(take_figure(pair, "first", TEXT, decided(report, made).figures, made))
    assert decided(report, made).figures == (there,)


def test_fields_are_compared_as_scores_do_and_one_sided_ones_can_be_taken() -> None:
    first = a_report(title="Boletín  de  Prensa", programme="A")
    second = a_report(title="boletín de prensa", relevant=False)
    pairs = {pair.field: pair for pair in pair_fields(first, second)}
    assert pairs["title"].is_alike
    assert pairs["bulletin_kind"].is_alike
    assert pairs["programme"].said == ("first",)
    assert pairs["relevant"].said == ("second",)
    made = decisions(take_field(pairs["programme"], "first", READ))
    assert decided(READ, made).programme == "A"
    rows = list_rows((), pairs.values(), TEXT, decided(READ, made), made)
    assert [(row.name, row.settled) for row in rows] == [
        ("relevant", None),
        ("programme", "first"),
    ]
    assert next_open(rows, "programme") == "relevant"


def test_each_persons_labels_are_what_they_said_and_no_more() -> None:
    mine = [
        *label(ONE, a_figure(WORDS[1]), who="ana"),
        *decisions([Act(DecisionKind.CHANGE, field="title", value="Boletín")], "ana", apart=True),
        *label(a_figure(WORDS[2]), who="luis"),
        *decisions([Act(DecisionKind.ADD, place_of(TEXT, LUIS.figures[2]), LUIS.figures[2])]),
    ]
    assert list_people(mine) == ("ana", "luis")
    ana = labels_of(DOCUMENT, mine, "ana", {})
    assert ana.figures == (ONE, a_figure(WORDS[1]))
    assert ana.model_fields_set == {"figures", "title"}
    begun = [one.model_copy(update={"reading_id": "r"}) for one in label(ONE, who="eva")]
    eva = labels_of(DOCUMENT, begun, "eva", {"r": READ})
    assert eva.figures == (ONE, READ.figures[1])
    assert "programme" not in eva.model_fields_set


@given(st.data())
def test_whoever_is_chosen_everywhere_is_what_holds(data: st.DataObject) -> None:
    """Taking all that is alike and then one person's side of all the rest gives her labels."""
    figures = st.sampled_from(
        [a_figure(words, **change) for words in WORDS for change in ({}, {"status": "planned"})]
    )
    several = st.lists(figures, unique_by=lambda figure: figure.quote)
    first, second, read = (a_report(*data.draw(several)) for _ in range(3))
    pairs, made = pair_figures(TEXT, first, second), list[Decision]()
    made += decisions(take_alike(pairs, (), TEXT, read, made))
    side = data.draw(st.sampled_from(["first", "second"]))
    for pair in pairs:
        if not pair.is_alike:
            report = decided(read, made)
            made += decisions(take_figure(pair, side, TEXT, report.figures, made))  # type: ignore[arg-type]
    wanted = first if side == "first" else second
    assert set(decided(read, made).figures) == set(wanted.figures)
    rows = list_rows(pairs, (), TEXT, decided(read, made), made)
    assert all(row.settled == side for row in rows)
    assert len({key_of(pair) for pair in pairs}) == len(pairs)
