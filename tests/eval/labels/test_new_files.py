import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eval.labels import gold
from eval.labels.gold import load_gold
from eval.labels.gold_file import Labels, parse_gold_file
from eval.labels.label_check import check_folder
from eval.labels.new_files import NewFile, begin_files
from eval.labels.skeleton import begin_labels, prelabel
from pipeline.documents import LoadedSource, read_all
from pipeline.documents.text import document_from
from pipeline.errors import UsageError
from pipeline.rules.reader import read_report
from schemas.document import Document, Metadata, Source
from tests.eval.labels.gold_folder import TEXT

EXAMPLES = Path(__file__).parents[3] / "examples" / "bulletins"
ONE_A_FORMAT = (
    *("04-3a-2023-extraordinaria.html", "13-veracruz-norte-semestre-2023.pdf"),
    *("18-guerrero-5a-2022.docx", "25-chihuahua-12a-2022-sin-cifras.md", "69-lote-2024.csv"),
    *("15-slp-1a-2023.txt", "68-lote-2025.jsonl"),
)


@pytest.fixture(autouse=True)
def _texts_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read texts in this process: to start another takes longer than the test."""
    monkeypatch.setattr(gold, "read_all", read_all)


def begin(
    folder: Path, *paths: Path, force: bool = False, only: Sequence[str] = ()
) -> list[NewFile]:
    loaded = read_all(list(map(str, paths)))
    return list(begin_files(loaded, folder, begin_labels, only=only, force=force))


def begin_with_baseline(document: Document, source: Source, name: str) -> dict[str, Any]:
    return prelabel(document, source, name, read_report(document), "baseline")


def finish(path: Path) -> None:
    labels = json.loads(path.read_text("utf-8"))
    del labels["unfinished"]
    path.write_text(json.dumps(labels), "utf-8")


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_each_number_gets_its_quote_and_place_and_labels_to_be_said(tmp_path: Path) -> None:
    (new,) = begin(tmp_path, put(tmp_path / "a.txt", TEXT))
    assert (new.path, new.figures) == (tmp_path / "a.gold.json", 3)
    labels = json.loads((tmp_path / "a.gold.json").read_text("utf-8"))
    assert labels["id"] == "a"
    for figure, value in zip(labels["figures"], (35, 58610, 90), strict=True):
        assert (figure["value"], figure["unit"]) == (value, "count")
        assert TEXT[figure["char_start"] : figure["char_end"]] == figure["quote"]
        said = {key for key, given in figure.items() if given != "?"}
        assert said == {"value", "unit", "quote", "char_start", "char_end"}
    assert {figure["quote"] for figure in labels["figures"]} > {"58 mil 610 cirugías"}


def test_dates_and_ages_are_no_figures_and_percentages_are_of_something(tmp_path: Path) -> None:
    text = "Puebla, 3 de mayo de 2024.- José, de 67 años: 12 cirugías, 95 por ciento de la meta."
    begin(tmp_path, put(tmp_path / "a.txt", text))
    labels = json.loads((tmp_path / "a.gold.json").read_text("utf-8"))
    assert [(one["value"], one.get("basis")) for one in labels["figures"]] == [
        (12, None),
        (95, "?"),
    ]
    assert labels["published_on"] == "2024-05-03"


def test_what_was_begun_is_no_gold_and_what_is_left_to_say_is_named(tmp_path: Path) -> None:
    begin(tmp_path, put(tmp_path / "a.txt", TEXT))
    (found,) = check_folder(tmp_path)
    assert (found.is_error, found.finding.field) == (True, "unfinished")
    finish(tmp_path / "a.gold.json")
    left = {one.finding.field for one in check_folder(tmp_path) if one.is_error}
    assert left == {None, "jornadas[0]", *(f"figures[{index}]" for index in range(3))}


def test_labels_are_tied_to_the_text_that_is_kept_beside_them_whatever_the_format(
    tmp_path: Path,
) -> None:
    originals = [EXAMPLES / name for name in ONE_A_FORMAT]
    loaded = list(read_all(list(map(str, originals))))
    new = list(begin_files(loaded, tmp_path, begin_with_baseline))
    assert len(new) == len(loaded) == 14
    for one in new:
        assert one.path, one.why_not
        assert "pre-labelled by baseline" in str(parse_gold_file(one.path))
        finish(one.path)
    for texts in ((), originals):
        bulletins = load_gold(tmp_path, texts)
        assert {each.document.id for each in bulletins} == {
            each.document.id for each in loaded if each.document
        }
        assert all(each.is_tied for each in bulletins)
    alone = {each.document.id: each.document.metadata for each in load_gold(tmp_path)}
    for one in loaded:
        assert one.document
        stated = one.document.metadata
        kept = alone[one.document.id]
        assert (kept.title, kept.published_on) == (stated.title, stated.published_on)
    assert not any(one.is_error for one in check_folder(tmp_path))


def test_a_text_that_lies_there_is_not_copied(tmp_path: Path) -> None:
    begin(tmp_path, put(tmp_path / "a.txt", TEXT), put(tmp_path / "b.md", f"{TEXT} b"))
    assert {path.name for path in tmp_path.iterdir()} == {
        *("a.txt", "b.md", "a.gold.json", "b.gold.json"),
    }


def test_no_file_is_overwritten_without_force_and_no_text_ever(tmp_path: Path) -> None:
    original = put(tmp_path / "in" / "a.md", TEXT)
    labels = tmp_path / "labels"
    put(labels / "a.gold.json", "mine")
    other = put(labels / "a.txt", "Otro texto.")
    (new,) = begin(labels, original)
    assert new.is_failed
    assert "exists already; --force overwrites it" in str(new.why_not)
    (new,) = begin(labels, original, force=True)
    assert new.is_failed
    assert "another text stands there" in str(new.why_not)
    assert (labels / "a.gold.json").read_text("utf-8") == "mine"
    other.unlink()
    assert begin(labels, original, force=True)[0].figures == 3
    assert begin(labels, original, force=True)[0].figures == 3


def test_texts_of_one_name_and_copies_of_a_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    empty = put(tmp_path / "a.txt", "")
    good = put(tmp_path / "b.txt", TEXT)
    same = put(tmp_path / "c.txt", TEXT)
    namesake = put(tmp_path / "other" / "b.txt", f"{TEXT} Otro.")
    bad, new, copy, second = begin(tmp_path / "in", empty, good, same, namesake, force=True)
    assert (bad.is_failed, new.is_failed, copy.is_failed, second.is_failed) == (
        *(True, False, False, True),
    )
    assert copy.why_not == "the same text as b.gold.json labels"
    assert "another text of its name" in str(second.why_not)
    assert new.path
    assert load_text(new.path) == TEXT.strip()
    (again,) = begin(tmp_path / "in", same)
    assert again.why_not == "the same text as b.gold.json labels"


def test_labels_that_end_otherwise_are_not_hidden_by_new_ones(tmp_path: Path) -> None:
    (new,) = begin(tmp_path, put(tmp_path / "a.txt", TEXT))
    assert new.path
    new.path.rename(tmp_path / "a.json")
    with pytest.raises(UsageError, match=r"has labels that end otherwise \(a\.json\)"):
        begin(tmp_path, put(tmp_path / "b.txt", f"{TEXT} Otro."))
    assert not list(tmp_path.glob("*.gold.json"))


def test_labels_may_go_where_the_texts_are(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "04-3a-2023-extraordinaria.html", tmp_path / "a.html")
    for force in (False, True):
        (new,) = begin(tmp_path, tmp_path, force=force)
        assert new.path == tmp_path / "a.gold.json", new.why_not
    assert {path.name for path in tmp_path.iterdir()} == {"a.html", "a.txt", "a.gold.json"}


def load_text(labels: Path) -> str:
    (loaded,) = read_all([str(labels.with_name(labels.name.replace(".gold.json", ".txt")))])
    assert loaded.document
    return loaded.document.text


def test_records_are_chosen_by_name(tmp_path: Path) -> None:
    new = begin(tmp_path, EXAMPLES / "69-lote-2024.csv", only=["*__102"])
    assert [one.path for one in new] == [tmp_path / "69-lote-2024__102.gold.json"]


@given(st.text(min_size=1, max_size=300))
@example("../../etc/passwd")
@example("..")
@example("a/b\\c\x1b[31m")
@example("ñ" * 200)
@example("漢" * 100)
def test_a_record_of_any_name_is_labelled_within_the_folder(
    tmp_path_factory: pytest.TempPathFactory, record: str
) -> None:
    folder = tmp_path_factory.mktemp("named")
    source = Source(path="lote.jsonl", record=record)
    document = document_from(TEXT, Metadata(format="jsonl"))
    (new,) = begin_files([LoadedSource(source, document, None)], folder, begin_labels)
    assert new.path, new.why_not
    assert new.path.resolve().parent == folder.resolve()
    assert {path.suffix for path in folder.iterdir()} == {".json", ".txt"}
    finish(new.path)
    assert not isinstance(parse_gold_file(new.path), Labels)  # its "?" are still to be said


def test_accents_that_a_system_has_parted_from_their_letters_stay_in_a_name(tmp_path: Path) -> None:
    parted = put(tmp_path / "in" / "vacunacio\N{COMBINING ACUTE ACCENT}n.txt", f"{TEXT} Otro.")
    whole = put(tmp_path / "in" / "vacunación.txt", TEXT)
    (tmp_path / "gold").mkdir()
    names = [one.path.name for one in begin(tmp_path / "gold", parted, whole) if one.path]
    assert len(set(names)) == 2
    assert all(name.startswith("vacunación") for name in names)


@given(
    st.text(st.sampled_from("0123456789 .,%\nmil dos cirugías\x9b\u202e"), min_size=1, max_size=200)
)
@example("Hubo 12 cirugías \u202e y 7\ud800 \x1b[31m consultas, 90%")
def test_what_is_begun_quotes_its_text_and_nothing_in_it_acts(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("quoted")
    document = document_from(text, Metadata(format="txt"))
    (new,) = begin_files(
        [LoadedSource(Source(path="in/a.txt"), document, None)], folder, begin_labels
    )
    if new.path is None:
        assert "cannot be kept as plain text" in str(new.why_not)
        return
    written = new.path.read_text("utf-8")
    assert not {*"\x1b\x9b\u202e"} & {*written}
    for figure in json.loads(written)["figures"]:
        assert document.text[figure["char_start"] : figure["char_end"]] == figure["quote"]
