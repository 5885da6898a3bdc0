"""Set-up: all that is made before a run begins, in one straight line.

The lock on the database; who reads; for a model the journal of its answers, the rate limiter and
the budget that its calls pass; and the processes that read. The baseline calls nobody.
"""

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing, contextmanager
from typing import TYPE_CHECKING

from pipeline.calls.budget import Budget
from pipeline.calls.gateway import LocalGateway
from pipeline.calls.journal import Journal, journal_path
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.errors import UsageError
from pipeline.isolation.loading import Loader
from pipeline.lazy import lazy
from pipeline.reader import Reader
from pipeline.runs.lock import lock_database
from pipeline.runs.progress_file import ProgressFile, progress_path
from pipeline.runs.reader_choice import Choice
from pipeline.runs.readers import build_reader
from pipeline.runs.run import SetUp
from pipeline.runs.stopping import exit_soon
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.fetch import fetch_given_up
from pipeline.urls import shown_url

if TYPE_CHECKING:
    from pipeline.calls import cost
    from pipeline.forms import prompts
    from pipeline.llm import local_server
    from pipeline.runs import workers
else:
    cost = lazy("pipeline.calls.cost")
    prompts = lazy("pipeline.forms.prompts")
    local_server = lazy("pipeline.llm.local_server")
    workers = lazy("pipeline.runs.workers")

_SHARE = 8
"""The part of a local model's context that an answer may take, and twice that when it is cut."""
_GLANCE = 1.0  # seconds: where another run has the database, that is told later
_PATIENCE = 1800.0  # seconds: a local model may take minutes for a bulletin


@asynccontextmanager
async def set_up(
    settings: Settings,
    choice: Choice,
    total: Callable[[], int | None] = lambda: None,
    rate_limiter: RateLimiter | None = None,
) -> AsyncIterator[tuple[Reader, SetUp]]:
    """Build the reader that was chosen, with all that a run over a backlog needs.

    `total` counts the sources, None where that is unknown. A `rate_limiter` is one that knows the
    server from runs before, so that its limits hold for all of them together. One run at a time may
    work on a database. Raises `UsageError` if another does, or if there is a budget and no price.
    """
    async with AsyncExitStack() as stack:
        if choice.reader == "llm":
            require_price(settings)
        require_held = stack.enter_context(lock_database(settings.db))
        progress = ProgressFile(progress_path(settings.db))
        gateway = prompt = None
        if choice.reader == "llm":
            prompt = prompts.load_prompt(settings.llm.prompt)
            journal = stack.enter_context(closing(Journal(journal_path(settings.db))))
            limiter = rate_limiter or RateLimiter(settings.rpm, settings.tpm)
            gateway = LocalGateway(journal, limiter, Budget(settings.budget))
        reader = await stack.enter_async_context(build_reader(settings, choice, gateway))
        stack.enter_context(_freeze_garbage())
        processes = workers.Workers(settings, choice, gateway)
        await stack.enter_async_context(aclosing(processes))
        yield (
            reader,
            SetUp(
                gateway,
                processes.read,
                progress,
                total,
                processes.find_in_hand,
                require_held=require_held,
                at_once=exit_soon,
                prompt=prompt,
            ),
        )


@contextmanager
def open_loader(settings: Settings) -> Iterator[Loader]:
    """Give the process that loads files, which leaves alone what is on record as given up."""
    store = Store(settings.db, patience=_GLANCE)
    with closing(Loader(settings.limits, fetch_given_up(store, str(settings.limits)))) as loader:
        yield loader


def require_price(settings: Settings) -> None:
    """Raise `UsageError` if there is a budget, and no price to hold it to."""
    if settings.budget is None:
        return
    llm_settings = settings.llm
    model, where = llm_settings.model or "", llm_settings.url
    if cost.worst_case(model, where, llm_settings.prices, input_tokens=1, room=1) is None:
        raise UsageError(
            f"a budget needs a price, and none is known for {llm_settings.model} at "
            f"{shown_url(where)}: give it with --prices FILE"
        )


@contextmanager
def serve_local_model(
    settings: Settings, local: str | None, say: Callable[[str], None]
) -> Iterator[Settings]:
    """Run the local model that was asked for, if any, and give settings that lead to it.

    It takes the place of the model and server of the environment and the settings' file, with their
    headers. Raises `UsageError` if it cannot be run.
    """
    if local is None:
        yield settings
        return
    if local == local_server.SMOLLM2:
        say("smollm2 has 135 million parameters: a poor reader, there to try the way and no more.")
    with local_server.serving(local) as server:
        changed = settings.llm.model_copy(
            update={
                "model": server.model,
                "server_name": "llama.cpp",
                "params": {"temperature": 0.0, **settings.llm.params},
                "base_url": server.base_url,
                "api_key": server.api_key,
                "key_header": "authorization",
                **dict.fromkeys(("key_env", "organization", "project")),
                "headers": {},
                "secret_headers": {},
                "obstacles": (),
                "max_output_tokens": settings.llm.max_output_tokens
                or server.context_tokens // _SHARE,
                "timeout_seconds": settings.llm.timeout_seconds or _PATIENCE,
            }
        )
        reader = "llm" if settings.reader == "auto" else settings.reader
        yield settings.model_copy(
            update={"llm": changed, "reader": reader, "concurrency": server.slots}
        )


@contextmanager
def _freeze_garbage() -> Iterator[None]:
    """Keep the garbage collector from all that is imported: to walk it takes a tenth of a run."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
