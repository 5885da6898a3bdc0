"""What needs no cluster: rows and shards, sources, and what cannot be asked for."""

import asyncio
import importlib.util
import json
import os
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipeline.calls.budget import Budget
from pipeline.calls.gateway import CallEstimate, LocalGateway
from pipeline.calls.journal import Journal, KeptAnswer, Question, journal_path
from pipeline.calls.protocol import Call, Return, Worker
from pipeline.documents import RecordFields, read_all
from pipeline.documents.sources import SourceFile
from pipeline.errors import Halted, StoreError, UsageError
from pipeline.isolation.limits import Limits
from pipeline.isolation.loading import Loader
from pipeline.on_ray import inputs, leftover_shards, require_ray, rows
from pipeline.on_ray.coordinator import Coordinator
from pipeline.on_ray.inputs import InputFile, bundles, load_file
from pipeline.on_ray.rows import Row
from pipeline.on_ray.tasks import write_shard
from pipeline.store import Store
from schemas.document import Source
from schemas.reading import ReaderKey, ReadingStatus
from tests.readings import a_document, a_reading

ODD = "Se otorgaron 58 mil 610 consultas \ud83d"
KEY = ReaderKey(reader="llm", schema_hash="s")


def some_rows() -> list[Row]:
    documents = [a_document(), a_document(ODD), a_document("Otro")]
    return [
        Row(Source(path="a\udce9.txt"), documents[0], None, "read", a_reading(documents[0])),
        Row(Source(path="b.jsonl", record="7"), documents[1], None, "read", None, "no \ud83d"),
        Row(Source(path="c.txt"), documents[2], None, "twice"),
        Row(Source(path="d.pdf"), None, "broken file"),
    ]


def test_rows_come_out_of_a_shard_as_they_went_in(tmp_path: Path) -> None:
    some = some_rows()
    shard = Path(write_shard(rows.pack(some), tmp_path)["shard"][0].as_py())
    back = list(rows.read(shard))
    assert back == [
        row._replace(fault=row.fault and row.fault.replace("\ud83d", "?")) for row in some
    ]
    assert back[0].document is not None
    assert back[0].document.metadata.published_on == date(2022, 7, 5)
    assert rows.paths(tmp_path) == [shard]


def test_shards_left_by_a_killed_run_are_stored_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.duckdb")
    folder = leftover_shards.folder_of(store.path) / "run"
    folder.mkdir(parents=True)
    good, failed = a_document(), a_document("Otro")
    found = [
        Row(Source(path="/a.txt"), good, None, "read", a_reading(good)),
        Row(Source(path="/b.txt"), failed, None, "read", a_reading(failed, ReadingStatus.FAILED)),
    ]
    table = rows.pack(found)
    told: list[str] = []
    journal = Journal(journal_path(store.path))
    reading = found[0].reading
    assert reading is not None
    journal.keep(
        [KeptAnswer(Question(good.id, "k", reading.reading_id, 1, "q"), reading.attempts[0])]
    )
    for _ in range(2):  # as if the first had been killed before it removed them
        write_shard(table, folder)
        (folder.parent / "run" / "begun.part").write_text("half")
        (folder / "torn.parquet").write_bytes(b"PAR1 and no more")
        write_shard(table.drop_columns(["claim"]), folder)  # as another version may have it
        leftover_shards.load_leftovers(store, journal, told.append)
        assert not folder.parent.exists()
        folder.mkdir(parents=True)
    assert store.read("SELECT document_id, status FROM readings ORDER BY status").rows == [
        (failed.id, "failed"),
        (good.id, "ok"),
    ]
    assert store.read("SELECT path, status FROM sources ORDER BY path").rows == [
        ("/a.txt", "read"),
        ("/b.txt", "read"),
    ]
    assert journal.list_unfinished() == ()
    journal.close()
    assert sum("damaged" in line for line in told) == 4


