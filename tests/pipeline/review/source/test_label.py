"""What a source is called on a page."""

from pathlib import Path

import pytest

from pipeline.review.source.label import label_source

ID = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("path", "record", "label"),
    [
        (str(Path.cwd() / "b" / "1.txt"), None, "b/1.txt"),
        (str(Path.cwd() / "b.jsonl"), "7", "b.jsonl#7"),
        ("/elsewhere/1.txt", None, "/elsewhere/1.txt"),
        ("-", None, "standard input 0123456789ab"),
        ("-", "7", "standard input 7"),
        (None, None, "0123456789ab"),
    ],
)
def test_a_source_is_called_as_one_would_type_it_and_each_by_its_own_name(
    path: str | None, record: str | None, label: str
) -> None:
    assert label_source(path, record, ID) == label
