"""The example bulletins can be read, and each is labelled (tests/eval checks the labels)."""

from pathlib import Path

from eval.labels.gold import load_gold, locate_gold
from pipeline.documents import read_all

BULLETINS = Path(__file__).parents[2] / "examples" / "bulletins"


def test_every_file_is_read() -> None:
    found = list(read_all([str(BULLETINS)]))
    assert [(str(one.source), one.error) for one in found if one.error] == []
    read = {Path(one.source.path).name for one in found}
    assert read == {path.name for path in BULLETINS.iterdir()}


def test_there_are_bulletins_of_every_format_and_each_is_labelled() -> None:
    read = [one.document for one in read_all([str(BULLETINS)]) if one.document]
    formats = {document.metadata.format for document in read}
    assert {"txt", "md", "html", "pdf", "docx", "jsonl", "csv"} <= formats
    labelled = load_gold(*locate_gold())
    assert {one.document.id for one in labelled} == {document.id for document in read}
    assert sum(not one.gold.figures for one in labelled) >= 3, "bulletins without figures"
