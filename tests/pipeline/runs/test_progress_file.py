"""How far a run is, for whoever asks from another process."""

from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.runs.progress_file import (
    ProgressFile,
    ProgressRecord,
    progress_path,
    read_progress,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return progress_path(tmp_path / "a b?#.duckdb")


def test_others_see_how_far_a_run_is_until_it_has_ended(path: Path) -> None:
    run = ProgressFile(path)
    run.tell(ProgressRecord("1", 7, "2026-01-01T00:00:00", "{}"))
    run.tell(ProgressRecord("1", 7, "2026-01-01T00:00:05", '{"read": 1}'))
    run.tell(ProgressRecord("2", 8, "2026-01-01T00:00:09", "{}"))
    assert [(told.run_id, told.facts) for told in read_progress(path)] == [
        ("2", "{}"),
        ("1", '{"read": 1}'),
    ]
    run.end("1")
    assert [told.run_id for told in read_progress(path)] == ["2"]
    assert path.exists()
    run.end("2")
    assert list(path.parent.iterdir()) == []


def test_the_next_run_drops_what_killed_ones_told(path: Path) -> None:
    ProgressFile(path).tell(ProgressRecord("1", 7, "2026-01-01T00:00:00", "{}"))
    ProgressFile(path).clear()
    assert read_progress(path) == ()
    assert list(path.parent.iterdir()) == []


def test_to_look_makes_nothing(path: Path) -> None:
    assert read_progress(path) == ()
    assert list(path.parent.iterdir()) == []
    assert read_progress(path / "below") == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"a": 1}', b'{"a": [1]}', b"\xff", b'{"a":[1,"x","y"],"b":[1,2,"z"]}'],
)
def test_a_damaged_file_keeps_nobody_from_anything(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert read_progress(path) == ()
    ProgressFile(path).tell(ProgressRecord("1", 7, "2026-01-01T00:00:00", "{}"))
    assert [told.run_id for told in read_progress(path)] == ["1"]


def test_a_place_that_cannot_be_written_is_one_line(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match="how far a run is, is told there"):
        ProgressFile(path).tell(ProgressRecord("1", 7, "2026-01-01T00:00:00", "{}"))
