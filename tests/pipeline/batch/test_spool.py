"""Files of requests: under every limit, one round each, and whole or not there."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.dialect import LONG_ENDPOINT, SHORT_ENDPOINT
from pipeline.batch.options import BatchOptions
from pipeline.batch.spool import Spool, SpoolFile, delete_leftovers, set_endpoint
from pipeline.calls.journal import Question
from pipeline.errors import StoreError


def asked(number: int = 1, document: str = "d" * 64) -> Question:
    return Question(document, "key", "reading", number, "question")


def packed(folder: Path, options: BatchOptions, *lengths: int, tokens: int = 10) -> list[SpoolFile]:
    spool = Spool(folder, options)
    for length in lengths:
        spool.add({"model": "m", "text": "x" * length}, tokens, 0.5, asked())
    return spool.seal()


def test_a_line_is_a_request_as_the_batch_api_wants_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", BatchOptions())
    spool.add({"model": "m", "messages": ["jornada médica\u2028"]}, 7, 0.25, asked())
    (file,) = spool.seal()
    (line,) = file.path.read_bytes().splitlines()
    assert json.loads(line) == {
        "custom_id": f"1-{'d' * 12}",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "m", "messages": ["jornada médica\u2028"]},
    }
    assert "médica" in line.decode()
    assert len(line.decode().splitlines()) == 1
    assert (file.requests, file.size, file.tokens, file.usd) == (1, len(line) + 1, 7, 0.25)
    (request,) = file.read_requests()
    assert request == (f"1-{'d' * 12}", "d" * 64, "reading", 1, "question")


@given(
    lengths=st.lists(st.integers(0, 300), min_size=1, max_size=30),
    requests=st.integers(1, 5),
    size=st.integers(200, 900),
    tokens=st.none() | st.integers(5, 60),
)
def test_no_file_is_over_a_limit_unless_by_one_request_alone(
    tmp_path_factory: pytest.TempPathFactory,
    lengths: list[int],
    requests: int,
    size: int,
    tokens: int | None,
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    options = BatchOptions(requests=requests, file_bytes=size, tokens=tokens)
    files = packed(folder, options, *lengths)
    assert sum(file.requests for file in files) == len(lengths)
    for file in files:
        content = file.path.read_bytes()
        assert (len(content), content.count(b"\n")) == (file.size, file.requests)
        names = [json.loads(line)["custom_id"] for line in content.splitlines()]
        assert names == [request.custom_id for request in file.read_requests()]
        assert len(set(names)) == file.requests <= requests
        assert file.requests == 1 or file.size <= size
        assert file.requests == 1 or tokens is None or file.tokens <= tokens


def test_rounds_are_kept_apart(tmp_path: Path) -> None:
    spool = Spool(tmp_path, BatchOptions())
    for number in (1, 2, 1):
        spool.add({}, 1, None, asked(number))
    files = spool.seal()
    assert {file.round: file.requests for file in files} == {1: 2, 2: 1}
    assert [file.usd for file in files] == [None, None]
    assert spool.seal() == []


def test_a_file_is_written_anew_for_another_endpoint_and_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path, BatchOptions())
    body = {"messages": [f'{{"method": "POST", "url": "{LONG_ENDPOINT}", "x": 1}}']}
    for _ in range(3):
        spool.add(body, 1, None, asked())
    (file,) = spool.seal()
    before = file.path.read_bytes()
    for endpoint in (SHORT_ENDPOINT, SHORT_ENDPOINT, LONG_ENDPOINT):
        set_endpoint(file.path, endpoint)
        lines = [json.loads(line) for line in file.path.read_bytes().splitlines()]
        assert [(line["url"], line["body"]) for line in lines] == [(endpoint, body)] * 3
    assert file.path.read_bytes() == before
    with pytest.raises(StoreError, match="No such file"):
        set_endpoint(tmp_path / "none.jsonl", SHORT_ENDPOINT)


def test_what_nobody_planned_is_swept_away(tmp_path: Path) -> None:
    first, second = packed(tmp_path, BatchOptions(requests=1), 1, 1)
    first.delete_index()
    delete_leftovers(tmp_path, {first.batch})
    assert [path.name for path in tmp_path.iterdir()] == [f"{first.batch}.jsonl"]
    assert second.requests == 1
    delete_leftovers(tmp_path, set())
    assert not tmp_path.exists()
    delete_leftovers(tmp_path, set())


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    spool = Spool(tmp_path / "file" / "folder", BatchOptions())
    with pytest.raises(StoreError, match="file/folder: Not a directory"):
        spool.add({}, 1, None, asked())
