"""Where a text came from: its file as it is today, and the page of a PDF."""

import os
import re
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from pipeline.documents import document_from, read_all
from pipeline.review.source import pdf_view
from pipeline.store import new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Metadata, Source
from schemas.report import Figure
from tests import hostile
from tests.pipeline.documents.test_pdf import lines, pdf
from tests.processes import PATIENCE
from tests.readings import KEY, a_figure, a_reading, a_report
from tests.review_server import TOKEN, Served

PAGES = [
    lines(["Hubo 58 mil 610 consultas en la jornada."]),
    lines(["Otra hoja: 312 <script>alert(1)</script> y", "4 mil 278 estudios."]),
]
NASTY = 'nota "><img src=x onerror=alert(1)>.pdf'


def a_figure_at(text: str, value: float, quote: str) -> Figure:
    start = text.index(quote)
    update = {"value": value, "quote": quote, "char_start": start, "char_end": start + len(quote)}
    return a_figure().model_copy(update=update)


def store_file(served: Served, path: Path, data: bytes) -> Document:
    """Store a file as a run does, with a reading of three figures where it has them."""
    path.write_bytes(data)
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None, loaded.error
    text = loaded.document.text
    wanted = ((58610, "58 mil 610"), (312, "312"), (4278, "4 mil 278 estudios"))
    figures = [a_figure_at(text, value, quote) for value, quote in wanted if quote in text]
    store(served, loaded.document, Source(path=str(path)), *figures)
    return loaded.document


def store(served: Served, document: Document, source: Source, *figures: Figure) -> None:
    reading = a_reading(document, report=a_report(*figures))
    run, sighting = new_run(KEY), Sighting(source, document.id, "read")
    served.context.store.append(run, [Entry(document, reading, now())], [sighting])


def get(served: Served, path: str) -> tuple[int, bytes]:
    with closing(HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)) as connection:
        connection.request("GET", f"/{TOKEN}{path}")
        answer = connection.getresponse()
        return answer.status, answer.read()


def page_of(served: Served, document: Document, query: str = "") -> str:
    status, body = get(served, f"/source/{document.id}{query}")
    assert status == 200
    return body.decode()


def test_the_page_is_shown_that_an_offset_stands_on(served: Served, tmp_path: Path) -> None:
    document = store_file(served, tmp_path / "a.pdf", pdf(PAGES))
    text = document.text
    for at, number in ((0, 1), (text.index("Otra"), 2), (len(text) - 1, 2), (10**8, 2)):
        assert f"Page {number} of 2" in page_of(served, document, f"?at={at}")
    assert "Page 1 of 2" in page_of(served, document)
    assert "Page 2 of 2" in page_of(served, document, "?page=99")
    html = page_of(served, document, f"?at={text.index('4 mil') + 3}")
    (chosen,) = re.findall(r'aria-current="true">([^<]*)', html)
    assert chosen.startswith("4,278 ")
    assert html.count('<g class="figure') == 2
    assert "It holds this text" in html


