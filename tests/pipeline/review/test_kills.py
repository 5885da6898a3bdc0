"""`jornada review` killed while decisions come in: none is lost, and none is there twice."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.decisions.journal import DecisionJournal, decisions_path
from tests.command import jornada_here
from tests.processes import wait_until
from tests.review_client import Client, a_decision, accept, figures_of, relabel
from tests.review_command import run_review

pytestmark = pytest.mark.slow

MOMENTS = (0.3, 0, 1.2, 0.7)
"""Seconds of each round; the longest is longer than it takes until decisions are stored."""
DOCUMENTS, FIGURES = 3, 12


@dataclass
class Person:
    """Decides one thing after the other, of one document, until the server is gone."""

    client: Client
    document_id: str
    seed: int
    sent: list[dict[str, Any]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)

    def go_on(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - no secret
        try:
            if self.again:  # a page sends anew what it has no answer for
                self._send(*self.again)
            figures = figures_of(self.client.state(self.document_id))
            while True:
                self._send(*self._decide(figures, chance))
        except OSError:
            return

    def _decide(self, figures: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
        one = chance.choice(figures)
        kind = chance.choice(("accept", "change", "many", "undo"))
        if kind == "undo" and self.kept:
            return [a_decision("undo", undoes=chance.choice(self.kept))]
        if kind == "change":
            return [relabel(one, place=chance.choice(("Jalisco", "Puebla", "Colima")))]
        if kind == "many":
            return [accept(each) for each in figures]
        return [accept(one)]

    def _send(self, *decisions: dict[str, Any]) -> None:
        self.sent += decisions
        self.client.decide(self.document_id, *decisions)
        self.kept += [one["decision_id"] for one in decisions]


def test_each_decision_that_was_acknowledged_is_there_once_however_often_it_is_killed(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    for document in range(DOCUMENTS):
        text = "".join(f"Hubo {100 * document + n} consultas.\n" for n in range(11, 11 + FIGURES))
        (tmp_path / "in" / f"{document}.txt").write_text(text, "utf-8")
    assert jornada_here(tmp_path)("extract", "in", "--reader", "baseline").returncode == 0
    db = tmp_path / "jornada.duckdb"
    with duckdb.connect(db) as con:
        ids = [each for (each,) in con.execute("SELECT document_id FROM documents").fetchall()]

    sent, kept, open_still = Counter[str](), Counter[str](), dict[str, list[dict[str, Any]]]()
    for number, seconds in enumerate(MOMENTS):
        people = decide_until_killed(tmp_path, ids, number, seconds, open_still)
        for person in people:
            sent.update({one["decision_id"] for one in person.sent})
            kept.update(person.kept)
            known = set(person.kept)
            unanswered = [one for one in person.sent if one["decision_id"] not in known]
            open_still[person.document_id] = unanswered if number % 2 else []
    assert len(kept) > len(MOMENTS) * DOCUMENTS

    journal = DecisionJournal(decisions_path(db))
    with run_review(tmp_path) as server:
        client = Client(server.url)
        shown = {each: client.state(each) for each in ids}
        wait_until(lambda: not journal.list_kept(), "what waits to be stored")
    with duckdb.connect(db) as con:
        stored = Counter(
            each for (each,) in con.execute("SELECT decision_id FROM decisions").fetchall()
        )
        assert max(stored.values()) == 1
        assert kept.keys() <= stored.keys() <= sent.keys()
        for document_id, state in shown.items():
            assert marks_in(con, document_id) == marks_on(state)
        assert con.execute("SELECT count(*) FROM current_figures").fetchone() == (
            DOCUMENTS * FIGURES,
        )


def decide_until_killed(
    folder: Path,
    ids: list[str],
    number: int,
    seconds: float,
    again: dict[str, list[dict[str, Any]]],
) -> list[Person]:
    """Have a person for each document decide, and kill the server after so many seconds of it."""
    with run_review(folder) as server:
        people = [
            Person(Client(server.url), each, 100 * number + place, again=again.get(each, []))
            for place, each in enumerate(ids)
        ]
        threads = [threading.Thread(target=person.go_on) for person in people]
        for thread in threads:
            thread.start()
        wait_until(
            lambda: (
                any(person.kept for person in people)
                or not any(thread.is_alive() for thread in threads)
            ),
            "the first decision",
        )
        time.sleep(seconds)  # any moment will do, and each round takes another
        server.kill()
        for thread in threads:
            thread.join()
    return people


def marks_in(con: duckdb.DuckDBPyConnection, document_id: str) -> list[tuple[Any, ...]]:
    return con.execute(
        "SELECT value, place, decided FROM current_figures WHERE document_id = ? ORDER BY ALL",
        [document_id],
    ).fetchall()


def marks_on(state: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    return sorted(
        (
            one["figure"]["value"],
            one["figure"]["place"],
            one["decided"] and one["decided"]["kind"],
        )
        for one in figures_of(state)
    )
