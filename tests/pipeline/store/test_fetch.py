"""What went into the store comes out as it was."""

import pytest

from pipeline.errors import StoreError
from pipeline.store import Store, new_run
from pipeline.store.fetch import fetch_documents, fetch_readable, fetch_readings
from pipeline.store.rows import Sighting
from schemas.document import Source
from schemas.reading import ReadingStatus
from tests.readings import KEY, a_document, a_figure, a_reading, a_report, put

DOCUMENT, OTHER = a_document(), a_document("otro 58 mil 610 consultas ñ")


def test_documents_come_back_as_they_were_and_those_unknown_are_left_out(store: Store) -> None:
    put(store, new_run(KEY), (DOCUMENT, a_reading(DOCUMENT)))
    store.append(new_run(KEY), [], [Sighting(Source(path="o"), OTHER.id, "pending")], [OTHER])
    wanted = [OTHER.id, "0" * 64, DOCUMENT.id]
    assert fetch_documents(store, wanted) == tuple(
        sorted((DOCUMENT, OTHER), key=lambda one: one.id)
    )
    assert fetch_documents(store, []) == ()


@pytest.mark.parametrize("status", list(ReadingStatus))
def test_a_reading_comes_back_as_it_was(store: Store, status: ReadingStatus) -> None:
    key = KEY.model_copy(update={"parameters": '{"reasks": 2}'})
    reading = a_reading(DOCUMENT, status, key=key)
    derived = a_reading(OTHER, status, key=key).model_copy(
        update={"derived": "near", "derived_from": reading.reading_id, "attempts": ()}
    )
    put(store, new_run(KEY), (DOCUMENT, reading), (OTHER, derived))
    assert fetch_readings(store, [reading.reading_id]) == (reading,)
    assert fetch_readings(store, [derived.reading_id]) == (derived,)
    assert fetch_readings(store, ["unknown"]) == fetch_readings(store, []) == ()


def test_several_readings_come_the_oldest_first(store: Store) -> None:
    several = [a_reading(DOCUMENT, report=a_report(a_figure(n))) for n in range(3)]
    for reading in several:
        put(store, new_run(KEY), (DOCUMENT, reading))
    assert fetch_readings(store, [one.reading_id for one in reversed(several)]) == tuple(several)


def test_a_report_in_a_shape_of_another_version_is_one_line(store: Store) -> None:
    put(store, new_run(KEY), (DOCUMENT, a_reading(DOCUMENT)))
    columns, (row,) = store.read("SELECT * FROM readings")
    old = dict(zip(columns, row, strict=True)) | {"reading_id": "old", "report": '{"shape": 0}'}
    store.insert({"readings": [old]})
    with pytest.raises(StoreError, match="was stored by another version") as caught:
        fetch_readings(store, ["old"])
    ((new,),) = store.read("SELECT reading_id FROM readings WHERE reading_id <> 'old'").rows
    assert list(fetch_readable(store, ["old", new, "none"])) == [new]
    assert "\n" not in str(caught.value)
