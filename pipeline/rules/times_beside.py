"""Times that a sentence only compares with, and months that only say when a jornada was."""

import re
from collections.abc import Sequence

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.scopes import Cue, FigureScope
from schemas.report import Period

# "88 cirugias, contra 75 en mayo": the month is that of what is compared.
_COMPARED = re.compile(
    r"(?<![a-z])(?:contra|frente\s{1,8}al?|respecto|compar[a-z]{2,8}|mientras|cuando|que\s{1,8}en"
    r"|bajo|debajo|encima|superior|inferior)(?![a-z])"
    r"[^.;:]{0,40}$"
)
_NAMED_NEAR = 60
_COUNTED = re.compile(r"[.;:]|\d{2}")


def in_context(
    source: Passages, sentence: Sentence, found: Sequence[Cue], carried: FigureScope
) -> list[Cue]:
    """Return the cues of a sentence, those passing that it only compares with."""
    told = _without_months_of(source, sentence, found)
    return [_in_context(source, sentence, cue, carried) for cue in told]


def _in_context(source: Passages, sentence: Sentence, cue: Cue, carried: FigureScope) -> Cue:
    """Return a longer stretch as passing where it is only compared with, unless all is about it."""
    if cue.period is not Period.CUMULATIVE:
        return cue
    if carried.period is Period.OTHER and not carried.explicit:
        return cue._replace(passing=False)  # there is nothing to go back to
    if not cue.days:
        return cue
    earlier = bool(
        carried.period is Period.CUMULATIVE
        and cue.days.last
        and carried.days.first
        and cue.days.last < carried.days.first
    )
    compared = _COMPARED.search(source.folded, sentence.start, cue.start)
    return cue._replace(passing=True) if earlier or compared else cue


def _without_months_of(source: Passages, sentence: Sentence, found: Sequence[Cue]) -> list[Cue]:
    """Leave out a month that only says when a jornada was: "la primera, en febrero, dejó 118"."""
    months = {
        span.start for span in sentence.dates if span.days is None and span.first == span.last
    }
    kept: list[Cue] = []
    for cue in found:
        before = kept[-1] if kept else None
        if (
            cue.start in months
            and before
            and cue.period is Period.CUMULATIVE
            and before.period is Period.JORNADA
            and cue.start - before.start < _NAMED_NEAR
            and not _COUNTED.search(source.folded, before.start, cue.start)
        ):
            continue
        kept.append(cue)
    return kept
