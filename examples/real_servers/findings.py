"""What the record of a run says: what the server took, and whether anything was paid for twice."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from examples.real_servers.recorder import Exchange

_LIMIT = re.compile(r"(?<=ratelimit)-.*")
_CHAT = "/chat/completions"
_ROOMS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


class Taken(NamedTuple):
    """What a server took, by its own answers.

    `schemas` and `rooms` are those of the requests that it answered with a completion; `refused`
    counts its other answers by status, "broken" where the connection broke and "unreadable" where
    a 200 was none. `twice` counts completions that came for a question that had one already.
    """

    calls: int
    answered: int
    schemas: tuple[str, ...]
    rooms: tuple[str, ...]
    usage: bool
    limits: tuple[str, ...]
    refused: Mapping[str, int]
    twice: int
    batches: int


def taken(exchanges: Iterable[Exchange]) -> Taken:
    """Sum up what went over the wire."""
    all_of_them = tuple(exchanges)
    chat = [one for one in all_of_them if one.path.partition("?")[0].endswith(_CHAT)]
    whole = [one for one in chat if _completion(one) is not None]
    asked = [json.loads(one.asked) for one in whole]
    return Taken(
        calls=len(chat),
        answered=len(whole),
        schemas=_distinct(_schema(body) for body in asked),
        rooms=_distinct(name for body in asked for name in _ROOMS if name in body),
        usage=any((_completion(one) or {}).get("usage") for one in whole),
        limits=_distinct(
            _LIMIT.sub("-*", name)
            for one in chat
            for name in one.headers
            if "ratelimit" in name or "retry" in name
        ),
        refused=Counter(_refusal(one) for one in all_of_them if _refusal(one)),
        twice=sum(count - 1 for count in Counter(one.asked for one in whole).values()),
        batches=sum(
            one.method == "POST" and one.path.partition("?")[0].endswith("/batches")
            for one in all_of_them
        ),
    )


def _completion(exchange: Exchange) -> dict[str, Any] | None:
    if exchange.status != 200:  # noqa: PLR2004 - the status of an answer
        return None
    try:
        answer = json.loads(exchange.answered)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and answer.get("choices") else None


def _refusal(exchange: Exchange) -> str:
    if exchange.status is None:
        return "broken"
    if exchange.status >= 400:  # noqa: PLR2004 - the first status of an error
        return str(exchange.status)
    is_chat = exchange.path.partition("?")[0].endswith(_CHAT)
    return "unreadable" if is_chat and _completion(exchange) is None else ""


def _schema(body: Mapping[str, Any]) -> str:
    wanted = body.get("response_format") or {}
    schema = wanted.get("json_schema") or {}
    return f"{wanted.get('type', 'none')}{' strict' if schema.get('strict') else ''}"


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
