"""What goes over the wire by the settings of a person."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.runs.trial import BULLETIN
from tests.command import Jornada, right_answer
from tests.llm_server import LlmServer, answer, serve

KEYS = {"OPENAI_API_KEY": "sk-openai", "AZURE_OPENAI_API_KEY": "azure-key"}
PAYERS = {"OPENAI_ORG_ID": "org", "OPENAI_PROJECT_ID": "proj"}


def asked(here: Jornada, server: LlmServer, *options: str, **env: str) -> dict[str, Any]:
    """Ask once; give the body that came, with the path in it."""
    ran = here("doctor", "--json", *options, **env)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return server.requests[-1]


def test_parameters_and_headers_go_with_each_request(here: Jornada) -> None:
    with serve(answer(right_answer(BULLETIN))) as server:
        body = asked(
            *(here, server, "--model", "m", "--base-url", server.base_url),
            *("--param", "temperature=0", "--param", 'provider={"only": ["a"]}'),
            *("--header", "X-Team=public health", "--header", "X-Key=word"),
            **KEYS,
            **PAYERS,
        )
        (headers,) = server.headers
    assert (body["temperature"], body["provider"]) == (0, {"only": ["a"]})
    assert (headers["x-team"], headers["x-key"]) == ("public health", "word")
    assert headers["authorization"] == "Bearer sk-openai"
    assert not {"openai-organization", "openai-project", "api-key"} & set(headers)


@pytest.mark.parametrize("header", ["Authorization", "AUTHORIZATION"])
def test_a_header_of_ones_own_takes_the_place_of_the_key(here: Jornada, header: str) -> None:
    with serve(answer(right_answer(BULLETIN))) as server:
        asked(
            *(here, server, "--model", "m", "--base-url", server.base_url),
            *("--header", f"{header}=Token word"),
            **KEYS,
        )
        (headers,) = server.headers
    assert headers["authorization"] == "Token word"


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("", "/openai/v1/chat/completions"),
        ("preview", "/openai/v1/chat/completions?api-version=preview"),
        ("2024-10-21", "/openai/deployments/gpt/chat/completions?api-version=2024-10-21"),
    ],
)
def test_azure_is_asked_in_its_own_way(here: Jornada, version: str, path: str) -> None:
    with serve(answer(right_answer(BULLETIN))) as server:
        env = {
            "AZURE_OPENAI_ENDPOINT": server.base_url.removesuffix("/v1"),
            "AZURE_OPENAI_DEPLOYMENT": "gpt",
            "OPENAI_API_VERSION": version,
        }
        body = asked(here, server, **env, **KEYS, **PAYERS)
        (headers,) = server.headers
    assert (body["path"], body["model"]) == (path, "gpt")
    assert headers["api-key"] == "azure-key"
    assert not {"authorization", "openai-organization", "openai-project"} & set(headers)


def test_the_query_of_a_base_url_stays_a_query(here: Jornada, tmp_path: Path) -> None:
    with serve(answer(right_answer(BULLETIN))) as server:
        (tmp_path / "jornada.toml").write_text(f'base_url = "{server.base_url}?a=b"\nmodel = "m"')
        assert asked(here, server)["path"] == "/v1/chat/completions?a=b"


def test_the_schema_mode_is_what_was_asked_for(here: Jornada) -> None:
    for mode, sent in (("strict", "json_schema"), ("json", "json_object"), ("none", None)):
        with serve(answer(right_answer(BULLETIN))) as server:
            options = ("--model", "m", "--base-url", server.base_url, "--schema-mode", mode)
            body = asked(here, server, *options)
        assert body.get("response_format", {}).get("type") == sent


def test_the_doctor_names_what_it_learnt(here: Jornada) -> None:
    with serve(answer(right_answer(BULLETIN))) as server:
        ran = here("doctor", "--json", "--model", "m", "--base-url", server.base_url)
    found = json.loads(ran.stdout)
    assert found["schema mode"]["mode"] == "strict"
    assert found["room"]["parameter"] == "max_tokens"
    assert found["roles"]["system"] is True
