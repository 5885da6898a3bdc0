"""Where in a bulletin's text its figures, set-aside numbers and findings stand. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from pipeline.decisions.numeral_place import places_of
from pipeline.pages.pieces import Mark, Piece, cut_pieces
from pipeline.quotes import span_of
from schemas.document import Document
from schemas.reading import Reading


class Kind(StrEnum):
    """What a mark is of; the value stands before its number in addresses within the page."""

    FIGURE = "f"
    NUMERAL = "n"  # the number itself, within the words of its figure; nothing leads to it
    ASIDE = "a"
    FINDING = "x"


class Target(NamedTuple):
    """A figure, set-aside number or finding, by its number from 1."""

    kind: Kind
    number: int

    @property
    def name(self) -> str:
        """Name it in addresses."""
        return f"{self.kind}{self.number}"


class Limits(NamedTuple):
    """How much of a bulletin is shown: characters of its text, and rows of each table."""

    characters: int
    rows: int


class MarkedText(NamedTuple):
    """A text in pieces, how many characters it lacks, and what its marks lead to.

    `findings` are, by the number of a figure, those that have words in common with it.
    """

    pieces: Sequence[Piece[Target]]
    hidden: int
    marked: frozenset[Target]
    findings: Mapping[int, Sequence[Target]]


def mark_text(document: Document, reading: Reading, limits: Limits) -> MarkedText:
    """Cut a text into pieces by what stands in it, as far as both are shown."""
    shown = document.text[: limits.characters]
    pieces = cut_pieces(shown, _list_marks(document.text, reading, limits.rows))
    marked = frozenset(mark.about for piece in pieces for mark in piece.ended)
    return MarkedText(pieces, len(document.text) - len(shown), marked, _find_findings(pieces))


def _find_findings(pieces: Sequence[Piece[Target]]) -> dict[int, list[Target]]:
    found: dict[int, dict[Target, None]] = defaultdict(dict)
    for piece in pieces:
        targets = [mark.about for mark in piece.marks]
        findings = dict.fromkeys(one for one in targets if one.kind is Kind.FINDING)
        for figure in (one for one in targets if one.kind is Kind.FIGURE):
            found[figure.number] |= findings
    return {number: sorted(findings) for number, findings in found.items()}


def _list_marks(text: str, reading: Reading, most: int) -> list[Mark[Target]]:
    marks: list[Mark[Target]] = []
    report = reading.report
    if report is not None:
        figures = report.figures[:most]
        for number, (figure, place) in enumerate(
            zip(figures, places_of(text, figures), strict=True), 1
        ):
            if span := span_of(figure):
                marks.append(Mark(*span, Target(Kind.FIGURE, number)))
            if place is not None:
                marks.append(Mark(*place, Target(Kind.NUMERAL, number)))
        for number, aside in enumerate(report.set_aside[:most], 1):
            marks.append(Mark(aside.char_start, aside.char_end, Target(Kind.ASIDE, number)))
    for number, finding in enumerate(reading.findings[:most], 1):
        if finding.span is not None:
            marks.append(Mark(*finding.span, Target(Kind.FINDING, number)))
    return marks
