"""A text labelled apart on the document's page: neither sees what the other says, over HTTP."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from pipeline.decisions.numeral_place import places_of
from pipeline.runs.deciding import Decisions
from tests.eval.review.pages import (
    Pages,
    accept_all,
    decision,
    fetch_read,
    read_here,
)
from tests.eval.review.settle.test_page import BULLETIN


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database in which the baseline has read the bulletin."""
    return read_here(tmp_path_factory.mktemp("apart"), a=BULLETIN)


def view(who: str, reading_id: str = "") -> str:
    return urlencode({"apart": 1, "who": who, "from": reading_id})


def figures(pages: Pages, query: str = "") -> list[dict[str, Any]]:
    """Give what the document's page shows as figures."""
    shown = pages.get(f"document/{pages.documents['a']}/state?{query}")
    items: list[dict[str, Any]] = json.loads(shown.page)["items"]
    return [item for item in items if item["kind"] == "figure"]


def label(pages: Pages, who: str, number: int, **labels: str) -> dict[str, Any]:
    """Have a person add one figure of the text, as their page sends it."""
    document, _, report = fetch_read(pages.db, pages.documents["a"])
    span = places_of(document.text, report.figures)[number]
    figure = report.figures[number].model_dump(mode="json") | labels
    made = decision(document.id, "add", span=span, figure=report.figures[number], who="x")
    sent = made.model_dump(mode="json", include={"decision_id", "kind", "span"}) | {
        "figure": figure,
        "reading_id": None,
    }
    answer = pages.post(f"document/{document.id}/decisions?{view(who)}", {"decisions": [sent]})
    told: dict[str, Any] = json.loads(answer.page)
    return told


@pytest.mark.slow
def test_neither_sees_what_the_other_says_nor_what_everybody_decided(pages: Pages) -> None:
    document_id = pages.documents["a"]
    accept_all(pages.db, document_id)
    everybody = figures(pages)
    assert figures(pages, view("ana")) == []
    told = label(pages, "ana", 0)
    assert told["refused"] == []
    label(pages, "luis", 0, status="planned")
    label(pages, "luis", 1)
    assert [len(figures(pages, view(who))) for who in ("ana", "luis", "eva")] == [1, 2, 0]
    assert figures(pages) == everybody
    kept = [one for one in Decisions(pages.db).of(document_id) if one.apart]
    assert [(one.who, one.reading_id) for one in kept] == [
        ("ana", None),
        ("luis", None),
        ("luis", None),
    ]
    page = pages.get(f"document/{document_id}?{view('ana')}")
    assert "These are the labels of ana alone" in page.text
    assert "compare/" not in page.page
    shown = pages.get(f"settle/{document_id}")
    # What everybody decided before is as one of the two says.
    assert "0 figures alike, 2 differences, 0 of them not settled" in shown.text


def test_a_reader_s_labels_are_seen_only_by_who_asks_for_them(pages: Pages) -> None:
    document, reading_id, report = fetch_read(pages.db, pages.documents["a"])
    assert len(figures(pages, view("ana", reading_id))) == len(report.figures)
    (span, *_) = places_of(document.text, report.figures)
    asked = f"document/{document.id}/numbers?start={span.start}&end={span.end}"
    (blind,) = json.loads(pages.get(f"{asked}&{view('ana')}").page)["candidates"]
    assert blind["guess"] == {}
    (common,) = json.loads(pages.get(asked).page)["candidates"]
    assert common["guess"]["service"] == report.figures[0].service
    begin = pages.get(f"apart/{document.id}")
    assert f'value="{reading_id}"' in begin.page
    assert 'name="who" value="eva"' in begin.page
