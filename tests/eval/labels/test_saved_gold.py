import json
import os
from datetime import date
from errno import ENOSPC
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.labels import gold
from eval.labels.gold import load_gold
from eval.labels.saved_gold import GoldToSave, check_saved, check_to_save, plan_gold, save_gold
from eval.labels.skeleton import DecidedLabels
from pipeline.documents import read_all
from pipeline.documents.text import document_from
from pipeline.errors import UsageError
from pipeline.rules.reader import read_report
from schemas.document import Document, Metadata, Source
from tests.eval.labels.gold_folder import TEXT

DAY = date(2022, 7, 5)
DOCUMENT = document_from(TEXT, Metadata(format="html", title="En la 4ª Jornada", published_on=DAY))
SOURCE = Source(path="notas/a.html")
FIELDS = frozenset(("title", "jornadas"))


@pytest.fixture(autouse=True)
def _texts_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read texts in this process: to start another takes longer than the test."""
    monkeypatch.setattr(gold, "read_all", read_all)


def decided(
    document: Document = DOCUMENT, *, left: tuple[str, ...] = (), **changes: object
) -> DecidedLabels:
    report = read_report(document).model_copy(update={"set_aside": (), **changes})
    return DecidedLabels(report, FIELDS, "baseline", left)


def plan(folder: Path, *, left: tuple[str, ...] = (), **changes: object) -> GoldToSave:
    return plan_gold(folder, DOCUMENT, SOURCE, decided(left=left, **changes))


def labels_in(path: Path) -> dict[str, Any]:
    labels: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return labels


def test_what_was_decided_is_gold_tied_to_its_text_and_says_nothing_of_the_rest(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "new" / "gold"
    save_gold(plan(folder))
    assert sorted(path.name for path in folder.iterdir()) == ["a.gold.json", "a.txt"]
    (bulletin,) = load_gold(folder)
    assert bulletin.is_tied
    assert bulletin.document.id == DOCUMENT.id
    assert bulletin.document.metadata.published_on == DAY
    assert bulletin.prelabelled_by == "baseline"
    assert bulletin.gold.figures == decided().report.figures
    assert bulletin.gold.model_fields_set == {*FIELDS, "bulletin_kind", "figures"}
    again = plan(folder)
    assert again.is_saved
    assert [one.finding.check for one in check_saved(again)] == [
        one.finding.check for one in check_to_save(again)
    ]


def test_what_is_unfinished_is_no_gold_and_says_so(tmp_path: Path) -> None:
    unfinished = plan(tmp_path, left=("one thing",))
    assert not unfinished.is_finished
    save_gold(unfinished)
    (found,) = check_saved(unfinished)
    assert found.finding.field == "unfinished"
    finished = plan(tmp_path)
    assert not finished.is_saved
    save_gold(finished, replacing=finished.digest)
    assert load_gold(tmp_path)


def test_a_file_that_is_there_is_replaced_only_as_it_was_seen_and_keeps_what_a_person_wrote(
    tmp_path: Path,
) -> None:
    first = plan(tmp_path)
    save_gold(first)
    path = first.path
    path.write_text(json.dumps(labels_in(path) | {"note": "mine", "noise": ["ocr"]}), "utf-8")
    changed = plan(tmp_path, title="another")
    assert changed.there is not None
    for stale in (None, first.digest, "0" * 64):
        with pytest.raises(UsageError, match="by somebody else meanwhile"):
            save_gold(changed, replacing=stale)
    assert labels_in(path)["title"] != "another"
    save_gold(changed, replacing=changed.digest)
    written = labels_in(path)
    assert (written["title"], written["note"], written["noise"]) == ("another", "mine", ["ocr"])


def test_of_two_windows_that_save_at_once_one_is_told(tmp_path: Path) -> None:
    plans = [plan(tmp_path, title=f"window {number}") for number in range(4)]
    begin, told = Barrier(len(plans)), []

    def save(each: GoldToSave) -> None:
        begin.wait()
        try:
            save_gold(each)
        except UsageError as error:
            told.append(str(error))

    threads = [Thread(target=save, args=(each,)) for each in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(plans) - 1
    assert len(load_gold(tmp_path)) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"a.gold.json", "a.txt"}


def test_a_text_that_is_labelled_under_another_name_keeps_its_file(tmp_path: Path) -> None:
    save_gold(plan_gold(tmp_path, DOCUMENT, Source(path="x/first.pdf"), decided()))
    assert plan(tmp_path).path == tmp_path / "first.gold.json"


def test_two_texts_of_one_name_get_two_files(tmp_path: Path) -> None:
    other = document_from(f"{TEXT}Y 7 cirugías más.\n", Metadata(format="html"))
    save_gold(plan(tmp_path))
    second = plan_gold(tmp_path, other, SOURCE, decided(other))
    assert second.path == tmp_path / f"a-{other.id[:8]}.gold.json"
    save_gold(second)
    assert {one.document.id for one in load_gold(tmp_path)} == {DOCUMENT.id, other.id}


def test_labels_that_end_otherwise_are_not_hidden(tmp_path: Path) -> None:
    labels = {"document_id": DOCUMENT.id, "bulletin_kind": "results", "figures": []}
    (tmp_path / "old.json").write_text(json.dumps(labels), "utf-8")
    with pytest.raises(UsageError, match=r"has labels that end otherwise \(old.json\)"):
        plan(tmp_path)


@pytest.mark.parametrize("fault", ["file", "text", "day", "labels"])
def test_a_folder_that_cannot_be_written_is_one_line_and_nothing_is_left(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gold"
    if fault == "file":
        folder.write_text("no folder", "utf-8")
    else:
        folder.mkdir()
        written = os.fsync
        files = ["text", "day", "labels"]  # the text once more where its day has to be said

        def fill(number: int) -> None:
            if files.pop(0) == fault:
                raise OSError(ENOSPC, os.strerror(ENOSPC))
            written(number)

        monkeypatch.setattr(os, "fsync", fill)
    with pytest.raises(UsageError) as told:
        save_gold(plan(folder))
    assert "\n" not in str(told.value)
    assert str(folder) in str(told.value)
    if fault != "file":
        assert list(folder.iterdir()) == []


@given(
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    record=st.none() | st.text(max_size=40),
)
def test_no_name_leaves_the_folder(name: str, record: str | None) -> None:
    folder = Path("/gold-that-is-not-there")
    path = plan_gold(folder, DOCUMENT, Source(path=name, record=record), decided()).path
    assert path.parent == folder
    assert Path(os.path.normpath(path)) == path
    assert path.name.isprintable()


def test_errors_are_found_before_anything_is_written(tmp_path: Path) -> None:
    (first, *others) = decided().report.figures
    place = first.model_copy(update={"place": "Estado de Mexico, oriente"})
    wrong = plan(tmp_path, figures=(place, *others))
    assert [one.finding.check for one in check_to_save(wrong) if one.is_error] == ["place"]
    assert list(tmp_path.iterdir()) == []
