"""Decisions about what a source said before -> decisions about what it says now. Pure.

A corrected file, or one that is loaded in another way, is another document. What was decided of a
number holds where the sentence around it has the same letters and digits still.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import accumulate
from typing import NamedTuple

from pipeline.decisions.apply import CHECK, effective
from pipeline.decisions.numeral_place import numerals_of
from pipeline.plain_text import one_line
from pipeline.quotes import numerals_at
from pipeline.sentences import cut_sentences
from pipeline.spanish.folding import fold
from schemas.decision import Decision
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.report import JornadaReport

NOT_CARRIED = "not carried over: "
"""How the message of a decision that the new text has no place for begins."""
_LETTER = re.compile(r"[^\W_]")


class Said(NamedTuple):
    """What a source said, and what a reader made of it; None where that failed."""

    document: Document
    report: JornadaReport | None


class Carried(NamedTuple):
    """The decisions that hold for the new text, and a finding for each that does not."""

    decisions: tuple[Decision, ...]
    findings: tuple[Finding, ...]


def carry_decisions(former: Said, new: Said, decisions: Sequence[Decision]) -> Carried:
    """Carry decisions, in the order they were made, from one text of a source to the next.

    Each has an ID that follows from the decision and the new document, so that it comes but once.
    What was decided of a field holds where the readings of both texts say the same of it, or that
    of the new one what was decided.
    """
    before, now = _Letters(former.document.text), _Letters(new.document.text)
    carried: list[Decision] = []
    findings: list[Finding] = []
    for one in effective(decisions):
        if one.span is None:
            moved = one if _field_is_same(one, former.report, new.report) else None
        else:
            moved = _move(before, now, one, one.span)
        if moved is None:
            findings.append(_not_carried(former.document.text, one))
            continue
        update = {
            "decision_id": _id_of(one, new.document),
            "document_id": new.document.id,
            "reading_id": None,
            "carried_from": one.decision_id,
        }
        carried.append(moved.model_copy(update=update))
    return Carried(tuple(carried), tuple(findings))


class _Letters:
    """A text as its letters and digits alone, and where each of them stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded = fold(text)
        self.at = [match.start() for match in _LETTER.finditer(folded)]
        self.all = "".join(folded[each] for each in self.at)

    @cached_property
    def before(self) -> list[int]:
        """How many letters stand before each offset of the text."""
        is_letter = bytearray(len(self.text) + 1)
        for each in self.at:
            is_letter[each] = 1
        return [0, *accumulate(is_letter)]

    @cached_property
    def sentences(self) -> list[Span]:
        """The sentences that have letters, as spans of letters."""
        cut = (self.within(Span(one.start, one.end)) for one in cut_sentences(self.text))
        return [span for span in cut if span.end > span.start]

    def within(self, span: Span) -> Span:
        """Give the letters that stand within a span of the text."""
        return Span(self.before[span.start], self.before[span.end])

    def stretch(self, letters: Span) -> Span:
        """Give the span of the text from the first of these letters to the last."""
        return Span(self.at[letters.start], self.at[letters.end - 1] + 1)


def _move(before: _Letters, now: _Letters, one: Decision, span: Span) -> Decision | None:
    """Move a decision to the same number of the same sentence; None where there is none."""
    shift = _shift(before, now, span)
    if shift is None:
        return None
    values = [each.value for each in numerals_of(before.text, span)]
    place = _place(before, now, span, shift, values)
    if place is None:
        return None
    if one.figure is None or one.figure.char_start is None or one.figure.char_end is None:
        return one.model_copy(update={"span": place})
    quote = before.within(Span(one.figure.char_start, one.figure.char_end))
    there = Span(quote.start + shift, quote.end + shift)
    if there.start < 0 or before.all[slice(*quote)] != now.all[slice(*there)]:
        return None
    start, end = now.stretch(there)
    start, end = min(start, place.start), max(end, place.end)
    moved = {"quote": now.text[start:end], "char_start": start, "char_end": end}
    return one.model_copy(update={"span": place, "figure": one.figure.model_copy(update=moved)})


def _shift(before: _Letters, now: _Letters, span: Span) -> int | None:
    """Tell how many letters further the sentence of a number stands now; None where it is gone.

    Of sentences with the same letters, the second is the second still. Where sentences are cut
    otherwise, as lines are broken otherwise, those on both sides have to be the same as well.
    """
    own = before.within(span)
    sentences = before.sentences
    number = next(
        (at for at, one in enumerate(sentences) if one.start <= own.start < one.end), None
    )
    if number is None or own.start == own.end:
        return None
    sentence = sentences[number]
    same = list(_same(before, before.all[slice(*sentence)]))
    there = list(_same(now, before.all[slice(*sentence)]))
    if (turn := same.index(sentence)) < len(there):
        return there[turn].start - sentence.start
    start = sentences[max(0, number - 1)].start
    around = before.all[start : sentences[min(number + 1, len(sentences) - 1)].end]
    if before.all.count(around) == now.all.count(around) == 1:
        return now.all.index(around) - start
    return None


def _same(letters: _Letters, sentence: str) -> Iterator[Span]:
    return (one for one in letters.sentences if letters.all[slice(*one)] == sentence)


def _place(
    before: _Letters, now: _Letters, span: Span, shift: int, values: Sequence[float]
) -> Span | None:
    """Find the numeral at the same letters that is worth the same."""
    own = before.within(span)
    printed = now.stretch(Span(own.start + shift, own.end + shift))
    # A percentage takes in its sign, which is no letter.
    spans = {printed, *(Span(one.start, one.end) for one in numerals_at(now.text, printed))}
    worth = (
        each
        for each in sorted(spans)
        if each.start == printed.start
        and any(one.value in values for one in numerals_of(now.text, each))
    )
    return max(worth, default=None)


def _field_is_same(one: Decision, former: JornadaReport | None, new: JornadaReport | None) -> bool:
    if new is None or one.field is None:
        return False
    said = new.model_dump(mode="json")[one.field]
    return said == one.value or (
        former is not None and said == former.model_dump(mode="json")[one.field]
    )


def _id_of(one: Decision, document: Document) -> str:
    named = f"{one.decision_id} {document.id}"
    return blake2b(named.encode(), digest_size=16).hexdigest()


def _not_carried(text: str, one: Decision) -> Finding:
    if one.span is None:
        about = f"{one.field}, which the bulletin tells otherwise now"
    else:
        about = f"{one_line(text[slice(*one.span)])!r}, whose sentence is another now"
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        field=one.field or "figures",
        message=f"{NOT_CARRIED}what {one_line(one.who)} decided of {about}",
    )
