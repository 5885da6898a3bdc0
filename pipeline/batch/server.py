"""Where the questions of a reader go that asks in batches: into files, and none is answered now."""

from pipeline.batch.ledger import Failed, Known
from pipeline.batch.options import Terms
from pipeline.batch.spool import Spool
from pipeline.calls.budget import BudgetReached, dollars
from pipeline.calls.cost import worst_case
from pipeline.calls.gateway import OpenDesk
from pipeline.calls.journal import Question
from pipeline.errors import Pending, ReaderError, ServerRefusal, TransportError
from pipeline.llm.servers import SchemaNotSupported
from pipeline.llm.transport import Reply, Request, Transport, record_failure
from pipeline.settings import DEFAULT_BASE_URL, LlmSettings

TRIES = 5
"""In so many batches a question may get no answer before it is given up."""


class BatchServer:
    """Spools each question, or does with it what its fate in earlier batches asks for.

    What a batch may cost at most is set aside in the desk's purse. Where it does not fit, `short`
    says so, and the document stays pending. `online`, if any, takes what is to go out in no
    further batch. `wanted`: somebody asks for these documents now, so that the run ends where the
    budget does, and what failed for no fault of a document goes out once more.
    """

    def __init__(
        self,
        settings: LlmSettings,
        terms: Terms,
        known: Known,
        spool: Spool,
        desk: OpenDesk,
        online: Transport | None,
        *,
        wanted: bool,
    ) -> None:
        self._settings = settings
        self._terms = terms
        self._known = known
        self._spool = spool
        self._desk = desk
        self._online = online
        self._wanted = wanted
        self.short: str | None = None

    async def send(self, request: Request) -> Reply:
        """Raise `Pending`, having spooled the question where that is to be done.

        The error of the reply is a `ServerRefusal` for a question that was refused, a `ReaderError`
        for one that is to go out no more. Raises `BudgetReached` where the run is to end.
        """
        asked = request.question
        if bytes.fromhex(asked.document_id) in self._known.out:
            raise Pending("its question is out in a batch")
        failed = self._known.failed.get((asked.document_id, asked.hash), [])
        if (refusal := self._refused(request, failed)) is not None:
            return refusal
        over = self._over(asked, failed)
        if over is None:
            self._spooled(request)
            raise Pending("its question goes out in a batch")
        if self._online is not None:
            return await self._online.send(request)
        unanswered = (TransportError(one.error) for one in failed)
        attempts = (record_failure(error, number=n) for n, error in enumerate(unanswered, 1))
        return Reply(tuple(attempts), over)

    async def aclose(self) -> None:
        """Close the connections of the other server."""
        if self._online is not None:
            await self._online.aclose()

    def _refused(self, request: Request, failed: list[Failed]) -> Reply | None:
        """Let a question meet again the refusal that it met in a batch."""
        has_schema = request.body.get("response_format", {}).get("type") == "json_schema"
        if has_schema and self._known.no_schema:
            return Reply((), SchemaNotSupported("the server does not take a JSON schema"))
        refusals = [one for one in failed if one.outcome == "refused"]
        # Only the first was to a question with a schema.
        refusals += [one for one in failed if one.outcome == "no schema"][1:]
        for one in refusals:
            if one.cause is None or not self._wanted:
                error = ServerRefusal(one.error, one.cause)
                return Reply((record_failure(error),), error)
        return None

    def _over(self, asked: Question, failed: list[Failed]) -> ReaderError | None:
        """Say why a question goes out in no further batch, if so."""
        if asked.number > self._terms.rounds:
            return ReaderError(
                f"the answers of {self._terms.rounds} rounds did not hold, and there is no further"
            )
        unanswered = [one for one in failed if one.outcome == "unanswered"]
        if len(unanswered) < TRIES or (self._wanted and self._online is None):
            return None
        told = f"no answer in {TRIES} batches: {unanswered[-1].error}"
        return ReaderError(told, "no answer in batches")

    def _spooled(self, request: Request) -> None:
        usd = worst_case(
            self._settings.model or "",
            self._settings.base_url or DEFAULT_BASE_URL,
            self._settings.prices,
            input_tokens=request.tokens,
            room=request.room,
            batch=True,
        )
        purse = self._desk.purse
        try:
            fits = self.short is None and purse.reserve(usd)
        except BudgetReached:
            fits = False
        if fits:
            self._spool.add(request.body, request.tokens, usd, request.question)
            return
        if self.short is None:
            self.short = (
                f"the budget is reached: {dollars(purse.spent)} spent, batches may cost up to "
                f"{dollars(purse.reserved)} more, and the next question {dollars(usd or 0.0)}"
            )
        if self._wanted:
            reached = BudgetReached(self.short)
            self._desk.halt(reached)
            raise reached
