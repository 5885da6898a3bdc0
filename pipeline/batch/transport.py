"""Where the questions of a reader go that asks in batches: into files, and none is answered now."""

import re
from collections import Counter

from pipeline.batch.ledger import FailedRequest, RequestHistory
from pipeline.batch.options import BatchOptions
from pipeline.batch.spool import Spool
from pipeline.calls.budget import BudgetReached
from pipeline.calls.cost import worst_case
from pipeline.calls.gateway import LocalGateway
from pipeline.calls.journal import Question
from pipeline.errors import Pending, ReaderError, ServerRefusal, TransportError
from pipeline.llm.dialect import MODES_OF
from pipeline.llm.servers import (
    Asked,
    ErrorAnswer,
    RoomNameRefused,
    RoomTooLarge,
    SchemaNotSupported,
    SystemRoleRefused,
    translate_error,
)
from pipeline.llm.transport import Reply, Request, Transport, record_failure
from pipeline.plain_text import format_dollars
from pipeline.settings import LlmSettings

MODES = MODES_OF["auto"]
ASKED_OTHERWISE = (RoomNameRefused, RoomTooLarge, SystemRoleRefused)
"""Refusals, beside that of a schema, after which a question is put in another way."""
_ANSWERED = re.compile(r"answered (\d{3}) in a batch: (.*)", re.DOTALL)
TRIES = 5
"""In so many batches a question may get no answer before it is given up."""


class BatchTransport:
    """Spools each question, or does with it what its fate in earlier batches asks for.

    What a batch may cost at most is set aside in the gateway's budget. Where it does not fit,
    `shortage` says so, and the document stays pending. `online`, if any, takes what is to go out
    in no further batch. `wanted`: somebody asks for these documents now, so that the run ends where
    the budget does, and what failed for no fault of a document goes out once more.
    """

    def __init__(
        self,
        settings: LlmSettings,
        options: BatchOptions,
        history: RequestHistory,
        spool: Spool,
        gateway: LocalGateway,
        online: Transport | None,
        *,
        wanted: bool,
    ) -> None:
        self._settings = settings
        self._options = options
        self._history = history
        self._spool = spool
        self._gateway = gateway
        self._online = online
        self._wanted = wanted
        self.shortage: str | None = None
        self._met: Counter[Question] = Counter()
        self._spooled: set[Question] = set()

    async def send(self, request: Request) -> Reply:
        """Raise `Pending`, having spooled the question where that is to be done.

        The error of the reply is a `ServerRefusal` for a question that was refused, a `ReaderError`
        for one that is to go out no more. Raises `BudgetReached` where the run is to end.
        """
        question = request.question
        if bytes.fromhex(question.document_id) in self._history.out:
            raise Pending("its question is out in a batch")
        failed = self._history.failed.get((question.document_id, question.hash), [])
        if (refusal := self._find_refusal(request, failed)) is not None:
            return refusal
        over = self._check_limits(question, failed)
        if over is None:
            if question not in self._spooled:  # the process that asked may have died since
                self._add_to_spool(request)
            raise Pending("its question goes out in a batch")
        if self._online is not None:
            return await self._online.send(request)
        unanswered = (TransportError(one.error) for one in failed)
        attempts = (record_failure(error, number=n) for n, error in enumerate(unanswered, 1))
        return Reply(tuple(attempts), over)

    async def find_owner(self) -> str | None:
        """See `Transport`: in batches nobody is asked at once."""
        return None

    async def aclose(self) -> None:
        """Close the connections of the other server."""
        if self._online is not None:
            await self._online.aclose()

    def _find_refusal(self, request: Request, failed: list[FailedRequest]) -> Reply | None:
        """Let a question meet again the refusals that it met in batches, one after the other."""
        question = request.question
        first = MODES.index(MODES_OF[self._settings.schema_mode][0])
        place = MODES.index(request.mode) if request.mode in MODES else 0
        if place < min(first + self._history.no_schema, len(MODES) - 1):
            mode = request.mode
            return Reply((), SchemaNotSupported(f"the server refused the schema mode {mode!r}"))
        refusals = [one for one in failed if one.outcome == "refused"]
        if (met := self._met[question]) < len(refusals):
            error = _read_again(refusals[met], request)
            if isinstance(error, ASKED_OTHERWISE):
                # What was refused for how it was put may be answered if it is put otherwise.
                self._met[question] += 1
                return Reply((record_failure(error),), error)
        # Where nothing is left to be refused, it is the question that was.
        refusals += [one for one in failed if one.outcome == "no schema"][len(MODES) - 1 - first :]
        for one in refusals[met:]:
            if one.cause is None or not self._wanted:
                error = ServerRefusal(one.error, one.cause)
                return Reply((record_failure(error),), error)
        return None

    def _check_limits(self, question: Question, failed: list[FailedRequest]) -> ReaderError | None:
        """Give the error of a question that goes out in no further batch."""
        if question.number > self._options.rounds:
            rounds = self._options.rounds
            return ReaderError(
                f"the answers of {rounds} rounds did not hold, and there is no further"
            )
        unanswered = [one for one in failed if one.outcome == "unanswered"]
        if len(unanswered) < TRIES or (self._wanted and self._online is None):
            return None
        error = f"no answer in {TRIES} batches: {unanswered[-1].error}"
        return ReaderError(error, "no answer in batches")

    def _add_to_spool(self, request: Request) -> None:
        usd = worst_case(
            self._settings.model or "",
            self._settings.url,
            self._settings.prices,
            input_tokens=request.tokens,
            room=request.room,
            batch=True,
        )
        budget = self._gateway.budget
        try:
            fits = self.shortage is None and budget.reserve(usd)
        except BudgetReached:
            fits = False
        if fits:
            self._spool.add(request.body, request.tokens, usd, request.question)
            self._spooled.add(request.question)
            return
        if self.shortage is None:
            spent, out, due = map(format_dollars, (budget.spent, budget.reserved, usd or 0.0))
            self.shortage = (
                f"the budget is reached: {spent} spent, batches may cost up to {out} more, and the "
                f"next question {due}"
            )
        if self._wanted:
            reached = BudgetReached(self.shortage)
            self._gateway.halt(reached)
            raise reached


def _read_again(failed: FailedRequest, request: Request) -> ReaderError:
    """Read what a batch said against a request as it would have been read at once."""
    said = _ANSWERED.match(failed.error)
    if said is None:
        return ServerRefusal(failed.error, failed.cause)
    answer = ErrorAnswer(int(said[1]), said[2])
    return translate_error(answer, Asked("the server", "", room=request.room))
