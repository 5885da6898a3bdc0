"""What is said at the end of a run of all that is stored."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.console import overview
from pipeline.console.overview import Overview, fetch_overview
from pipeline.store import Store
from tests.bulletins import a_bulletin, a_jornada, a_store, figure, keep


@pytest.fixture
def store(tmp_path: Path) -> Store:
    third = [a_jornada(3, date(2022, 8, 12))]
    with a_store(tmp_path) as made:
        keep(made, *(a_bulletin(figure(value), jornadas=third) for value in (5, 6)))
    return made


def test_conflicts_and_missing_editions_are_counted(store: Store) -> None:
    told = fetch_overview(store)
    assert told == Overview(conflicts=1, missing=2, editions=3)
    assert dict(told.rows()) == {
        "conflicts": "1 in the whole database (`jornada conflicts`)",
        "coverage": "2 of 3 editions missing (`jornada coverage`)",
    }


def test_where_there_is_nothing_to_tell_there_are_no_rows(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        assert list(fetch_overview(store).rows()) == []


def test_what_cannot_be_counted_is_not_0(tmp_path: Path) -> None:
    told = fetch_overview(Store(tmp_path / "none.duckdb"))
    assert told.to_object() == {
        "conflicts": None,
        "editions_missing": None,
        "editions_expected": None,
    }


def test_many_figures_are_said_to_be_compared_and_too_many_are_not(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(overview, "_MANY_FIGURES", 1)
    assert fetch_overview(store).conflicts == 1
    assert capsys.readouterr().err == "Comparing 2 figures across bulletins.\n"
    monkeypatch.setattr(overview, "_MOST_FIGURES", 1)
    assert fetch_overview(store).conflicts is None
