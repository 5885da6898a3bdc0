"""Whether services were given or are a goal: the verbs and participles around a number."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.passages import CLAUSE_BREAK, Passages, Sentence, role_terms
from pipeline.rules.vocabulary import Role
from schemas.document import Numeral
from schemas.report import Status

_THE_WAIT = re.compile(r"(?<![a-z])(?:de|en|la|una)\s{1,8}$")
_WHO_WAITS = re.compile(
    r"(?<![a-z])(?:adultos(?:\s{1,8}mayores)?|asegurad[ao]s|derechohabientes|enferm[ao]s|gente|hombres|menores"
    r"|mujeres|nin[ao]s|pacientes|personas|usuari[ao]s|quienes)\s{1,8}(?:que\s{1,8})?(?:ya\s{1,8}|lo\s{1,8}|la\s{1,8})?$"
)
_GOING = frozenset(("va", "vamos", "van", "iba", "iban", "ibamos"))
_INFINITIVE = re.compile(r"\s{1,8}[a-z]{1,15}[aei]r(?:se|l[aeo]s?)?(?![a-z])")
_START = attrgetter("start")
_BREAK = re.compile(r"[,;.()\d]|\by\b")
# "104.5 por ciento de la meta", "superó la meta": the goal is behind, what follows was done.
_GOAL_REACHED = re.compile(
    r"(?:por ciento|%) de (?:la|su|las|sus|una) $"
    r"|(?:super|rebas|cumpl|alcanz|sobrepas|exced)\w* (?:\w+ ){0,2}$"
)
_OF = re.compile(r"\s+(?:[a-z]+\s+){0,3}?(?:de|era|es)\s+(?:[a-z]+\s+)?")
_IS = re.compile(
    r"\W{0,3}(?:(?:de|era|eran|es|son|fue|fueron|hacer|alcanzar|inicial|original|total)\s+){1,3}",
    re.IGNORECASE,
)
_BEHIND = 30
# "Las 80 intervenciones que el hospital regional tenía contempladas": as long as a subject is.
_RELATIVE = re.compile(r"\s{1,3}que\s", re.IGNORECASE)
_RELATIVE_REACH = 70
_BEFORE = 14
_BEFORE_BRACKET = 40
_GOAL_NEAR = 60
_HEADING = 10
"""Words that a heading has at most."""
_RESULT_BEFORE = re.compile(r"\d[^().;]*\([^()]{0,30}$")
_BRACKET_REACH = 90
_TURN = re.compile(r";|\b(?:cuando|mientras|aunque|pero|contra|frente|de las|de los|respecto)\b")


class StatusCue(NamedTuple):
    """Words that say whether services were given or are a goal."""

    start: int
    end: int
    status: Status
    after: bool
    """Stands behind its number ("126 mil 247 planeadas")."""
    noun: bool = False
    """A noun ("la meta"): says nothing of the numbers before it."""
    until: int | None = None
    """Says nothing of what begins from there on: "107% de la meta de 300" speaks of one number."""


def status_cues(source: Passages, sentence: Sentence, *, upcoming: bool) -> tuple[StatusCue, ...]:
    """Find the cues of one sentence, in order.

    Any verb in the past tells of services given, save verbs of saying; in a bulletin about what is
    to come only the verbs of the vocabulary do.
    """
    said = {start for start, _, _ in role_terms(sentence, Role.SAYING)}
    found = [
        StatusCue(
            start,
            end,
            Status.PERFORMED if role is Role.PERFORMED else Status.PLANNED,
            role is Role.PLANNED_AFTER,
            role is Role.GOAL_NOUN,
        )
        for start, end, role in role_terms(
            sentence, Role.GOAL_NOUN, Role.PLANNED, Role.PLANNED_AFTER, Role.PERFORMED
        )
        if not _is_other_word(source, start, end)
        if role is not Role.GOAL_NOUN or not _GOAL_REACHED.search(_words_before(source, start))
    ]
    found.extend(_goals_told(source, sentence))
    for word, (start, end) in zip(sentence.words, sentence.places, strict=True):
        if word.future:
            found.append(StatusCue(start, end, Status.PLANNED, after=False))
        elif (
            word.past
            and not upcoming
            and start not in said
            and not any(cue.start <= start < cue.end for cue in found)
        ):
            found.append(StatusCue(start, end, Status.PERFORMED, after=False))
    found = _outermost([_in_its_brackets(source.text, cue) for cue in found])
    return tuple(
        cue for before, cue in pairwise((None, *found)) if cue and not _is_aim(source, before, cue)
    )


def _in_its_brackets(text: str, cue: StatusCue) -> StatusCue:
    """Keep a goal in brackets behind a result to its own number: "34 cirugías (meta: 30)"."""
    if cue.status is Status.PERFORMED or cue.until is not None:
        return cue
    opened = _RESULT_BEFORE.search(text, max(0, cue.start - _BRACKET_REACH), cue.start)
    closed = text.find(")", cue.end, cue.end + _BRACKET_REACH) if opened else -1
    return cue._replace(until=closed) if closed >= 0 else cue


def _outermost(found: list[StatusCue]) -> list[StatusCue]:
    """Return the cues in order, without those of another status inside of a longer one."""
    found.sort(key=lambda cue: (cue.start, -cue.end))
    kept: list[StatusCue] = []
    for cue in found:
        last = kept[-1] if kept else None
        inside = last is not None and last.start <= cue.start and cue.end <= last.end
        if not (last and inside and last.status is not cue.status):
            kept.append(cue)
    return sorted(kept)


def _is_other_word(source: Passages, start: int, end: int) -> bool:
    """Tell "entre" from "entré", "el año previo", "lista de espera" and "van a la cabeza"."""
    cue = source.folded[start:end]
    if cue in ("entre", "previo"):
        return "\N{LATIN SMALL LETTER O WITH ACUTE}" not in source.text[start:end].lower()
    if cue.startswith("esperaba") and _WHO_WAITS.search(
        source.folded, max(0, start - _BEHIND), start
    ):
        return True
    if cue == "espera":
        return _THE_WAIT.search(source.folded, max(0, start - 8), start) is not None
    going = cue.endswith(" a") and cue.split()[0] in _GOING
    return going and not _INFINITIVE.match(source.folded, end)


def _is_aim(source: Passages, before: StatusCue | None, cue: StatusCue) -> bool:
    """Tell "queremos lograr 90", which plans, from "al lograr 90"."""
    planned = before is not None and before.status is Status.PLANNED
    aim = (
        cue.status is Status.PERFORMED
        and source.folded.endswith("r", cue.start, cue.end)
        and not source.folded.startswith("al ", cue.start)
    )
    return bool(planned and aim and before and cue.start - before.end <= 1)


def _goals_told(source: Passages, sentence: Sentence) -> Iterator[StatusCue]:
    """Yield the goals that were reached and whose number follows: "107% de la meta de 300"."""
    for start, end, _ in role_terms(sentence, Role.GOAL_NOUN):
        if not _GOAL_REACHED.search(_words_before(source, start)):
            continue
        told = [n for n in sentence.quantities if n.start >= end]
        if told and _OF.fullmatch(source.folded, end, told[0].start):
            yield StatusCue(start, end, Status.PLANNED, after=False, noun=True, until=told[0].end)


def _words_before(source: Passages, start: int) -> str:
    return " ".join(source.folded[max(0, start - _BEHIND) : start].split()) + " "


def usual_status(cued: Iterable[Sequence[StatusCue]], *, upcoming: bool) -> Status:
    """Return what figures are where their sentence does not say: announcements plan.

    `cued` are the cues of each sentence of the bulletin.
    """
    if upcoming:
        return Status.PLANNED
    marks = [cue for sentence in cued for cue in sentence]
    planned = sum(
        1 for cue in marks if cue.status is Status.PLANNED and not cue.after and cue.until is None
    )
    performed = sum(1 for cue in marks if cue.status is Status.PERFORMED)
    return Status.PLANNED if planned > 2 * performed else Status.PERFORMED


class Judgement(NamedTuple):
    """A number's status, where the numbers after it start from, and whether a cue said it."""

    status: Status
    lasting: Status
    said: bool


