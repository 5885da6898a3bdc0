"""Readers, built from settings: what the commands that read have in common."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from pipeline.runs.reader_choice import Choice
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.calls.gateway import Desk
    from pipeline.reader import Reader

_SHARE = 8
"""The part of a local model's context that an answer may take, and twice that when it is cut."""
_PATIENCE = 1800.0  # seconds: a local model may take minutes for a bulletin


@asynccontextmanager
async def built(
    settings: Settings, choice: Choice, desk: "Desk | None" = None
) -> AsyncIterator["Reader"]:
    """Build the reader that was chosen, and close it at the end; its calls pass the desk."""
    if choice.reader == "baseline":
        from pipeline.rules.reader import BaselineReader  # noqa: PLC0415 - slow to import

        yield BaselineReader()
        return
    from pipeline.forms import prompts  # noqa: PLC0415 - slow to import
    from pipeline.llm.reader import LlmReader  # noqa: PLC0415 - slow to import

    prompt = prompts.load_prompt(settings.llm.prompt)
    async with aclosing(LlmReader(settings.llm, prompt, desk)) as llm:
        yield llm


def at_once(settings: Settings, choice: Choice) -> int:
    """Tell how many documents to read at once.

    The baseline computes and never waits: more of it at once than there are processes gains
    nothing, but that none of them has to wait for its next.
    """
    if choice.reader == "baseline":
        return 1 if settings.workers == 1 else 2 * settings.workers
    return settings.concurrency


@contextmanager
def served(settings: Settings, local: str | None, say: Callable[[str], None]) -> Iterator[Settings]:
    """Run the local model that was asked for, if any, and give settings that lead to it.

    It takes the place of the model and server of the environment. Raises `UsageError` if it cannot
    be run.
    """
    if local is None:
        yield settings
        return
    from pipeline.llm.local_server import SMOLLM2, serving  # noqa: PLC0415 - for this option alone

    if local == SMOLLM2:
        say("smollm2 has 135 million parameters: a poor reader, there to try the way and no more.")

    with serving(local) as server:
        llm = settings.llm.model_copy(
            update={
                "model": server.model,
                "base_url": server.base_url,
                "api_key": server.api_key,
                "max_output_tokens": server.context_tokens // _SHARE,
                "timeout_seconds": _PATIENCE,
            }
        )
        reader = "llm" if settings.reader == "auto" else settings.reader
        yield settings.model_copy(
            update={"llm": llm, "reader": reader, "concurrency": server.slots}
        )
