from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from eval.runs.stored_reads import fetch_reads
from pipeline.store import Store, new_run
from schemas.reading import ReaderKey, ReadingStatus
from tests.decisions import a_decision
from tests.readings import a_document, a_figure, a_reading, put

DOCUMENT = a_document()
DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - as it is stored


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "eval.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def add_run(
    store: Store, name: str, *values: float, age: int = 0, repeats: int = 1, **key: object
) -> None:
    """Store an eval run in which these values were read, all in the first repeat."""
    run_id = f"{name}{age}{key.get('prompt_hash', '')}"
    reader = {"reader": "llm", "model": "m", "prompt": name, "prompt_hash": "h", "schema_hash": "s"}
    counts = dict.fromkeys(("partial", "failed", "bulletins"), 0)
    about = {"gold": "gold", "gold_hash": "g", "seconds": 0.0, "software": "0"}
    run = {"eval_run_id": run_id, "created_at": DAY - timedelta(days=age), "name": name}
    verdict = {"eval_run_id": run_id, "document_id": DOCUMENT.id, "bulletin": "a", "repeat": 1}
    score = {"slice": "document", "part": DOCUMENT.id, "measure": "strict"}
    store.insert(
        {
            "eval_runs": [run | reader | counts | about | {"repeats": repeats} | key],
            "eval_scores": [{"eval_run_id": run_id, "correct": 0, "read": 0, "gold": 1} | score],
            "eval_verdicts": [
                verdict
                | {"number": number, "outcome": "invented", "wrong": [], "read_number": number}
                | {"read": a_figure(value).model_dump_json()}
                for number, value in enumerate(values, 1)
            ],
        }
    )


def reads(store: Store) -> dict[str, list[list[float]]]:
    found = fetch_reads(store, [DOCUMENT.id]).get(DOCUMENT.id, [])
    return {one.name: [[figure.value for figure in each] for each in one.repeats] for one in found}


def test_each_variant_has_what_it_read_in_its_newest_eval(store: Store) -> None:
    add_run(store, "a", 1, age=2)
    add_run(store, "a", 2, 3, age=1)
    add_run(store, "b", 4, prompt_hash="other", repeats=2)
    assert reads(store) == {"a": [[2, 3]], "b": [[4], []]}


def test_one_prompt_under_two_names_and_drafts_of_one_are_one_variant(store: Store) -> None:
    add_run(store, "a", 1, age=2)
    add_run(store, "b", 2, age=1)
    assert reads(store) == {"b": [[2]]}
    add_run(store, "b", 3, prompt_hash="0123456789")
    assert reads(store) == {"b": [[3]]}


def test_who_read_nothing_has_an_opinion_and_who_failed_has_none(store: Store) -> None:
    add_run(store, "a", 1)
    add_run(store, "b", prompt_hash="other")
    assert reads(store) == {"a": [[1]], "b": [[]]}
    key = ReaderKey(reader="llm", model="m", prompt="b", prompt_hash="other", schema_hash="s")
    put(store, new_run(key), (DOCUMENT, a_reading(DOCUMENT, ReadingStatus.FAILED, key=key)))
    assert reads(store) == {"a": [[1]]}
    labelled = a_decision("accept", DOCUMENT, field="relevant", value=True)
    store.record(new_run(key), [labelled])
    assert reads(store) == {"a": [[1]]}, "what a person makes of it is no opinion of the reader"


def test_a_database_without_evals_has_none(store: Store) -> None:
    assert reads(store) == {}
