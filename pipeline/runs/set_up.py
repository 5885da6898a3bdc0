"""What a run over a backlog needs: the lock, the journal, the desk, and who reads."""

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, closing, contextmanager

from pipeline.calls.budget import Purse
from pipeline.calls.cost import worst_case
from pipeline.calls.gateway import OpenDesk
from pipeline.calls.journal import Journal, journal_path
from pipeline.calls.rate_limiter import Limiter
from pipeline.errors import UsageError
from pipeline.reader import Reader
from pipeline.runs import Means
from pipeline.runs.lock import alone
from pipeline.runs.reader_choice import Choice
from pipeline.runs.readers import built
from pipeline.runs.workers import Workers
from pipeline.settings import DEFAULT_BASE_URL, Settings
from pipeline.urls import mask_password


@asynccontextmanager
async def equipped(
    settings: Settings, choice: Choice, total: Callable[[], int | None] = lambda: None
) -> AsyncIterator[tuple[Reader, Means]]:
    """Build the reader that was chosen, with all that a run over a backlog needs.

    `total` counts the sources, None where that is unknown. One run at a time may work on a
    database. Raises `UsageError` if another does, or if there is a
    budget and no price.
    """
    if choice.reader == "llm":
        require_price(settings)
    with alone(settings.db), closing(Journal(journal_path(settings.db))) as journal:
        desk = OpenDesk(journal, Limiter(settings.rpm, settings.tpm), Purse(settings.budget))
        async with built(settings, choice, desk) as reader:
            with _unwatched():
                if settings.workers == 1:
                    yield reader, Means(desk, total=total)
                    return
                async with aclosing(Workers(settings.workers, settings, choice, desk)) as workers:
                    yield reader, Means(desk, workers.read, total=total)


@contextmanager
def _unwatched() -> Iterator[None]:
    """Keep the garbage collector from all that is imported: to walk it takes a tenth of a run."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def require_price(settings: Settings) -> None:
    """Raise `UsageError` if there is a budget, and no price to hold it to."""
    if settings.budget is None:
        return
    llm = settings.llm
    where = llm.base_url or DEFAULT_BASE_URL
    if worst_case(llm.model or "", where, llm.prices, input_tokens=1, room=1) is None:
        raise UsageError(
            f"a budget needs a price, and none is known for {llm.model} at "
            f"{mask_password(where)}: give it with --prices FILE"
        )
