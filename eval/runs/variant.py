"""One variant on all gold: read through the same path as any backlog, then scored."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.fetch import Stored, stored
from eval.runs.result import Read, Result
from eval.scoring.score import BulletinScores, score
from pipeline import runs
from pipeline.checks import grounding
from pipeline.documents import Loaded
from pipeline.forms.form import Form
from pipeline.llm.draft import judged
from pipeline.reader import Reader
from pipeline.store import Store
from schemas.reading import ReaderKey


class Variant(NamedTuple):
    """What is evaluated: a reader's key, its name for tables, and the form of its prompt."""

    key: ReaderKey
    name: str
    form: Form[Any] | None


async def read_gold(
    bulletins: Sequence[GoldBulletin],
    reader: Reader,
    store: Store,
    pace: runs.Pace,
    watch: runs.Watch,
    means: runs.Means | None = None,
) -> runs.Summary:
    """See that the store has `pace.times` readings of each bulletin; what it has is not asked.

    A bulletin is read once a round, and the rounds end early where one is stopped or refused. A
    failed answer is a result and counts: to ask for another would flatter what is unreliable.
    """
    for times in range(1, pace.times + 1):
        loaded = (Loaded(bulletin.source, bulletin.document, None) for bulletin in bulletins)
        summary = await runs.run(loaded, reader, store, pace._replace(times=times), watch, means)
        if summary.outcome != "finished":
            break
    return summary


def scored(
    bulletins: Sequence[GoldBulletin], variant: Variant, store: Store, repeats: int, run_id: str
) -> Result:
    """Score the stored readings of a variant; asks nobody."""
    ids = [bulletin.document.id for bulletin in bulletins]
    readings = stored(store, ids, variant.key, repeats)
    reads = tuple(
        _read(bulletin, repeat, reading, variant.form)
        for bulletin in bulletins
        for repeat, reading in enumerate(readings[bulletin.document.id], 1)
    )
    return Result(run_id, variant.key, variant.name, repeats, reads)


def _read(bulletin: GoldBulletin, repeat: int, reading: Stored, form: Form[Any] | None) -> Read:
    final = score(reading.report, bulletin.gold, bulletin.document.text)
    return Read(
        bulletin=bulletin,
        repeat=repeat,
        status=reading.status,
        error=reading.error,
        report=reading.report,
        scored=final,
        first_try=None if form is None else _first_try(bulletin, reading, form),
        input_tokens=reading.input_tokens,
        output_tokens=reading.output_tokens,
        cost_usd=reading.cost_usd,
        seconds=reading.seconds,
        attempts=reading.attempts,
        dropped=reading.dropped,
    )


def _first_try(bulletin: GoldBulletin, reading: Stored, form: Form[Any]) -> BulletinScores:
    """Score the first answer as it would have been stored, had it been the last."""
    report = None
    if reading.first_answer is not None:
        report = judged(form, bulletin.document, reading.first_answer).report
    if report is not None:
        report, _ = grounding.keep_grounded(bulletin.document, report)
    return score(report, bulletin.gold, bulletin.document.text)
