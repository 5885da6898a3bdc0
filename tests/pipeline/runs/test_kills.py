"""A real run that is killed again and again, at any moment, ends as if nothing had happened."""

import hashlib
import json
import random
import re
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.store import Store
from tests.command import JORNADA, as_model, environment

DOCUMENTS, AT_ONCE = 300, 3
MOMENTS = (0.0, 0.0, 0.05, 0.3, 0.7, 1.0, 1.6, 1.9, 2.0, 2.2)
"""Seconds after the first call of a run; answers go from the journal to the database every two."""
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
    "SELECT path, record, document_id, error FROM sources ORDER BY ALL",
)


@dataclass
class Counting:
    """A model that gets each third bulletin wrong until it is asked again, and counts."""

    base_url: str = ""
    asked: Counter[Question] = field(default_factory=Counter)
    came: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, messages: list[dict[str, str]]) -> dict[str, Any]:
        place, number = next(
            (place, int(found[1]))
            for place, one in enumerate(messages)
            if (found := re.search(r"otorgaron (\d+) consultas en la jornada", one["content"]))
        )
        answer = 1 + (len(messages) - 1 - place) // 2
        with self.lock:
            self.asked[number, answer] += 1
        self.came.set()
        time.sleep(0.15)
        wrong = number % 3 == 0 and answer == 1
        return as_model(f"{number + wrong} consultas")


@contextmanager
def counting() -> Iterator[Counting]:
    state = Counting()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            data = json.dumps(state.answer(asked["messages"])).encode()
            with suppress(OSError):  # whoever asked was killed
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def started(folder: Path, model: Counting, *more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - the command that is tested
        [JORNADA, "extract", "bulletins", "--concurrency", str(AT_ONCE), "--json", *more],
        cwd=folder,
        env=environment(JORNADA_MODEL="scripted", OPENAI_BASE_URL=model.base_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(folder: Path, model: Counting, *more: str) -> dict[str, Any]:
    process = started(folder, model, *more)
    out, err = process.communicate()
    assert process.returncode == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def laid_out(folder: Path) -> dict[str, int]:
    """Write the bulletins; give the figure of each by the ID of its document."""
    (folder / "bulletins").mkdir(parents=True)
    numbers = {}
    for number in range(1000, 1000 + DOCUMENTS):
        text = f"Se otorgaron {number} consultas en la jornada."
        (folder / "bulletins" / f"{number}.txt").write_text(text, "utf-8")
        numbers[hashlib.sha256(text.encode()).hexdigest()] = number
    return numbers


def rows(folder: Path) -> list[Rows]:
    store = Store(folder / "jornada.duckdb")
    return [store.read(sql).rows for sql in ROWS]


def settled(folder: Path, numbers: dict[str, int]) -> set[Question]:
    """Tell which questions have answers, in the database or in the journal."""
    answers: list[tuple[str, int]] = []
    journal = folder / "jornada.duckdb.journal"
    if journal.exists():
        with closing(sqlite3.connect(journal)) as con, suppress(sqlite3.OperationalError):
            answers += con.execute("SELECT document_id, number FROM answers").fetchall()
    with suppress(Exception):  # it may not be there yet
        answers += (
            Store(folder / "jornada.duckdb")
            .read(
                "SELECT document_id, a.number FROM attempts AS a JOIN readings USING (reading_id) "
                "WHERE raw_answer IS NOT NULL"
            )
            .rows
        )
    return {(numbers[document_id], number) for document_id, number in answers}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter[Question], list[Rows]]:
    """Give the questions of a run that nobody kills, and what it stores."""
    folder = tmp_path_factory.mktemp("kills") / "undisturbed"
    laid_out(folder)
    with counting() as model:
        finished(folder, model, "--workers", "2")
    assert model.asked.total() == len(model.asked) == DOCUMENTS + DOCUMENTS // 3
    return model.asked, rows(folder)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_killed_at_any_moment_asks_nothing_twice_and_ends_the_same(
    tmp_path: Path, undisturbed: tuple[Counter[Question], list[Rows]], workers: int
) -> None:
    more = () if workers == 1 else ("--workers", str(workers))
    numbers, killed = laid_out(tmp_path / "killed"), tmp_path / "killed"
    needed, undisturbed_rows = undisturbed
    moments = random.Random(workers)  # noqa: S311 - no secret
    with counting() as model:
        before: list[tuple[set[Question], Counter[Question]]] = []
        for moment in moments.sample(MOMENTS[::workers], len(MOMENTS[::workers])):
            model.came.clear()
            process = started(killed, model, *more)
            if moment:
                assert model.came.wait(60)
            time.sleep(moment or moments.uniform(0.2, 2.0))
            process.kill()
            process.communicate()
            assert process.returncode == -9, "the run was to be killed, not to end"
            time.sleep(0.5)  # until workers are gone and the server has taken what was sent
            before.append((settled(killed, numbers), model.asked.copy()))
        finished(killed, model, *more)
    assert set(model.asked) == set(needed)
    assert len(before[-1][0]) > DOCUMENTS // 10, "or nothing was shown"
    for answered, asked in before:
        again = {each for each in answered if model.asked[each] > asked[each]}
        assert not again, "these had been answered, and were asked again"
    assert model.asked.total() - needed.total() <= len(MOMENTS) * AT_ONCE
    assert rows(killed) == undisturbed_rows
    assert not (killed / "jornada.duckdb.journal").exists()
