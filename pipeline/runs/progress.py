"""The counts of a run, while it goes on and at its end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from schemas.finding import Severity
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.usage import Usage

SAMPLE = 20
"""Documents from which the cost of all is told."""


Ending = Literal["finished", "interrupted", "refused", "budget"]
"""How a run ends: by itself, by Ctrl-C, by the server (ten failures in a row), or by its budget."""


class Failure(BaseModel):
    """A source that could not be read, or whose document could not; `error` is one line."""

    model_config = ConfigDict(frozen=True)

    source: str
    error: str


class Summary(BaseModel):
    """What a run did.

    `documents` are different texts: each was `read` (`partial` of these in part, `irrelevant` of
    them report on no health services and so have no figures), was `unchanged`
    because an equal reader had read it before, or failed. `failed` counts these, among them those
    `failed_before` that nobody asked about again, and the sources that are `unreadable`.
    `duplicates` are further sources of a text of the same run, `near` are documents nearly
    identical to another (0 where the run was not told to compare them), of which `reused` took
    over that one's reading. `pending` wait for the answers of a batch, `left` were begun and not
    finished when the run was stopped: their answers are kept. Of the sources, `changed` hold
    another text than before, `gone` are on record and not there any more, and `forgotten` of these
    count no more; both are None where the run did not come by all that it was asked for. Tokens
    and cost are None where no reading knows them.
    """

    model_config = ConfigDict(frozen=True)

    reader: ReaderKey
    outcome: Ending
    reason: str | None
    total: int | None
    sources: int
    documents: int
    read: int
    partial: int
    irrelevant: int = 0
    unchanged: int
    failed: int
    failed_before: int
    unreadable: int
    duplicates: int
    near: int
    reused: int
    pending: int
    left: int
    changed: int = 0
    gone: int | None = None
    forgotten: int | None = None
    passed_over: dict[str, int] | None = None
    """Files in folders that are of kinds that hold no bulletins, by the ends of their names."""
    figures: int
    findings: dict[Severity, int]
    schema_modes: dict[str, int] = {}
    """How many answers came of each way in which a server was held to the schema."""
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    doubtful_usd: float = 0.0
    """What calls may have cost at most of which the answer was lost on its way."""
    seconds: float
    failures: tuple[Failure, ...]

    @property
    def usage(self) -> Usage:
        """Give tokens and cost together."""
        return Usage(self.input_tokens, self.output_tokens, self.cost_usd)


@dataclass
class Progress:
    """The counts of a run so far; see `Summary`."""

    total: int | None = None
    """How many sources there are, where that is known."""
    sources: int = 0
    documents: int = 0
    read: int = 0
    partial: int = 0
    irrelevant: int = 0
    unchanged: int = 0
    failed: int = 0
    failed_before: int = 0
    unreadable: int = 0
    duplicates: int = 0
    near: int = 0
    reused: int = 0
    pending: int = 0
    left: int = 0
    changed: int = 0
    figures: int = 0
    findings: dict[Severity, int] = field(default_factory=lambda: dict.fromkeys(Severity, 0))
    schema_modes: dict[str, int] = field(default_factory=dict)
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    doubtful_usd: float = 0.0
    in_hand: str | None = None
    """The file that is loaded, or read, the longest just now, for so many seconds."""
    in_hand_seconds: float | None = None
    sample: list[float] = field(default_factory=list)
    """What the first documents cost, in US dollars."""

    @property
    def done(self) -> int:
        """How many sources have been dealt with."""
        return self.read + self.unchanged + self.failed + self.duplicates + self.pending

    @property
    def expected_usd(self) -> float | None:
        """What all will have cost at the end if each to come costs what those read did."""
        if self.cost_usd is None or self.total is None or not self.asked:
            return None
        return self.cost_usd * (1 + max(0, self.total - self.done) / self.asked)

    @property
    def asked(self) -> int:
        """How many documents this run has read, or tried to: what rates are told from."""
        return self.read + self.failed - self.failed_before - self.unreadable + self.pending

    def seconds_left(self, seconds: float) -> float | None:
        """Tell how long it goes on at the rate of `seconds` so far; None where nobody can know."""
        if self.total is None or not self.asked:
            return None
        return max(0, self.total - self.done) * seconds / self.asked

    @property
    def usage(self) -> Usage:
        """Give tokens and cost together."""
        return Usage(self.input_tokens, self.output_tokens, self.cost_usd)

    def add(self, reading: Reading) -> None:
        """Count one reading."""
        if reading.cost_usd is not None and len(self.sample) < SAMPLE:
            self.sample.append(reading.cost_usd)
        self._count(reading, 1)
        for attempt in reading.attempts:
            if attempt.schema_mode is not None and attempt.outcome.is_paid:
                before = self.schema_modes.get(attempt.schema_mode, 0)
                self.schema_modes[attempt.schema_mode] = before + 1
        total = self.usage + reading.usage
        self.input_tokens, self.output_tokens = total.input_tokens, total.output_tokens
        self.cost_usd = total.cost_usd

    def replace(self, before: Reading, after: Reading) -> None:
        """Count another reading in the place of one that was added; it has cost the same."""
        self._count(before, -1)
        self._count(after, 1)

    def _count(self, reading: Reading, one: int) -> None:
        if reading.status is ReadingStatus.FAILED:
            self.failed += one
        else:
            self.read += one
            self.partial += one * (reading.status is ReadingStatus.PARTIAL)
            self.irrelevant += one * (reading.report is not None and not reading.report.relevant)
            self.reused += one * (reading.derived == "near")
        self.figures += one * len(reading.report.figures) if reading.report else 0
        for finding in reading.findings:
            self.findings[finding.severity] += one


class Watch(NamedTuple):
    """Who is told of each step of a run, of each failure as it happens, and of what else is up."""

    step: Callable[[Progress], None] = lambda _: None
    failure: Callable[[Failure], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None
