import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from pipeline.configuration.headers import (
    check_value,
    is_credential,
    is_secret,
    parse_headers,
)


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "api-key", "X-API-Key", "Cookie", "x-goog-api-key", "X-Auth", "X-Token"),
        *("Ocp-Apim-Subscription-Key", "X-Client-Secret", "X-Password", "Proxy-Authorization"),
    ],
)
def test_what_carries_credentials_is_a_secret(name: str) -> None:
    (value,) = parse_headers([f"{name}=word"]).values()
    assert is_secret(name)
    assert isinstance(value, SecretStr)
    assert "word" not in repr(value)


@pytest.mark.parametrize("name", ["X-Team", "HTTP-Referer", "X-Title", "OpenAI-Beta"])
def test_what_does_not_is_none(name: str) -> None:
    assert parse_headers([f"{name} = a = b "]) == {name.lower(): "a = b"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("X-Team", "NAME=VALUE"),
        ("=a", "no name of a header"),
        ("X Team=a", "no name of a header"),
        ("Ximénez=a", "no name of a header"),
        ("X-Team=a\nX-Other: b", "one line of plain letters"),
        ("X-Team=→", "one line of plain letters"),
        ("X-Team=salud pública", "without accents"),
        ("X-Team=\0", "one line of plain letters"),
        ("Content-Length=3", "set by the client"),
        ("HOST=other", "set by the client"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(said: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_headers([said])


def test_a_header_has_one_spelling() -> None:
    assert parse_headers(["X-TEAM=a", "x-team=b"]) == {"x-team": "b"}
    assert list(parse_headers(["AUTHORIZATION=a", "authorization=b"])) == ["Authorization"]


def test_the_value_of_a_refused_header_is_never_told() -> None:
    for said in ("Authorization=sk-secret\n", "sk-secret", "X-Key=sk-secret→"):
        with pytest.raises(ValueError, match=r".") as caught:
            parse_headers([said])
        assert "sk-secret" not in str(caught.value)


@given(st.text())
def test_a_value_that_is_taken_can_be_sent(value: str) -> None:
    try:
        taken = check_value("x", value)
    except ValueError:
        return
    assert taken.encode("ascii").decode("ascii") == value.strip(" \t")
    assert not set(taken) & set("\r\n\0")


@pytest.mark.parametrize("name", ["key", "api_key", "apikey", "openai_api_key", "token", "API-KEY"])
def test_a_key_is_told_by_its_name(name: str) -> None:
    assert is_credential(name)


@pytest.mark.parametrize("name", ["max_tokens", "token_budget", "keys", "monkey", "key_env"])
def test_what_only_sounds_like_a_key_is_none(name: str) -> None:
    assert not is_credential(name)
