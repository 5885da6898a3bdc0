import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import read_all
from pipeline.documents.parted_words import join_parted_words
from pipeline.documents.text import normalise

HYPHENS = ["-", "\u2010", "\u2011", "\u00ad", "¬", "- ", "-\t", "\u00ad\u00a0"]


@pytest.mark.parametrize("hyphen", HYPHENS)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n   ", "\n\n", "\u2028"])
def test_a_parted_word_is_put_together_and_the_line_ends_after_it(hyphen: str, ending: str) -> None:
    parted = hyphen + ending
    text = f"El IMSS dio 85 ciru{parted}gías, y 1,204 consultas de especia{parted}lidad."
    assert normalise(text) == "El IMSS dio 85 cirugías,\ny 1,204 consultas de especialidad."


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("dos mi-\nllones y cin-\ncuenta mil", "dos millones\ny cincuenta\nmil"),
        ("la 12ª Ex-\ntraordinaria, en ju-\nnio.", "la 12ª Extraordinaria,\nen junio."),
        ("a-\ntenciones\n", "a-\ntenciones"),
        ("las a-\ntenciones", "las atenciones"),
        ("rápida-\nmente médi-\ncos", "rápidamente\nmédicos"),
        ("es-\npecia-\nlidad y más", "especialidad\ny más"),
        ("METAS DE CIRU-\nGÍAS Y CON-\nSULTAS", "METAS DE CIRUGÍAS\nY CONSULTAS"),
        ("personal del insti-\n\ntuto en el país", "personal del instituto\nen el país"),
        ("Servicio | 5\nCiru-\ngías | 85", "Servicio | 5\nCirugías | 85"),
        ("hospita-\nlización pre- y posoperatoria", "hospitalización\npre- y posoperatoria"),
        # what keeps its hyphen
        ("atención médico-\nquirúrgica de base", "atención médico-quirúrgica\nde base"),
        ("médico-\nasistencial", "médico-asistencial"),
        ("materno-\ninfantil", "materno-infantil"),
        ("costo-\nbeneficio y costo-\nsas", "costo-beneficio\ny costosas"),
        ("taller-\nescuela y un taller-escuela", "taller-escuela\ny un taller-escuela"),
        ("del IMSS-\nBienestar en Oaxaca", "del IMSS-Bienestar\nen Oaxaca"),
        ("DEL IMSS-\nBIENESTAR", "DEL IMSS-BIENESTAR"),
        ("por covid-\n19 y COVID-\n19", "por covid-19\ny COVID-19"),
        # what is left alone
        ("de 10-\n12 cirugías", None),
        ("hubo 1,2-\n04 consultas", None),
        ("hubo 85-\ncirugías", None),
        ("SONORA-\nEl IMSS dio", None),
        ("cirugías pre-\ny posoperatorias", None),
        ("dio consultas, y consultas-\nde Medicina", None),
        ("hubo -\ncirugías", None),
        ("servicios:\n- consultas\n- cirugías", None),
        ("hubo 85 ciru- gías", None),
    ],
)  # fmt: skip
def test_what_a_hyphen_at_a_lines_end_stands_for(printed: str, read: str | None) -> None:
    assert normalise(printed) == (printed if read is None else read)


@given(st.text(st.sampled_from("aBáé1 -\n|\xad\u2010¬y."), max_size=40))
def test_putting_together_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(st.sampled_from("aBé1 -\n|."), max_size=40))
def test_no_letter_or_digit_is_lost(text: str) -> None:
    joined = join_parted_words(text)
    assert [c for c in joined if c.isalnum()] == [c for c in text if c.isalnum()]


def test_a_hundred_thousand_parted_words_take_one_pass() -> None:
    # It takes minutes where a step is quadratic; the suite's time limit would end it.
    assert join_parted_words("ciru-\ngías " * 100_000).count("cirugías") == 100_000
    assert join_parted_words("a" * 500_000 + "-\nb") == "a" * 500_000 + "b"


@pytest.mark.parametrize(
    "markup", ["85 ciru-<br>gías", "85 ciru-\n  gías", "85 ciru&shy;<br/>gías"]
)
def test_a_web_page_is_read_so_too(tmp_path: Path, markup: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body><p>En Sonora hubo {markup} y 30 más</p></body></html>", "utf-8")
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None
    assert "85 cirugías" in loaded.document.text


MARKUP = "<p>Hubo 85 ciru-\r\n  gías</p>"
RSS = f"<rss><channel><item><description><![CDATA[{MARKUP}]]></description></item></channel></rss>"
MAIL = "Subject: Jornada\nFrom: a@b.mx\nMIME-Version: 1.0\nContent-Type: text/{}\n\n{}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps({"text": MARKUP})),
        ("b.jsonl", json.dumps({"text": f"<html><body>{MARKUP}</body></html>"})),
        ("a.xml", RSS),
        ("a.eml", MAIL.format("html", MARKUP)),
        ("b.eml", MAIL.format("plain", "Hubo 85 ciru-\ngías")),
        ("a.rtf", r"{\rtf1\ansi Hubo 85 ciru-\line g\'edas}"),
    ],
)
def test_other_formats_are_read_so_too(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8", newline="")
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None
    assert "Hubo 85 cirugías" in loaded.document.text
