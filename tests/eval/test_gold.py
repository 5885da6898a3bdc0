from pathlib import Path

import pytest
from pydantic import ValidationError

from eval.gold import gold_files
from schemas.report import BulletinKind, JornadaReport

EMPTY = JornadaReport(
    title=None,
    published_on=None,
    bulletin_kind=BulletinKind.RESULTS,
    programme=None,
    jornadas=(),
    figures=(),
    specialties=(),
    places=(),
)


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(EMPTY.model_dump_json(), encoding="utf-8")


def test_gold_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    put(tmp_path, "b.json", "a.json")
    assert [(one.stem, one.report) for one in gold_files(tmp_path)] == [("a", EMPTY), ("b", EMPTY)]


def test_gold_beside_other_json_is_known_by_its_ending(tmp_path: Path) -> None:
    put(tmp_path, "a.gold.json")
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    assert [one.stem for one in gold_files(tmp_path)] == ["a"]


def test_a_stem_may_hold_dots(tmp_path: Path) -> None:
    put(tmp_path, "68-lote.2025__a1.json")
    assert [one.stem for one in gold_files(tmp_path)] == ["68-lote.2025__a1"]


def test_gold_with_a_misspelt_label_is_refused(tmp_path: Path) -> None:
    jornada = '{"kind": "national", "subject": true, "years": 2021}'
    wrong = EMPTY.model_dump_json().replace('"jornadas":[]', f'"jornadas":[{jornada}]')
    (tmp_path / "a.json").write_text(wrong, encoding="utf-8")
    with pytest.raises(ValidationError, match="years"):
        list(gold_files(tmp_path))


def test_a_folder_without_gold_has_none(tmp_path: Path) -> None:
    assert list(gold_files(tmp_path)) == []
