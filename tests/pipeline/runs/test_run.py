"""Runs over a real store, with a reader of a few lines in the place of a model."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline import runs
from pipeline.console.run_summary import show_table
from pipeline.documents import LoadedSource, document_from
from pipeline.errors import DocumentError, ServerRefusal, StoreError, TransportError
from pipeline.rules.reader import BaselineReader
from pipeline.runs import Failure, Progress, RunOptions, SetUp, Summary, Watch
from pipeline.runs.progress_file import ProgressFile, read_progress
from pipeline.runs.reader_choice import Choice
from pipeline.store import Store
from schemas.document import Document, Metadata, Source
from schemas.finding import Finding, Severity, Span
from schemas.reading import Attempt, AttemptOutcome, ReaderKey, Reading, ReadingStatus
from schemas.report import BulletinKind, JornadaReport
from tests.processes import PATIENCE, until, wait_until

KEY = ReaderKey(reader="llm", model="m", schema_hash="s")
FOUR_AT_ONCE = RunOptions(concurrency=4)
UNWATCHED = Watch()
Act = Callable[[Document], Awaitable[None]]


async def at_once(_: Document) -> None:
    pass


class ScriptedReader:
    """Does what `act` does with a document, then says it read it."""

    def __init__(
        self,
        act: Act = at_once,
        key: ReaderKey = KEY,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        self.act, self.key, self.findings = act, key, findings
        self.read_texts: list[str] = []

    async def read(self, document: Document) -> Reading:
        self.read_texts.append(document.text)
        await self.act(document)
        return Reading(
            document_id=document.id,
            key=self.key,
            status=ReadingStatus.OK,
            report=JornadaReport(bulletin_kind=BulletinKind.RESULTS),
            findings=self.findings,
            input_tokens=10,
            cost_usd=0.5,
            seconds=0.0,
        )


def found(text: str, path: str | None = None) -> LoadedSource:
    document = Document(
        id=sha256(text.encode()).hexdigest(), text=text, metadata=Metadata(format="txt")
    )
    return LoadedSource(Source(path=path or f"{text}.txt"), document, None)


def unreadable(path: str, error: str = "is empty") -> LoadedSource:
    return LoadedSource(Source(path=path), None, error)


def texts(count: int) -> list[LoadedSource]:
    return [found(f"text-{number}") for number in range(count)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a.duckdb", patience=0.2)


def go(
    loaded: Iterable[LoadedSource],
    reader: ScriptedReader,
    store: Store,
    run_options: RunOptions = FOUR_AT_ONCE,
    watch: Watch = UNWATCHED,
) -> Summary:
    return asyncio.run(runs.run(loaded, reader, store, run_options, watch))


def stored_texts(store: Store) -> set[str]:
    answer = store.read("SELECT text FROM documents JOIN current_readings USING (document_id)")
    return {text for (text,) in answer.rows}


def test_every_document_is_read_and_stored(store: Store) -> None:
    summary = go(texts(50), ScriptedReader(), store)
    assert (summary.sources, summary.documents, summary.read) == (50, 50, 50)
    assert (summary.outcome, summary.failed, summary.unchanged) == ("finished", 0, 0)
    assert (summary.input_tokens, summary.output_tokens, summary.cost_usd) == (500, None, 25.0)
    assert stored_texts(store) == {f"text-{number}" for number in range(50)}


def test_running_again_reads_nothing_and_leaves_the_database_as_it_was(store: Store) -> None:
    go([*texts(5), unreadable("a.pdf")], ScriptedReader(), store)
    before = store.path.read_bytes()
    reader = ScriptedReader()
    summary = go([*texts(5), unreadable("a.pdf")], reader, store)
    assert reader.read_texts == []
    assert (summary.read, summary.unchanged, summary.failed) == (0, 5, 1)
    assert store.path.read_bytes() == before


def test_another_reader_reads_again(store: Store) -> None:
    go(texts(2), ScriptedReader(), store)
    other = ScriptedReader(key=KEY.model_copy(update={"prompt_hash": "new"}))
    assert go(texts(3), other, store).read == 3
    assert store.read("SELECT count(*) FROM readings").rows == [(5,)]


def test_the_same_text_twice_is_read_once_and_both_sources_are_kept(store: Store) -> None:
    reader = ScriptedReader()
    summary = go([found("a", "/1.txt"), found("a", "/2.pdf"), found("b", "/b.txt")], reader, store)
    assert sorted(reader.read_texts) == ["a", "b"]
    assert (summary.sources, summary.documents, summary.duplicates) == (3, 2, 1)
    rows = store.read(
        "SELECT path, status FROM sources JOIN documents USING (document_id) ORDER BY path"
    ).rows
    assert rows == [("/1.txt", "read"), ("/2.pdf", "unchanged"), ("/b.txt", "read")]


def test_a_copy_found_in_a_later_batch_is_not_read_either(store: Store) -> None:
    reader = ScriptedReader()
    run_options = RunOptions(concurrency=1, batch_documents=1, flush_readings=1)
    go([found("a", "/1.txt"), found("b"), found("a", "/2.txt")], reader, store, run_options)
    assert reader.read_texts == ["a", "b"]
    assert store.read("SELECT count(*) FROM sources").rows == [(3,)]


def test_a_new_copy_of_a_text_read_by_an_earlier_run_adds_a_source_only(store: Store) -> None:
    go([found("a", "/1.txt")], ScriptedReader(), store)
    summary = go([found("a", "/2.txt")], ScriptedReader(), store)
    assert summary.unchanged == 1
    assert store.read("SELECT path, status FROM sources ORDER BY path").rows == [
        ("/1.txt", "read"),
        ("/2.txt", "unchanged"),
    ]


def test_an_unreadable_source_is_named_and_recorded_and_stops_nothing(store: Store) -> None:
    told: list[Failure] = []
    summary = go(
        [found("a"), unreadable("/b.pdf", "no text in it"), found("c")],
        ScriptedReader(),
        store,
        watch=Watch(failure=told.append),
    )
    assert told == [Failure(source="/b.pdf", error="no text in it")] == list(summary.failures)
    assert (summary.read, summary.failed, summary.unreadable) == (2, 1, 1)
    assert store.read("SELECT path, error FROM sources WHERE document_id IS NULL").rows == [
        ("/b.pdf", "no text in it")
    ]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (RuntimeError("odd\n  thing"), "unexpected RuntimeError: odd thing"),
        (TransportError("timed out 6 times"), "timed out 6 times"),
        (ServerRefusal("the text is too long"), "the text is too long"),
        (RecursionError(), "unexpected RecursionError: "),
    ],
)
def test_what_a_reader_raises_fails_one_document_and_is_tried_again_next_time(
    store: Store, fault: Exception, said: str
) -> None:
    async def act(document: Document) -> None:
        if document.text == "text-1":
            raise fault

    summary = go(texts(4), ScriptedReader(act), store)
    assert (summary.read, summary.failed) == (3, 1)
    assert summary.failures == (Failure(source="text-1.txt", error=said),)
    assert store.read("SELECT status, error FROM readings WHERE status <> 'ok'").rows == [
        ("failed", said)
    ]
    again = ScriptedReader()
    assert go(texts(4), again, store).read == 1
    assert again.read_texts == ["text-1"]


def test_a_partial_reading_is_usable_and_not_tried_again(store: Store) -> None:
    lost = Finding(check="completeness", severity=Severity.ERROR, message="lost 5")
    summary = go(texts(1), ScriptedReader(findings=(lost,)), store)
    assert (summary.read, summary.partial, summary.findings[Severity.ERROR]) == (1, 1, 1)
    again = ScriptedReader()
    assert go(texts(1), again, store).unchanged == 1
    assert again.read_texts == []


def test_texts_on_no_health_services_are_counted_and_said(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["El IMSS operó a 40 personas de catarata.", "El equipo ganó 3 a 1 en la jornada 9."]
    documents = [document_from(text, Metadata(format="txt")) for text in told]
    loaded = [LoadedSource(Source(path=f"{d.id[:4]}.txt"), d) for d in documents]
    summary = asyncio.run(runs.run(loaded, BaselineReader(), store, FOUR_AT_ONCE, UNWATCHED))
    assert (summary.read, summary.irrelevant, summary.figures) == (2, 1, 1)
    show_table(summary, Choice("baseline", "asked for"), "j.duckdb")
    assert "not relevant  1 of those read: on no health services" in capsys.readouterr().out


def failing(*numbers: int, cause: Callable[[int], str | None] = lambda _: "401") -> Act:
    """Fail at the texts with these numbers, from the cause that `cause` names for each."""

    async def act(document: Document) -> None:
        number = int(document.text.removeprefix("text-"))
        if number in numbers:
            raise ServerRefusal(f"the key is refused ({number})", cause(number))

    return act


@pytest.mark.parametrize("concurrency", [1, 4])
def test_ten_failures_in_a_row_of_one_cause_stop_the_run_and_keep_what_is_done(
    store: Store, concurrency: int
) -> None:
    reader = ScriptedReader(failing(*range(5, 500)))
    summary = go(texts(500), reader, store, RunOptions(concurrency=concurrency))
    reason = "10 failures in a row: the key is refused (14)"
    assert (summary.outcome, summary.reason) == ("refused", reason)
    assert (summary.read, summary.failed) == (5, 10)
    assert len(reader.read_texts) < 15 + concurrency
    assert stored_texts(store) == {f"text-{number}" for number in range(5)}
    assert store.read("SELECT outcome, reason FROM run_ends").rows == [("refused", reason)]
    again = go(texts(20), ScriptedReader(), store)
    assert (again.read, again.unchanged) == (15, 5)


@pytest.mark.parametrize(
    ("failures", "cause"),
    [
        ([n for n in range(100) if n % 10], lambda _: "401"),
        (range(100), lambda n: f"cause {n % 2}"),
        (range(100), lambda _: None),
    ],
    ids=["a success between", "several causes", "the documents themselves"],
)
def test_failures_that_are_not_ten_of_one_cause_in_a_row_stop_nothing(
    store: Store, failures: Iterable[int], cause: Callable[[int], str | None]
) -> None:
    reader = ScriptedReader(failing(*failures, cause=cause))
    summary = go(texts(100), reader, store, RunOptions(concurrency=1))
    assert summary.outcome == "finished"
    assert summary.failed == len(list(failures))
    assert len(reader.read_texts) == 100


def test_what_was_asked_in_vain_is_reported_again_and_not_asked_again(store: Store) -> None:
    answered = Attempt(number=1, outcome="invalid", raw_answer="{", seconds=0.0)

    async def read(document: Document) -> Reading:
        return Reading(
            document_id=document.id,
            key=KEY,
            status=ReadingStatus.FAILED,
            error="no usable answer",
            attempts=(answered,) if document.text == "text-0" else (),
            seconds=0.0,
        )

    setup = SetUp(read=read)
    first = asyncio.run(runs.run(texts(2), ScriptedReader(), store, FOUR_AT_ONCE, UNWATCHED, setup))
    assert (first.failed, first.failed_before) == (2, 0)
    told: list[Failure] = []
    reader = ScriptedReader()
    again = go(texts(2), reader, store, watch=Watch(failure=told.append))
    assert reader.read_texts == ["text-1"]
    assert (again.read, again.failed, again.failed_before, again.unchanged) == (1, 1, 1, 0)
    assert [failure.source for failure in told] == ["text-0.txt"]
    assert told[0].error.startswith("no usable answer (asked before")


class BeyondTheStore(ScriptedReader):
    """Finds, of a bad text, something at a place for which no column has room."""

    async def read(self, document: Document) -> Reading:
        reading = await super().read(document)
        answered = Attempt(number=1, outcome=AttemptOutcome.OK, raw_answer="{}", seconds=0.0)
        update: dict[str, object] = {"attempts": (answered,)}
        if document.text == "bad":
            far = Span(0, 10**20)
            update["findings"] = tuple(
                finding.model_copy(update={"span": far}) for finding in reading.findings
            )
        return reading.model_copy(update=update)


def test_a_reading_that_cannot_be_stored_has_failed_and_is_not_asked_for_again(
    store: Store,
) -> None:
    told: list[Failure] = []
    loaded = [found("good"), found("bad", "bad.txt"), found("bad", "copy.txt")]
    finding = Finding(check="sums", severity=Severity.WARNING, field="figures", message="odd")
    reader = BeyondTheStore(findings=(finding,))
    summary = go(loaded, reader, store, watch=Watch(failure=told.append))
    assert (summary.read, summary.failed, summary.documents) == (1, 1, 2)
    assert (summary.cost_usd, summary.findings[Severity.WARNING]) == (1.0, 1)
    assert summary.failures == tuple(told)
    ((source, error),) = ((one.source, one.error) for one in told)
    assert source == "bad.txt"
    assert error.startswith("the reading cannot be stored: ")
    assert store.read(
        "SELECT status, cost_usd, attempts FROM readings WHERE status <> 'ok'"
    ).rows == [("failed", 0.5, 1)]
    assert store.read("SELECT count(*) FROM attempts").rows == [(2,)]

    again = go(loaded, reader, store)
    assert reader.read_texts == ["good", "bad"]
    assert (again.unchanged, again.failed, again.failed_before) == (1, 1, 1)


def test_a_run_that_is_told_to_reads_what_was_read_anew(store: Store) -> None:
    go(texts(3), ScriptedReader(), store)
    reader = ScriptedReader()
    summary = go(texts(3), reader, store, FOUR_AT_ONCE._replace(anew=True))
    assert (summary.read, summary.unchanged) == (3, 0)
    assert store.read("SELECT count(*) FROM readings").rows == [(6,)]
    assert store.read("SELECT count(*) FROM current_readings").rows == [(3,)]


def test_cancelling_keeps_what_is_done_and_the_next_run_goes_on(store: Store) -> None:
    async def cancelled() -> Summary:
        eighth = asyncio.Event()

        async def act(document: Document) -> None:
            if document.text == "text-7":
                eighth.set()
                await asyncio.Event().wait()

        reader = ScriptedReader(act)
        task = asyncio.create_task(
            runs.run(texts(20), reader, store, RunOptions(concurrency=1), UNWATCHED)
        )
        await eighth.wait()
        task.cancel()
        return await task

    summary = asyncio.run(cancelled())
    assert (summary.outcome, summary.read) == ("interrupted", 7)
    assert len(stored_texts(store)) == 7
    assert store.read("SELECT outcome FROM run_ends").rows == [("interrupted",)]
    again = go(texts(20), ScriptedReader(), store)
    assert (again.read, again.unchanged) == (13, 7)


def test_cancelling_does_not_wait_for_a_source_that_never_comes(store: Store) -> None:
    never = threading.Event()

    def endless() -> Iterator[LoadedSource]:
        yield found("a")
        never.wait(PATIENCE)

    async def cancelled() -> Summary:
        first = asyncio.Event()

        async def act(_: Document) -> None:
            first.set()

        run_options = RunOptions(batch_documents=1, flush_seconds=0.01)
        task = asyncio.create_task(
            runs.run(endless(), ScriptedReader(act), store, run_options, UNWATCHED)
        )
        await first.wait()
        task.cancel()
        return await task

    assert asyncio.run(cancelled()).outcome == "interrupted"
    never.set()
    assert stored_texts(store) == {"a"}


@pytest.mark.parametrize("concurrency", [1, 5])
def test_no_more_documents_are_read_at_once_than_allowed(store: Store, concurrency: int) -> None:
    now = most = 0

    async def act(_: Document) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await until(lambda: most >= concurrency)
        now -= 1

    go(texts(40), ScriptedReader(act), store, RunOptions(concurrency=concurrency))
    assert most == concurrency


def test_sources_are_loaded_no_further_ahead_than_a_batch_or_two(store: Store) -> None:
    run_options = RunOptions(concurrency=2, batch_documents=10, batch_seconds=60)
    reader = ScriptedReader()
    ahead: list[int] = []

    def lazily() -> Iterator[LoadedSource]:
        for number, item in enumerate(texts(100)):
            ahead.append(number - len(reader.read_texts))
            yield item

    assert go(lazily(), reader, store, run_options).read == 100
    assert max(ahead) <= 2 * (run_options.batch_documents + run_options.concurrency)


def test_the_next_batch_is_loaded_while_one_is_read(store: Store) -> None:
    loaded: list[LoadedSource] = []

    def lazily() -> Iterator[LoadedSource]:
        for item in texts(9):
            loaded.append(item)
            yield item

    async def act(_: Document) -> None:
        await until(lambda: len(loaded) >= 6, "the second batch")

    run_options = RunOptions(concurrency=1, batch_documents=3, batch_seconds=60)
    assert go(lazily(), ScriptedReader(act), store, run_options).read == 9


def test_a_batch_ends_early_where_its_texts_are_long(store: Store) -> None:
    reader = ScriptedReader()
    read_when_loaded: list[int] = []

    def long_texts() -> Iterator[LoadedSource]:
        for number in range(6):
            read_when_loaded.append(len(reader.read_texts))
            yield found(f"{number} " * 1000)

    go(
        long_texts(),
        reader,
        store,
        RunOptions(concurrency=1, batch_characters=1000, batch_seconds=60),
    )
    assert read_when_loaded[-1] >= 3


def test_readings_can_be_queried_while_the_run_goes_on(store: Store) -> None:
    seen: list[bool] = []

    async def act(document: Document) -> None:
        if document.text == "last":
            seen.append(await until(stored))

    def stored() -> bool:
        sql = "SELECT count(*) FROM current_readings"
        return store.path.exists() and store.read(sql).rows == [(3,)]

    go([*texts(3), found("last")], ScriptedReader(act), store, RunOptions(1, flush_seconds=0.05))
    assert seen == [True]


def test_a_store_that_fails_ends_the_run_with_its_one_line(store: Store) -> None:
    async def act(document: Document) -> None:
        if document.text == "text-2":
            other = store.path.with_suffix(".other")
            other.write_text("no database any more" * 1000)
            other.replace(store.path)  # at once: the writer may open it at any moment

    run_options = RunOptions(concurrency=1, flush_readings=1, batch_documents=2)
    with pytest.raises(StoreError, match="not a DuckDB database"):
        go(texts(1000), ScriptedReader(act), store, run_options)


def test_a_store_that_cannot_be_used_is_found_out_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    path.write_text("no database")
    reader = ScriptedReader()
    with pytest.raises(StoreError):
        go(texts(3), reader, Store(path))
    assert reader.read_texts == []


def test_no_source_at_all_leaves_the_store_alone(store: Store) -> None:
    assert go([], ScriptedReader(), store).sources == 0
    assert not store.path.exists()


def test_an_error_of_the_sources_themselves_comes_out(store: Store) -> None:
    def broken() -> Iterator[LoadedSource]:
        yield found("a")
        raise DocumentError("the archive is cut off")

    with pytest.raises(DocumentError, match="cut off"):
        go(broken(), ScriptedReader(), store)


def test_each_step_is_told(store: Store) -> None:
    steps: list[int] = []

    def step(progress: Progress) -> None:
        steps.append(progress.read + progress.failed)

    go([*texts(3), unreadable("x")], ScriptedReader(), store, watch=Watch(step=step))
    assert steps == sorted(steps)
    assert steps[-1] == 4


def test_how_far_a_run_is_is_told_while_its_sources_are_still_counted(
    store: Store, tmp_path: Path
) -> None:
    counted, told = threading.Event(), []

    def total() -> int:
        try:
            told.extend(wait_until(lambda: read_progress(path)))
        finally:
            counted.set()
        return 3

    async def until_counted(_: Document) -> None:
        await asyncio.to_thread(counted.wait, PATIENCE)

    path = tmp_path / "a.progress"
    setup = SetUp(progress=ProgressFile(path), total=total)
    reader = ScriptedReader(until_counted)
    asyncio.run(runs.run(texts(3), reader, store, FOUR_AT_ONCE, UNWATCHED, setup))
    assert len(told) == 1


def test_how_the_run_ended_is_stored_with_its_counts(store: Store) -> None:
    go(texts(3), ScriptedReader(), store)
    rows = store.read(
        "SELECT outcome, (summary->>'$.read')::INT FROM run_ends JOIN runs USING (run_id)"
    ).rows
    assert rows == [("finished", 3)]
