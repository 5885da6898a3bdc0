"""What `jornada eval show` prints: what was said about one bulletin, and what became of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from eval.report.confusion_table import describe_labels, describe_value
from eval.report.number_format import format_average, format_count, format_money
from eval.runs.confusions import JudgedFigure, value_of
from eval.runs.transcript import Transcript, Turn
from eval.scoring.score import is_strictly_right
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import clean, one_line, to_json
from schemas.reading import Attempt

_MARGIN = "│ "
"""Before each line that somebody else wrote, so that none of them looks like a heading of ours."""
_BREAK = re.compile(r"(?<=[\[,])[ \n]*(?=\{)|(?<=\}\],)[ \n]*(?=\")")
"""Between what an answer lists: models write it all on one line."""
_WHAT = ("service", "detail", "status", "period", "edition", "place", "days")
_FALSE = (None, (None, None))


def show_transcript(found: Transcript) -> None:
    """Print messages, answers, what sent them back, and the figures one by one."""
    run = found.run
    of = f", reading {found.repeat} of {run.repeats}" if run.repeats > 1 else ""
    say(one_line(f"{found.bulletin} by {run.name_with_id}{of}"))
    for line in (_describe_reading(found), *found.notes):
        if line:
            say(one_line(line))
    for at, message in enumerate(found.opening):
        is_shot = 0 < at < len(found.opening) - 1
        _show_block(f"{message['role']}{': few-shot' if is_shot else ''}", message["content"])
    for turn in found.turns:
        _show_turn(turn)
    _show_findings(found)
    if not found.figures:
        say("\nNo figure is labelled, and none was read.")
        return
    right = sum(map(is_strictly_right, found.figures))
    say(f"\n{right:,} of {len(found.figures):,} figures are strictly right.")
    console().print(table(("", ">value", "words", "labels"), map(_figure_row, found.figures)))


def _show_findings(found: Transcript) -> None:
    """Print what the checks found in the end: of figures that were dropped nothing else tells."""
    if found.reading is not None and found.reading.findings:
        rows = [
            (one.severity.value, one.check, one_line(one.message)) for one in found.reading.findings
        ]
        say("")
        console().print(table(("severity", "check", "finding"), rows))


def _show_turn(turn: Turn) -> None:
    attempt = turn.attempt
    answer = _BREAK.sub("\n", attempt.raw_answer or "")
    _show_block(f"answer {attempt.number}: {_describe_attempt(attempt)}", answer)
    if turn.sent_back is not None:
        _show_block("user: sent back", turn.sent_back)
    elif attempt.errors:
        errors = enumerate(attempt.errors, 1)
        lines = "\n".join(f"{number}. {one_line(error)}" for number, error in errors)
        _show_block(f"what was wrong with answer {attempt.number}", lines)


def _show_block(heading: str, text: str) -> None:
    """Print somebody else's text behind a margin, folded to the width of the screen."""
    say(f"\n── {heading} ──")
    screen = console()
    width = max(1, screen.width - len(_MARGIN))
    for line in clean(text).splitlines():
        for part in Text(line.expandtabs(4)).wrap(screen, width, overflow="fold") or [Text()]:
            say(_MARGIN + part.plain)


def _describe_reading(found: Transcript) -> str:
    reading = found.reading
    if reading is None:
        return ""
    when = f", {found.read_at:%Y-%m-%d %H:%M} UTC" if found.read_at else ""
    number = len(reading.attempts)
    calls = f", {number} call{'' if number == 1 else 's'}" if number else ""
    error = f": {reading.error}" if reading.error else ""
    cost = "" if reading.cost_usd is None else f", {format_money(reading.cost_usd)}"
    return f"Reading {reading.reading_id[:12]}: {reading.status}{when}{calls}{cost}{error}"


def _describe_attempt(attempt: Attempt) -> str:
    facts = [
        attempt.outcome.value,
        attempt.schema_mode and f"schema {attempt.schema_mode}",
        attempt.input_tokens is not None and f"{attempt.input_tokens:,} tokens in",
        attempt.output_tokens is not None and f"{attempt.output_tokens:,} out",
        f"{format_average(attempt.seconds)} s",
    ]
    return one_line(", ".join(fact for fact in facts if fact))


def _figure_row(figure: JudgedFigure) -> tuple[str, str, str, str]:
    shown = figure.gold or figure.read or {}
    outcome = figure.outcome.value.replace("_", " ")
    words = one_line(str(shown.get("quote") or ""))
    return (outcome, _value(shown), words, "; ".join(_list_labels(figure, shown)))


def _list_labels(figure: JudgedFigure, shown: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with a figure that was read; of any other, what it is."""
    gold, read = figure.gold, figure.read
    if gold is None or read is None or not figure.wrong:
        labels = [(label, value_of(shown, label)) for label in _WHAT]
        yield ", ".join(describe_value(*each) for each in labels if each[1] not in _FALSE)
        return
    for label in figure.wrong:
        yield describe_labels(label, value_of(gold, label), value_of(read, label))
    quote = one_line(str(read.get("quote") or ""))
    if quote != one_line(str(gold.get("quote") or "")):
        yield f'read as "{quote}"'


def _value(figure: Mapping[str, Any]) -> str:
    value = figure.get("value")
    shown = format_count(value) if isinstance(value, int | float) else str(value)
    return shown.removesuffix(".0") + ("%" if figure.get("unit") == "percent" else "")


def show_transcript_json(found: Transcript) -> None:
    """Print the same whole, as one JSON object."""
    reading = found.reading
    told = {
        "run": found.run.eval_run_id,
        "name": found.run.name,
        "bulletin": found.bulletin,
        "document_id": found.document_id,
        "repeat": found.repeat,
        "read_at": found.read_at and found.read_at.isoformat(),
        "notes": list(found.notes),
        "messages": list(found.opening),
        "answers": [
            turn.attempt.model_dump(mode="json") | {"sent_back": turn.sent_back}
            for turn in found.turns
        ],
        "figures": [
            figure._asdict() | {"strictly_right": is_strictly_right(figure)}
            for figure in found.figures
        ],
        "reading": reading and reading.model_dump(mode="json", exclude={"attempts"}),
    }
    say(to_json(told))
