"""What `jornada eval --estimate` prints: what each variant would take, and all together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.report.number_format import format_money
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import format_dollars, one_line, to_json

if TYPE_CHECKING:
    from eval.runs.estimate import ExpectedCost


def show_estimate(expected: Sequence["ExpectedCost"], budget: float | None) -> None:
    """Print it for a person."""
    columns = (">to read", ">before", ">tokens in", ">tokens out", ">cost")
    rows = [
        (
            one.name,
            f"{one.to_come:,}",
            f"{one.read_before:,}",
            f"{one.input_tokens:,}",
            f"{one.output_tokens:,}",
            format_money(one.usd),
        )
        for one in expected
    ]
    console().print(table(("variant", *columns), rows))
    names: dict[str, list[str]] = {}
    for one in expected:
        names.setdefault(_describe_source(one), []).append(one.name)
    for source, told in names.items():
        say(one_line(f"{', '.join(told) if len(names) > 1 else 'Each'}: {source}."))
    say(_describe_total(expected, budget))
    say("Nobody was asked, and nothing is scored.")


def show_estimate_json(expected: Sequence["ExpectedCost"], budget: float | None) -> None:
    """Print it for machines."""
    variants = [{**one._asdict(), "to_come": one.to_come} for one in expected]
    say(to_json({"estimate": variants, "usd": _sum_usd(expected), "budget": budget}))


def _describe_source(one: "ExpectedCost") -> str:
    if not one.to_come:
        return "all is read, and costs nothing"
    if one.past:
        told = f"told from {one.past:,} readings by the same reader"
        if one.low is None or one.high is None:
            return told
        interval = f"{format_dollars(one.low)} to {format_dollars(one.high)}"
        return f"{told}, 95 % interval {interval}"
    thoughts = "; it thinks before it answers, and its thoughts are not counted"
    lacks = thoughts if one.thoughts else ""
    if one.input_tokens == 0:
        return "asks nobody"
    return f"told from prompt and gold: one answer each, none sent back{lacks}"


def _describe_total(expected: Sequence["ExpectedCost"], budget: float | None) -> str:
    usd = _sum_usd(expected)
    if usd is None:
        return "No cost can be told of all together: no price is known, give it with --prices FILE."
    total = f"Expected cost of all together: about {format_dollars(usd)}."
    if budget is None:
        return total
    enough = "is enough for that" if usd <= budget else "is not enough"
    return f"{total} The budget of {format_dollars(budget)} {enough}."


def _sum_usd(expected: Sequence["ExpectedCost"]) -> float | None:
    known = [one.usd for one in expected if one.usd is not None]
    return sum(known) if len(known) == len(expected) else None
