"""The words behind the numbers: an appendix that each number of a table leads to, and back."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.pages.text import shorten
from pipeline.store.snapshot import Snapshot

_MOST_CHARACTERS = 700
"""Of the words around a quote."""
_SCHEMES = ("http://", "https://")


class Quote(NamedTuple):
    """A figure's words, those before and behind them, and where they stand."""

    before: str
    quote: str
    after: str
    title: str | None
    published_on: date | None
    source: str | None
    reader: str
    checked: str | None
    findings: str | None
    decided: str | None


class Reference(NamedTuple):
    """One place in a table that leads to a quote: the quote's number, and an anchor of its own."""

    number: int
    anchor: str


class Quotes:
    """The quotes of a report, in the order in which its tables refer to them."""

    def __init__(self, found: dict[int, Quote]) -> None:
        self._found = found
        self._anchors: dict[int, list[str]] = {}
        self._numbers: dict[int, int] = {}

    def refer(self, figure_id: int | None) -> Reference | None:
        """Refer to a figure's quote, from a place of its own; None where the quote is not known."""
        if figure_id is None or figure_id not in self._found:
            return None
        number = self._numbers.setdefault(figure_id, len(self._numbers) + 1)
        anchors = self._anchors.setdefault(figure_id, [])
        anchors.append(f"n{number}-{len(anchors) + 1}")
        return Reference(number, anchors[-1])

    def quote_of(self, figure_id: int) -> Quote | None:
        """Give a quote without referring to it; None where it is not known."""
        return self._found.get(figure_id)

    def listed(self) -> list[tuple[int, Quote, Sequence[str]]]:
        """List those that were referred to, with their numbers and the places that do."""
        return [
            (number, self._found[figure_id], anchors)
            for number, (figure_id, anchors) in enumerate(self._anchors.items(), start=1)
        ]


def fetch_quotes(snapshot: Snapshot, figure_ids: Iterable[int], *, decided: bool) -> Quotes:
    """Fetch the quotes of these figures."""
    wanted = sorted(set(figure_ids))
    if not wanted:
        return Quotes({})
    column = "decided" if decided else "NULL::VARCHAR"
    rows = snapshot.ask(f"""
SELECT facts.figure_id, facts.quote, facts.context, text[facts.char_start - 400:facts.char_start],
    facts.title, facts.published_on, path, record, reader, checked, findings, {column}
FROM {snapshot.whole_facts} AS facts JOIN documents USING (document_id)
WHERE facts.figure_id IN ({", ".join(map(str, wanted))})""").rows  # noqa: S608 - numbers, and names of ours
    return Quotes({row[0]: _make_quote(*row[1:]) for row in rows})


def _make_quote(quote: str, context: str | None, before: str | None, *rest: object) -> Quote:
    title, published_on, path, record, reader, checked, findings, decided = rest
    start, around = find_quote(quote, context or quote, before or "")
    half = _MOST_CHARACTERS // 2
    lead, tail = around[:start], around[start + len(quote) :]
    return Quote(
        f"…{lead[-half:]}" if len(lead) > half else lead,
        quote,
        shorten(tail, half),
        title,  # type: ignore[arg-type]
        published_on,  # type: ignore[arg-type]
        _name_source(path, record),  # type: ignore[arg-type]
        reader,  # type: ignore[arg-type]
        checked,  # type: ignore[arg-type]
        findings,  # type: ignore[arg-type]
        decided,  # type: ignore[arg-type]
    )


def find_quote(quote: str, context: str, before: str) -> tuple[int, str]:
    """Find which of several equal quotes in a sentence it is, by the words before it."""
    places = [at for at in range(len(context)) if context.startswith(quote, at)]
    fitting = [
        at
        for at in places
        if before.endswith(context[:at]) or (before and context[:at].endswith(before))
    ]
    if not places:
        return 0, quote
    # Where a sentence begins as its quote does, the words before an earlier one fit as well.
    return (fitting or places)[-1 if fitting else 0], context


def _name_source(path: str | None, record: str | None) -> str | None:
    """Name a file without its folders, which are nobody else's business, or an address whole."""
    if path is None or path == "-":
        return None
    name = path if path.startswith(_SCHEMES) else path.replace("\\", "/").rsplit("/", 1)[-1]
    return name if record is None else f"{name} #{record}"
