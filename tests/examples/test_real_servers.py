"""The script that tries servers of others: what it records, what it finds, how it starts and stops.

No server of others is installed here: that takes a network, and half an hour for all of them.
"""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from examples.real_servers.findings import taken
from examples.real_servers.installs import Missing, install_from_npm, run_once
from examples.real_servers.programs import free_port, get, running
from examples.real_servers.recorder import Exchange, recording
from examples.real_servers.servers import Trial, direct
from examples.real_servers.trials import SHORT, run_trial
from tests.llm_server import answer, completion, failure, serve

CHAT = "/v1/chat/completions"
STRICT = {"type": "json_schema", "json_schema": {"name": "a", "schema": {}, "strict": True}}


def asked(number: int = 1, **body: object) -> bytes:
    return json.dumps({"messages": [number], "max_tokens": 9} | body).encode()


def whole(body: bytes) -> Exchange:
    return Exchange("POST", CHAT, body, 200, {}, json.dumps(completion()).encode())


def send(url: str, body: bytes = b"{}") -> int:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=30) as got:  # noqa: S310 - loopback
            return int(got.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_what_a_server_took_is_what_it_answered() -> None:
    found = taken(
        [
            Exchange("GET", "/v1/models", b"", 200),
            Exchange("POST", CHAT, asked(response_format=STRICT), 400),
            Exchange("POST", CHAT, asked(), 429, {"retry-after": "1", "x-ratelimit-reset-a": "2"}),
            Exchange("POST", CHAT, asked()),
            Exchange("POST", CHAT, asked(), 200, {}, b"<html>"),
            whole(asked(response_format={"type": "json_object"})),
            Exchange("POST", "/v1/batches?a=b", b"{}", 200),
        ]
    )
    assert (found.calls, found.answered, found.batches, found.twice) == (5, 1, 1, 0)
    assert found.schemas == ("json_object",)
    assert found.rooms == ("max_tokens",)
    assert found.usage
    assert found.limits == ("retry-after", "x-ratelimit-*")
    assert found.refused == {"400": 1, "429": 1, "broken": 1, "unreadable": 1}


@pytest.mark.parametrize(
    ("bodies", "twice"),
    [
        ([asked(1), asked(2)], 0),
        ([asked(1), asked(2), asked(1)], 1),
        ([asked(1), asked(1), asked(1)], 2),
    ],
)
def test_a_question_that_was_answered_and_asked_again_is_counted(
    bodies: Sequence[bytes], twice: int
) -> None:
    failed = Exchange("POST", CHAT, asked(1), 500)
    assert taken([failed, *map(whole, bodies)]).twice == twice


def test_the_recorder_passes_on_and_keeps_what_was_said() -> None:
    with (
        serve(answer("yes"), failure(429, headers={"Retry-After": "7"})) as server,
        recording(server.base_url.removesuffix("/v1")) as recorder,
    ):
        statuses = [send(f"{recorder.url}{CHAT}?a=b", asked(n)) for n in (1, 2)]
    assert statuses == [200, 429]
    first, second = recorder.exchanges
    assert (first.method, first.path, first.asked) == ("POST", f"{CHAT}?a=b", asked(1))
    assert json.loads(first.answered)["choices"][0]["message"]["content"] == "yes"
    assert second.headers["retry-after"] == "7"


def test_a_connection_that_breaks_breaks_through_the_recorder_and_is_on_record() -> None:
    with recording(f"http://127.0.0.1:{free_port()}") as recorder:
        with pytest.raises(OSError, match=r"closed|reset"):
            send(f"{recorder.url}{CHAT}")
        assert [one.status for one in recorder.exchanges] == [None]


def test_a_program_runs_from_when_it_answers_until_the_block_ends() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with running([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)], url):
        assert "<html" in get(url)
    with pytest.raises(OSError, match="refused"):
        get(url)


def test_a_program_that_ends_says_why() -> None:
    program = [sys.executable, "-c", "raise SystemExit('no such model')"]
    with (
        pytest.raises(Missing, match=r"does not start; it said last: no such model"),
        running(program, f"http://127.0.0.1:{free_port()}/"),
    ):
        pass


def test_what_cannot_be_installed_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = "import sys; print('a lot'); sys.exit('ERROR: no such package')"
    with pytest.raises(Missing, match=r"^cannot be installed: ERROR: no such package$"):
        run_once([sys.executable, "-c", failing])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="needs node and npm"):
        install_from_npm(tmp_path / "server", "some-server")


@pytest.mark.slow
def test_a_run_is_right_by_its_figures_and_wrong_by_others(tmp_path: Path) -> None:
    with direct(tmp_path) as server:
        trial = Trial("extract", server.trials[0].model, short=True, right=True)
        first = run_trial(server, trial, tmp_path / "first", None)
        other = run_trial(server, trial, tmp_path / "other", first.figures[1:])
    assert first.figures
    assert (first.statuses, first.wrong, first.taken.answered) == ((0,), (), len(SHORT))
    assert other.wrong == (
        f"{len(first.figures)} figures where {len(first.figures) - 1} are right",
    )
