"""Stored answers judged anew, with the checks as they are now, and without asking anyone.

What differs from what is stored is appended as a reading of its own, `derived` by "recheck" from
the reading that has the answers.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from pipeline.extract import check_reading
from pipeline.forms import FORMS
from pipeline.forms.form import Form
from pipeline.llm import context_loss
from pipeline.llm.conclusion import NO_ANSWER, conclude
from pipeline.llm.draft import Draft, judge_answer
from pipeline.store import UNDECIDED, Store, new_run
from pipeline.store.decided import make_decided
from pipeline.store.fetch import fetch_documents, fetch_readable, fetch_stored_reports
from pipeline.store.rows import Entry, Run, now
from schemas.document import Document
from schemas.reading import UNPAID, AttemptOutcome, ReaderKey, Reading, ReadingStatus

_BATCH = 256
_PAGE = 20_000
"""Documents that are listed together: each list takes a look at all readings."""
_KEY = ReaderKey(reader="recheck", schema_hash="none")
UNJUDGED = (*UNPAID, AttemptOutcome.REFUSED, AttemptOutcome.UNUSED)
"""Outcomes of attempts that have no answer to judge."""
_KEPT_CHECKS = ("grounding", "labels", "printed", "years")
"""What was dropped or renamed for good: the finding alone tells of it."""
_TOLD_WITH_ANSWERS = (*_KEPT_CHECKS, "validation")
# A reading that was judged anew stands for the one that has the answers, as does what came of that
# the last time. What people decided is applied to what comes of it.
_TARGETS = f"""
WITH page AS (
    SELECT DISTINCT document_id FROM readings WHERE document_id > ? ORDER BY document_id LIMIT ?
), known AS (
    SELECT document_id, reading_id, status, read_at, derived, derived_from
    FROM readings SEMI JOIN page USING (document_id) WHERE {UNDECIDED}
), newest AS (
    SELECT document_id, coalesce(CASE WHEN derived = 'recheck' THEN derived_from END, reading_id)
        AS original
    FROM known QUALIFY row_number() OVER (
        PARTITION BY document_id ORDER BY status = 'failed', read_at DESC, reading_id DESC) = 1
), last AS (
    SELECT derived_from, arg_max(reading_id, read_at) AS reading_id
    FROM known WHERE derived = 'recheck' GROUP BY derived_from
)
SELECT document_id, original, last.reading_id
FROM newest LEFT JOIN last ON derived_from = original ORDER BY document_id
"""  # noqa: S608 - a condition of ours


@dataclass
class Recheck:
    """The counts of a recheck. `statuses` has "partial -> ok"; `not_judged` has the reasons."""

    total: int = 0
    same: int = 0
    changed: int = 0
    figures_more: int = 0
    figures_less: int = 0
    findings_more: int = 0
    findings_less: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    not_judged: Counter[str] = field(default_factory=Counter)

    @property
    def judged(self) -> int:
        """How many documents' answers were judged."""
        return self.same + self.changed

    def add(self, before: Reading, after: Reading) -> None:
        """Count a reading that is not what it was."""
        self.changed += 1
        more, less = _differences(_figures(before), _figures(after))
        self.figures_more += more
        self.figures_less += less
        more, less = _differences(before.findings, after.findings)
        self.findings_more += more
        self.findings_less += less
        if before.status is not after.status:
            self.statuses[f"{before.status} -> {after.status}"] += 1


class _Target(NamedTuple):
    """A document, the reading of it that has the answers, and the last recheck of that, if any."""

    document_id: str
    original: str
    last: str | None


def recheck(
    store: Store,
    counts: Recheck,
    step: Callable[[Run, Recheck], None] = lambda *_: None,
    *,
    dry_run: bool = False,
) -> str | None:
    """Judge anew what stands for each document, and store what differs; nothing in a `dry_run`.

    A document stands as its newest usable reading, else as its newest. `counts` are kept up to
    date, and `step` called, from one batch to the next. Gives the ID of the run, None if nothing
    was stored. Raises `StoreError`.
    """
    run = new_run(_KEY)
    ((counts.total,),) = store.read("SELECT count(DISTINCT document_id) FROM readings").rows
    wrote, outcome = False, "interrupted"
    try:
        left = _targets(store)
        while batch := list(islice(left, _BATCH)):
            entries = list(_batch(store, batch, counts))
            # What changes comes with what was decided of it; what does not is checked anew as well.
            left_as_is = {one.document_id for one in batch} - {one.document.id for one in entries}
            entries += make_decided(store, left_as_is)
            if entries and not dry_run:
                wrote = store.append(run, entries, []).new or wrote
            step(run, counts)
        outcome = "finished"
    finally:
        if wrote:
            store.end(run, outcome, None, json.dumps(as_json(counts)))
    return run.run_id if wrote else None


