"""When a call is made again: which errors, how long to wait, when to give up. Data for tenacity."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import tenacity

from pipeline.errors import TransportError

FIRST_WAIT_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 60.0
"""More than this is not waited even where a server asks for it."""
PATIENCE_SECONDS = 900.0
"""How long a document waits for a server that has too many requests, before it fails."""
FEW = 3
"""So many answers that cannot be read, or of status 500 before any other, are enough."""
MOST_LATE = 2
"""So many calls without an answer in time are enough: behind a proxy each may go on and cost."""
UNREADABLE = "no chat completion"
SERVER_ERROR = "500"
LATE = "no answer in time"
"""Causes of a `TransportError`."""
_FEW_REFUSALS = 5
"""So many 429s fail no document, however long it waited for its turn between them."""

WORTH_REPEATING = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.FAILED_DEPENDENCY,  # a gateway's, for the model behind it
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        *range(500, 600),
    }
) - {HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED}
"""Statuses after which the same call may succeed; some from 500 up are known to one vendor only."""

RETRYABLE = tenacity.retry_if_exception_type(TransportError)
"""The errors after which a call is made again."""


def seconds_to_wait(state: tenacity.RetryCallState) -> float:
    """Give the seconds to wait: what the server asks for, else a growing, jittered time."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransportError) else None
    backoff = tenacity.wait_random_exponential(
        multiplier=FIRST_WAIT_SECONDS, max=LONGEST_BACKOFF_SECONDS
    )
    return min(backoff(state) if asked is None else asked, LONGEST_WAIT_SECONDS)


class StopRule:
    """Stop after so many failures; a 429 says "later" and is none, as long as patience lasts.

    What cannot be read, or comes too late, may have been paid for, and is repeated less often.
    While nothing is `proven` of the way a server is asked, three answers of status 500 in a row may
    be due to that.
    For one call and its repetitions.
    """

    def __init__(self, attempts: int, *, proven: bool = True) -> None:
        self._attempts = max(1, attempts)
        self._proven = proven
        self._throttled = 0
        self._throttled_since = 0.0
        self._unreadable = 0
        self._late = 0

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        """Tell, after each failure, whether it was the last."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TransportError) and error.throttled:
            now = time.monotonic()
            if not self._throttled:
                self._throttled_since = now
            self._throttled += 1
            waited = now - self._throttled_since
            return self._throttled > _FEW_REFUSALS and waited > PATIENCE_SECONDS
        failed = state.attempt_number - self._throttled
        cause = error.cause if isinstance(error, TransportError) else None
        self._unreadable += cause == UNREADABLE
        self._late += cause == LATE
        return (
            failed >= self._attempts
            or self._late >= MOST_LATE
            or self._unreadable >= FEW
            or (not self._proven and failed >= FEW and cause == SERVER_ERROR)
        )


def retrying(
    stop: Callable[[tenacity.RetryCallState], bool],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> tenacity.AsyncRetrying:
    """Make one call repeat itself so; the last error is raised as it is."""
    return tenacity.AsyncRetrying(
        retry=RETRYABLE, stop=stop, wait=seconds_to_wait, sleep=sleep, reraise=True
    )
