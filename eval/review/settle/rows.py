"""What a page shows of the differences between two people's labels: a row each. Pure."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eval.review.settle.differences import (
    FieldPair,
    Pair,
    Settled,
    Side,
    list_decisions,
    list_labels,
    tell_field_settled,
    tell_settled,
)
from pipeline.facts import format_value
from schemas.decision import Decision
from schemas.report import Figure, JornadaReport

_AROUND = 120
"""Characters of the text on each side of a number."""


class Row(NamedTuple):
    """One difference: where it stands (`at`), what each of the two says, and what was decided.

    `before` and `after` are the text around `words`; all are empty for a field of the report, which
    `name` names. None is said where one has no such figure, or did not label the field; only what
    `sides` names can be taken. `settled` tells as whose labels, and `by` who decided so.
    """

    key: str
    name: str
    first: str | None
    second: str | None
    settled: Settled | None
    by: str | None
    sides: tuple[Side, ...] = ("first", "second")
    at: int | None = None
    before: str = ""
    words: str = ""
    after: str = ""
    labels: tuple[tuple[str, str, str], ...] = ()


def list_rows(
    pairs: Iterable[Pair],
    fields: Iterable[FieldPair],
    text: str,
    report: JornadaReport,
    decided: Iterable[Decision],
) -> tuple[Row, ...]:
    """List what two people say otherwise: figures in the order of the text, then fields.

    `report` is what holds so far, by what was `decided` for everybody.
    """
    decided = tuple(decided)
    figures = [_figure_row(one, text, report, decided) for one in pairs if not one.is_alike]
    return (
        *figures,
        *(_field_row(one, report, decided) for one in fields if not one.is_alike),
    )


def key_of(pair: Pair | FieldPair) -> str:
    """Give what a difference is known by in addresses."""
    return pair.field if isinstance(pair, FieldPair) else f"at-{pair.at.start}-{pair.at.end}"


def next_open(rows: Sequence[Row], key: str) -> str:
    """Give the key of the next row that is not settled, behind this one and then before it."""
    at = next((number for number, row in enumerate(rows) if row.key == key), -1)
    behind = [*rows[at + 1 :], *rows[: max(at, 0)]]
    return next((row.key for row in behind if row.settled is None), key)


def _figure_row(pair: Pair, text: str, report: JornadaReport, decided: tuple[Decision, ...]) -> Row:
    start, end = pair.at
    return Row(
        key_of(pair),
        "figure",
        _tell_figure(pair.first),
        _tell_figure(pair.second),
        tell_settled(pair, report.figures, text, decided),
        _by(pair, decided),
        at=start,
        before=text[max(0, start - _AROUND) : start],
        words=text[start:end],
        after=text[end : end + _AROUND],
        labels=tuple(list_labels(pair)),
    )


def _field_row(pair: FieldPair, report: JornadaReport, decided: tuple[Decision, ...]) -> Row:
    return Row(
        key_of(pair),
        pair.field,
        _tell_value(pair.first) if "first" in pair.said else None,
        _tell_value(pair.second) if "second" in pair.said else None,
        tell_field_settled(pair, report, decided),
        _by(pair, decided),
        pair.said,
    )


def _tell_figure(figure: Figure | None) -> str | None:
    if figure is None:
        return None
    kind = f"{figure.service}/{figure.detail}" if figure.detail else f"{figure.service}"
    edition = "" if figure.edition is None else f" {figure.edition}"
    value = format_value(figure.value, figure.unit)
    return f"{value} {kind}, {figure.status}, {figure.period}{edition}, {figure.place}"


def _tell_value(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(_tell_item, value)) or "none"
    return (
        "none" if value is None else f"{value}".lower() if isinstance(value, bool) else f"{value}"
    )


def _tell_item(item: object) -> str:
    if not isinstance(item, dict):
        return json.dumps(item, ensure_ascii=False)
    told = (f"{name} {_tell_value(value)}" for name, value in item.items() if value is not None)
    return ", ".join(told)


def _by(pair: Pair | FieldPair, decided: Iterable[Decision]) -> str | None:
    return next((one.who for one in reversed(list_decisions(pair, decided))), None)
