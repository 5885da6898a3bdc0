"""What `jornada gold doubt` prints: labels that different readers agree against."""

from collections.abc import Sequence

from eval.labels.label_check import quote_around
from eval.report.number_format import DASH
from eval.runs.doubt_changes import describe_doubt, list_changes
from eval.runs.doubts import Doubt
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import one_line, to_json
from pipeline.quotes import locate_figure

_SHOWN_MARK = 8


def show_doubts(doubts: Sequence[Doubt], *, as_json: bool, with_seen: bool) -> None:
    """Print doubts, the worst first, in blocks that fit a screen, or as one JSON array."""
    shown = [one for one in doubts if with_seen or not one.is_seen]
    if as_json:
        say(to_json([_as_json(one) for one in shown]))
        return
    for one in shown:
        rows = [
            ("gold says", one_line(tell_gold(one))),
            ("they read", one_line(tell_read(one))),
            ("by", one_line(f"{len(one.by)} of {one.variants}: {', '.join(one.by)}")),
            ("as the gold", one_line(", ".join(one.with_gold)) or DASH),
            ("text", one_line(_context(one))),
        ]
        seen = " (kept)" if one.is_seen else ""
        say(one_line(f"{one.mark[:_SHOWN_MARK]}  {one.bulletin.stem}, {_field(one)}{seen}"))
        console().print(table(("", ""), rows))
        say("")
    kept = sum(one.is_seen for one in doubts)
    before = f"; {kept} kept before{'' if with_seen else ' (--all shows them)'}" if kept else ""
    say(f"{len(doubts) - kept} labels in doubt{before}.")


def _field(doubt: Doubt) -> str:
    return "no figure" if doubt.kind == "invented" else f"figures[{doubt.at}]"


def tell_gold(doubt: Doubt) -> str:
    """Say what the gold says of what is in doubt."""
    if doubt.kind == "labels":
        return ", ".join(f"{label} {old}" for label, old, _ in list_changes(doubt))
    return "it is no figure" if doubt.kind == "invented" else _whole(doubt)


def tell_read(doubt: Doubt) -> str:
    """Say what the readers say of it."""
    if doubt.kind == "labels":
        return ", ".join(f"{label} {new}" for label, _, new in list_changes(doubt))
    return _whole(doubt) if doubt.kind == "invented" else "it is no figure"


def _whole(doubt: Doubt) -> str:
    figure = doubt.figure
    if figure is None:
        return ""
    kind = f"{figure.service}/{figure.detail}" if figure.detail else f"{figure.service}"
    return f"{figure.value} {kind}, {figure.status}, {figure.period}, {figure.place}"


def _context(doubt: Doubt) -> str:
    text, figure = doubt.bulletin.document.text, doubt.figure
    spans = locate_figure(text, figure) if figure else ()
    return quote_around(text, spans[0]) if spans else ""


def _as_json(doubt: Doubt) -> dict[str, object]:
    return {
        "id": doubt.mark,
        "file": str(doubt.bulletin.path),
        "kind": doubt.kind,
        "index": doubt.at,
        "quote": doubt.figure and doubt.figure.quote,
        "says": describe_doubt(doubt),
        "changes": {label: {"gold": old, "read": new} for label, old, new in list_changes(doubt)},
        "gold": doubt.gold and doubt.gold.model_dump(mode="json"),
        "read": doubt.read and doubt.read.model_dump(mode="json"),
        "by": doubt.by,
        "with_gold": doubt.with_gold,
        "variants": doubt.variants,
        "context": _context(doubt),
        "kept": doubt.is_seen,
    }
