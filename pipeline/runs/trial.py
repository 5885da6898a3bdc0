"""One tiny bulletin, read as a run would read any: what a server takes is seen by asking it."""

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.calls.gateway import CallEstimate, CallOutcome, LocalGateway
from pipeline.calls.journal import KeptAnswer
from pipeline.documents import document_from
from pipeline.extract import extract
from pipeline.forms import prompts
from pipeline.llm.reader import LlmReader
from pipeline.settings import LlmSettings
from schemas.document import Metadata
from schemas.reading import Reading

BULLETIN = "Jornada de salud\n\nEl IMSS otorgó 120 consultas de Medicina Familiar en la jornada.\n"


class Trial(NamedTuple):
    """The reading, the headers of the last answer, and what the reader learnt of the server."""

    reading: Reading
    headers: Mapping[str, str]
    room_name: str
    takes_system: bool
    notes: tuple[str, ...]


async def read_tiny_bulletin(settings: LlmSettings) -> Trial:
    """Ask one question and none again; nothing is kept but what is returned.

    Raises `UsageError` or `PromptError` where no question can be asked.
    """
    once = settings.model_copy(update={"reasks": 0, "transport_attempts": 1})
    gateway = _ListeningGateway()
    reader = LlmReader(once, prompts.load_prompt(once.prompt), gateway)
    try:
        reading = await extract(document_from(BULLETIN, Metadata(format="txt")), reader)
    finally:
        await reader.aclose()
    dialect = reader.server_facts.dialect
    notes = tuple(gateway.notes)
    return Trial(reading, gateway.headers, dialect.room_name, dialect.takes_system, notes)


class _ListeningGateway(LocalGateway):
    """Keeps nothing on disk, and remembers the headers that came last."""

    headers: Mapping[str, str] = {}

    async def settle(
        self, expected: CallEstimate, outcome: CallOutcome, answer: KeptAnswer | None
    ) -> None:
        self.headers = outcome.headers or self.headers
        await super().settle(expected, outcome, answer)
