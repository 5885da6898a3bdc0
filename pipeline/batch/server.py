"""Where the questions of a reader go that asks in batches: into files, and none is answered now."""

from collections.abc import Callable
from typing import Any

from pipeline.batch.ledger import FailedRequest, RequestHistory
from pipeline.batch.options import BatchOptions
from pipeline.batch.spool import Spool
from pipeline.calls.budget import BudgetReached, dollars
from pipeline.calls.cost import worst_case
from pipeline.calls.gateway import OpenDesk
from pipeline.calls.journal import Answer
from pipeline.errors import Pending, ReaderError, ServerRefusal
from pipeline.llm.transport import UNPAID, SchemaNotSupported, Server
from pipeline.settings import DEFAULT_BASE_URL, LlmSettings
from schemas.reading import Attempt

TRIES = 5
"""In so many batches a question may get no answer before it is given up."""
_NOBODY = Attempt(number=0, outcome="", seconds=0.0)


class BatchServer:
    """Spools each question, or does with it what its fate in earlier batches asks for.

    What a batch may cost at most is set aside in the desk's purse. Where it does not fit,
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
        desk: OpenDesk,
        online: Server | None,
        *,
        wanted: bool,
    ) -> None:
        self._settings = settings
        self._options = options
        self._history = history
        self._spool = spool
        self._desk = desk
        self._online = online
        self._wanted = wanted
        self.shortage: str | None = None

    async def complete(
        self,
        request: dict[str, Any],
        tokens: int,
        room: int,
        attempts: list[Attempt],
        kept_as: Callable[[Attempt], Answer],
    ) -> None:
        """Raise `Pending`, having spooled the question where that is to be done.

        Raises `ServerRefusal` for a question that was refused, `ReaderError` for one that is to go
        out no more, and `BudgetReached` where the run is to end.
        """
        asked = kept_as(_NOBODY)
        if bytes.fromhex(asked.document_id) in self._history.out:
            raise Pending("its question is out in a batch")
        failed = self._history.failed.get((asked.document_id, asked.question), [])
        self._raise_refusal(request, failed, attempts)
        over = self._check_limits(asked, failed)
        if over is None:
            self._add_to_spool(request, tokens, room, asked)
            raise Pending("its question goes out in a batch")
        if self._online is not None:
            await self._online.complete(request, tokens, room, attempts, kept_as)
            return
        for one in failed:
            _note(attempts, UNPAID[0], one.error)
        raise over

    async def aclose(self) -> None:
        """Close the connections of the other server."""
        if self._online is not None:
            await self._online.aclose()

    def _raise_refusal(
        self, request: dict[str, Any], failed: list[FailedRequest], attempts: list[Attempt]
    ) -> None:
        """Let a question meet again the refusal that it met in a batch."""
        has_schema = request.get("response_format", {}).get("type") == "json_schema"
        if has_schema and self._history.no_schema:
            raise SchemaNotSupported("the server does not take a JSON schema")
        refusals = [one for one in failed if one.outcome == "refused"]
        # Only the first was to a question with a schema.
        refusals += [one for one in failed if one.outcome == "no schema"][1:]
        for one in refusals:
            if one.cause is None or not self._wanted:
                _note(attempts, UNPAID[1], one.error)
                raise ServerRefusal(one.error, one.cause)

    def _check_limits(self, asked: Answer, failed: list[FailedRequest]) -> ReaderError | None:
        """Give the error of a question that goes out in no further batch."""
        if asked.number > self._options.rounds:
            rounds = self._options.rounds
            return ReaderError(
                f"the answers of {rounds} rounds did not hold, and there is no further"
            )
        unanswered = [one for one in failed if one.outcome == "unanswered"]
        if len(unanswered) < TRIES or (self._wanted and self._online is None):
            return None
        error = f"no answer in {TRIES} batches: {unanswered[-1].error}"
        return ReaderError(error, "no answer in batches")

    def _add_to_spool(self, body: dict[str, Any], tokens: int, room: int, asked: Answer) -> None:
        usd = worst_case(
            self._settings.model or "",
            self._settings.base_url or DEFAULT_BASE_URL,
            self._settings.prices,
            input_tokens=tokens,
            room=room,
            batch=True,
        )
        purse = self._desk.purse
        try:
            fits = self.shortage is None and purse.reserve(usd)
        except BudgetReached:
            fits = False
        if fits:
            self._spool.add(body, tokens, usd, asked)
            return
        if self.shortage is None:
            self.shortage = (
                f"the budget is reached: {dollars(purse.spent)} spent, batches may cost up to "
                f"{dollars(purse.reserved)} more, and the next question {dollars(usd or 0.0)}"
            )
        if self._wanted:
            reached = BudgetReached(self.shortage)
            self._desk.halt(reached)
            raise reached


def _note(attempts: list[Attempt], outcome: str, error: str) -> None:
    number = len(attempts) + 1
    attempts.append(Attempt(number=number, outcome=outcome, errors=(error,), seconds=0.0))
