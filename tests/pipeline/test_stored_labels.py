"""Whatever is stored or exported has details made of codes, and places under their one name."""

import csv
import sys
from pathlib import Path

import pytest

from pipeline.spanish.places import read_places
from schemas.codebook import codebook
from tests.command import jornada_here

ROOT = Path(__file__).parents[2]
TEXTS = ("examples/bulletins", "eval/hard")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("labels")


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[dict[str, str]]:
    """Read the project's bulletins by the baseline, and export what was stored."""
    here = jornada_here(folder)
    ran = here("extract", *(str(ROOT / text) for text in TEXTS), "--reader", "baseline")
    assert ran.returncode in (0, 1), ran.stderr
    assert here("export", "--to", "figures.csv").returncode == 0
    csv.field_size_limit(sys.maxsize)
    with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_every_detail_is_made_of_codes_and_named_in_both_languages(
    rows: list[dict[str, str]],
) -> None:
    assert len(rows) > 500
    assert {row["detail"] for row in rows} > {"", "family_medicine", "cataract"}
    for row in rows:
        assert codebook().fault_of(row["service"], row["detail"] or None) is None
        assert row["detail_es"] == (
            codebook().name_of(row["service"], row["detail"], spanish=True) if row["detail"] else ""
        )
        assert row["service_es"] == codebook().name_of(row["service"], spanish=True)


def test_every_place_has_its_one_name_and_its_kind(rows: list[dict[str, str]]) -> None:
    assert len({row["place"] for row in rows}) > 50
    for row in rows:
        place = read_places(row["place"])
        assert row["place"] == place.name
        assert row["place_kind"] == (place.kind or "")