def status_of(
    text: str,
    found: tuple[StatusCue, ...],
    numeral: Numeral,
    last: int,
    carried: Status,
    since: int = 0,
    following: int | None = None,
) -> Judgement:
    """Choose the cue that governs `numeral`, whose words end at `last`.

    Nothing behind the number that begins at `following` is said of this one. Cues before `since`,
    where a breakdown begins, speak of the number that is broken down.
    """
    behind = _behind(text, found, last, following)
    before = _before(found, numeral, since)
    # A goal of one number says nothing of the next ones.
    said = (cue.status for cue in _all_before(found, numeral, since) if cue.until is None)
    lasting = next(said, carried)
    named = last > numeral.end
    if _is_goal(text, found, numeral, since):
        return Judgement(Status.PLANNED, lasting, said=True)  # "la meta de 40 se quedó en 33"
    if behind and not (before and named and _is_elective(text, behind, before)):
        return Judgement(behind.status, lasting, said=True)
    bracketed = text.endswith("(", 0, numeral.start)
    reach, ended = (_BEFORE_BRACKET, numeral.start - 1) if bracketed else (_BEFORE, numeral.start)
    right_before = [cue for cue in found if cue.after and 0 <= ended - cue.end < reach]
    if (
        right_before
        and not _BREAK.search(text, right_before[-1].end, ended)
        and (not before or before.start < right_before[-1].end)
    ):
        return Judgement(Status.PLANNED, Status.PLANNED, said=True)  # "habíamos programado mil"
    if before:
        return Judgement(before.status, lasting, said=True)
    ahead = None if since else _ahead(text, found, numeral)
    if ahead:
        return Judgement(ahead.status, ahead.status, said=True)
    return Judgement(carried, carried, said=False)


