"""How long a server asks to wait, in each of the ways in which servers say so."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calls.pauses import asked_pause, number, seconds_until

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LATER = NOW + timedelta(seconds=90)


@pytest.mark.parametrize(
    "said",
    [
        "90",
        "1m30s",
        "90000ms",
        str(int(LATER.timestamp())),
        str(int(LATER.timestamp() * 1000)),
        LATER.isoformat(),
        "2026-03-04T05:07:37Z",
        format_datetime(LATER, usegmt=True),
        " 90 ",
    ],
)
def test_ninety_seconds_are_said_in_many_ways(said: str) -> None:
    assert seconds_until(said, NOW) == pytest.approx(90)


@pytest.mark.parametrize("said", ["", "soon", "-5", "1e400", "٣", "9" * 70, "Mon, 99 Foo 2026"])
def test_what_cannot_be_read_is_unknown(said: str) -> None:
    assert seconds_until(said, NOW) is None


def test_what_is_past_is_now() -> None:
    assert seconds_until((NOW - timedelta(days=1)).isoformat(), NOW) == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7", "x-ratelimit-reset-requests": "99s"}, 7),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"X-RateLimit-Reset": str(int(LATER.timestamp() * 1000))}, 90),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "12s",
                "x-ratelimit-remaining-tokens": "500",
                "x-ratelimit-reset-tokens": "40s",
            },
            12,
        ),
        ({"anthropic-ratelimit-requests-reset": LATER.isoformat()}, 90),
        ({"x-rate-limit-reset": "5"}, 5),
        ({"date": "5"}, None),
        ({}, None),
    ],
)
def test_what_the_headers_of_an_error_ask(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_pause(headers, NOW) == (None if seconds is None else pytest.approx(seconds))


@given(st.text(max_size=40))
def test_any_header_is_a_time_to_come_or_none(said: str) -> None:
    for seconds in (
        seconds_until(said, NOW),
        number(said),
        asked_pause({"retry-after": said}, NOW),
    ):
        assert seconds is None or seconds >= 0
