"""How long a server asks to wait, in whatever way it says so. Pure.

Servers say it in seconds, in milliseconds, as "6m0s", as a date, or as the moment itself in seconds
or milliseconds since 1970; in Retry-After, or in headers of their own.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DURATION = re.compile(
    r"(?:(?P<d>\d+(?:\.\d+)?)d)?(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?"
    r"(?:(?P<s>\d+(?:\.\d+)?)s)?(?:(?P<ms>\d+(?:\.\d+)?)ms)?",
    re.ASCII,
)
_NUMBER = re.compile(r"\d{1,18}(?:\.\d{1,9})?", re.ASCII)
_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_LONGEST_TEXT = 64
_MOMENT = 1e8  # more seconds than three years can only be a moment
_MILLISECONDS = 1e11  # seconds since 1970 reach so far in the year 5138


def number(value: str | None) -> float | None:
    """Read a plain number, None if it is none."""
    plain = (value or "").strip()
    return float(plain) if _NUMBER.fullmatch(plain) else None


def seconds_until(value: str | None, now: datetime) -> float | None:
    """Read "20", "6m0s", "20ms", a date, or seconds or milliseconds since 1970, as seconds.

    What lies in the past is 0.0; what cannot be read is None.
    """
    plain = (value or "").strip()
    if not plain or len(plain) > _LONGEST_TEXT:
        return None
    if (told := number(plain)) is not None:
        if told < _MOMENT:
            return told
        return max(0.0, (told if told < _MILLISECONDS else told / 1000.0) - now.timestamp())
    if match := _DURATION.fullmatch(plain):
        return sum(float(match[unit] or 0) * seconds for unit, seconds in _SECONDS.items())
    moment = _read_date(plain)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def asked_pause(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Give the seconds that the headers of an error ask to wait.

    Retry-After comes first, then the headers of limits that are used up: each whose name has
    `ratelimit` and `reset` in it, with its own `remaining` where there is one. None if it says
    nothing.
    """
    now = now or datetime.now(UTC)
    plain = {name.lower(): value for name, value in headers.items()}
    milliseconds = number(plain.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000.0
    asked = seconds_until(plain.get("retry-after"), now)
    if asked is not None:
        return asked
    used_up = _resets(plain, now)
    return max(used_up, default=None)


def _resets(headers: Mapping[str, str], now: datetime) -> Iterator[float]:
    for name, value in headers.items():
        if "ratelimit" not in name.replace("rate-limit", "ratelimit") or "reset" not in name:
            continue
        left = number(headers.get(name.replace("reset", "remaining")))
        seconds = seconds_until(value, now)
        if seconds is not None and (left is None or left < 1):
            yield seconds


def _read_date(plain: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(plain)
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
