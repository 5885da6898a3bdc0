"""Whether the days of hand-made labels hold together: those of jornadas and of figures. Pure."""

from collections.abc import Iterator
from datetime import date

from eval.labels.labelled import is_labelled
from schemas.finding import Finding, Severity
from schemas.report import Figure, Jornada, JornadaReport, Period

_CHECK = "days"
_PREPARATION = "presurgical_assessment"
"""Counts with the jornada that it prepares, before whose days it is done."""


def check_days(gold: JornadaReport) -> Iterator[Finding]:
    """Compare days with each other: errors where they cannot be, warnings where they are missing.

    The days of a figure of one jornada lie within those of the jornada of its edition; without an
    edition, within those of any, or the jornada may have been left out.
    """
    for index, jornada in enumerate(gold.jornadas):
        yield from _check_order(f"jornadas[{index}].end", jornada.start, jornada.end)
    if gold.figures and not any(is_labelled(figure, "days") for figure in gold.figures):
        message = "no figure says its days, so they are not scored"
        yield _finding(Severity.WARNING, "figures", message)
        return
    for index, figure in enumerate(gold.figures):
        field = f"figures[{index}]"
        if not {"starts_on", "ends_on"} <= figure.model_fields_set:
            message = "its days are missing: null says that one is not known"
            yield _finding(Severity.WARNING, f"{field}.starts_on", message)
            continue
        yield from _check_order(f"{field}.ends_on", figure.starts_on, figure.ends_on)
        if figure.period is Period.JORNADA:
            yield from _check_against_jornadas(field, figure, gold.jornadas)


def _check_order(field: str, first: date | None, last: date | None) -> Iterator[Finding]:
    if first and last and last < first:
        yield _finding(Severity.ERROR, field, f"ends on {last}, before it starts on {first}")


def _check_against_jornadas(
    field: str, figure: Figure, jornadas: tuple[Jornada, ...]
) -> Iterator[Finding]:
    own = [each for each in jornadas if figure.edition in (None, each.edition)]
    dated = [each for each in own if each.start and each.end]
    if not figure.starts_on and not figure.ends_on:
        if figure.edition is not None and len(dated) == len(own) == 1:
            message = f"its jornada has days: {_format_span(dated[0])}"
            yield _finding(Severity.WARNING, f"{field}.starts_on", message)
    elif own and len(dated) == len(own) and not any(_holds(each, figure) for each in dated):
        spans = " or ".join(dict.fromkeys(map(_format_span, dated)))
        days = f"{figure.starts_on or '?'} to {figure.ends_on or '?'}"
        message = f"{days} does not lie within its jornada: {spans}"
        severity = Severity.ERROR if figure.edition is not None else Severity.WARNING
        yield _finding(severity, f"{field}.starts_on", message)


def _holds(jornada: Jornada, figure: Figure) -> bool:
    days = [day for day in (figure.starts_on, figure.ends_on) if day]
    first = date.min if figure.detail == _PREPARATION else jornada.start
    return all(first and jornada.end and first <= day <= jornada.end for day in days)


def _format_span(jornada: Jornada) -> str:
    return f"{jornada.start} to {jornada.end}"


def _finding(severity: Severity, field: str, message: str) -> Finding:
    return Finding(check=_CHECK, severity=severity, field=field, message=message)
