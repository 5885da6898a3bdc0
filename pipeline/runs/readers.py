"""The reader that was chosen, built from settings; and how many documents it reads at once."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from pipeline.calls.gateway import Gateway
from pipeline.lazy import lazy
from pipeline.reader import Reader
from pipeline.runs.reader_choice import Choice
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.forms import prompts
    from pipeline.llm import reader as llm
    from pipeline.llm.transport import Transport
    from pipeline.rules import reader as rules
else:
    prompts = lazy("pipeline.forms.prompts")
    llm = lazy("pipeline.llm.reader")
    rules = lazy("pipeline.rules.reader")


@asynccontextmanager
async def build_reader(
    settings: Settings,
    choice: Choice,
    gateway: Gateway | None = None,
    transport: "Transport | None" = None,
) -> AsyncIterator[Reader]:
    """Build the reader that was chosen, and close it at the end.

    Its calls pass the gateway; `transport` takes them, if not to the server of the settings.
    """
    if choice.reader == "baseline":
        yield rules.BaselineReader()
        return
    prompt = prompts.load_prompt(settings.llm.prompt)
    async with aclosing(llm.LlmReader(settings.llm, prompt, gateway, transport)) as reader:
        yield reader


def at_once(settings: Settings, choice: Choice) -> int:
    """Tell how many documents to read at once.

    The baseline computes and never waits: more of it at once than there are processes gains
    nothing, but that none of them has to wait for its next.
    """
    if choice.reader == "baseline":
        return 2 * settings.workers
    return settings.concurrency
