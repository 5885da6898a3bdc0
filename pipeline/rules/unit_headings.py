"""Hospitals that head what stands below or behind them: a line of its own, "2.1. HGZ 1. Se ..."."""

import re
from bisect import bisect_left
from operator import attrgetter

from pipeline.rules.passages import Passages, Sentence
from pipeline.spanish.unit_search import HospitalUnit

_FAR_HEADING, _FAR_BLOCKS = 12, 4
_NUMBERING = re.compile(r"\b(?:[IVX\d.]+|[a-z]|[oO])[.)]")
_TOGETHER = re.compile(r"\b(?:en conjunto|en total|en suma|juntos|sumados|entre (?:todos|los))\b")


def headed_place(source: Passages, at: Sentence, start: int) -> str | None:
    """Return the unit that heads the line or list of a number: "2.1. HGZ 1. Se operaron 35"."""
    if not source.units or _TOGETHER.search(source.folded, at.start, start):
        return None
    sentences = source.sentences
    here = bisect_left(sentences, at.start, key=attrgetter("start"))
    reach = 1 if len(source.first_units) == 1 else _FAR_BLOCKS
    for earlier in sentences[max(0, here - _FAR_HEADING) : here + 1][::-1]:
        if at.block - earlier.block > reach:
            return None
        for unit in earlier.units[::-1]:
            if unit.end <= start and _heads(source, earlier, unit, at):
                return unit.name
        if _TOGETHER.search(source.folded, earlier.start, earlier.end):
            return None
    return None


def _heads(source: Passages, sentence: Sentence, unit: HospitalUnit, at: Sentence) -> bool:
    """Tell whether a unit stands alone, on its line or as the first words of the number's line."""
    text = source.text
    line = text.rfind("\n", 0, unit.start) + 1
    ended = text.find("\n", unit.end)
    if ended < 0:
        ended = len(text)
    if not any(
        map(str.isalnum, _NUMBERING.sub("", text[line : unit.start]) + text[unit.end : ended])
    ):
        return True
    rest = _NUMBERING.sub("", text[sentence.start : unit.start]) + text[unit.end : sentence.end]
    return not any(map(str.isalpha, rest)) and at.start < ended
