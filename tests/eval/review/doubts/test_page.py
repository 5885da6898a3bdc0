"""The page of labels in doubt, over HTTP, on gold that two readers contradict."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.labels import gold
from pipeline.documents import read_all
from pipeline.documents.text import document_from
from pipeline.rules.reader import read_report
from pipeline.store import Store, new_run
from schemas.document import Metadata
from schemas.reading import ReaderKey
from tests.eval.review.pages import Pages, served
from tests.readings import a_reading, put

TEXT = (
    "En la 4ª Jornada Nacional se realizaron 58 mil 610 cirugías y se otorgaron 1,204 consultas."
    " <Además> se hicieron 90 mastografías.\n"
)
DOCUMENT = document_from(TEXT, Metadata(format="txt"))
REPORT = read_report(DOCUMENT)


@pytest.fixture(autouse=True)
def _texts_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read texts in this process: to start another takes longer than the test."""
    monkeypatch.setattr(gold, "read_all", read_all)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give gold with two wrong labels: a status, and a figure that it lacks."""
    folder = tmp_path / "gold"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, "utf-8")
    first, *others = [figure.model_dump(mode="json") for figure in REPORT.figures[:-1]]
    figures = [{**first, "status": "planned"}, *others]
    labels = {"document_id": DOCUMENT.id, "bulletin_kind": "results", "figures": figures}
    (folder / "a.gold.json").write_text(json.dumps(labels), "utf-8")
    (folder / "b.gold.json").write_text('{"unfinished": "yes", "figures": []}', "utf-8")
    return folder


@pytest.fixture
def pages(folder: Path, tmp_path: Path) -> Iterator[Pages]:
    store = Store(tmp_path / "jornada.duckdb")
    store.prepare()
    with served(store.path, folder) as pages:
        yield pages


def read_by(pages: Pages, *prompts: str) -> None:
    store = Store(pages.db)
    for prompt in prompts:
        key = ReaderKey(reader="llm", model="m", prompt=prompt, prompt_hash=prompt, schema_hash="s")
        put(store, new_run(key), (DOCUMENT, a_reading(DOCUMENT, report=REPORT, key=key)))


def figures_in(folder: Path) -> list[dict[str, Any]]:
    labels: dict[str, Any] = json.loads((folder / "a.gold.json").read_text("utf-8"))
    return labels["figures"]  # type: ignore[no-any-return]


def test_labels_that_readers_contradict_are_accepted_or_kept_in_the_file(
    pages: Pages, folder: Path
) -> None:
    read_by(pages, "one", "two")
    shown = pages.get("doubts")
    assert shown.status == 200
    assert "2 labels of 1 bulletins" in shown.text
    assert "1 gold files are left out" in shown.text
    assert "status planned" in shown.text
    assert "one · m, two · m" in shown.text
    assert "<Además>" not in shown.page
    accepting = [one for one in shown.actions if "accept=" in one]
    keeping = [one for one in shown.actions if "keep=" in one]
    after = pages.post(accepting[0])
    assert "1 label of 1 bulletins" in after.text
    assert "1 label of 1 bulletins" not in pages.post(keeping[1]).text
    assert "No labels of" in pages.get("doubts").text
    mended = {figure["quote"]: figure["status"] for figure in figures_in(folder)}
    assert mended[REPORT.figures[0].quote] == "performed"
    again = pages.post(accepting[0])
    assert again.status == 409
    assert "Nothing was changed: " in again.text


def test_what_is_missing_is_said_with_what_to_run(pages: Pages, folder: Path) -> None:
    assert "No reader in jornada.duckdb has read this gold" in pages.get("doubts").text
    read_by(pages, "one")
    shown = pages.get("doubts")
    assert "One reader in jornada.duckdb has read this gold" in shown.text
    assert f"jornada eval --gold {folder} --db {pages.db}" in shown.text
    (folder / "a.gold.json").unlink()
    assert f"No gold file in {folder} can be used" in pages.get("doubts").text
    (folder / "b.gold.json").unlink()
    assert "holds no gold yet" in pages.get("doubts").text


def test_a_file_that_was_edited_meanwhile_is_left_alone(pages: Pages, folder: Path) -> None:
    read_by(pages, "one", "two")
    shown = pages.get("doubts")
    accepting = next(one for one in shown.actions if "accept=" in one)
    path = folder / "a.gold.json"
    labels = json.loads(path.read_text("utf-8"))
    for figure in labels["figures"]:
        figure["place"] = "Puebla"
    path.write_text(json.dumps(labels), "utf-8")
    before = path.read_text("utf-8")
    assert pages.post(accepting).status == 409
    assert path.read_text("utf-8") == before
