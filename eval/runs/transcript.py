"""What was said about one bulletin: the messages, the answers, what sent them back, the verdicts.

Messages are not stored: they are put together again from the prompt that is kept, the text and the
answers, as they were when they were sent.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.runs.confusions import JudgedFigure
from eval.runs.history import EvalRun
from eval.runs.run_prompts import explain_lost, find_texts, parse_kept
from eval.runs.stored_readings import fetch_readings as fetch_scored
from eval.scoring.align import FigureOutcome
from pipeline.errors import PromptError, UsageError
from pipeline.forms import FORMS
from pipeline.forms.form import Form
from pipeline.forms.prompts import Message
from pipeline.lazy import lazy
from pipeline.llm.dialect import MARKS
from pipeline.llm.draft import judge_answer
from pipeline.runs.recheck import UNJUDGED
from pipeline.store import Store
from pipeline.store.database import version
from pipeline.store.fetch import fetch_documents, fetch_readings, fetch_sources
from schemas.document import Document
from schemas.reading import Attempt, AttemptOutcome, Reading

if TYPE_CHECKING:
    from pipeline.llm import conversation
else:
    conversation = lazy("pipeline.llm.conversation")

_MOST_NAMED = 8
_NAMES = """
SELECT part, any_value(bulletin) FROM eval_scores LEFT JOIN eval_verdicts
    ON part = document_id AND eval_scores.eval_run_id = eval_verdicts.eval_run_id
WHERE eval_scores.eval_run_id = ? AND slice = 'document' AND measure = 'strict' GROUP BY part
"""
# A database that nothing was added to since an older version has fewer columns.
_VERDICTS = """
SELECT * FROM eval_verdicts
WHERE eval_run_id = ? AND document_id = ? AND repeat = ? ORDER BY number
"""
_DERIVED = {
    "near": "taken over from",
    "recheck": "judged anew from",
    "review": "made by people's decisions of",
}
_MADE = """
SELECT read_at, software, (SELECT count(DISTINCT batch) FROM batch_requests AS b
    WHERE b.reading_id = r.reading_id)