def test_sources_are_loaded_as_the_local_engine_loads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for number in range(40):
        Path("in", f"{number:02}.txt").write_text(f"Se otorgaron {number + 5} consultas")
    Path("in", "broken.pdf").write_bytes(b"%PDF-1.7 of nothing")
    Path("many.jsonl").write_text('{"text": "uno"}\n{no json\n{"id": "x", "text": "dos"}\n')
    paths = ["in", "many.jsonl", "not there"]
    fields = RecordFields(id="id")
    elsewhere = [json.loads(json.dumps(bundle)) for bundle in bundles(paths)]
    monkeypatch.chdir("/")
    with closing(Loader(Limits())) as loader:
        found = [
            loaded
            for bundle in elsewhere
            for place in bundle
            for loaded in load_file(InputFile(*place), fields, loader)
        ]
    monkeypatch.chdir(tmp_path)
    local = list(read_all([str(tmp_path / path) for path in paths], fields))
    assert sorted(found, key=repr) == sorted(local, key=repr)
    assert max(map(len, elsewhere)) == 16


def test_bundles_of_many_files_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"/{number}.txt" for number in range(200_000)]
    monkeypatch.setattr(inputs, "find_sources", lambda *_: map(SourceFile, names))
    bundled = list(bundles(["."]))
    assert [place.where for bundle in bundled for place in bundle] == names
    assert len(bundled) < 600
    assert max(map(len, bundled)) <= 4096


def test_urls_are_listed_and_read(tmp_path: Path) -> None:
    (tmp_path / "in" / "below").mkdir(parents=True)
    (tmp_path / "in" / "uno dos.txt").write_text("Se otorgaron 5 consultas")
    (tmp_path / "in" / "below" / "muchos.jsonl").write_text('{"text": "uno"}\n{"text": "dos"}\n')
    (tmp_path / "in" / ".git").mkdir()
    for passed_over in (".git/uno.txt", "README.md", "below/foto.png"):
        (tmp_path / "in" / passed_over).write_text("Se otorgaron 7 consultas")
    url = (tmp_path / "in").as_uri()
    places = [
        place for bundle in bundles([url, f"{url}/not-there", "no://such"]) for place in bundle
    ]
    with closing(Loader(Limits())) as loader:
        loaded = [each for place in places for each in load_file(place, RecordFields(), loader)]
    assert {str(each.source): each.error and each.error[:16] for each in loaded} == {
        f"{url}/uno%20dos.txt": None,
        f"{url}/below/muchos.jsonl#1": None,
        f"{url}/below/muchos.jsonl#2": None,
        f"{url}/not-there": "cannot be read: ",
        "no://such": "cannot be reache",
    }


def test_a_pipe_that_is_named_is_read_and_one_in_a_folder_passed_over(tmp_path: Path) -> None:
    pipe = tmp_path / "a.txt"
    os.mkfifo(pipe)
    (bundle,) = bundles([str(pipe), str(tmp_path)])
    (place, nothing) = (InputFile(*json.loads(json.dumps(file))) for file in bundle)
    assert nothing.error == "no bulletin in this folder"
    thread = threading.Thread(target=pipe.write_text, args=("Hubo 5 consultas.",), daemon=True)
    thread.start()
    with closing(Loader(Limits())) as loader:
        (item,) = load_file(place, RecordFields(), loader)
    thread.join()
    assert item.document is not None, item.error


def test_standard_input_is_refused() -> None:
    with pytest.raises(UsageError, match="standard input"):
        list(bundles(["-"]))


def test_without_ray_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'jornada\[ray\]'"):
        require_ray()


class Line:
    """Stands in for the relay: gives questions, and keeps the answers."""

    def __init__(self) -> None:
        self.take = self.answer = self
        self.questions: asyncio.Queue[list[Call]] = asyncio.Queue()
        self.asked: list[asyncio.Future[Return]] = []

    async def remote(self, answers: list[Return] | None = None) -> list[Call]:
        if answers is None:
            return await self.questions.get()
        for each in answers:
            self.asked[each.number].set_result(each)
        return []

    async def ask(self, worker: Worker | None, what: str, *arguments: object) -> Return:
        self.asked.append(asyncio.get_running_loop().create_future())
        number = len(self.asked) - 1
        self.questions.put_nowait([Call(number, what, arguments, worker)])
        return await asyncio.wait_for(self.asked[number], 10)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "x.duckdb")


