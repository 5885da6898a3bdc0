"""Raw answers of a model, kept in a file beside the texts' IDs, judged anew and scored.

A recording is JSON lines, one a bulletin: `gold` (its name there), `document_id`, `model`,
`answers` (raw, in the order in which they came), and `numbers`: the numbers that answers name by
their marks ([start, end, value] each). Where numbers are found otherwise today, the marks in the
answers are moved along, so that each still means the number that the model saw.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from eval.labels.gold import GoldBulletin
from eval.runs.stored_readings import RawAnswer, StoredReading
from eval.runs.variant import VariantResult, score_reading
from pipeline.errors import GoldError
from pipeline.forms import anchored
from pipeline.forms.form import Form
from pipeline.forms.numbering import number_document
from pipeline.llm.answer_text import find_answer
from pipeline.runs.recheck import UNJUDGED, judge_anew
from pipeline.store import Store
from pipeline.store.fetch import fetch_readings
from schemas.document import Document
from schemas.reading import Attempt, AttemptOutcome, ReaderKey, Reading, ReadingStatus

_LISTS_OF_MARKS = ("aside", "approx", "percent", "above_goal", "productivity")
_NEWEST = """
SELECT reading_id FROM readings
WHERE document_id IN (SELECT unnest(?::VARCHAR[])) AND prompt = ? AND derived IS NULL
AND reading_id IN (SELECT reading_id FROM attempts WHERE raw_answer IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY document_id ORDER BY read_at DESC, reading_id DESC) = 1
"""


class Number(NamedTuple):
    """A number of the text as it was found, and what it was worth."""

    start: int
    end: int
    value: int | float


class RecordedBulletin(BaseModel):
    """All answers that a model gave to one bulletin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gold: str
    document_id: str
    model: str | None
    answers: tuple[str, ...]
    numbers: tuple[Number, ...]


def record(
    store: Store, bulletins: Sequence[GoldBulletin], prompt: str
) -> tuple[RecordedBulletin, ...]:
    """Take the answers of the newest reading of each bulletin with a prompt out of a database."""
    by_id = {bulletin.document.id: bulletin for bulletin in bulletins}
    ids = [reading_id for (reading_id,) in store.read(_NEWEST, [list(by_id), prompt]).rows]
    recorded = [
        RecordedBulletin(
            gold=by_id[reading.document_id].stem,
            document_id=reading.document_id,
            model=reading.key.model,
            answers=tuple(_raw_answers(reading.attempts)),
            numbers=find_numbers(by_id[reading.document_id].document),
        )
        for reading in fetch_readings(store, ids)
    ]
    return tuple(sorted(recorded, key=lambda one: one.gold))


def _raw_answers(attempts: Iterable[Attempt]) -> Iterator[str]:
    return (each.raw_answer or "" for each in attempts if each.outcome not in UNJUDGED)


def find_numbers(document: Document) -> tuple[Number, ...]:
    """List the numbers that have marks today, by mark."""
    numerals = number_document(document).by_mark.values()
    return tuple(Number(one.start, one.end, one.value) for one in numerals)


def write_recording(path: Path, recorded: Iterable[RecordedBulletin]) -> None:
    """Write a recording, a line a bulletin."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(one.model_dump(mode="json"), ensure_ascii=False) for one in recorded)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_recording(path: Path) -> tuple[RecordedBulletin, ...]:
    """Read a recording."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return tuple(RecordedBulletin.model_validate_json(line) for line in lines if line)


def score_recording(
    recorded: Iterable[RecordedBulletin],
    bulletins: Sequence[GoldBulletin],
    form: Form[Any],
    name: str,
) -> VariantResult:
    """Judge recorded answers as they would be judged today, and score what comes out.

    Raises `GoldError` where a text is not there any more as it was.
    """
    by_id = {bulletin.document.id: bulletin for bulletin in bulletins}
    key = ReaderKey(reader="llm", prompt=name, schema_hash=form.schema_hash)
    reads = []
    for one in recorded:
        if one.document_id not in by_id:
            raise GoldError(f"{one.gold}: its text has changed since its answers were recorded")
        bulletin = by_id[one.document_id]
        reading = _judge(one, bulletin.document, key)
        reads.append(score_reading(bulletin, 1, reading, form))
    return VariantResult(name, key, name, 1, tuple(reads))


def _judge(one: RecordedBulletin, document: Document, key: ReaderKey) -> StoredReading:
    marks = _Marks(one.numbers, find_numbers(document))
    as_it_was = marks.then == marks.now
    answers = [raw if as_it_was else _renumber(raw, marks) for raw in one.answers]
    attempts = tuple(
        Attempt(number=number, outcome=AttemptOutcome.INVALID, raw_answer=raw, seconds=0)
        for number, raw in enumerate(answers, 1)
    )
    original = Reading(
        document_id=document.id, key=key, status=ReadingStatus.FAILED, attempts=attempts, seconds=0
    )
    judged = judge_anew(document, original)
    if isinstance(judged, str):
        judged = original.model_copy(update={"error": judged})
    return StoredReading(
        status=judged.status,
        error=judged.error,
        report=judged.report,
        input_tokens=None,
        output_tokens=None,
        cost_usd=None,
        seconds=None,
        attempts=len(attempts),
        answers=tuple(map(RawAnswer, answers)),
        dropped=0,
    )


class _Marks(NamedTuple):
    """The numbers of a text when answers were recorded, and today's."""

    then: tuple[Number, ...]
    now: tuple[Number, ...]

    def today(self, mark: int) -> int | None:
        """Give the mark of today for the same number; None for one that is no number any more.

        A mark that no number had then is one that no number has.
        """
        if not 0 < mark <= len(self.then):
            return len(self.now) + 1
        return max(
            (
                today
                for today, each in enumerate(self.now, 1)
                if _overlap(self.then[mark - 1], each)
            ),
            key=lambda today: _likeness(self.then[mark - 1], self.now[today - 1]),
            default=None,
        )


def _overlap(one: Number, other: Number) -> bool:
    return one.start < other.end and other.start < one.end


def _likeness(one: Number, other: Number) -> tuple[bool, bool]:
    return one[:2] == other[:2], one.value == other.value


def _renumber(raw: str, marks: _Marks) -> str:
    """Put the marks of today into an answer; one that cannot be read stays as it is."""
    found = find_answer(raw, anchored.FORM.blank.keys())
    if found is None or not found.whole:
        return raw
    answer = found.data
    try:
        for name in set(_LISTS_OF_MARKS).intersection(answer):
            answer[name] = [mark for mark in map(marks.today, answer[name]) if mark is not None]
        for scope in answer.get("scopes", ()):
            moved = [figure | {"n": marks.today(figure["n"])} for figure in scope["figures"]]
            scope["figures"] = [figure for figure in moved if figure["n"] is not None]
    except (ValueError, TypeError, KeyError, AttributeError):
        return raw
    return json.dumps(answer, ensure_ascii=False)
