"""Documents asked about again, and by a better model where that was not enough.

The cheap reader first, the dear one only where its reading is failed, partial or has findings. What
is left to do is told from the store each time, so a cascade that was killed goes on where it was.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pipeline import runs
from pipeline.documents import LoadedSource
from pipeline.errors import UsageError
from pipeline.isolation.loading import Loader
from pipeline.lazy import lazy
from pipeline.runs import Summary, Watch, expected_cost, selection
from pipeline.runs.reader_choice import Choice, choose
from pipeline.runs.readers import at_once
from pipeline.runs.selection import Exclusion, Flaw, Selection
from pipeline.runs.set_up import require_price, set_up
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents, fetch_given_up, fetch_sources
from schemas.document import Source
from schemas.reading import ReaderKey

if TYPE_CHECKING:
    from pipeline.forms import prompts
    from pipeline.llm import reader as llm_reader
else:
    prompts = lazy("pipeline.forms.prompts")
    llm_reader = lazy("pipeline.llm.reader")

_BATCH = 256
_WORDS = {Flaw.FAILED: "failed", Flaw.PARTIAL: "partial", Flaw.FINDINGS: "with findings"}


class Step(NamedTuple):
    """One reader of a cascade."""

    settings: Settings
    choice: Choice

    @property
    def name(self) -> str:
        """Name whom it asks."""
        return self.settings.llm.model or "" if self.choice.reader == "llm" else "the baseline"


class RetryResult(NamedTuple):
    """What came of asking again: whom, the run, the documents, and what it may have cost."""

    step: Step
    summary: Summary
    chosen: Selection
    usd: float


def better_step(settings: Settings, model: str) -> Step:
    """Give the step that asks this model, the rest being equal.

    Raises `UsageError` if there is no server to ask, no price where there is a
    budget, or it is the model that is asked anyway.
    """
    if settings.reader != "baseline" and settings.llm.model == model:
        raise UsageError(f"--escalate-to {model}: is the model that is asked first; name a better")
    llm = settings.llm.model_copy(update={"model": model})
    dear = settings.model_copy(update={"reader": "llm", "llm": llm})
    choice = choose(dear)
    require_price(dear)
    return Step(dear, choice)


def reduce_budget(step: Step, usd: float) -> Step:
    """Take what was spent already out of the budget of a step that comes after."""
    budget = step.settings.budget
    if budget is None:
        return step
    left = max(0.0, budget - usd)
    return step._replace(settings=step.settings.model_copy(update={"budget": left}))


async def ask_again(
    step: Step, store: Store, watch: Watch, flaws: Collection[Flaw], *, dear: Step | None = None
) -> RetryResult | None:
    """Ask again about all documents with one of these flaws; None if there is none.

    What was broken off goes on. Where a dear model comes after, it is asked in the place of one
    that was asked again already. Raises `UsageError` if another run works on the store,
    `StoreError` if the store fails.
    """

    def select(key: ReaderKey) -> Selection:
        if key.reader == "baseline":  # it would read the same
            passed = selection.read_by(key)
        elif dear is not None:
            passed = selection.read_again_by(key)
        else:
            passed = selection.read_again_before_the_break(key)
        if dear is not None:
            passed |= _read_by_dear(dear)
        return selection.choose_documents(store, flaws, passed)

    return await _ask(step, store, watch, select, None)


async def open_again(step: Step, store: Store, watch: Watch) -> RetryResult | None:
    """Open the files again that were given up, and read what is new in them; None if none was.

    Raises as `ask_again` does.
    """
    limits = step.settings.limits
    given_up = fetch_given_up(store, str(limits)).items()
    files = list(dict.fromkeys((path, one.fields) for path, parts in given_up for one, _ in parts))
    if not files:
        return None
    what = "a file" if len(files) == 1 else f"{len(files):,} files"
    watch.say(f"Opening {what} again that {'was' if len(files) == 1 else 'were'} given up.")
    async with set_up(step.settings, step.choice) as (reader, plain):
        with closing(Loader(limits)) as loader:
            loaded = (
                item for path, fields in files for item in loader.read(Source(path=path), fields)
            )
            run_options = runs.RunOptions(at_once(step.settings, step.choice))
            setup = plain._replace(loader=loader)
            summary = await runs.run(loaded, reader, store, run_options, watch, setup)
        return RetryResult(step, summary, Selection({}, 0), setup.usd)


async def escalate(
    dear: Step,
    store: Store,
    watch: Watch,
    flaws: Collection[Flaw] = (Flaw.FINDINGS,),
    among: Collection[str] | None = None,
) -> RetryResult | None:
    """Ask the dear model about documents with one of these flaws that it has not read yet.

    Of all documents, or of those `among` which it is to choose, by ID. None if there is none.
    Raises as `ask_again` does.
    """

    def select(key: ReaderKey) -> Selection:
        return selection.choose_documents(store, flaws, selection.read_by(key), among)

    return await _ask(dear, store, watch, select, among)


def open_store(settings: Settings) -> Store:
    """Open a store that must be there; an older one gets the tables that it lacks.

    Raises `StoreError`.
    """
    store = Store.for_a_backlog(settings.db)
    store.read("SELECT 1")
    store.prepare()
    return store


def describe_selection(chosen: Selection) -> str:
    """Say how many have which flaw: "12 failed, 25 partial"."""
    counts = {flaw: chosen.count(flaw) for flaw in Flaw}
    return ", ".join(f"{count:,} {_WORDS[flaw]}" for flaw, count in counts.items() if count)


def _read_by_dear(dear: Step) -> Exclusion:
    llm = dear.settings.llm
    return selection.read_by(llm_reader.reader_key(llm, prompts.load_prompt(llm.prompt)))


async def _ask(
    step: Step,
    store: Store,
    watch: Watch,
    select: Callable[[ReaderKey], Selection],
    among: Collection[str] | None,
) -> RetryResult | None:
    async with set_up(step.settings, step.choice) as (reader, plain):
        chosen = select(reader.key)
        if chosen.passed:
            watch.say(f"{chosen.passed:,} are left out: {step.name} was asked about them before.")
        if not chosen.flaws:
            return None
        watch.say(_announcement(step, chosen, _count(store) if among is None else len(among)))
        past = expected_cost.history(store, reader.key)
        watch, _ = expected_cost.watch_cost(watch, past, step.settings.budget)
        setup = plain._replace(total=lambda: len(chosen.flaws))
        run_options = runs.RunOptions(
            at_once(step.settings, step.choice), anew=True, from_store=True
        )
        loaded = _load(store, tuple(chosen.flaws))
        summary = await runs.run(loaded, reader, store, run_options, watch, setup)
        return RetryResult(step, summary, chosen, setup.usd)


def _announcement(step: Step, chosen: Selection, of: int) -> str:
    return (
        f"Asking {step.name} again about {len(chosen.flaws):,} of {of:,} documents: "
        f"{describe_selection(chosen)}."
    )


def _count(store: Store) -> int:
    ((count,),) = store.read("SELECT count(*) FROM current_documents").rows
    return int(count)


def _load(store: Store, document_ids: Sequence[str]) -> Iterator[LoadedSource]:
    """Take documents out of the store, some at a time."""
    left = iter(document_ids)
    while ids := list(islice(left, _BATCH)):
        sources = fetch_sources(store, ids)
        found = {document.id: document for document in fetch_documents(store, ids)}
        for document_id in ids:
            # Where no file is on record, the ID is all that names it.
            source = sources.get(document_id, Source(path=document_id))
            yield LoadedSource(source, found[document_id])
