"""A local model in the place of what else is set."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from pipeline.llm import local_server
from pipeline.runs.set_up import serve_local_model
from pipeline.settings import LlmSettings, Settings

HERE = SimpleNamespace(
    model="m.gguf",
    base_url="http://127.0.0.1:1/v1",
    api_key=SecretStr("here"),
    context_tokens=8000,
    slots=2,
)
ELSEWHERE = LlmSettings(
    model="gpt",
    base_url="https://mine.openai.azure.com/openai/v1",
    api_key=SecretStr("there"),
    key_header="api-key",
    key_env="MY_KEY",
    headers={"x-team": "a"},
    secret_headers={"x-key": SecretStr("there")},
    organization="org",
    obstacles=("set MY_KEY",),
    params={"seed": 7},
)


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def serving(_: str) -> Iterator[SimpleNamespace]:
        yield HERE

    monkeypatch.setattr(local_server, "serving", serving)


def served(llm: LlmSettings) -> LlmSettings:
    with serve_local_model(Settings(llm=llm), "m.gguf", print) as settings:
        return settings.llm


def test_what_is_for_another_server_is_left_out() -> None:
    found = served(ELSEWHERE)
    assert (found.model, found.url) == (HERE.model, HERE.base_url)
    assert (found.api_key, found.key_header) == (HERE.api_key, "authorization")
    assert (found.headers, found.secret_headers, found.obstacles) == ({}, {}, ())
    assert (found.key_env, found.organization) == (None, None)
    assert found.params == {"temperature": 0.0, "seed": 7}


def test_the_room_and_time_that_a_person_gives_win() -> None:
    assert (served(ELSEWHERE).room, served(ELSEWHERE).patience) == (1000, 1800)
    own = ELSEWHERE.model_copy(update={"max_output_tokens": 70, "timeout_seconds": 9.0})
    assert (served(own).room, served(own).patience) == (70, 9)
