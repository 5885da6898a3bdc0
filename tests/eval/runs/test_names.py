import json

import pytest

from eval.runs.names import name_at, name_variant, server_in, shorten_server, tell_apart
from schemas.reading import ReaderKey

NAME = "anchored-v2 · m"
ONE, TWO = "http://127.0.0.1:8080/v1", "https://models.example/azure/v2"


def key(server: str | None = ONE, prompt_hash: str = "h" * 64, **parameters: object) -> ReaderKey:
    known = {} if server is None else {"server": server}
    return ReaderKey(
        reader="llm",
        model="m",
        prompt="anchored-v2",
        prompt_hash=prompt_hash,
        schema_hash="s",
        parameters=json.dumps(known | parameters),
    )


def told(*keys: ReaderKey) -> list[str]:
    return tell_apart([NAME] * len(keys), keys)


def test_a_name_of_its_own_stays_as_it_is() -> None:
    assert told(key()) == [NAME]
    assert tell_apart(["a", "b"], [key(ONE), key(TWO)]) == ["a", "b"]
    assert name_variant("baseline", None, None) == "baseline"


def test_two_servers_are_told_apart() -> None:
    assert told(key(ONE), key(TWO)) == [
        f"{NAME} @ 127.0.0.1:8080",
        f"{NAME} @ models.example/azure/v2",
    ]
    assert told(key(None), key(TWO)) == [NAME, f"{NAME} @ models.example/azure/v2"]


def test_two_prompts_of_one_name_are_told_apart() -> None:
    assert told(key(prompt_hash="a" * 64), key(prompt_hash="b" * 64)) == [
        f"{NAME} (aaaaaaaa)",
        f"{NAME} (bbbbbbbb)",
    ]


def test_what_else_an_answer_depends_on_tells_readers_apart() -> None:
    names = told(
        key(params={"temperature": 0}, schema_mode="auto"),
        key(params={"temperature": 0, "seed": 7}, schema_mode="json"),
    )
    assert names == [f"{NAME} (schema_mode auto, no seed)", f"{NAME} (schema_mode json, seed 7)"]


@pytest.mark.parametrize(
    ("server", "short"),
    [
        (ONE, "127.0.0.1:8080"),
        (TWO, "models.example/azure/v2"),
        ("https://api.openai.com/v1", "api.openai.com"),
        ("llama.cpp", "llama.cpp"),
    ],
)
def test_a_server_is_named_briefly(server: str, short: str) -> None:
    assert shorten_server(server) == short


def test_a_server_that_is_not_on_record_is_not_named() -> None:
    assert server_in(None) is None
    assert server_in("{}") is None
    assert name_at(NAME, None) == NAME
