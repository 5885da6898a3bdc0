from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.report.next_list import describe_reason
from eval.runs.next_bulletins import rank_bulletins
from pipeline.store import Store, new_run
from schemas.document import Document
from schemas.reading import ReaderKey, Reading
from schemas.report import Figure, Period
from tests.readings import KEY, a_document, a_figure, a_reading, a_report, put

BASELINE = ReaderKey(reader="baseline", schema_hash="s")
EASY, HARD, HARDER = (
    a_document(f"Se otorgaron 58 mil 610 consultas, y {more}") for more in ("a", "b", "c")
)
CUMULATIVE = a_figure(edition=None).model_copy(update={"period": Period.CUMULATIVE})
ELSEWHERE = a_figure().model_copy(update={"place": "Puebla"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def read(
    store: Store, document: Document, *figures: Figure, key: ReaderKey = KEY, sound: bool = True
) -> Reading:
    report = a_report(*figures).model_copy(update={"figures": figures})
    reading = a_reading(document, report=report, key=key)
    if sound:
        reading = reading.model_copy(update={"findings": ()})
    put(store, new_run(key), (document, reading))
    return reading


def ranked(store: Store, labelled: set[str] | None = None) -> list[str]:
    return [one.document_id for one in rank_bulletins(store, labelled or set())]


def test_what_readers_differ_on_most_comes_first_and_what_they_agree_on_not_at_all(
    store: Store,
) -> None:
    for document, figures in (
        (EASY, [a_figure()]),
        (HARD, [CUMULATIVE]),
        (HARDER, [CUMULATIVE, a_figure(4)]),
    ):
        read(store, document, a_figure(), key=BASELINE)
        read(store, document, *figures)
    first, second = rank_bulletins(store)
    assert (first.document_id, second.document_id) == (HARDER.id, HARD.id)
    assert (first.differing, second.differing) == (2, 1)
    assert describe_reason(second) == ("1 of 1 figures differ between baseline and p · m: period 1")
    assert "1 by p · m alone" in describe_reason(first)
    assert first.source
    assert first.source.path.endswith(".txt")


def test_what_is_labelled_and_what_differs_in_place_alone_is_left_out(store: Store) -> None:
    for document, figure in ((EASY, ELSEWHERE), (HARD, CUMULATIVE)):
        read(store, document, a_figure(), key=BASELINE)
        read(store, document, figure)
    assert ranked(store) == [HARD.id]
    assert ranked(store, {HARD.id}) == []


def test_of_each_reader_the_newest_reading_counts(store: Store) -> None:
    read(store, HARD, a_figure(), key=BASELINE)
    read(store, HARD, CUMULATIVE)
    read(store, HARD, a_figure())
    assert ranked(store) == []


def test_two_readings_of_one_reader_are_no_two_opinions(store: Store) -> None:
    read(store, HARD, a_figure())
    read(store, HARD, CUMULATIVE)
    assert ranked(store) == []
    other = KEY.model_copy(update={"prompt_hash": "other"})
    read(store, HARD, a_figure(), key=other)
    assert ranked(store) == [HARD.id]


def test_with_one_reader_findings_decide(store: Store) -> None:
    read(store, EASY, a_figure())
    read(store, HARD, a_figure(), sound=False)
    (one,) = rank_bulletins(store)
    assert (one.document_id, one.differing, one.errors, one.warnings) == (HARD.id, None, 0, 1)
    assert describe_reason(one) == "0 errors and 1 warnings of p · m"


def test_what_was_taken_over_from_another_bulletin_is_no_opinion(store: Store) -> None:
    read(store, HARD, a_figure(), key=BASELINE)
    report = a_report(CUMULATIVE)
    taken = a_reading(HARD, report=report).model_copy(
        update={"derived": "near", "derived_from": "x", "findings": ()}
    )
    put(store, new_run(KEY), (HARD, taken))
    assert ranked(store) == []


def test_of_three_readers_every_pair_counts_and_the_worst_is_told(store: Store) -> None:
    third = KEY.model_copy(update={"model": "n"})
    read(store, HARD, a_figure(), key=BASELINE)
    read(store, HARD, a_figure())
    read(store, HARD, CUMULATIVE, key=third)
    (one,) = rank_bulletins(store)
    assert one.differing == pytest.approx(2 / 3)
    assert describe_reason(one).endswith("; 0.67 a pair of 3 readers")