def test_its_picture_is_sent_as_such(served: Served, tmp_path: Path) -> None:
    document = store_file(served, tmp_path / "a.pdf", pdf(PAGES))
    status, first = get(served, f"/source/{document.id}/page.png?page=1")
    assert (status, first[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    _, second = get(served, f"/source/{document.id}/page.png?page=2")
    assert first != second
    assert get(served, f"/source/{document.id}/page.png?page=3")[0] == 404
    assert get(served, f"/source/{'0' * 64}/page.png")[0] == 404


def test_names_and_words_from_anywhere_are_text(served: Served, tmp_path: Path) -> None:
    document = store_file(served, tmp_path / NASTY, pdf(PAGES))
    html = page_of(served, document, "?page=2&at=x&source=-1")
    assert "<img src=x" not in html
    assert "<script>alert" not in html
    assert "&lt;img src=x" in html


def test_a_file_that_was_changed_or_is_gone_is_told_so(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    document = store_file(served, path, pdf(PAGES))
    path.write_bytes(pdf([lines(["Hubo 9 consultas en otra jornada, dice otra nota."])]))
    html = page_of(served, document, f"?at={document.text.index('Otra')}")
    assert "It is read as another text" in html
    assert "no figure is marked" in html
    assert '<g class="figure' not in html
    path.unlink()
    html = page_of(served, document)
    assert "is not there any more" in html
    assert "<svg" not in html
    assert get(served, f"/source/{document.id}/page.png")[0] == 404


def test_what_took_the_place_of_a_file_is_not_opened(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    document = store_file(served, path, pdf(PAGES))
    path.unlink()
    os.mkfifo(path)
    assert "is a pipe now" in page_of(served, document)
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "is a device now" in page_of(served, document)
    path.unlink()
    path.mkdir()
    assert "is a folder now" in page_of(served, document)


@pytest.mark.slow
def test_a_pdf_that_was_made_to_do_harm_since_harms_nobody(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_view, "_LIMITS", pdf_view.Limits(PATIENCE, megabytes=150))
    path = tmp_path / "a.pdf"
    document = store_file(served, path, pdf(PAGES))
    path.write_bytes(hostile.pdf_that_draws_itself())
    html = page_of(served, document)
    assert "cannot be shown" in html
    assert get(served, f"/source/{document.id}/page.png")[0] == 404
    with path.open("r+b") as file:
        file.truncate(1 << 40)
    assert "too large" in page_of(served, document)


def test_a_text_file_is_named_and_never_sent(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    document = store_file(served, path, b"<p>Hubo 58 mil 610 consultas.</p><script>x</script>")
    html = page_of(served, document)
    assert str(path) in html
    assert "It holds this text" in html
    assert "<img" not in html
    assert get(served, f"/source/{document.id}/page.png?source=0")[0] == 404
    path.write_bytes(b"<p>Hubo 3 consultas.</p><script>x</script>")
    assert "It is read as another text" in page_of(served, document)


def test_a_record_is_looked_for_in_its_file(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x", "text": "Hubo 5 consultas."}\n{"id": "y", "text": "Hubo 6."}\n')
    loaded = list(read_all([str(path)]))
    for each in loaded:
        assert each.document is not None
        store(served, each.document, each.source)
        html = page_of(served, each.document)
        assert f"<dd>{each.source.record}</dd>" in html
        assert "It holds this text" in html
    path.write_text('{"id": "x", "text": "Hubo 7 consultas."}\n')
    first, second = (page_of(served, each.document) for each in loaded if each.document)
    assert "It is read as another text" in first
    assert "has no such record any more" in second


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://www.imss.gob.mx/prensa/archivo/202207/395", True),
        ("javascript:alert(1)//https://imss.gob.mx", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("https:javascript:alert(1)", False),
        ("//imss.gob.mx/nota", False),
    ],
)
def test_only_addresses_of_the_web_are_links(
    served: Served, address: str, *, is_link: bool
) -> None:
    document = document_from(f"Hubo 5 consultas. {address}", Metadata(format="html"))
    store(served, document, Source(path=address))
    html = page_of(served, document)
    links = [tag for tag in re.findall(r"<a [^>]*>", html) if 'target="_blank"' in tag]
    assert len(links) == is_link
    assert all('rel="noopener noreferrer"' in tag and f'href="{address}"' in tag for tag in links)
    hrefs = re.findall(r'href="([^"]*)"', html)
    assert not [href for href in hrefs if href.startswith(("javascript", "data:t", "//"))]


def test_each_file_that_ever_held_it_is_listed_as_it_was_last_seen(
    served: Served, tmp_path: Path
) -> None:
    data = b"Hubo 58 mil 610 consultas."
    document = store_file(served, tmp_path / "a.txt", data)
    (tmp_path / "b.txt").write_bytes(data)
    other = document_from("Hubo 3.", Metadata(format="txt"))
    store(served, document, Source(path=str(tmp_path / "b.txt")))
    store(served, other, Source(path=str(tmp_path / "b.txt")))
    html = page_of(served, document)
    assert html.index("a.txt") < html.index("b.txt")
    assert html.count("It held another text when it was last seen") == 1


def test_what_came_by_standard_input_is_nowhere(served: Served) -> None:
    document = document_from("Hubo 5 consultas.", Metadata(format="txt"))
    store(served, document, Source(path="-"))
    assert "Standard input" in page_of(served, document)


def test_pages_that_ocr_read_are_read_again_only_where_that_is_asked_for(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(PAGES))
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None
    scanned = loaded.document.metadata.model_copy(update={"ocr_pages": 1})
    document = loaded.document.model_copy(update={"metadata": scanned})
    store(served, document, Source(path=str(path)))
    with monkeypatch.context() as patch:
        patch.setattr(pdf_view, "read_map", None)  # would fail
        html = page_of(served, document, "?at=60")
    assert "Page 1 of 2" in html
    assert "Nobody looked whether it holds this text still" in html
    assert "look=1" in html
    assert "It holds this text" in page_of(served, document, "?look=1")
