"""Files that are made to be broken: they are sound before, and the same ones each time."""

import random
from pathlib import Path

import pytest

from benchmarks.fuzz.__main__ import make
from benchmarks.fuzz.files import FORMATS, changed_inside
from benchmarks.fuzz.structures import STRUCTURES, Structure
from pipeline.documents import read_all

TEXT = (
    "Jornada en Jalisco\n\nEl 5 de mayo de 2023 se dieron 30 consultas y 1,204 estudios.\n\nEso es."
)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_is_not_changed_is_read(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form}"
    for data in (FORMATS[form](TEXT), changed_inside(form, TEXT, bytes, lambda _: 0)):
        path.write_bytes(data)
        first, *_ = read_all([str(path)])
        assert first.document is not None, first.error
        assert "30 consultas y 1,204 estudios" in first.document.text


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_structure_has_any_size(structure: Structure) -> None:
    for size in (1, 2, 60):
        for seed in range(12):
            form, data = structure(size, random.Random(seed))  # noqa: S311 - no secret
            assert form in FORMATS
            assert data


def test_the_same_seed_makes_the_same_files() -> None:
    once, again = ([make(number, 7, [TEXT]) for number in range(60)] for _ in range(2))
    assert once == again
    assert once != [make(number, 8, [TEXT]) for number in range(60)]
