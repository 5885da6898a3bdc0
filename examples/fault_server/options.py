"""What the server can be told to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Fault = Literal[
    "latency", "429", "storm", "500", "half", "garbage", "json", "invented", "reset", "drip"
]
FAULTS: dict[Fault, str] = {
    "latency": "the answer comes after --spike seconds",
    "429": "refused, with Retry-After",
    "storm": "for --storm seconds everybody gets 429; at most one storm in ten seconds",
    "500": "500, 502 (a page of HTML) or 503",
    "half": 'half an answer, with finish_reason "length"',
    "garbage": "a page of HTML, or bytes that are no text, with status 200",
    "json": "an answer that is no JSON, or not of the shape that was asked for",
    "invented": "an answer with a figure that is invented, misread or left out",
    "reset": "the connection breaks before the answer, or in the middle of it",
    "drip": "the answer comes in small pieces, over --drip seconds",
}
"""What can go wrong with a request."""

Manner = Literal[
    "no schema", "plain schema", "not strict", "text only", "breaks at schemas",
    "new name of room", "old name of room", "little room", "small context", "no system", "turns",
    "error inside", "too many inside", "error in choice", "no choice", "overloaded", "edge",
    "dependency", "loading", "too many until", "too many in details",
    "thoughts", "thoughts with braces", "thoughts that only end", "prose around", "wrapped",
    "listed", "escaped", "JSON in a string", "comma too many", "python", "decomposed",
    "numbers in words", "capitals", "parts", "object", "tool call", "function call",
    "in the thoughts", "text of choice", "thoughts outside", "usage in words",
    "usage in fractions", "stream", "byte order mark", "latin-1", "keep-alive", "used-up limit",
]  # fmt: skip
"""Ways of servers in use, see `manners.py`."""
MANNERS: tuple[Manner, ...] = get_args(Manner)

LineFault = Literal["429", "500", "expired", "missing", "half", "json", "invented"]
LINE_FAULTS: tuple[LineFault, ...] = get_args(LineFault)
"""What can go wrong with a line of a batch: an error in its place, no line, a wrong answer."""

Trouble = Literal[
    "fail", "expire", "content", "truncate", "short", "lost", "broken", "garbled", "unmade"
]
TROUBLES: dict[Trouble, str] = {
    "fail": "validation fails, although nothing is wrong",
    "expire": "the batch expires with about half of its requests done",
    "content": "a download of results is answered with 500",
    "truncate": "a download of results breaks off",
    "short": "a download of results is whole by its headers, but lacks its second half",
    "lost": "a batch is made, and answered with 504",
    "broken": "a batch is made, and the connection breaks before the answer",
    "garbled": "a batch is made, and answered with a page of HTML and status 200",
    "unmade": "a batch is not made, and answered with 504",
}
"""What can go wrong with a whole batch: once for each time that it is listed, in that order."""


BatchManner = Literal[
    "capitals",
    "envelope",
    "bare",
    "unnamed",
    "empty",
    "text",
    "odd-lines",
    "unlisted",
    "no-file",
    "gone",
    "pending",
    "short-url",
]
BATCH_MANNERS: dict[BatchManner, str] = {
    "capitals": "states are told in capitals",
    "envelope": "a batch is told inside of another object",
    "bare": "a list of batches comes without an object round it, and whole",
    "unnamed": "no metadata are told back",
    "empty": 'where there is no ID there is ""',
    "text": "moments and counts are text",
    "odd-lines": "results with CRLF, blank lines, bodies as text, and more in a custom_id",
    "unlisted": "there is no list of batches",
    "no-file": "nothing is told of single files",
    "gone": "files of results cannot be had",
    "pending": "no batch can be made of a file for --batch-pending seconds after its upload",
    "short-url": "requests have to go to /chat/completions, without /v1",
}
"""How other providers do the Batch API, always."""


@dataclass(frozen=True)
class Options:
    """How the server behaves. Times are in seconds; rates are shares of 1."""

    model: str = "faulty"
    latency: float = 0.0
    jitter: float = 0.0  # up to so much is added to the latency

    faults: float = 0.0
    kinds: tuple[Fault, ...] = tuple(FAULTS)
    seed: int = 1
    in_a_row: int = 2  # so often at most one request is hit before it goes through
    spike: float = 2.0
    storm: float = 1.0
    drip: float = 1.0
    retry_after: float = 1.0

    manners: tuple[Manner, ...] = ()  # each request meets one of these, by the seed

    rpm: int | None = None
    tpm: int | None = None
    burst: float = 60.0  # the buckets hold what flows into them in so many seconds

    refuse_all: int | None = None
    after: int = 0  # refuse_all begins behind so many requests
    refuse: tuple[str, ...] = ()  # bulletins that hold one of these get status 400

    cache: int = 20_000  # answers that are kept
    log: Path | None = None

    batch_seconds: float = 1.0
    batch_max_requests: int = 50_000
    batch_max_bytes: int = 200_000_000
    batch_max_enqueued_tokens: int | None = None
    batch_faults: float = 0.0
    batch_trouble: tuple[Trouble, ...] = ()
    batch_manners: tuple[BatchManner, ...] = ()
    batch_pending: float = 0.5
    batch_listed_after: float = 0.0  # seconds before the list shows a batch
