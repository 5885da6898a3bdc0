"""The fault server's Batch API: files, every state of a batch, limits and faults."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, Final
from urllib.parse import urlsplit

import openai
import pytest
from openai.types import Batch

from examples.fault_server import Options, serving
from pipeline.forms import FORMS
from pipeline.llm.draft import judge_answer
from schemas.document import Document
from tests.examples.test_fault_server import backlog, request
from tests.processes import PATIENCE, wait_until

QUICK = 0.02
SLOW = 600.0
ENDPOINT: Final = "/v1/chat/completions"
END = {"failed", "completed", "expired", "cancelled"}
Lines = dict[str, dict[str, Any]]


@cache
def by_id() -> dict[str, Document]:
    return {one.id: one for one in backlog()}


@contextmanager
def client_of(*, step_by_step: bool = False, **options: Any) -> Iterator[openai.OpenAI]:  # noqa: ANN401 - those of the server
    """Give a client; `step_by_step`, a batch goes on by one step with each request."""
    with (
        serving(Options(**{"batch_seconds": QUICK, **options})) as server,
        openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as client,
    ):
        ledger = server.server.chat.ledger

        async def until_a_request(*_: object) -> None:
            seen = ledger.others
            while ledger.others == seen:  # noqa: ASYNC110 - it is in another task
                await asyncio.sleep(0.001)

        if step_by_step:
            server.server.batches.pause = until_a_request
        yield client


def line(number: int, **changes: object) -> dict[str, Any]:
    one = backlog()[number]
    told = {"custom_id": one.id, "method": "POST", "url": ENDPOINT, "body": request(one)}
    return {**told, **changes}


def content(*lines: dict[str, Any] | str) -> bytes:
    written = (one if isinstance(one, str) else json.dumps(one) for one in lines)
    return "\n".join(written).encode()


def submit(client: openai.OpenAI, *lines: dict[str, Any] | str, **metadata: str) -> Batch:
    file = client.files.create(file=("in.jsonl", content(*lines)), purpose="batch")
    return client.batches.create(
        input_file_id=file.id,
        endpoint=ENDPOINT,
        completion_window="24h",
        metadata=metadata,
    )


def ended(client: openai.OpenAI, batch: Batch) -> Batch:
    def look() -> bool:
        nonlocal batch
        batch = client.batches.retrieve(batch.id)
        return batch.status in END

    wait_until(look, "the end of the batch")
    return batch


def run(client: openai.OpenAI, *lines: dict[str, Any] | str) -> Batch:
    return ended(client, submit(client, *lines))


def lines_of(client: openai.OpenAI, file: str | None) -> Lines:
    if file is None:
        return {}
    raw = client.files.content(file).read().splitlines()
    read = [json.loads(one) for one in raw]
    assert all(set(one) == {"id", "custom_id", "response", "error"} for one in read)
    assert len({one["custom_id"] for one in read}) == len(read)
    return {one["custom_id"]: one for one in read}


def holds(one: dict[str, Any]) -> bool:
    choice = one["response"]["body"]["choices"][0]
    cut = 1 if choice["finish_reason"] == "length" else None
    document = by_id()[one["custom_id"]]
    said = choice["message"]["content"]
    return not judge_answer(FORMS["quoted"], document, said, cut_after=cut).faults


def counts(batch: Batch) -> tuple[int, int, int]:
    assert batch.request_counts is not None
    told = batch.request_counts
    return told.total, told.completed, told.failed


# Files


def test_files_come_back_as_they_were_until_they_are_deleted() -> None:
    with client_of() as client:
        file = client.files.create(file=("in.jsonl", b"a\nb\n"), purpose="batch")
        assert (file.filename, file.bytes, file.purpose) == ("in.jsonl", 4, "batch")
        assert client.files.retrieve(file.id) == file
        assert client.files.content(file.id).read() == b"a\nb\n"
        others = [client.files.create(file=(f"{n}", b"x"), purpose="batch").id for n in range(4)]
        listed = [one.id for one in client.files.list(limit=2)]
        assert listed == [*others[::-1], file.id]
        assert client.files.delete(file.id).deleted
        with pytest.raises(openai.NotFoundError):
            client.files.content(file.id)


def test_a_file_that_is_too_large_is_not_taken() -> None:
    with client_of(batch_max_bytes=1000) as client:
        client.files.create(file=("in.jsonl", b"x" * 1000), purpose="batch")
        with pytest.raises(openai.APIStatusError, match="1000 bytes") as refused:
            client.files.create(file=("in.jsonl", b"x" * 1001), purpose="batch")
    assert refused.value.status_code == 413


def test_a_file_may_come_in_pieces_of_any_size() -> None:
    parts = (
        b'--between\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch',
        b"\r\n--bet",
        b'ween\r\nContent-Disposition: form-data; name="file"; filename="in"\r\n\r\n'
        + b"x" * 20_000
        + b"\r\n--between--\r\n",
    )
    head = (
        "POST /v1/files HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=between\r\n"
        f"Content-Length: {sum(map(len, parts))}\r\n\r\n"
    )
    with serving() as server:
        port = urlsplit(server.base_url).port or 0
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            for piece in (head.encode(), *parts):
                connection.sendall(piece)
                server.log()  # by then its loop has taken what has come
            got = connection.makefile("rb").read()
    assert got.startswith(b"HTTP/1.1 200")
    assert b'"bytes":20000' in got


# States


def test_a_batch_runs_through_its_states_to_an_answer_for_each_line() -> None:
    with client_of(step_by_step=True) as client:
        batch = submit(client, *map(line, range(20)), run="7", part="1 of 2")
        assert (batch.status, counts(batch)) == ("validating", (0, 0, 0))
        seen = [batch.status]
        while batch.status not in END:
            batch = client.batches.retrieve(batch.id)
            if batch.status != seen[-1]:
                seen.append(batch.status)
        answers = lines_of(client, batch.output_file_id)
    assert seen == ["validating", "in_progress", "finalizing", "completed"]
    assert batch.metadata == {"run": "7", "part": "1 of 2"}
    assert counts(batch) == (20, 20, 0)
    assert batch.error_file_id is None
    assert answers.keys() == {one.id for one in backlog()[:20]}
    assert list(answers) != [one.id for one in backlog()[:20]]
    assert all(map(holds, answers.values()))
    stages = (batch.created_at, batch.in_progress_at, batch.finalizing_at, batch.completed_at)
    assert None not in stages
    assert sorted(stages) == list(stages)  # type: ignore[type-var]


def test_answers_of_batches_are_in_the_log() -> None:
    with serving(Options(batch_seconds=QUICK)) as server:
        with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as client:
            run(client, *map(line, range(5)))
        log = server.log()
    assert (log["batched"], log["delivered"], log["requests"]) == (5, 0, 0)
    assert {one["text"] for one in log["answers"]} == {one.id for one in backlog()[:5]}


def test_an_expired_batch_holds_what_was_done() -> None:
    with client_of(batch_trouble=("expire",)) as client:
        batch = run(client, *map(line, range(10)))
        done = lines_of(client, batch.output_file_id)
        left = lines_of(client, batch.error_file_id)
        again = run(client, *map(line, range(10)))
    assert batch.status == "expired"
    assert batch.expired_at is not None
    assert len(done) == len(left) == 5
    assert done.keys() | left.keys() == {one.id for one in backlog()[:10]}
    assert {one["error"]["code"] for one in left.values()} == {"batch_expired"}
    assert again.status == "completed"


def test_a_batch_that_is_called_off_holds_what_was_done() -> None:
    with client_of(step_by_step=True) as client:
        batch = submit(client, *map(line, range(10)))
        while not counts(batch)[1]:
            batch = client.batches.retrieve(batch.id)
        assert client.batches.cancel(batch.id).status == "cancelling"
        batch = ended(client, batch)
        done = lines_of(client, batch.output_file_id)
        with pytest.raises(openai.ConflictError):
            client.batches.cancel(batch.id)
    assert batch.status == "cancelled"
    assert batch.cancelled_at is not None
    assert 0 < len(done) < 10
    assert len(done) == counts(batch)[1]


def test_batches_are_listed_page_by_page_the_newest_first() -> None:
    with client_of(batch_seconds=SLOW) as client:
        made = [submit(client, line(0)).id for _ in range(5)]
        first = client.batches.list(limit=2)
        assert [one.id for one in first.data] == made[:-3:-1]
        assert first.has_more
        assert [one.id for one in client.batches.list(limit=2)] == made[::-1]
        assert not client.batches.list(limit=2, after=made[2]).has_more
        with pytest.raises(openai.BadRequestError):
            client.batches.list(after="batch_none")
        with pytest.raises(openai.NotFoundError):
            client.batches.retrieve("batch_none")


# Validation and limits


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("{", "invalid_json_line"),
        ("[]", "invalid_request"),
        (partial(line, 0, custom_id=""), "invalid_request"),
        (partial(line, 0, method="GET"), "invalid_request"),
        (partial(line, 0, body=None), "invalid_request"),
        (partial(line, 0, url="/v1/embeddings"), "url_mismatch"),
        (partial(line, 1), "duplicate_custom_id"),
    ],
)
def test_a_wrong_line_fails_the_batch_and_is_named(
    wrong: Callable[[], dict[str, Any]] | str, code: str
) -> None:
    second = wrong if isinstance(wrong, str) else wrong()
    with client_of() as client:
        batch = run(client, line(1), second, line(2))
    assert (batch.status, batch.output_file_id) == ("failed", None)
    assert batch.errors is not None
    assert [(one.code, one.line) for one in batch.errors.data or []] == [(code, 2)]


def test_a_batch_may_hold_so_many_requests() -> None:
    with client_of(batch_max_requests=3) as client:
        good, much, nothing = (run(client, *map(line, range(count))) for count in (3, 4, 0))
    assert good.status == "completed"
    for batch, code in ((much, "too_many_tasks"), (nothing, "empty_batch")):
        assert batch.status == "failed"
        assert batch.errors is not None
        assert [one.code for one in batch.errors.data or []] == [code]


def test_enqueued_tokens_are_limited_over_all_batches_under_way() -> None:
    each = sum(len(one["content"]) for one in request(backlog()[0])["messages"]) // 4
    with client_of(batch_max_enqueued_tokens=int(each * 3.5), step_by_step=True) as client:
        running = submit(client, *(line(0, custom_id=f"{n}") for n in range(2)))
        wait_until(lambda: client.batches.retrieve(running.id).status == "in_progress")
        over = run(client, *(line(0, custom_id=f"{n}") for n in range(2)))
        assert over.status == "failed"
        assert over.errors is not None
        assert [one.code for one in over.errors.data or []] == ["token_limit_exceeded"]
        assert ended(client, running).status == "completed"
        assert run(client, *(line(0, custom_id=f"{n}") for n in range(2))).status == "completed"


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "/v1/embeddings"},
        {"completion_window": "1h"},
        {"input_file_id": "file-none"},
        {"metadata": {"key": "v" * 513}},
        {"metadata": {str(number): "v" for number in range(17)}},
    ],
)
def test_what_is_no_batch_is_refused(changes: dict[str, Any]) -> None:
    with client_of() as client:
        file = client.files.create(file=("in.jsonl", b"{}"), purpose="batch").id
        wanted = {"input_file_id": file, "endpoint": ENDPOINT, "completion_window": "24h"}
        with pytest.raises(openai.BadRequestError):
            client.batches.create(**{**wanted, **changes})


def test_a_request_that_is_refused_is_an_error_of_its_line_alone() -> None:
    other = line(1)
    other["body"] = {**other["body"], "messages": [{"role": "user", "content": "?"}]}
    with client_of() as client:
        batch = run(client, line(0), other)
        done, failed = (
            lines_of(client, file) for file in (batch.output_file_id, batch.error_file_id)
        )
    assert (batch.status, counts(batch)) == ("completed", (2, 1, 1))
    assert list(done) == [backlog()[0].id]
    assert failed[backlog()[1].id]["response"]["status_code"] == 400


# Faults


def test_a_batch_may_fail_for_no_reason_and_is_taken_the_next_time() -> None:
    with client_of(batch_trouble=("fail",)) as client:
        first, second = (run(client, line(0)) for _ in range(2))
    assert (first.status, second.status) == ("failed", "completed")


def test_downloads_go_wrong_once_each() -> None:
    with client_of(batch_trouble=("content", "truncate", "short")) as client:
        batch = run(client, *map(line, range(4)))
        file = batch.output_file_id or ""
        with pytest.raises(openai.InternalServerError):
            client.files.content(file)
        with pytest.raises(openai.APIConnectionError):
            client.files.content(file).read()
        short, whole = (client.files.content(file).read() for _ in range(2))
    assert short == whole[: len(whole) // 2]
    assert len(whole.splitlines()) == 4


def test_lines_go_wrong_in_every_way_and_for_a_few_rounds_only() -> None:
    """Whoever asks again for what is missing or wrong gets all answers right."""
    left = {one.id: number for number, one in enumerate(backlog())}
    lost: list[int] = []
    codes: set[object] = set()
    wrong = 0
    with client_of(batch_faults=0.6, batch_seconds=0.05) as client:
        while left and len(lost) < 10:
            # What was cut gets no more room here: two hits in a row are the most all the same.
            batch = run(client, *map(line, left.values()))
            done = lines_of(client, batch.output_file_id)
            failed = lines_of(client, batch.error_file_id)
            codes |= {
                one["error"]["code"] if one["error"] else one["response"]["status_code"]
                for one in failed.values()
            }
            lost.append(len(left) - len(done) - len(failed))
            right = {name for name, one in done.items() if holds(one)}
            wrong += len(done) - len(right)
            left = {name: number for name, number in left.items() if name not in right}
    assert codes == {429, 500, "batch_expired"}
    assert lost[0] > 0
    assert wrong > 3
    assert len(lost) == 3


# Manners of others, and batches that go astray


def log(client: openai.OpenAI) -> dict[str, Any]:
    told: dict[str, Any] = client.with_options(base_url=str(client.base_url)[:-3]).get(
        "/log", cast_to=object
    )  # type: ignore[assignment]
    return told


@pytest.mark.parametrize(
    ("trouble", "made", "error"),
    [
        ("lost", 1, openai.InternalServerError),
        ("broken", 1, openai.APIConnectionError),
        ("garbled", 1, None),
        ("unmade", 0, openai.InternalServerError),
    ],
)
def test_a_batch_may_be_made_or_not_without_a_word(
    trouble: str, made: int, error: type[Exception] | None
) -> None:
    with client_of(batch_trouble=(trouble,)) as client:
        if error is None:
            assert "Created" in str(submit(client, line(0)))
        else:
            with pytest.raises(error):
                submit(client, line(0))
        assert len(client.batches.list().data) == len(log(client)["batches"]) == made
        submit(client, line(0))
        assert log(client)["out_twice"] == made


def test_what_a_batch_is_charged_for_is_told() -> None:
    with client_of() as client:
        batch = run(client, line(0), line(1))
        usages = [
            one["response"]["body"]["usage"]
            for one in lines_of(client, batch.output_file_id).values()
        ]
        charged = log(client)["batches"][batch.id]
    assert charged == {
        "answers": 2,
        "prompt_tokens": sum(usage["prompt_tokens"] for usage in usages),
        "completion_tokens": sum(usage["completion_tokens"] for usage in usages),
    }


def test_batches_are_told_in_other_manners() -> None:
    manners = ("capitals", "envelope", "bare", "unnamed", "empty", "text")
    with client_of(step_by_step=True, batch_manners=manners) as client:
        submit(client, line(0), jornada="x")
        (listed,) = client.get("/batches", cast_to=list[dict[str, Any]])
        told = client.get(f"/batches/{listed['id']}", cast_to=dict[str, Any])["job"]
    assert told["status"].isupper()
    assert (told["output_file_id"], "metadata" in told) == ("", False)
    assert told["request_counts"]["failed"] == "0"
    assert "T" in told["created_at"]


def test_routes_files_and_urls_may_be_other_than_expected() -> None:
    manners = ("unlisted", "no-file", "pending", "short-url", "gone")
    with client_of(batch_manners=manners, batch_pending=SLOW) as client:
        with pytest.raises(openai.NotFoundError):
            client.batches.list()
        file = client.files.create(file=("in.jsonl", content(line(0))), purpose="batch")
        assert file.status == "pending"
        with pytest.raises(openai.APIStatusError, match="not told of"):
            client.files.retrieve(file.id)
        with pytest.raises(openai.BadRequestError, match="pending"):
            client.batches.create(input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h")
    with client_of(batch_manners=("short-url", "gone")) as client:
        failed = run(client, line(0))
        assert failed.errors is not None
        assert [one.code for one in failed.errors.data or ()] == ["url_mismatch"]
        done = run(client, line(0, url="/chat/completions"))
        assert done.output_file_id is not None
        with pytest.raises(openai.NotFoundError):
            client.files.content(done.output_file_id)


def test_a_list_may_show_a_batch_late() -> None:
    with client_of(batch_listed_after=SLOW) as client:
        batch = submit(client, line(0))
        assert client.batches.list().data == []
        assert client.batches.retrieve(batch.id).id == batch.id


def test_lines_of_results_may_be_odd() -> None:
    with client_of(batch_manners=("odd-lines",)) as client:
        batch = run(client, *(line(number) for number in range(5)))
        assert batch.output_file_id is not None
        raw = client.files.content(batch.output_file_id).read()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n\r\n" in raw
    read = [json.loads(one) for one in raw[3:].splitlines() if one]
    assert sum(one["custom_id"] not in by_id() for one in read) == 3
    assert sum(isinstance(one["response"]["body"], str) for one in read) == 2
    assert sum("status_code" not in one["response"] for one in read) == 1
