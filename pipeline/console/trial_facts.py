"""What one question has shown of a server, as facts."""

from collections.abc import Iterator

from pipeline.console.fact import Fact
from pipeline.plain_text import format_dollars
from pipeline.runs.trial import Trial
from pipeline.settings import LlmSettings
from schemas.reading import ReadingStatus

_LIMITS = ("x-ratelimit", "ratelimit", "x-rate-limit", "retry-after")


def describe_trial(trial: Trial, settings: LlmSettings) -> Iterator[Fact]:
    """Say how the question was answered, and what the server took."""
    yield _call(trial)
    mode = next((one.schema_mode for one in reversed(trial.reading.attempts)), None)
    yield Fact(
        name="schema mode",
        said=mode or f"not known; {settings.schema_mode} is asked for",
        values={"asked": settings.schema_mode, "mode": mode},
    )
    yield Fact(
        name="room",
        said=f"{trial.room_name}, of {settings.room:,} tokens",
        values={"parameter": trial.room_name, "tokens": settings.room},
    )
    roles = "system and user" if trial.takes_system else "user alone"
    yield Fact(name="roles", said=roles, values={"system": trial.takes_system})
    yield _usage(trial)
    limits = {name: it for name, it in trial.headers.items() if name.lower().startswith(_LIMITS)}
    said = ", ".join(f"{name}: {value}" for name, value in limits.items())
    yield Fact(name="rate limits", said=said or "not told in headers", values={"headers": limits})
    if trial.notes:
        yield Fact(name="notes", said="; ".join(trial.notes), values={"notes": [*trial.notes]})


def describe_headers(settings: LlmSettings) -> Fact:
    """Name the headers that go out with each request beside those of the client."""
    payers = {"openai-organization": settings.organization, "openai-project": settings.project}
    names = [
        *([settings.key_header] if settings.api_key else []),
        *(name for name, value in payers.items() if value),
        *settings.headers,
        *settings.secret_headers,
    ]
    return Fact(name="headers", said=", ".join(names) or "none", values={"names": [*names]})


def _call(trial: Trial) -> Fact:
    reading = trial.reading
    took = f"{reading.seconds:.1f} s"
    values = {"seconds": round(reading.seconds, 3), "reading": reading.status.value}
    if not any(attempt.outcome.is_paid for attempt in reading.attempts):
        said = f"not answered: {reading.error}"
        return Fact(name="call", said=said, well=False, values=values)
    if reading.status is ReadingStatus.FAILED:
        said = f"answered in {took}, but it cannot be used: {reading.error}"
        return Fact(name="call", said=said, well=False, values=values)
    if reading.status is ReadingStatus.PARTIAL:
        said = f"answered in {took}; of a first answer not all holds, as with small models"
        return Fact(name="call", said=said, well=None, values=values)
    return Fact(name="call", said=f"answered in {took}, and it holds", well=True, values=values)


def _usage(trial: Trial) -> Fact:
    usage = trial.reading.usage
    values = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_usd": usage.cost_usd,
    }
    if usage.input_tokens is None or usage.output_tokens is None:
        return Fact(name="usage", said="not told: no cost can be known", values=values)
    cost = "no price known" if usage.cost_usd is None else format_dollars(usage.cost_usd)
    said = f"told: {usage.input_tokens:,} tokens in, {usage.output_tokens:,} out, {cost}"
    return Fact(name="usage", said=said, values=values)