def _behind(
    text: str, found: Sequence[StatusCue], last: int, following: int | None
) -> StatusCue | None:
    """Return the first cue of the clause right behind a number whose words end at `last`."""
    reach = _RELATIVE_REACH if _RELATIVE.match(text, last) else _BEHIND
    end = last + reach if following is None else min(following, last + reach)
    for at in range(bisect_left(found, last, key=_START), len(found)):
        cue = found[at]
        if cue.start >= end or CLAUSE_BREAK.search(text, last, cue.start):
            return None
        if cue.start >= last + _BEHIND and cue.status is Status.PERFORMED:
            continue
        if cue.after or cue.status is Status.PERFORMED:
            return cue
    return None


def _before(found: Sequence[StatusCue], numeral: Numeral, since: int) -> StatusCue | None:
    """Return the last cue before a number, from `since` on, that speaks of it."""
    return next(_all_before(found, numeral, since), None)


def _all_before(found: Sequence[StatusCue], numeral: Numeral, since: int) -> Iterator[StatusCue]:
    """Yield the cues before a number, from `since` on, that speak of it, the last first."""
    for at in reversed(range(bisect_left(found, numeral.start, key=_START))):
        cue = found[at]
        if cue.start < since:
            return
        ended = cue.until is not None and numeral.start >= cue.until
        if cue.end <= numeral.start and not cue.after and not ended:
            yield cue


def _is_goal(text: str, found: Sequence[StatusCue], numeral: Numeral, since: int) -> bool:
    """Tell whether a goal stands right before its number: "la meta de 40"."""
    for cue in _all_before(found, numeral, since):
        if cue.noun or cue.end < numeral.start - _GOAL_NEAR:
            return cue.noun and _IS.fullmatch(text, cue.end, numeral.start) is not None
    return False


def heads_goals(text: str, words: int, cues: Sequence[StatusCue]) -> bool:
    """Tell whether a sentence of so many words is a heading over goals."""
    heading = not text.rstrip().endswith((".", "!", "?", ";"))
    return heading and words <= _HEADING and any(cue.noun for cue in cues)


def _is_elective(text: str, behind: StatusCue, before: StatusCue) -> bool:
    """Tell "se hicieron 340 cirugías programadas", elective ones that were done, from a plan."""
    participle = text[behind.start : behind.end].lower()
    return participle.startswith("programad") and before.status is Status.PERFORMED


def _ahead(text: str, found: tuple[StatusCue, ...], numeral: Numeral) -> StatusCue | None:
    """Return the verb that follows a number, where the sentence does not turn before it."""
    used = {cue.start for cue in found if cue.after}
    for cue in found:
        if cue.start >= numeral.end and cue.start not in used and not cue.noun:
            return None if _TURN.search(text, numeral.end, cue.start) else cue
    return None