def judge_anew(document: Document, original: Reading) -> Reading | str:
    """Judge a reading by the answers that it has, or say why that cannot be. Pure.

    What has no answers, because rules read it or because it was taken over from a nearly identical
    bulletin, is checked anew as it is, and so is what an older version asked for in other words.
    """
    form = next(
        (one for one in FORMS.values() if one.schema_hash == original.key.schema_hash), None
    )
    if original.derived == "near" or original.key.reader == "baseline" or form is None:
        if original.report is None:
            return "failed without an answer"
        kept = _KEPT_CHECKS if form or original.key.reader == "baseline" else _TOLD_WITH_ANSWERS
        told = tuple(each for each in original.findings if each.check in kept)
        update: dict[str, Any] = {"status": ReadingStatus.OK, "findings": told}
    else:
        drafts = list(_drafts(form, document, original))
        if not drafts:
            return "failed without an answer"
        update = conclude(drafts, _broken_off_by(original))._asdict()
        # How much a server read of what it was sent, its answers do not tell.
        told = tuple(each for each in original.findings if each.check == context_loss.CHECK)
        update["findings"] = (*update["findings"], *told)
    return check_reading(document, original.model_copy(update=update))


def as_json(counts: Recheck) -> dict[str, Any]:
    """Give the counts as one object for machines."""
    facts = vars(counts) | {"judged": counts.judged, "documents": counts.total}
    del facts["total"]
    return facts


def _targets(store: Store) -> Iterator[_Target]:
    """List what is to be judged, in the order of the documents' IDs, a page at a time."""
    last = ""
    while page := [_Target(*row) for row in store.read(_TARGETS, [last, _PAGE]).rows]:
        yield from page
        last = page[-1].document_id


def _batch(store: Store, targets: Sequence[_Target], counts: Recheck) -> Iterator[Entry]:
    wanted = [each for target in targets for each in target[1:] if each is not None]
    with store.keep_open(read_only=True):
        found = fetch_documents(store, [target.document_id for target in targets])
        readings, stored = fetch_readable(store, wanted), fetch_stored_reports(store, wanted)
    documents = {document.id: document for document in found}
    for target in targets:
        document = documents[target.document_id]
        original, last = readings.get(target.original), readings.get(target.last or target.original)
        if original is None or last is None:
            counts.not_judged["stored by another version"] += 1
            continue
        after = judge_anew(document, original)
        if isinstance(after, str):
            counts.not_judged[after] += 1
        elif _is_same(last, stored[last.reading_id], after):
            counts.same += 1
        else:
            counts.add(last, after)
            yield Entry(document, _derive(original, after), now())


def _drafts(form: Form[Any], document: Document, original: Reading) -> Iterator[Draft]:
    """Judge each answer, in order, as it was judged when it came."""
    room = json.loads(original.key.parameters or "{}").get("max_output_tokens")
    for attempt in original.attempts:
        if attempt.outcome in UNJUDGED:
            continue
        cut_after = None
        if attempt.outcome is AttemptOutcome.CUT_OFF:
            # The room is doubled each time, and named where nobody counted the tokens.
            cut_after = attempt.output_tokens or room or 0
            room = room and 2 * room
        yield judge_answer(form, document, attempt.raw_answer or "", cut_after=cut_after)


def _broken_off_by(original: Reading) -> str | None:
    """Tell what ended the conversation early, if it was not the last answer itself."""
    error = original.error
    return None if error is None or error.startswith(NO_ANSWER) else error


def _is_same(before: Reading, stored: object, after: Reading) -> bool:
    """Tell whether `after` says what is stored, labels of an older version as they stand there."""
    report = after.report and after.report.model_dump(mode="json")
    return (stored, before.status, before.findings) == (report, after.status, after.findings)


def _derive(original: Reading, after: Reading) -> Reading:
    """Make what was judged anew a reading of its own, which cost nothing."""
    return Reading(
        document_id=original.document_id,
        key=original.key,
        status=after.status,
        report=after.report,
        error=after.error,
        derived="recheck",
        derived_from=original.reading_id,
        findings=after.findings,
        seconds=0.0,
    )


def _figures(reading: Reading) -> Sequence[Hashable]:
    return reading.report.figures if reading.report else ()


def _differences(before: Iterable[Hashable], after: Iterable[Hashable]) -> tuple[int, int]:
    """Count what is there now and was not, and what was there and is not."""
    had, has = Counter(before), Counter(after)
    return (has - had).total(), (had - has).total()