def test_a_text_belongs_to_its_first_source_however_often_that_asks(store: Store) -> None:
    one, two = a_document("uno").id, a_document("dos").id

    async def run() -> None:
        coordinator, line = Coordinator(LocalGateway(), store, KEY), Line()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(coordinator.serve(line))
            for _ in range(2):
                told = await line.ask(None, "sift", [(one, "a"), (two, "b"), (one, "c")])
                assert told.value == ["read", "read", "twice"]
            serving.cancel()
        later = Row(Source(path="c"), a_document("uno"), None, "twice")
        assert not coordinator.note_arrival(later)
        assert coordinator.note_arrival(Row(Source(path="a"), a_document("uno"), None, "read"))
        assert coordinator.note_arrival(later)

    asyncio.run(run())


def test_calls_of_a_dead_process_are_settled_and_its_deaths_are_counted(store: Store) -> None:
    async def run() -> None:
        budget = Budget(1.0)
        coordinator, line = Coordinator(LocalGateway(budget=budget), store, KEY), Line()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(coordinator.serve(line))
            for deaths, process in enumerate(("1", "2", "3")):
                me = Worker("actor", process)
                assert (await line.ask(me, "begin", ["x"])).value == [deaths]
                await line.ask(me, "admit", CallEstimate(10, 0.25))
                assert budget.reserved == 0.25
            assert budget.doubtful == 0.5
            assert (await line.ask(Worker("actor", "4"), "begin", ["x"])).value == [3]
            assert (budget.reserved, budget.doubtful) == (0.0, 0.75)
            await coordinator.idle(10)
            serving.cancel()

    asyncio.run(run())


def test_those_that_were_beside_what_a_process_died_of_are_not_given_up(store: Store) -> None:
    """Three processes die of y; x and z are in the same block, x is read before y."""

    async def run() -> None:
        coordinator, line = Coordinator(LocalGateway(), store, KEY), Line()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(coordinator.serve(line))
            for deaths in (0, 1, 2):
                me = Worker("actor", str(deaths))
                assert (await line.ask(me, "begin", ["x", "y", "z"])).value == [deaths] * 3
            for alone in ("begin", "done"):
                await line.ask(me, alone, ["x"])
            await line.ask(me, "begin", ["y"])
            told = await line.ask(Worker("actor", "3"), "begin", ["x", "y", "z"])
            assert told.value == [2, 3, 2]
            serving.cancel()

    asyncio.run(run())


def test_a_process_that_died_for_good_is_not_waited_for_for_ever(store: Store) -> None:
    async def run() -> None:
        budget = Budget(1.0)
        coordinator, line = Coordinator(LocalGateway(budget=budget), store, KEY), Line()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(coordinator.serve(line))
            await line.ask(Worker("actor", "1"), "admit", CallEstimate(10, 0.25))
            await coordinator.idle(0.01)
            serving.cancel()
        assert (budget.reserved, budget.doubtful) == (0.0, 0.25)

    asyncio.run(run())


def test_a_halt_and_a_fault_of_the_gateway_reach_the_worker(store: Store) -> None:
    async def run() -> None:
        gateway, line = LocalGateway(), Line()
        coordinator = Coordinator(gateway, store, KEY)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(coordinator.serve(line))
            gateway.halt(Halted("enough"))
            told = await line.ask(Worker("a", "1"), "admit", CallEstimate(10, None))
            assert type(told.error) is Halted
            assert str(told.error) == "enough"
            store.path.write_bytes(b"no database" * 1000)
            told = await line.ask(None, "sift", [(a_document().id, "a")])
            assert isinstance(told.error, StoreError)
            assert coordinator.fault is told.error
            serving.cancel()

    asyncio.run(run())
