"""A run that is killed again and again, at any step, ends as if nothing had happened."""

import asyncio
import functools
import hashlib
import json
import math
import re
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline import runs
from pipeline.calls.journal import Journal, journal_path
from pipeline.documents import read_all
from pipeline.errors import StoreError
from pipeline.runs import RunOptions, Watch
from pipeline.runs.reader_choice import choose
from pipeline.runs.set_up import set_up
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from tests.command import as_model, start
from tests.forks import kill_at_each_step
from tests.http_server import send_json, serve_http
from tests.processes import PATIENCE, Process, wait_until

DOCUMENTS, AT_ONCE, FLUSHED = 24, 3, 6
STEPS = (
    (Store, "prepare"),
    (Store, "append"),
    (Store, "end"),
    (Journal, "keep"),
    (Journal, "forget"),
)
"""Where a process touches anything that outlives it."""
Question = tuple[int, int]
"""A bulletin's figure, and the number of the answer that is asked for."""
Rows = list[tuple[Any, ...]]
ROWS = (
    """SELECT text, status, derived, input_tokens, output_tokens, attempts, report
    FROM readings JOIN documents USING (document_id) ORDER BY ALL""",
    """SELECT text, f.* EXCLUDE (reading_id, document_id)
    FROM figures AS f JOIN documents USING (document_id) ORDER BY ALL""",
    """SELECT text, a.number, outcome, raw_answer, errors
    FROM attempts AS a JOIN readings USING (reading_id) JOIN documents USING (document_id)
    ORDER BY ALL""",
    "SELECT parse_filename(path), record, document_id, error FROM sources ORDER BY ALL",
)


@dataclass
class Counting:
    """A model that gets each third bulletin wrong until it is asked again, and counts.

    Who asks for an answer beyond `free` waits until there are more. Each process asks with a key of
    its own, so that it is known who asked what.
    """

    base_url: str = ""
    free: float = math.inf
    asked: Counter[Question] = field(default_factory=Counter)
    asked_by: dict[str, set[Question]] = field(default_factory=dict)
    lock: threading.Condition = field(default_factory=threading.Condition)

    def answer(self, key: str, messages: list[dict[str, str]]) -> dict[str, Any]:
        place, number = next(
            (place, int(found[1]))
            for place, one in enumerate(messages)
            if (found := re.search(r"otorgaron (?:\[1\] )?(\d+) consultas en la", one["content"]))
        )
        answer = 1 + (len(messages) - 1 - place) // 2
        with self.lock:
            self.asked[number, answer] += 1
            self.asked_by.setdefault(key, set()).add((number, answer))
            self.lock.wait_for(lambda: self.free > 0, PATIENCE)
            self.free -= 1
        wrong = number % 3 == 0 and answer == 1
        shown = messages[place]["content"]
        # A mark that no number has.
        return as_model(shown.replace(f"[1] {number}", f"[9] {number}") if wrong else shown)

    def give(self, more: float) -> None:
        """Give so many more answers."""
        with self.lock:
            self.free += more
            self.lock.notify_all()


@contextmanager
def counting() -> Iterator[Counting]:
    state = Counting()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            send_json(self, state.answer(self.headers["Authorization"], asked["messages"]))

        def log_message(self, *_: object) -> None:
            pass

    with serve_http(Handler) as state.base_url:
        try:
            yield state
        finally:
            state.give(math.inf)


def lay_out(folder: Path) -> dict[str, int]:
    """Write the bulletins; give the figure of each by the ID of its document."""
    (folder / "bulletins").mkdir(parents=True)
    numbers = {}
    for number in range(1000, 1000 + DOCUMENTS):
        text = f"Se otorgaron {number} consultas en la jornada."
        (folder / "bulletins" / f"{number}.txt").write_text(text, "utf-8")
        numbers[hashlib.sha256(text.encode()).hexdigest()] = number
    return numbers


def read(folder: Path, model: Counting, number: int) -> None:
    """Run as the command does, in one process, which is forked; `number` is its key."""
    key = SecretStr(str(number))
    llm = LlmSettings(model="scripted", base_url=model.base_url, api_key=key)
    settings = Settings(db=folder / "jornada.duckdb", reader="llm", concurrency=AT_ONCE, llm=llm)

    async def work() -> str:
        async with set_up(settings, choose(settings)) as (reader, setup):
            store, run_options = Store(settings.db), RunOptions(AT_ONCE, flush_readings=FLUSHED)
            loaded = read_all([str(folder / "bulletins")])
            here = setup._replace(read=None)  # no process of its own, which is killed elsewhere
            return (await runs.run(loaded, reader, store, run_options, Watch(), here)).outcome

    assert asyncio.run(work()) == "finished"


