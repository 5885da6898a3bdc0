"""What an eval found: readings of gold, scored, and how variants compare."""

from typing import NamedTuple

from eval.labels.gold import GoldBulletin
from eval.scoring.bootstrap import Difference
from eval.scoring.score import BulletinScores
from schemas.reading import ReaderKey, ReadingStatus
from schemas.report import JornadaReport


class Read(NamedTuple):
    """One stored reading of one bulletin, scored.

    `first_try` is the score of the first answer alone, None where a reader makes no attempts.
    Unknown tokens and cost are None. `dropped` counts figures that the reader gave and the text
    does not hold: they are not stored, and so not scored.
    """

    bulletin: GoldBulletin
    repeat: int
    status: ReadingStatus
    error: str | None
    report: JornadaReport | None
    scored: BulletinScores
    first_try: BulletinScores | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float
    attempts: int
    dropped: int = 0


class Result(NamedTuple):
    """One variant (a reader, with model and prompt) on all gold; `repeats` readings of each."""

    run_id: str
    key: ReaderKey
    name: str
    repeats: int
    reads: tuple[Read, ...]


class Comparison(NamedTuple):
    """One variant against the reference, measure by measure; differences are variant - reference.

    `p_holm` is that of the strict measure, corrected for the number of variants compared.
    """

    name: str
    reference: str
    measures: dict[str, Difference]
    p_holm: float | None
