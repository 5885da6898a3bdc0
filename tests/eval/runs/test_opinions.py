from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.runs.opinions import fetch_opinions
from pipeline.store import Store, new_run
from schemas.reading import ReaderKey, ReadingStatus
from schemas.report import Figure
from tests.eval.runs.test_stored_reads import add_run
from tests.readings import a_document, a_figure, a_reading, a_report, put

DOCUMENT = a_document()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "jornada.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def read(
    store: Store, prompt: str, *figures: Figure, prompt_hash: str = "h", **more: object
) -> None:
    """Store a reading that no eval has to do with."""
    key = ReaderKey(
        reader="llm", model="m", prompt=prompt, prompt_hash=prompt_hash, schema_hash="s"
    )
    reading = a_reading(DOCUMENT, report=a_report(*figures), key=key)
    put(store, new_run(key), (DOCUMENT, reading.model_copy(update=more)))


def opinions(store: Store) -> dict[str, list[list[float]]]:
    found = fetch_opinions(store, [DOCUMENT.id]).get(DOCUMENT.id, [])
    return {one.name: [[figure.value for figure in each] for each in one.repeats] for one in found}


def test_whoever_has_read_has_an_opinion_the_newest_of_each(store: Store) -> None:
    read(store, "a", a_figure(1))
    read(store, "a", a_figure(2), prompt_hash="draft")
    read(store, "b", a_figure(3), prompt_hash="other")
    assert opinions(store) == {"a · m": [[2]], "b · m": [[3]]}


def test_who_was_scored_by_an_eval_has_one_opinion_whatever_its_prompt_was_called(
    store: Store,
) -> None:
    add_run(store, "a", 1)
    read(store, "a", a_figure(2))
    read(store, "renamed", a_figure(2))
    read(store, "c", a_figure(3), prompt_hash="other")
    assert opinions(store) == {"a": [[1]], "c · m": [[3]]}


def test_what_failed_and_what_a_person_decided_are_no_opinions(store: Store) -> None:
    key = ReaderKey(reader="llm", model="m", prompt="a", prompt_hash="h", schema_hash="s")
    put(store, new_run(key), (DOCUMENT, a_reading(DOCUMENT, ReadingStatus.FAILED, key=key)))
    assert opinions(store) == {}
    read(store, "a", a_figure(1))
    read(store, "a", a_figure(2), derived="review", derived_from="r")
    assert opinions(store) == {"a · m": [[1]]}
