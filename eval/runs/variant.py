"""One variant on all gold: read through the same path as any backlog, then scored."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.reasks import ScoredAnswer, classify_faults
from eval.runs.stored_readings import RawAnswer, StoredReading, fetch_readings
from eval.scoring.score import BulletinScores, score
from pipeline import runs
from pipeline.checks.gate import keep_held
from pipeline.documents import LoadedSource
from pipeline.forms.form import Form
from pipeline.llm.draft import judge_answer
from pipeline.reader import Reader
from pipeline.store import Store
from schemas.reading import ReaderKey, ReadingStatus
from schemas.report import JornadaReport
from schemas.usage import Usage


class Variant(NamedTuple):
    """What is evaluated: a reader's key, its name for tables, and the form of its prompt."""

    key: ReaderKey
    name: str
    form: Form[Any] | None


class ScoredReading(NamedTuple):
    """One stored reading of one bulletin, scored.

    `first_try` is the score of the first answer alone, None where a reader makes no attempts;
    `answers` are all that a model gave one after another, judged anew. Unknown tokens and cost are
    None, and so is the time where nobody waited. `dropped` counts figures that the reader gave and
    the text does not hold: they are not stored, and so not scored. `reading_id` is None where
    nobody has read. `is_unanswered`: it was never made, or no call was answered.
    """

    bulletin: GoldBulletin
    repeat: int
    status: ReadingStatus
    error: str | None
    report: JornadaReport | None
    scores: BulletinScores
    first_try: BulletinScores | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float | None
    attempts: int
    dropped: int = 0
    answers: tuple[ScoredAnswer, ...] = ()
    reading_id: str | None = None
    is_unanswered: bool = False

    @property
    def usage(self) -> Usage:
        """Give tokens and cost together."""
        return Usage(self.input_tokens, self.output_tokens, self.cost_usd)


class VariantResult(NamedTuple):
    """One variant (a reader, with model and prompt) on all gold; `repeats` readings of each."""

    run_id: str
    key: ReaderKey
    name: str
    repeats: int
    reads: tuple[ScoredReading, ...]


async def read_gold(
    bulletins: Sequence[GoldBulletin],
    reader: Reader,
    store: Store,
    run_options: runs.RunOptions,
    watch: runs.Watch,
    setup: runs.SetUp | None = None,
) -> runs.Summary:
    """See that the store has as many readings of each bulletin as the options say.

    What it has is not asked for again.

    A bulletin is read once a round, and the rounds end early where one is stopped or refused. A
    failed answer is a result and counts: to ask for another would flatter what is unreliable.
    """
    for times in range(1, run_options.times + 1):
        loaded = (LoadedSource(bulletin.source, bulletin.document, None) for bulletin in bulletins)
        summary = await runs.run(
            loaded, reader, store, run_options._replace(times=times), watch, setup
        )
        if summary.outcome != "finished":
            break
    return summary


def score_variant(
    bulletins: Sequence[GoldBulletin], variant: Variant, store: Store, repeats: int, run_id: str
) -> VariantResult:
    """Score the stored readings of a variant; asks nobody."""
    ids = [bulletin.document.id for bulletin in bulletins]
    readings = fetch_readings(store, ids, variant.key, repeats)
    reads = tuple(
        score_reading(bulletin, repeat, reading, variant.form)
        for bulletin in bulletins
        for repeat, reading in enumerate(readings[bulletin.document.id], 1)
    )
    return VariantResult(run_id, variant.key, variant.name, repeats, reads)


def score_reading(
    bulletin: GoldBulletin, repeat: int, reading: StoredReading, form: Form[Any] | None
) -> ScoredReading:
    """Score one stored reading; its answers are judged anew, where they are of a known `form`."""
    judged = [_judge(bulletin, answer, form) for answer in reading.answers] if form else []
    return ScoredReading(
        bulletin=bulletin,
        repeat=repeat,
        status=reading.status,
        error=reading.error,
        report=reading.report,
        scores=score(reading.report, bulletin.gold, bulletin.document.text),
        first_try=None if form is None else _score_first_try(bulletin, judged),
        input_tokens=reading.input_tokens,
        output_tokens=reading.output_tokens,
        cost_usd=reading.cost_usd,
        seconds=reading.seconds,
        attempts=reading.attempts,
        dropped=reading.dropped,
        answers=tuple(answer for answer, _ in judged),
        reading_id=reading.reading_id,
        is_unanswered=reading.is_unanswered,
    )


def _judge(
    bulletin: GoldBulletin, answer: RawAnswer, form: Form[Any]
) -> tuple[ScoredAnswer, BulletinScores]:
    """Score an answer as it would have been stored, had it been the last."""
    draft = judge_answer(form, bulletin.document, answer.raw, cut_after=answer.cut_after)
    report = draft.report
    if report is not None:
        report, _ = keep_held(bulletin.document, report)
    scores = score(report, bulletin.gold, bulletin.document.text)
    return ScoredAnswer(scores.measures["strict"], classify_faults(draft)), scores


def _score_first_try(
    bulletin: GoldBulletin, judged: Sequence[tuple[ScoredAnswer, BulletinScores]]
) -> BulletinScores:
    for _, scores in judged:
        return scores
    return score(None, bulletin.gold, bulletin.document.text)
