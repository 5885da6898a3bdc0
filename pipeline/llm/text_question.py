"""A question that is answered in plain text, by the same way to a server as bulletins take."""

from contextlib import aclosing

from pipeline.calls.gateway import Gateway
from pipeline.calls.journal import Question
from pipeline.errors import ReaderError, ServerRefusal, UsageError
from pipeline.forms.prompts import Message
from pipeline.llm.dialect import MOST_CHANGES, NONE, Sent, ServerFacts
from pipeline.llm.request import count_tokens, hash_question
from pipeline.llm.transport import HttpTransport, Request
from pipeline.settings import LlmSettings
from schemas.reading import Attempt, AttemptOutcome


async def ask_for_text(settings: LlmSettings, gateway: Gateway, messages: list[Message]) -> Attempt:
    """Ask a model once; the attempt has its answer, which may be cut off.

    Raises `ReaderError` where no answer came, `ServerRefusal` where the model would not answer, and
    `Halted` where no call may go out any more.
    """
    if settings.model is None:
        raise UsageError("no model is named: set JORNADA_MODEL or give --model")
    facts = ServerFacts(settings.model_copy(update={"schema_mode": NONE}))
    dialect, tokens = facts.dialect, count_tokens(messages)
    question = Question("", "", "", 1, hash_question(messages, settings.room))
    async with aclosing(HttpTransport(settings, settings.model, gateway)) as transport:
        for _ in range(MOST_CHANGES):
            room = dialect.fit(settings.room, tokens)
            body = {"model": settings.model, "messages": messages, **settings.params}
            request = Request({**body, dialect.room_name: room}, tokens, room, question, NONE)
            reply = await transport.send(request)
            if reply.error is None:
                return _require_answer(reply.attempts[-1])
            sent = Sent(dialect, room, tokens, len(reply.attempts))
            other = facts.change(reply.error, sent)
            if other is None or other == dialect:
                raise reply.error
            dialect = other
    raise ReaderError("the server takes this question in no way that is known")


def _require_answer(attempt: Attempt) -> Attempt:
    if attempt.outcome is AttemptOutcome.REFUSED:
        raise ServerRefusal(f"the model refused to answer: {'; '.join(attempt.errors)}")
    return attempt
