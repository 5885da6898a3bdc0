"""URLs of servers, which may carry a name and a password, or the end of a line."""

import pytest

from pipeline.urls import (
    basic_authorization,
    has_password,
    server_of,
    shown_url,
    stored_url,
    without_password,
)


@pytest.mark.parametrize("end", ["", "\r", "\n", "\t"])
def test_a_url_out_of_a_file_is_one_to_connect_by(end: str) -> None:
    assert without_password(f"http://127.0.0.1:9/v1{end}") == "http://127.0.0.1:9/v1"
    assert without_password(f"http://me:secret@127.0.0.1:9/v1{end}") == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize("url", ["http://me:se@cret@host/v1", "me:se@cret@host/v1"])
def test_no_password_is_shown_with_or_without_a_scheme(url: str) -> None:
    for shown in (shown_url(url), without_password(url)):
        assert "se" not in shown
        assert "cret" not in shown
        assert shown.endswith("host/v1")


def test_name_and_password_go_into_a_header() -> None:
    assert basic_authorization("http://host/v1") == {}
    sent = basic_authorization("http://me:p%40ss@host/v1")
    assert sent == {"Authorization": "Basic bWU6cEBzcw=="}


def test_a_server_is_known_by_what_tells_it_from_others() -> None:
    assert server_of("HTTP://Host/v1/") == server_of("http://host:80/v1")
    assert server_of("http://host/v1") != server_of("https://host/v1")
    assert server_of("host/v1") is None


@pytest.mark.parametrize(
    ("url", "shown", "stored"),
    [
        ("https://me:pass@h/v1?code=x&sig=y#z", "https://***@h/v1?code=***&sig=***",
         "https://h/v1?code=***&sig=***"),
        ("https://h/v1?bare&a=", "https://h/v1?***&a=***", "https://h/v1?***&a=***"),
        ("https://h/v1?api-version=2024-10-21&c=d", "https://h/v1?api-version=2024-10-21&c=***",
         "https://h/v1?api-version=2024-10-21&c=***"),
        ("https://h/v1?api-version=sk-1234567", "https://h/v1?api-version=***",
         "https://h/v1?api-version=***"),
        ("https://h/v1", "https://h/v1", "https://h/v1"),
        ("sk-key_in-the-wrong-place", "***", "***"),
    ],
)  # fmt: skip
def test_values_in_a_query_are_neither_shown_nor_stored(url: str, shown: str, stored: str) -> None:
    assert (shown_url(url), stored_url(url)) == (shown, stored)


def test_a_name_or_a_password_is_one() -> None:
    assert has_password("https://me@h/v1")
    assert not has_password("https://h/v1?code=x")
