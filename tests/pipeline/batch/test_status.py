"""What providers say of batches and files: in every manner, or not at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.batch.status import (
    UnreadableAnswer,
    id_of,
    parse_json,
    read_file,
    read_moment,
    read_status,
)

BATCH = {
    "id": "batch_1",
    "object": "batch",
    "status": "in_progress",
    "input_file_id": "file-1",
    "output_file_id": None,
    "request_counts": {"total": 3, "completed": 2, "failed": 1},
    "metadata": {"jornada": "abc"},
}


def test_a_batch_is_read_as_openai_tells_it() -> None:
    status = read_status(BATCH, "here")
    assert (status.id, status.state, status.input_file, status.batch) == (
        "batch_1",
        "in_progress",
        "file-1",
        "abc",
    )
    assert (status.total, status.done, status.failed) == (3, 2, 1)


@pytest.mark.parametrize(
    "envelope",
    [
        {"job": BATCH},
        {"data": BATCH},
        {"batch": BATCH, "warning": "", "error": None},
        {"object": "result", "data": {"batch": BATCH}},
        {"id": "request-7", "result": BATCH},
        [BATCH],
    ],
)
def test_an_envelope_is_opened(envelope: object) -> None:
    assert read_status(envelope, "here") == read_status(BATCH, "here")


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("IN_PROGRESS", "in_progress"),
        ("COMPLETED", "completed"),
        ("JOB_STATE_SUCCEEDED", "completed"),
        ("Success", "completed"),
        ("ended", "completed"),
        ("TimedOut", "expired"),
        ("TIMEOUT_EXCEEDED", "expired"),
        ("Canceled", "cancelled"),
        ("CANCELLATION_REQUESTED", "cancelling"),
        ("error", "failed"),
        ("queued", "in_progress"),
        ("collected", "in_progress"),
        ("something new", "in_progress"),
        ("Validating", "validating"),
    ],
)
def test_states_are_known_by_many_words_and_others_are_under_way(told: str, state: str) -> None:
    assert read_status({**BATCH, "status": told}, "here").state == state
    assert read_status({"id": "b", "state": told}, "here").state == state


def test_a_batch_in_an_unknown_state_with_all_its_answers_is_done() -> None:
    whole = {**BATCH, "status": "harvested", "output_file_id": "file-2"}
    assert read_status(whole, "here").state == "completed"
    early = {**whole, "request_counts": {"total": 3, "completed": 1, "failed": 1}}
    assert read_status(early, "here").state == "in_progress"


def test_what_is_missing_or_empty_is_none() -> None:
    bare = read_status({"id": 7, "output_file_id": "", "error_file_id": ""}, "here")
    assert (bare.id, bare.state, bare.output_file, bare.error_file) == (
        "7",
        "validating",
        None,
        None,
    )
    assert (bare.total, bare.errors, bare.input_file, bare.expires_at) == (0, (), None, None)
    assert read_status({"status": "completed"}, "here", "known").id == "known"


def test_counts_files_and_errors_are_found_under_other_names() -> None:
    status = read_status(
        {
            "id": "b",
            "status": "FAILED",
            "input_files": ["file-1"],
            "output_file": "file-2",
            "total_requests": "3",
            "succeeded_requests": "2",
            "failed_requests": 1,
            "error": "the file is empty",
        },
        "here",
    )
    assert (status.total, status.done, status.failed) == (3, 2, 1)
    assert (status.input_file, status.output_file) == ("file-1", "file-2")
    assert status.errors == ({"message": "the file is empty"},)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1_700_000_000, 1_700_000_000.0),
        ("1700000000", 1_700_000_000.0),
        (1_700_000_000_123, 1_700_000_000.123),
        ("2023-11-14T22:13:20Z", 1_700_000_000.0),
        ("2023-11-14T22:13:20", 1_700_000_000.0),
        ("soon", None),
        (None, None),
        (True, None),
        (-1, None),
        (10**30, None),
    ],
)
def test_moments_come_as_numbers_and_as_text(value: object, seconds: float | None) -> None:
    assert read_moment(value) == seconds


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "ok",
        {},
        [],
        {"ok": True},
        {"id": "a b", "status": "x"},
        {"id": "\x1b[2J", "status": "x"},
        {"id": "b", "status": "\x1b[2J"},
        {"id": "b", "status": ["x"]},
        {"id": "request", "error": {"message": "no"}},
    ],
)
def test_what_is_no_batch_cannot_be_read(answer: object) -> None:
    with pytest.raises(UnreadableAnswer):
        read_status(answer, "here")


def test_an_error_in_the_place_of_a_batch_is_told_in_its_words() -> None:
    with pytest.raises(UnreadableAnswer, match="here answered with an error: over quota"):
        read_status({"error": {"message": "over quota"}}, "here")


@pytest.mark.parametrize("content", [b"", b"<html>", b"[" * 100_000])
def test_what_is_no_json_cannot_be_read(content: bytes) -> None:
    with pytest.raises(UnreadableAnswer, match="something else than JSON"):
        parse_json(content, "here")


def test_files_are_pending_by_many_words() -> None:
    file = {"id": "file-1", "bytes": 3}
    assert read_file(file, "here") == ("file-1", 3, False)
    assert read_file({"file": {**file, "status": "Pending"}}, "here") == ("file-1", 3, True)
    for word in ("processed", "uploaded", "ok", "error"):
        assert not read_file({**file, "status": word}, "here").is_pending


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from([*BATCH, "errors", "error", "state", "job", "expires_at", "total"]),
        json_values,
    )
)
def test_nothing_is_too_odd_to_be_read_or_refused(answer: dict[str, object]) -> None:
    try:
        status = read_status(answer, "here")
    except UnreadableAnswer:
        return
    assert status.id.isprintable()
    assert status.state.isidentifier()
    assert id_of({"id": status.id}) == status.id
