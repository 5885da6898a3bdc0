"""A review that is served here, asked as a browser asks, and decisions to ask it about."""

import html
import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from eval.review.routes import ROUTES
from pipeline.decisions.numeral_place import places_of
from pipeline.documents import read_all
from pipeline.review.session import hold_review, open_context
from pipeline.rules.reader import BaselineReader
from pipeline.runs.deciding import Decisions
from pipeline.store import Store, new_run
from pipeline.store.fetch import fetch_documents, fetch_readings
from pipeline.store.rows import Entry, Sighting, now
from schemas.decision import Decision, DecisionKind
from schemas.document import Document
from schemas.finding import Span
from schemas.report import Figure, JornadaReport
from tests.processes import PATIENCE
from tests.reviewed import read_by_rules


@dataclass
class Shown:
    """One answer: its status, where the browser is by then, and its page."""

    status: int
    url: str
    page: str

    @property
    def text(self) -> str:
        """Give the words of the page."""
        words = re.sub(r"<(script|style)\b.*?</\1>", " ", self.page, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", words)).split())

    @property
    def actions(self) -> list[str]:
        """Give where its forms send to."""
        found = re.findall(r'<form method="post" action="([^"]*)"', self.page)
        return [urljoin(self.url, html.unescape(one)) for one in found]

    def action(self, part: str) -> str:
        """Give the one form's address that has `part` in it."""
        (found,) = [one for one in self.actions if part in one]
        return found


@dataclass
class Pages:
    """The pages of one database, asked over loopback."""

    address: str
    db: Path
    gold: Path
    documents: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Shown:
        return self._ask("GET", urljoin(self.address, path.removeprefix("/")))

    def post(self, path: str, body: object = None) -> Shown:
        return self._ask("POST", urljoin(self.address, path.removeprefix("/")), body)

    def _ask(self, method: str, url: str, body: object = None) -> Shown:
        parts = urlsplit(url)
        con = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
        try:
            headers = {"Origin": f"http://{parts.netloc}", "Sec-Fetch-Site": "same-origin"}
            sent = None if body is None else json.dumps(body)
            con.request(method, f"{parts.path}?{parts.query}", sent, headers)
            answer = con.getresponse()
            page = answer.read().decode()
            there = answer.headers.get("Location")
        finally:
            con.close()
        if there:
            return self._ask("GET", urljoin(url, there))
        return Shown(answer.status, url, page)


@contextmanager
def served(db: Path, gold: Path, who: str = "eva") -> Iterator[Pages]:
    """Serve a review while the block runs."""
    context = open_context(db, who, gold)
    with hold_review(context, None, ROUTES, ("pipeline.review", "eval.review")) as address:
        yield Pages(address, db, gold)


def document_ids(db: Path) -> dict[str, str]:
    """Give the documents of a database by the names of their files."""
    rows = Store(db).read("SELECT path, document_id FROM current_documents ORDER BY path").rows
    return {Path(path).stem: document_id for path, document_id in rows}


def fetch_read(db: Path, document_id: str) -> tuple[Document, str, JornadaReport]:
    """Give a document with the reading of it that no person made."""
    store = Store(db)
    with store.keep_open(read_only=True):
        rows = store.read(
            "SELECT reading_id FROM readings WHERE document_id = ? AND derived IS DISTINCT FROM "
            "'review' ORDER BY read_at DESC LIMIT 1",
            [document_id],
        ).rows
        (document,) = fetch_documents(store, [document_id])
        (reading,) = fetch_readings(store, [rows[0][0]])
    assert reading.report
    return document, reading.reading_id, reading.report


def decision(
    document_id: str,
    kind: DecisionKind | str,
    *,
    span: Span | None = None,
    figure: Figure | None = None,
    who: str = "eva",
    **more: object,
) -> Decision:
    """Make a decision."""
    return Decision.model_validate(
        {
            "decision_id": uuid4().hex,
            "document_id": document_id,
            "kind": kind,
            "span": span,
            "figure": figure,
            "who": who,
            "decided_at": now(),
            **more,
        }
    )


def decide(
    db: Path,
    document_id: str,
    kind: DecisionKind | str,
    *,
    span: Span | None = None,
    figure: Figure | None = None,
    who: str = "eva",
    **more: object,
) -> Decision:
    """Record one decision."""
    made = decision(document_id, kind, span=span, figure=figure, who=who, **more)
    Decisions(db).record([made])
    return made


def accept_all(db: Path, document_id: str) -> None:
    """Accept every figure of a document."""
    document, reading_id, report = fetch_read(db, document_id)
    places = places_of(document.text, report.figures)
    Decisions(db).record(
        [
            decision(document_id, "accept", span=span, figure=figure, reading_id=reading_id)
            for span, figure in zip(places, report.figures, strict=True)
        ],
        [document],
    )


def read_here(folder: Path, **texts: str) -> Path:
    """Have the baseline read texts, each a file of its name; give the database."""
    bulletins = folder / "bulletins"
    bulletins.mkdir()
    for name, text in texts.items():
        (bulletins / f"{name}.txt").write_text(text, "utf-8")
    store = Store(folder / "jornada.duckdb")
    store.prepare()
    entries, sightings = [], []
    for loaded in read_all([str(bulletins)]):
        assert loaded.document is not None, loaded.error
        entries.append(Entry(loaded.document, read_by_rules(loaded.document), now()))
        sightings.append(Sighting(loaded.source, loaded.document.id, "read"))
    store.append(new_run(BaselineReader().key), entries, sightings)
    return store.path
