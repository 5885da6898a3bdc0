"""The search for a better prompt, by GEPA: only this file knows it.

GEPA (https://github.com/gepa-ai/gepa) chooses a candidate and a few bulletins, has its texts
improved by what was wrong there, and keeps the new candidate where it does better on these. It is
given neither a model nor a folder: everything that is asked goes out by our own client.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import gepa
from gepa.core.adapter import EvaluationBatch
from gepa.utils import MaxCandidateProposalsStopper, ScoreThresholdStopper

from eval.labels.gold import GoldBulletin
from eval.runs.variant import ScoredReading
from eval.tuning.candidates import Candidates
from eval.tuning.ending import Ended
from eval.tuning.feedback import describe_reading
from eval.tuning.gold_reading import GoldReading
from eval.tuning.question import Case
from eval.tuning.reflection import Reflection
from schemas.reading import ReaderKey

_AT_A_TIME = 3
"""Bulletins whose mistakes are looked at together."""


class Found(NamedTuple):
    """The best candidate on all bulletins of the search, None where none beat the prompt itself.

    `ended` is why the search ended early, if it did.
    """

    best: str | None
    ended: Ended | None


class Search:
    """What GEPA asks for, answered by readings of gold and a model that reflects."""

    def __init__(
        self,
        bulletins: Sequence[GoldBulletin],
        reading: GoldReading,
        reflection: Reflection,
        candidates: Candidates,
        say: Callable[[str], None],
    ) -> None:
        self._bulletins = list(bulletins)
        self._reading = reading
        self._reflection = reflection
        self._candidates = candidates
        self._say = say
        self._fault: Exception | None = None
        self._best: tuple[float, str | None] = (0.0, None)

    def run(self, parts: dict[str, str], proposals: int, seed: int) -> Found:
        """Try so many new texts at most; what ends it early is in the result.

        Raises whatever else fails.
        """
        try:
            gepa.optimize(
                parts,
                trainset=self._bulletins,
                adapter=self,
                reflection_minibatch_size=min(_AT_A_TIME, len(self._bulletins)),
                stop_callbacks=[
                    lambda _: self._fault is not None,
                    MaxCandidateProposalsStopper(proposals),
                    ScoreThresholdStopper(1.0),
                ],
                callbacks=[self],
                logger=self,
                seed=seed,
            )
        except Ended as ended:
            self._fault = self._fault or ended
        if self._fault is not None and not isinstance(self._fault, Ended):
            raise self._fault
        return Found(self._best[1], self._fault)

    # What GEPA calls. It logs what fails in the last three and goes on, which would pay for naught.

    def evaluate(
        self,
        batch: list[GoldBulletin],
        candidate: dict[str, str],
        capture_traces: bool = False,  # noqa: FBT001, FBT002 - GEPA's own signature
    ) -> EvaluationBatch:
        """Read bulletins with a candidate; the score of each is its strict F1."""
        result = self._reading.read(self._candidates.write(candidate), batch)
        reads = list(result.reads)
        traces = [(result.key, read) for read in reads] if capture_traces else None
        return EvaluationBatch([None] * len(reads), list(map(_score, reads)), traces)

    def make_reflective_dataset(
        self,
        _candidate: dict[str, str],
        evaluated: EvaluationBatch,
        components: list[str],
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Say what was wrong in each bulletin of a batch, the same for every part."""
        cases: list[dict[str, str]] = []
        with self._keep_fault():
            cases = [
                {"text": read.bulletin.document.text, "feedback": self._describe(key, read)}
                for key, read in evaluated.trajectories or ()
            ]
        return dict.fromkeys(components, cases)

    def propose_new_texts(
        self,
        candidate: dict[str, str],
        dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components: list[str],
    ) -> dict[str, str]:
        """Have parts improved; nothing where that gave no new text."""
        changed: dict[str, str] = {}
        with self._keep_fault():
            if self._fault is None:
                cases = {name: [Case(**one) for one in dataset[name]] for name in components}
                texts = {
                    name: self._reflection.improve(candidate, name, cases[name])
                    for name in components
                }
                changed = {name: text for name, text in texts.items() if text is not None}
        return changed if {**candidate, **changed} != candidate else {}

    def on_valset_evaluated(self, event: Mapping[str, Any]) -> None:
        """Remember the best candidate: the first of equals, and the prompt itself before all."""
        with self._keep_fault():
            score, file = event["average_score"], self._candidates.write(event["candidate"])
            if event["iteration"] == 0:
                self._best = (score, None)
            elif score > self._best[0]:
                self._best = (score, file)
                self._say(f"{file} is the best so far")

    def log(self, message: str) -> None:
        """Keep GEPA's own log, which has scores, prompts and answers in it, from everybody."""

    @contextmanager
    def _keep_fault(self) -> Iterator[None]:
        """Let no error through: the search ends by it."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 - raised at the end of the search
            self._fault = self._fault or fault

    def _describe(self, key: ReaderKey, read: ScoredReading) -> str:
        return describe_reading(read, self._reading.find_faults(key, read.bulletin.document))


def _score(read: ScoredReading) -> float:
    """Give the strict F1 of a reading; to find nothing where there is nothing is right."""
    f1 = read.scores.measures["strict"].f1
    return 1.0 if f1 is None else f1
