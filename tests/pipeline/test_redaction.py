"""Secrets are found however they are written, and nothing else is touched."""

import io
import json
import logging
import pickle
import sys
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.configuration.headers import AUTHORIZATION
from pipeline.redacted_stream import redact_errors
from pipeline.redaction import SHORTEST, credentials_in, know_secrets, redact, redact_json
from pipeline.settings import LlmSettings, Settings
from pipeline.urls import secrets_in
from tests.echo_server import WRITTEN, find_written

SECRET = "sk-Qx7/Tz+9aB~4mVe2"  # noqa: S105 - made up
ROUND = ("as it is", "percent-encoded", "in JSON", "as HTML")
letters = st.characters(min_codepoint=33, max_codepoint=126)
secrets = st.text(letters, min_size=SHORTEST, max_size=60)
around = st.text("ñ |áÑ\n", max_size=20)


@given(secrets, around, around, st.sampled_from(list(WRITTEN)), st.sampled_from(ROUND))
def test_a_secret_is_hidden_however_it_is_written(
    secret: str, before: str, behind: str, way: str, again: str
) -> None:
    written = WRITTEN[again](f"{before}{WRITTEN[way](secret)}{behind}")
    hidden = redact(written, know_secrets([secret]))
    assert "***" in hidden
    assert find_written(secret, hidden) == []


@given(st.text(letters, min_size=20, max_size=60), st.integers(1, 9))
def test_most_of_a_secret_is_hidden_too(secret: str, short: int) -> None:
    known = know_secrets([secret])
    assert redact(f"ñ{secret[:-short]}ñ", known) == "ñ***ñ"
    assert redact(f"ñ{secret[short:]}ñ", known) == "ñ***ñ"


@given(st.text("áéíóúñ0123456789 %&\\<>\n\t\x00"), st.text("ghijkl", min_size=6))
def test_nothing_else_is_touched(text: str, secret: str) -> None:
    known = know_secrets([secret])
    assert redact(text, known) == text
    assert redact(f"{text}¡{secret}!{text}", known).replace("***", secret) == (
        f"{text}¡{secret}!{text}"
    )


@given(st.text(letters, max_size=SHORTEST - 1), st.text())
def test_what_is_too_short_puts_no_stars_into_words(secret: str, text: str) -> None:
    assert redact(text, know_secrets([secret])) == text


@given(secrets, st.sampled_from(list(WRITTEN)))
def test_what_was_asked_is_no_secret(secret: str, way: str) -> None:
    text = WRITTEN[way](secret)
    assert redact(text, know_secrets([secret]), lambda _: True) == text


def test_json_stays_json() -> None:
    told = {"quote": f"58 mil {SECRET}", SECRET: [1, None, {"a": SECRET}]}
    known = know_secrets([SECRET])
    hidden = {"quote": "58 mil ***", "***": [1, None, {"a": "***"}]}
    assert redact_json(told, known) == hidden
    assert json.loads(redact(json.dumps(told), known)) == hidden


@pytest.mark.parametrize(
    ("header", "credentials"),
    [
        ("Bearer secret-1", {"secret-1"}),
        ("Basic bmFtZTpzZWNyZXQtMg==", {"bmFtZTpzZWNyZXQtMg==", "name:secret-2", "secret-2"}),
        ("session=secret-3; theme=dark-4", {"secret-3", "dark-4"}),
        ("secret-5", {"secret-5"}),
    ],
)
def test_the_secrets_of_a_header_are_known(header: str, credentials: set[str]) -> None:
    assert credentials <= set(credentials_in(header))


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://me:pa%40ss@host/v1", {"me:pa@ss", "pa@ss", "pa%40ss", "bWU6cGFAc3M="}),
        ("me:pass@proxy:3128", {"pass", "bWU6cGFzcw=="}),
        ("https://token@host/v1", {"token"}),
        ("https://host/v1?code=a%2Fb&sig=c+d", {"a/b", "a%2Fb", "c d", "c+d"}),
        ("https://host/v1?bare", {"bare"}),
    ],
)
def test_the_secrets_of_a_url_are_known(url: str, secret: set[str]) -> None:
    assert secret <= set(secrets_in(url))


def test_the_version_of_an_api_is_no_secret() -> None:
    assert "2024-10-21" not in set(secrets_in("https://host/v1?api-version=2024-10-21"))


def test_settings_show_no_secret() -> None:
    url = "https://me:password-1@host/v1?code=query-2"
    headers = {AUTHORIZATION: "Bearer header-3"}
    llm = LlmSettings(base_url=url, api_key="key-4-key", secret_headers=headers)  # type: ignore[arg-type]
    shown = f"{Settings(llm=llm)!r} {llm!s} {llm.secrets!r} {llm.server} {llm.model_dump_json()}"
    for secret in ("password-1", "query-2", "header-3", "key-4-key"):
        assert secret not in shown.replace(url, "")
        assert redact(secret, llm.secrets) == "***"
    assert pickle.loads(pickle.dumps(llm.secrets)) == llm.secrets  # noqa: S301 - our own


def test_tracebacks_and_logs_are_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    redact_errors(know_secrets([SECRET]))
    traceback.print_exception(ValueError(f"bad key\n{SECRET}"))
    logging.StreamHandler().emit(logging.makeLogRecord({"msg": f"sent {SECRET}"}))
    sys.stderr.flush()
    assert stream.getvalue().count("***") == 2
    assert SECRET not in stream.getvalue()
