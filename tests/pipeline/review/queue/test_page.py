"""The queue as it is served: what stands on it, and that text from anywhere does nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.review.background import work_behind
from pipeline.review.queue.index import QueueIndex
from pipeline.review.queue.page import neighbours
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Source
from schemas.reading import ReaderKey, ReadingStatus
from tests.processes import wait_until
from tests.readings import KEY, a_document, a_figure, a_reading, a_report, put
from tests.review_server import Served, context_for, serve_review

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>\u202egnp.\x1b[31m'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a queue of sixty documents, the first of them hostile."""
    store = Store(tmp_path_factory.mktemp("queue") / "jornada.duckdb")
    store.prepare()
    run = new_run(KEY)
    document = a_document(f"Texto {HOSTILE}")
    report = a_report().model_copy(update={"title": HOSTILE})
    reading = a_reading(document, ReadingStatus.PARTIAL, report=report)
    found = Sighting(Source(path=f"/b/{HOSTILE}", record=HOSTILE), document.id, "read")
    broken = Sighting(Source(path=f"/b/{HOSTILE}.pdf"), None, "failed", HOSTILE)
    entries = [Entry(document, reading, now())]
    entries += [
        Entry(each, a_reading(each), now())
        for each in (a_document(f"Boletín {number}") for number in range(60))
    ]
    store.append(run, entries, [found, broken])
    context = context_for(store.path)
    with work_behind(context), serve_review(context) as running:
        wait_until(lambda: QueueIndex(store.path).tell_progress().is_done, "the index")
        yield running


def test_the_queue_lists_documents_the_worst_first_a_page_at_a_time(served: Served) -> None:
    first, second = served.get("/"), served.get("/?page=2")
    assert "1 to 50 of 62 documents" in first.body
    assert "51 to 62 of 62 documents" in second.body
    links = [re.findall(r'/document/([0-9a-f]{64})"', page.body) for page in (first, second)]
    assert [len(each) for each in links] == [49, 12]
    assert len({*links[0], *links[1]}) == 61
    assert first.body.index("unreadable</span>") < first.body.index("partial</span>")
    assert 'rel="next" href="?page=2"' in first.body
    assert 'rel="prev"' not in first.body
    assert "51 to 62 of 62 documents" in served.get("/?page=99").body


def test_readers_that_differ_lead_to_their_comparison(tmp_path: Path) -> None:
    store = Store(tmp_path / "jornada.duckdb")
    store.prepare()
    document, other = a_document(), ReaderKey(reader="baseline", schema_hash="s")
    source = Sighting(Source(path=str(Path.cwd() / "b" / "1.txt")), document.id, "read")
    store.append(new_run(KEY), [Entry(document, a_reading(document), now())], [source])
    report = a_report(a_figure(7))
    put(store, new_run(other), (document, a_reading(document, report=report, key=other)))
    with work_behind(context_for(store.path)), serve_review(context_for(store.path)) as served:
        wait_until(lambda: QueueIndex(store.path).tell_progress().is_done, "the index")
        body = served.get("/").body
    assert re.search(rf'<a class="finding differ" href="[^"]*/compare/{document.id}">', body)
    assert f'title="{Path.cwd()}/b/1.txt">b/1.txt<' in body


def test_a_search_and_filters_stand_in_the_address_and_go_along(served: Served) -> None:
    page = served.get("/?q=Boletin+7&state=ok").body
    assert "1 to 1 of 1 document," in page
    (link,) = re.findall(r'/document/([0-9a-f]{64}\?[^"]*)"', page)
    assert link.endswith("?q=Boletin+7&amp;state=ok")
    assert '<option value="ok" selected>' in page
    assert 'value="Boletin 7"' in page
    document_id = link[:64]
    alone = neighbours(served.context, document_id, {"q": "Boletin 7", "state": "ok"})
    assert alone == (None, None)
    assert all(neighbours(served.context, document_id, {}))
    assert "No document is so." in served.get("/?q=ninguno").body


def test_text_from_anywhere_is_only_ever_text(served: Served) -> None:
    for address in ("/", "/?q=%22%3E%3Cscript%3Ealert(3)%3C/script%3E&reader=%22%3E%3Cscript%3E"):
        body = served.get(address).body
        assert not re.search(r"<script(?! src=\")", body)
        assert "<img" not in body
        assert " style=" not in body
        assert not re.search("[\u202e\x1b]", body)
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in served.get("/").body


def test_progress_is_told_to_scripts(served: Served) -> None:
    assert served.get("/progress").json == {
        "told": "All documents are listed, and their texts can be searched.",
        "is_done": True,
    }


def test_what_there_is_not_is_a_page_or_a_line_that_says_so(served: Served) -> None:
    beside = ("none.js", "..%2fapp.py", "page.py", "queue/page.py", "queue/..%2ftokens.css")
    for path in ("/nothing", "/favicon.ico", *(f"/static/{name}" for name in beside)):
        assert served.get(path).status == 404
    page = served.get("/nothing")
    assert "There is nothing at this address" in page.body
    told = served.get("/nothing", {"Accept": "application/json"})
    assert told.json == {"error": "There is nothing at this address. Go back to the queue."}
    assert served.post("/", {}).status == 405
    for name, kind in (
        ("tokens.css", "text/css"),
        ("frame.css", "text/css"),
        ("queue/page.js", "text/javascript"),
    ):
        answer = served.get(f"/static/{name}")
        assert (answer.status, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")


def test_before_the_index_is_begun_the_page_says_so(tmp_path: Path) -> None:
    db = tmp_path / "jornada.duckdb"
    Store(db).prepare()
    with serve_review(context_for(db)) as running:
        page = running.get("/").body
    assert "The list of documents is being made." in page
    assert "There is no document" not in page
