"""Two people label a text apart, and a page settles where they differ, over HTTP."""

from pathlib import Path

import pytest

from pipeline.decisions.journal import DecisionJournal, decisions_path
from pipeline.decisions.numeral_place import places_of
from pipeline.runs.deciding import Decisions
from pipeline.store import Store
from schemas.report import Figure, Status
from tests.eval.review.pages import Pages, decision, fetch_read, read_here
from tests.processes import wait_until

BULLETIN = """Jornada Nacional: <script>alert(1)</script>

En la 4ª Jornada Nacional, del 14 al 15 de mayo de 2022, se realizaron 58 mil 610 cirugías y se
otorgaron 1,204 consultas. Además se hicieron 90 mastografías.
"""
HOSTILE = '"><script>alert(3)</script>'


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database in which the baseline has read the bulletin."""
    return read_here(tmp_path_factory.mktemp("settle"), a=BULLETIN)


def label(pages: Pages, who: str, **changes: Status) -> list[Figure]:
    """Have a person label the text apart and blind: as the baseline, the first with `changes`."""
    document_id = pages.documents["a"]
    document, _, report = fetch_read(pages.db, document_id)
    places = places_of(document.text, report.figures)
    labelled = [report.figures[0].model_copy(update=changes), *report.figures[1:]]
    Decisions(pages.db).record(
        [
            decision(document_id, "add", span=span, figure=figure, who=who, apart=True)
            for span, figure in zip(places, labelled, strict=True)
        ],
        [document],
    )
    return labelled


def current(pages: Pages) -> list[tuple[str, str, str | None, str | None]]:
    """Give the figures that hold in the table once all is stored, with who decided them."""
    journal = DecisionJournal(decisions_path(pages.db))
    wait_until(lambda: not journal.list_kept())
    return [
        (str(quote), str(status), decided, by)
        for quote, status, decided, by in Store(pages.db)
        .read("SELECT quote, status, decided, decided_by FROM current_figures ORDER BY char_start")
        .rows
    ]


@pytest.mark.slow
def test_a_difference_is_settled_taken_back_and_settled_otherwise(pages: Pages) -> None:
    document_id = pages.documents["a"]
    first, *others = label(pages, "ana")
    label(pages, "luis", status=Status.PLANNED)
    assert {by for *_, by in current(pages)} == {None}  # what is apart changes nothing
    shown = pages.get("settle")
    assert "ana and luis: 1 difference" in shown.text
    shown = pages.get(f"settle/{document_id}")
    assert "2 figures alike, 1 difference, 1 of them not settled" in shown.text
    assert "status performed planned" in shown.text
    assert "<script>" not in shown.page
    luis = pages.post(shown.action("take=second"))
    assert "Settled by eva: as luis" in luis.text
    assert current(pages)[0] == (first.quote, "planned", "changed", "eva")
    undone = pages.post(luis.action("take=undo"))
    assert "1 of them not settled" in undone.text
    assert current(pages)[0] == (first.quote, "performed", None, None)
    ana = pages.post(undone.action("take=first"))
    alike = pages.post(ana.action("take=alike"))
    assert "0 of them not settled" in alike.text
    assert f"gold/{document_id}" in alike.page
    held = [(one.quote, "performed", "accepted", "eva") for one in (first, *others)]
    assert current(pages) == held
    gold = pages.get(f"gold/{document_id}")
    assert "Left to be seen to" not in gold.text


def test_what_is_sent_twice_is_decided_once(pages: Pages) -> None:
    document_id = pages.documents["a"]
    label(pages, "ana")
    label(pages, "luis", status=Status.PLANNED)
    action = pages.get(f"settle/{document_id}").action("take=second")
    pages.post(action)
    before = Decisions(pages.db).of(document_id)
    pages.post(action)
    assert Decisions(pages.db).of(document_id) == before


def test_labels_of_one_alone_and_of_a_hostile_name_are_shown_as_they_are(pages: Pages) -> None:
    document_id = pages.documents["a"]
    assert "Nobody has labelled a document apart yet" in pages.get("settle").text
    label(pages, HOSTILE)
    shown = pages.get("settle")
    assert f"{HOSTILE} alone" in shown.text
    assert "<script>" not in shown.page
    assert pages.get(f"settle/{document_id}").status == 404
    apart = pages.get(f"apart/{document_id}")
    assert f"so far by {HOSTILE}" in apart.text
    assert "the labels of baseline" in apart.text
    label(pages, "zoe", status=Status.PLANNED)
    settled = pages.get(f"settle/{document_id}")
    assert "<script>alert(3)" not in settled.page
    assert "as zoe" in pages.post(settled.action("take=second")).text
