"""OCR of scanned pages: by a stand-in for the engine, and once by the real one."""

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest

from pipeline.documents import LoadedSource, RecordFields, ocr, read_all
from pipeline.errors import UsageError
from tests.command import jornada_here
from tests.pipeline.documents.test_pdf import LEFT, LEFT_READ, RIGHT, TITLE, lines, pdf

WORDS = ["El IMSS dio 58 mil 610 consultas de Medicina", "Familiar y practicó 85 cirugías en León."]
Printed = tuple[str, float, float, float]
"""A line, where it begins (in points from the upper left corner), and its score."""


class Found(NamedTuple):
    txts: tuple[str, ...] | None
    scores: tuple[float, ...] | None
    boxes: Any


class Engine:
    """Finds what it is told to, in each fineness; keeps how large the pictures were."""

    def __init__(self, *looks: Sequence[Printed], slope: float = 0.0) -> None:
        self.sizes: list[tuple[int, ...]] = []
        self._looks = looks
        self._slope = slope

    def __call__(self, picture: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> Found:
        look = self._looks[min(len(self.sizes), len(self._looks) - 1)]
        self.sizes.append(picture.shape)
        if not look:
            return Found(None, None, None)
        scale = picture.shape[0] / 792
        boxes = [
            [
                [x * scale, y * scale]
                for across, down in ((0, 0), (6 * len(text), 0), (6 * len(text), 11), (0, 11))
                for x, y in ((left + across, top + down + (left + across) * self._slope),)
            ]
            for text, left, top, _ in look
        ]
        texts = tuple(text for text, *_ in look)
        return Found(texts, tuple(score for *_, score in look), np.array(boxes, np.float32))


Use = Callable[..., Engine]


def lines_of(texts: Sequence[str], x: float = 50, score: float = 0.99) -> list[Printed]:
    return [(text, x, 60 + 14 * i, score) for i, text in enumerate(texts)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> "Use":
    def use(*looks: Sequence[Printed], slope: float = 0.0) -> Engine:
        made = Engine(*looks, slope=slope)
        monkeypatch.setattr(ocr, "_engine", lambda: made)
        return made

    return use


def load(path: Path, data: bytes, *, by_ocr: bool = True) -> LoadedSource:
    path.write_bytes(data)
    (loaded,) = read_all([str(path)], RecordFields(ocr=by_ocr))
    return loaded


def text_of(loaded: LoadedSource) -> str:
    assert loaded.document is not None, loaded.error
    return loaded.document.text


def test_only_pages_without_words_are_read_by_ocr(tmp_path: Path, engine: Use) -> None:
    made = engine(lines_of(WORDS))
    loaded = load(tmp_path / "a.pdf", pdf([lines(LEFT), [(300, 30, "2")], lines(RIGHT)]))
    assert len(made.sizes) == 1
    assert text_of(loaded) == "\n".join([*LEFT_READ, *WORDS]) + "\n\n" + "\n".join(RIGHT)
    assert loaded.document is not None
    assert loaded.document.metadata.ocr_pages == 1
    assert loaded.document.metadata.pages_without_words == ()


@pytest.mark.parametrize("slope", [0.0, 0.02, -0.03])
def test_columns_are_told_on_a_scan_too_though_it_lies_askew(
    tmp_path: Path, engine: Use, slope: float
) -> None:
    engine([(TITLE, 50, 30, 0.99), *lines_of(LEFT), *lines_of(RIGHT, x=330)], slope=slope)
    expected = f"{TITLE}\n\n" + "\n".join([*LEFT_READ, *RIGHT])
    assert text_of(load(tmp_path / "a.pdf", pdf([[]]))) == expected


def test_a_page_with_an_unsure_line_is_read_in_another_fineness_too(
    tmp_path: Path, engine: Use
) -> None:
    unsure = [*lines_of(WORDS[:1]), ("F m li  a t", 50, 74, 0.6)]
    made = engine(unsure, lines_of(WORDS, score=0.95))
    assert text_of(load(tmp_path / "a.pdf", pdf([[]]))) == "\n".join(WORDS)
    assert made.sizes[0] > made.sizes[1]
    engine(unsure, lines_of(WORDS[:1], score=0.7))
    assert text_of(load(tmp_path / "a.pdf", pdf([[]]))) == f"{WORDS[0]}\nF m li  a t"


def test_a_page_of_any_size_is_a_picture_within_bounds(tmp_path: Path, engine: Use) -> None:
    made = engine(lines_of(WORDS))
    data = pdf([[]]).replace(b"[-90 0 702 792]", b"[0 0 14400 14400]")
    load(tmp_path / "a.pdf", data)
    assert made.sizes == [(2600, 2600, 3)]


@pytest.mark.parametrize(
    ("found", "read"),
    [
        ("Hubo 2 mil11consultas y 102detecciones", "Hubo 2 mil 11 consultas y 102 detecciones"),
        ("la 11ª y 12a, diagn6stico, 6rganos, covid19", None),
    ],
)
def test_blanks_that_ocr_loses_around_numbers_come_back(
    tmp_path: Path, engine: Use, found: str, read: str | None
) -> None:
    engine(lines_of([found]))
    assert text_of(load(tmp_path / "a.pdf", pdf([[]]))) == (read or found)


def test_pages_without_any_words_are_named(tmp_path: Path, engine: Use) -> None:
    engine([])
    loaded = load(tmp_path / "a.pdf", pdf([[], lines(LEFT), []]))
    assert loaded.document is not None
    assert loaded.document.metadata.ocr_pages == 0
    assert loaded.document.metadata.pages_without_words == (1, 3)
    assert load(tmp_path / "b.pdf", pdf([[]])).error == (
        "no words on any page, by OCR neither: look at it, and save its text alone"
    )
    assert load(tmp_path / "c.txt", b"Hubo 5 consultas").document is not None


def test_without_its_packages_ocr_says_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pip install"):
        ocr.require_ocr()
    (tmp_path / "a.pdf").write_bytes(pdf([lines(LEFT)]))
    ran = jornada_here(tmp_path)("extract", "a.pdf", "--ocr")
    assert ran.returncode == 2
    assert ran.stderr.strip() == "--ocr needs RapidOCR: pip install 'jornada[ocr]'"
    assert not (tmp_path / "jornada.duckdb").exists()


def test_a_scan_is_read_by_a_run_and_marked(
    tmp_path: Path, engine: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    jornada = jornada_here(tmp_path)
    (tmp_path / "a.pdf").write_bytes(pdf([[], []]))
    ran = jornada("extract", "a.pdf")
    assert ran.returncode == 1
    assert "--ocr may read it" in ran.stderr
    engine(lines_of(WORDS), [])
    assert jornada("extract", "a.pdf", "--ocr").returncode == 0
    said = jornada("query", "SELECT ocr_pages, pages_without_words FROM documents", "--csv")
    assert said.stdout.splitlines()[1:] == ["1,[2]"]
    found = jornada("query", "SELECT check_name, severity FROM current_findings", "--csv").stdout
    assert {"ocr,info", "page_without_words,warning"} <= set(found.splitlines())
    # Without --ocr it cannot be read, and counts with what it said when it could be.
    assert jornada("extract", "a.pdf").returncode == 1
    facts = jornada("query", "SELECT value FROM facts ORDER BY value", "--csv").stdout
    assert facts.split() == ["value", "85", "58610"]


@pytest.mark.slow
def test_a_scan_of_spanish_is_read_with_its_accents(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    pytest.importorskip("onnxruntime")
    image = pytest.importorskip("PIL.Image")
    printed = [
        "Mérida, Yucatán, a 24 de marzo de 2023. El IMSS otorgó 1,204 consultas de",
        "especialidad, 85 cirugías (12 de vesícula), 14 mil 208 detecciones en niñas y",
        "niños, y 3 mil 450 mastografías en Michoacán, Querétaro y Nuevo León.",
    ]
    with pypdfium2.PdfDocument(pdf([lines(printed, x=60)])) as upright:
        letter = (0, 0, upright[0].get_width() - 612, 0)
        drawn = upright[0].render(scale=150 / 72, crop=letter).to_numpy()[:, :, :3].copy()
    noise = np.random.default_rng(1).normal(0, 12, drawn.shape)
    scan = np.clip(drawn + noise, 0, 255).astype(np.uint8)
    image.fromarray(scan).save(tmp_path / "scan.pdf", "PDF", resolution=150)
    loaded = load(tmp_path / "b.pdf", (tmp_path / "scan.pdf").read_bytes())
    assert text_of(loaded) == "\n".join(printed)
    assert load(tmp_path / "b.pdf", (tmp_path / "scan.pdf").read_bytes(), by_ocr=False).error