def rows(folder: Path) -> list[Rows]:
    store = Store(folder / "jornada.duckdb")
    return [store.read(sql).rows for sql in ROWS]


def stored(folder: Path) -> list[tuple[str, int]]:
    """Tell which answers are in the database, if there is one."""
    sql = """SELECT document_id, a.number FROM attempts AS a JOIN readings USING (reading_id)
    WHERE raw_answer IS NOT NULL"""
    with suppress(StoreError):
        return Store(folder / "jornada.duckdb").read(sql).rows
    return []


def settled(folder: Path, numbers: dict[str, int]) -> set[Question]:
    """Tell which questions have answers, in the database or in the journal."""
    answers = stored(folder)
    journal = journal_path(folder / "jornada.duckdb")
    if journal.exists():
        with closing(sqlite3.connect(journal)) as con, suppress(sqlite3.OperationalError):
            answers += con.execute("SELECT document_id, number FROM answers").fetchall()
    return {(numbers[document_id], number) for document_id, number in answers}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter[Question], list[Rows]]:
    """Give the questions of a run that nobody kills, and what it stores.

    It runs in this process: what is made once for a process is not made in each that is forked.
    """
    folder = tmp_path_factory.mktemp("kills") / "undisturbed"
    lay_out(folder)
    with counting() as model:
        read(folder, model, 1)
    assert model.asked.total() == len(model.asked) == DOCUMENTS + DOCUMENTS // 3
    return model.asked, rows(folder)


@dataclass
class Killed:
    """A run that is killed: its folder, its model, and what was settled after each kill."""

    folder: Path
    model: Counting
    numbers: dict[str, int]
    after: list[tuple[int, set[Question]]] = field(default_factory=list)

    def note(self, number: int) -> None:
        """Note what is settled now that the process with that number is dead."""
        self.after.append((number, settled(self.folder, self.numbers)))

    def check(self, undisturbed: tuple[Counter[Question], list[Rows]]) -> None:
        """See that nothing was asked twice, and that the end is that of an undisturbed run."""
        needed, undisturbed_rows = undisturbed
        asked = self.model.asked
        assert set(asked) == set(needed)
        assert len(self.after[-1][1]) > DOCUMENTS // 10, "or nothing was shown"
        for number, answered in self.after:
            later = (by for key, by in self.model.asked_by.items() if int(key.split()[1]) > number)
            assert not answered & set().union(*later), "these were answered, and asked again"
        assert asked.total() - needed.total() <= len(self.after) * AT_ONCE
        assert rows(self.folder) == undisturbed_rows
        assert not journal_path(self.folder / "jornada.duckdb").exists()


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Killed]:
    with counting() as model:
        yield Killed(tmp_path / "killed", model, lay_out(tmp_path / "killed"))


@pytest.mark.slow
@pytest.mark.parametrize("before", [True, False])
def test_a_run_killed_at_any_step_asks_nothing_twice_and_ends_the_same(
    killed: Killed, undisturbed: tuple[Counter[Question], list[Rows]], *, before: bool
) -> None:
    work = functools.partial(read, killed.folder, killed.model)
    assert kill_at_each_step(work, STEPS, before=before, afterwards=killed.note) > 5
    killed.check(undisturbed)


@pytest.mark.slow
def test_a_command_with_workers_that_is_killed_asks_nothing_twice_and_ends_the_same(
    killed: Killed, undisturbed: tuple[Counter[Question], list[Rows]]
) -> None:
    def started(number: int) -> Process:
        return start(
            killed.folder,
            *("extract", "bulletins", "--concurrency", str(AT_ONCE), "--workers", "2"),
            JORNADA_MODEL="scripted",
            OPENAI_BASE_URL=model.base_url,
            OPENAI_API_KEY=str(number),
        )

    model = killed.model
    model.free = 10
    with started(1) as process:
        # The model is asked first: to open a database takes long, and keeps the run from it.
        wait_until(lambda: model.free <= 0, "the tenth answer")
        wait_until(lambda: len(settled(killed.folder, killed.numbers)) == 10, "that it is kept")
        process.kill()
        assert process.wait() == -signal.SIGKILL
    killed.note(1)
    model.give(10)
    with started(2) as process:
        wait_until(lambda: model.free <= 0, "the twentieth answer")
        wait_until(lambda: len(stored(killed.folder)) > 5, "a flush")
        process.kill()
        assert process.wait() == -signal.SIGKILL
    killed.note(2)
    model.give(math.inf)
    with started(3) as process:
        _, err = process.communicate()
    assert process.returncode == 0, err
    killed.check(undisturbed)
