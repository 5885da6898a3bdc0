"""Whether answers were sent back to good effect, and what for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.runs.reasks import (
    ANYTHING,
    FaultKind,
    Reasks,
    ScoredAnswer,
    classify_faults,
    summarise_reasks,
)
from eval.scoring.score import Score
from pipeline.forms import FORMS
from pipeline.llm.draft import judge_answer
from schemas.document import Document, Metadata
from tests.readings import a_document

RIGHT, HALF, EMPTY = Score(4, 4, 4), Score(2, 4, 4), Score(0, 0, 4)
SHAPE, VALUE = frozenset({FaultKind.SHAPE}), frozenset({FaultKind.VALUE})
BOTH, NONE = SHAPE | VALUE, frozenset[FaultKind]()


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (HALF, RIGHT, (1, 0, 0)),
        (RIGHT, HALF, (0, 1, 0)),
        (HALF, HALF, (0, 0, 1)),
        (EMPTY, HALF, (1, 0, 0)),
        (Score(2, 3, 4), HALF, (0, 1, 0)),  # one more that is wrong
        (Score(0, 3, 0), Score(0, 1, 0), (1, 0, 0)),  # fewer that are invented
        (Score(0, 1, 0), Score(0, 0, 0), (1, 0, 0)),
        (EMPTY, Score(0, 2, 4), (0, 1, 0)),
    ],
)
def test_an_answer_is_compared_with_the_next_by_strict_score(
    before: Score, after: Score, change: tuple[int, int, int]
) -> None:
    found = summarise_reasks([[ScoredAnswer(before, VALUE), ScoredAnswer(after, NONE)]])
    assert found.reasks == change
    assert found.by_kind == {FaultKind.VALUE: change}


def test_only_what_was_sent_back_and_answered_again_counts() -> None:
    found = summarise_reasks(
        [
            [],  # no call brought an answer
            [ScoredAnswer(RIGHT, NONE)],
            [ScoredAnswer(RIGHT, VALUE)],  # there was no room to ask again
            [ScoredAnswer(HALF, BOTH), ScoredAnswer(HALF, SHAPE), ScoredAnswer(RIGHT, NONE)],
        ]
    )
    assert (found.first, found.sent_back, found.needless, found.share) == (3, 2, 1, 2 / 3)
    assert found.reasks == Reasks(better=1, worse=0, same=1)
    assert found.reasks.precision == 0.5
    assert found.by_kind == {FaultKind.SHAPE: (1, 0, 1), FaultKind.VALUE: (0, 0, 1)}
    assert list(found.rows) == [ANYTHING, "shape", "value"]


def test_without_answers_everything_is_undefined() -> None:
    found = summarise_reasks([])
    assert (found.share, found.reasks.precision, found.by_kind) == (None, None, {})


scores = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)).map(
    lambda drawn: Score(min(drawn), drawn[0], drawn[1])
)
answers = st.builds(ScoredAnswer, scores, st.frozensets(st.sampled_from(FaultKind), max_size=3))


@given(st.lists(st.lists(answers, max_size=4), max_size=5))
def test_counts_add_up(readings: list[list[ScoredAnswer]]) -> None:
    found = summarise_reasks(readings)
    assert found.needless <= found.sent_back <= found.first == sum(map(bool, readings))
    assert found.reasks.total == sum(
        bool(answer.faults) for each in readings for answer in each[:-1]
    )
    for kind, counts in found.by_kind.items():
        assert 0 < counts.total <= found.reasks.total, kind


# Kinds of faults, as the forms make them

TEXT = "Colima.- Hubo 120 consultas y 15 cirugías de hernia en 7 consultorios."
DOCUMENT = Document(id=a_document(TEXT).id, text=TEXT, metadata=Metadata(format="txt"))


def anchored(**changes: object) -> dict[str, Any]:
    scope = {
        "status": "performed",
        "period": "other",
        "edition": None,
        "starts_on": None,
        "ends_on": None,
        "place": "Colima",
        "figures": [
            {"n": 1, "service": "consultation", "detail": []},
            {"n": 2, "service": "surgery", "detail": ["hernia"]},
        ],
    }
    whole = dict(FORMS["anchored"].blank) | {"scopes": [scope], "aside": [3]}
    return (
        whole
        | {"scopes": [scope | {k: v for k, v in changes.items() if k in scope}]}
        | {key: value for key, value in changes.items() if key not in scope}
    )


def quoted(*figures: dict[str, Any], **changes: object) -> dict[str, Any]:
    plain = {
        "quote": "120 consultas",
        "value": 120,
        "unit": "count",
        "service": "consultation",
        "detail": [],
        "status": "performed",
        "period": "other",
        "edition": None,
        "starts_on": None,
        "ends_on": None,
        "place": "Colima",
        "approximate": False,
        "basis": None,
    }
    surgeries = {"quote": "15 cirugías", "value": 15, "service": "surgery", "detail": ["hernia"]}
    aside = {"quote": "7 consultorios", "reason": "rooms"}
    listed = [plain | figure for figure in figures] or [plain, plain | surgeries]
    return dict(FORMS["quoted"].blank) | {"figures": listed, "set_aside": [aside]} | changes


def kinds(form: str, answer: object, *, cut_after: int | None = None) -> set[str]:
    raw = answer if isinstance(answer, str) else json.dumps(answer)
    return set(classify_faults(judge_answer(FORMS[form], DOCUMENT, raw, cut_after=cut_after)))


ONE = {"n": 1, "service": "consultation", "detail": []}
TWO = {"n": 2, "service": "surgery", "detail": ["hernia"]}


@pytest.mark.parametrize(
    ("form", "answer", "found"),
    [
        ("anchored", anchored(), set()),
        ("anchored", "", {"shape"}),
        ("anchored", "no JSON", {"shape"}),
        ("anchored", anchored(status="done"), {"shape"}),
        ("anchored", anchored(figures=[ONE, TWO | {"detail": ["knitting"]}]), {"detail"}),
        ("anchored", anchored(aside=[]), {"unclaimed number"}),
        ("anchored", anchored(aside=[3, 4]), {"unknown mark"}),
        ("anchored", anchored(figures=[ONE, TWO, TWO | {"n": 8}]), {"unknown mark"}),
        ("anchored", anchored(approx=[9]), {"unknown mark"}),
        ("anchored", anchored(aside=[2, 3]), {"double label"}),
        ("anchored", anchored(figures=[ONE, TWO, TWO | {"n": 1}]), {"double label"}),
        ("anchored", anchored(place="Oaxaca"), {"not in the bulletin"}),
        ("anchored", anchored(title="Otra", day="2030-01-01"), {"not in the bulletin"}),
        ("quoted", quoted(), set()),
        ("quoted", quoted(programme="Otro"), {"not in the bulletin"}),
        ("quoted", quoted(title=7), {"shape"}),
        ("quoted", quoted({"quote": "cien consultas"}), {"quote", "unclaimed number"}),
        ("quoted", quoted({"value": 12}), {"value", "unclaimed number"}),
        (
            "quoted",
            quoted({}, {"quote": "15 cirugías", "value": 15, "detail": ["knitting"]}),
            {"detail"},
        ),
    ],
)
def test_faults_have_a_kind(form: str, answer: object, found: set[str]) -> None:
    assert kinds(form, answer) == found


def test_an_answer_that_was_cut_off_is_known_as_that_alone() -> None:
    assert kinds("anchored", json.dumps(anchored())[:200], cut_after=50) == {"cut off"}