FROM readings AS r JOIN runs USING (run_id) WHERE reading_id = ?
"""


class Turn(NamedTuple):
    """One call and its answer; `sent_back` is the message that sent it back.

    None where it was not sent back, and where that message is not known any more: `errors` of the
    attempt are what was wrong then in any case.
    """

    attempt: Attempt
    sent_back: str | None


class Transcript(NamedTuple):
    """All that is known of one reading of one bulletin in an eval run; `read_at` is UTC.

    `opening` are the messages that it began with, empty where nobody was asked or they are not
    known any more; `notes` say why, and what else bears on it.
    """

    run: EvalRun
    bulletin: str
    document_id: str
    repeat: int
    reading: Reading | None
    read_at: datetime | None
    opening: tuple[Message, ...]
    turns: tuple[Turn, ...]
    figures: tuple[JudgedFigure, ...]
    notes: tuple[str, ...]


def fetch_transcript(
    store: Store, readings: Store, run: EvalRun, wanted: str, repeat: int
) -> Transcript:
    """Fetch what was said about the bulletin whose name begins with `wanted`, in one `repeat`.

    `store` has the run; `readings` has what it scored, which may be another database. Raises
    `UsageError` where no bulletin of the run, or several, are called so.
    """
    if repeat > run.repeats:
        raise UsageError(
            f"--repeat {repeat}: {run.name} has {run.repeats} of each bulletin; count from 1"
        )
    names = _name_bulletins(store, readings, run)
    document_id, bulletin = pick_bulletin(names, wanted, run.name)
    rows = _read_rows(store, _VERDICTS, [run.eval_run_id, document_id, repeat])
    figures = tuple(_judged(row) for row in rows)
    known = Transcript(run, bulletin, document_id, repeat, None, None, (), (), figures, ())
    reading, note = _find_reading(readings, known, rows)
    if reading is None:
        return known._replace(notes=(note,))
    return _with_reading(store, readings, known._replace(reading=reading), note)


def pick_bulletin(names: Mapping[str, str], wanted: str, where: str) -> tuple[str, str]:
    """Pick a bulletin by its name, the beginning of that, or of its document's ID.

    `names` are by the IDs. Raises `UsageError` where that is none, or several.
    """
    for found in (
        [item for item in names.items() if wanted == item[1]],
        [item for item in names.items() if wanted and item[1].startswith(wanted)],
        [item for item in names.items() if wanted and item[0].startswith(wanted)],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"several bulletins begin with {wanted}: {_list_names(found)}")
    raise UsageError(
        f"{where} has no bulletin whose name begins with {wanted!r}: {_list_names(names.items())}"
    )


def _list_names(found: Iterable[tuple[str, str]]) -> str:
    listed = sorted(name for _, name in found)
    more = f" and {len(listed) - _MOST_NAMED:,} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more


def _name_bulletins(store: Store, readings: Store, run: EvalRun) -> dict[str, str]:
    """Name the bulletins of a run by the IDs of their documents.

    One without a figure has no verdict that says its name: it is named by its file.
    """
    names = dict(store.read(_NAMES, [run.eval_run_id]).rows)
    nameless = [document_id for document_id, name in names.items() if name is None]
    sources = fetch_sources(readings, nameless) if nameless else {}
    for document_id in nameless:
        source = sources.get(document_id)
        stem = Path(source.path).stem if source else document_id
        names[document_id] = f"{stem}__{source.record}" if source and source.record else stem
    return names


def _find_reading(
    readings: Store, known: Transcript, rows: Sequence[Mapping[str, Any]]
) -> tuple[Reading | None, str]:
    """Find the reading that was scored; a note says how, or why there is none."""
    ids, note = {row.get("reading_id") for row in rows} - {None}, ""
    if not ids:
        found = fetch_scored(readings, [known.document_id], known.run.key, known.repeat)
        reading_id = found[known.document_id][known.repeat - 1].reading_id
        ids = {reading_id} - {None}
        note = "The run does not say which reading it scored: this is the one that it would score."
    for reading in fetch_readings(readings, [str(each) for each in ids]):
        return reading, note
    return None, (
        f"{readings.path} has no reading of this bulletin by {known.run.name}: it was not read, or "
        "what was read is in another database, to be named with --stored."
    )


def _with_reading(store: Store, readings: Store, known: Transcript, note: str) -> Transcript:
    reading = known.reading
    if reading is None:
        return known
    ((read_at, software, batches),) = readings.read(_MADE, [reading.reading_id]).rows
    notes = [note, *_describe_making(reading, batches)]
    opening: tuple[Message, ...] = ()
    turns = tuple(Turn(attempt, None) for attempt in reading.attempts)
    form = next((one for one in FORMS.values() if one.schema_hash == reading.key.schema_hash), None)
    documents = fetch_documents(readings, [known.document_id])
    if reading.attempts and documents:
        opening, lost = _build_opening(store, readings, documents[0], reading)
        notes.append(lost)
        if form is not None:
            turns = tuple(_list_turns(form, documents[0], reading))
        if opening and software != version():
            notes.append(f"Read by version {software}, put together again by {version()}.")
    told = tuple(filter(None, notes))
    return known._replace(read_at=read_at, opening=opening, turns=turns, notes=told)


def _describe_making(reading: Reading, batches: int) -> Iterator[str]:
    if reading.derived_from is not None:
        how = _DERIVED[reading.derived or ""]
        yield f"Nobody was asked for it: it was {how} the reading {reading.derived_from[:12]}."
    elif not reading.attempts:
        yield f"{reading.key.reader} asks no model: there is nothing but the figures."
    if batches:
        what = "a batch" if batches == 1 else f"{batches} batches"
        yield f"Asked in {what} of the provider."


def _build_opening(
    store: Store, readings: Store, document: Document, reading: Reading
) -> tuple[tuple[Message, ...], str]:
    """Put together the messages that a conversation began with, or say why that cannot be."""
    (kept,) = find_texts(readings, [reading.key])
    if kept is None:
        (kept,) = find_texts(store, [reading.key])
    if kept is None:
        return (), f"The messages are not known: {explain_lost(reading.key)}."
    by_marks = any(attempt.schema_mode == MARKS for attempt in reading.attempts)
    try:
        return tuple(parse_kept(kept).messages(document, by_marks=by_marks)), ""
    except PromptError as error:
        return (), f"The messages are not known: {error}."


def _list_turns(form: Form[Any], document: Document, reading: Reading) -> Iterator[Turn]:
    room = json.loads(reading.key.parameters or "{}").get("max_output_tokens") or 0
    for attempt, following in zip(reading.attempts, (*reading.attempts[1:], None), strict=True):
        sent_back = None
        if following is not None and following.outcome is not AttemptOutcome.UNUSED:
            sent_back = _write_reask(form, document, attempt, room)
        yield Turn(attempt, sent_back)


def _write_reask(form: Form[Any], document: Document, attempt: Attempt, room: int) -> str | None:
    """Write what sent an answer back; None where it was not, or is judged otherwise today."""
    if attempt.outcome in UNJUDGED:
        return None
    is_cut = attempt.outcome is AttemptOutcome.CUT_OFF
    cut_after = (attempt.output_tokens or room) if is_cut else None
    draft = judge_answer(form, document, attempt.raw_answer or "", cut_after=cut_after)
    judged = tuple(f"{fault.field}: {fault.message}" for fault in draft.faults)
    if draft.cut or not judged or judged != attempt.errors:
        return None
    return conversation.reask(draft)[-1]["content"]


def _judged(row: Mapping[str, Any]) -> JudgedFigure:
    gold, read = (row[side] and json.loads(row[side]) for side in ("gold", "read"))
    outcome = FigureOutcome(row["outcome"])
    return JudgedFigure(row["bulletin"], outcome, tuple(row["wrong"]), gold, read)


def _read_rows(store: Store, sql: str, parameters: list[object]) -> list[dict[str, Any]]:
    answer = store.read(sql, parameters)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
