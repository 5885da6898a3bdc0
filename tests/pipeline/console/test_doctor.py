"""What `jornada doctor` finds out of a server by asking it as a run would."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.runs.trial import BULLETIN
from tests.command import Jornada, Model, Ran, right_answer
from tests.llm_server import LlmServer, Reply, answer, failure, serve

SECRET = "sk-very-secret"  # noqa: S105 - it must not come out
KEYS = [
    *("versions", "OPENAI_API_KEY", "key", "base URL", "model", "prompt", "server", "headers"),
    *("call", "schema mode", "room", "roles", "usage", "rate limits", "database", "reader"),
]


def asked(server: LlmServer | Model) -> tuple[str, ...]:
    return "doctor", "--model", "scripted", "--base-url", server.base_url


def facts(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def right(**headers: str) -> Reply:
    reply = answer(right_answer(BULLETIN))
    return Reply(reply.body, headers={name.replace("_", "-"): it for name, it in headers.items()})


def test_one_call_shows_what_a_server_takes(here: Jornada, tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[scripted]\ninput = 1000\noutput = 1000")
    limits = {"x_ratelimit_limit_requests": "500", "x_request_id": "a"}
    with serve(right(**limits)) as server:
        ran = here(
            *(*asked(server), "--json", "--prices", "prices.toml", "--max-output-tokens", "700"),
            *("--header", f"X-Key={SECRET}", "--header", "X-Team=a"),
            OPENAI_API_KEY=SECRET,
        )
    assert ran.returncode == 0, ran.stdout
    found = facts(ran)
    assert list(found) == KEYS
    assert (found["call"]["well"], found["call"]["reading"]) == (True, "ok")
    assert found["usage"]["input_tokens"] == 100
    assert found["usage"]["output_tokens"] == 50
    assert found["usage"]["cost_usd"] == pytest.approx(0.15)
    assert found["rate limits"]["headers"] == {"x-ratelimit-limit-requests": "500"}
    assert found["headers"]["names"] == ["authorization", "x-team", "x-key"]
    assert found["schema mode"]["asked"] == "auto"
    assert found["room"]["tokens"] == 700
    assert len(server.requests) == 1
    assert "120 consultas" in server.said(0)
    assert "which costs a call (--no-call leaves it out)" in ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    assert not (tmp_path / "jornada.duckdb").exists()


def test_what_is_found_is_told_in_words(here: Jornada) -> None:
    with serve(right()) as server:
        ran = here(*asked(server))
    assert ran.returncode == 0
    for said in ("and it holds", "100 tokens in, 50 out, no price known", "not told in headers"):
        assert said in ran.stdout


def test_no_call_is_made_where_none_is_wanted(here: Jornada, model: Model) -> None:
    ran = here(*asked(model), "--no-call", "--json")
    assert (ran.returncode, model.asked, ran.stderr) == (0, 0, "")
    assert "call" not in facts(ran)
    here(*asked(model), "--reader", "baseline")
    assert model.asked == 0


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (failure(401, "who are you"), "not answered: "),
        (failure(503, "come back"), "come back"),
        (answer("I am sorry."), "it cannot be used: "),
        (Reply(b"<html>"), "not answered: "),
    ],
)
def test_a_call_that_fails_is_one_fact(here: Jornada, reply: Reply, told: str) -> None:
    with serve(reply) as server:
        ran = here(*asked(server), "--json")
        assert ran.returncode == 1
        assert len(server.requests) == 1
    found = facts(ran)
    assert found["call"]["well"] is False
    assert told in found["call"]["said"]
    assert "\n" not in found["call"]["said"]


def test_an_answer_that_holds_in_part_is_no_problem(here: Jornada) -> None:
    with serve(answer(right_answer(BULLETIN, only=0))) as server:
        ran = here(*asked(server), "--json")
    assert ran.returncode == 0
    assert facts(ran)["call"]["well"] is None


def test_a_server_that_lists_no_models_but_answers_is_well(here: Jornada) -> None:
    with serve(right()) as server:
        ran = here(*asked(server), "--json")
    assert ran.returncode == 0
    assert facts(ran)["server"]["well"] is None
    assert "answers HTTP 501" in facts(ran)["server"]["said"]


def test_nothing_is_asked_while_something_is_in_the_way(here: Jornada, tmp_path: Path) -> None:
    (tmp_path / "jornada.toml").write_text(
        'model = "m"\nbase_url = "http://127.0.0.1:9/v1"\nkey_env = "MY_KEY"'
    )
    ran = here("doctor", "--json")
    assert ran.returncode == 1
    assert facts(ran)["reader"]["said"].startswith("set MY_KEY: ")
    assert "call" not in facts(ran)
