from datetime import date
from pathlib import Path

import pytest

from pipeline.documents import read_all
from pipeline.documents.markdown import plain
from schemas.document import Document

TITLE = "Con Jornadas, IMSS intensifica consultas"
LEAD = "También se efectuaron 956 trasplantes: 442 de riñón."
BODY = "Del 24 al 26 de septiembre llevará a cabo la 8ª Jornada Nacional."


def document(path: Path, text: str) -> Document:
    path.write_text(text, encoding="utf-8")
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None, loaded.error
    return loaded.document


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_front_matter_says_title_day_and_a_description_that_is_kept(
    tmp_path: Path, name: str, newline: str
) -> None:
    lines = f' ---\nlayout: post\ntitle: "{TITLE}"\ndate: 2021-09-22T19:59:00.000-06:00\n'
    lines += f'tags:\n  \n  - IMSS\ndescription: "{LEAD}"\nfront: false\n---\n\n{BODY}\n'
    read = document(tmp_path / name, lines.replace("\n", newline))
    assert read.text == f"{TITLE}\n\n{LEAD}\n\n{BODY}"
    assert read.metadata.title == TITLE
    assert read.metadata.published_on == date(2021, 9, 22)


def test_what_the_body_says_already_is_not_said_twice(tmp_path: Path) -> None:
    body = f"{TITLE.upper()}\n\n{BODY}\nTambién se  efectuaron 956\ntrasplantes: 442 de riñón."
    read = document(tmp_path / "a.txt", f"---\ntitle: {TITLE}\ndescription: '{LEAD}'\n---\n{body}")
    assert read.text == body.replace("  ", "  ")


@pytest.mark.parametrize(
    "text",
    [
        f"---\n{BODY}",
        f"---\n{BODY}\n---\nHubo 956 trasplantes.",
        f"---\nMéxico: {BODY}\n---\nHubo 956 trasplantes.",
        f"{BODY}\n\n---\n\nHubo 956 trasplantes.\n\n---\n\nFin.",
        f"---\n- {BODY}\n- 956\n---\nHubo 956 trasplantes.",
        "---\n---\n" + BODY,
        f"---\ntitle: [roto\n---\n{BODY}",
        f"---\ntitle: !!python/object/apply:os.system ['false']\n---\n{BODY}",
        "---\ntitle: " + "[" * 4000 + f"\n---\n{BODY}",
    ],
)
def test_rules_and_broken_front_matter_lose_nothing(tmp_path: Path, text: str) -> None:
    assert document(tmp_path / "a.txt", text).text == text


def test_a_title_with_a_colon_is_read_though_it_is_no_yaml(tmp_path: Path) -> None:
    text = f"---\ntitle: IMSS: 58 mil 610 consultas\ndate: 2021-09-22\n---\n\n{BODY}"
    read = document(tmp_path / "a.md", text)
    assert read.metadata.title == "IMSS: 58 mil 610 consultas"
    assert read.metadata.published_on == date(2021, 9, 22)
    assert "58 mil 610" in read.text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("# Supera IMSS metas ##", "Supera IMSS metas"),
        ("**58 mil 610** consultas y *23 mil 138* de __Especialidad__", None),
        ("Hubo **58** mil, ***30*** y _14_; `5`", "Hubo 58 mil, 30 y 14; 5"),
        ('[58 mil 610 consultas](https://example.org/a_b_c "x")', "58 mil 610 consultas"),
        ("[IMSS][1] crece\n[1]: https://example.org", "IMSS crece"),
        ("![foto_418-1](/uploads/2021/a.jpg)Hubo 5", "Hubo 5"),
        ("![Se dieron 58 mil 610 consultas](a.jpg)", "Se dieron 58 mil 610 consultas"),
        ("> 2021\\. Fue\n> 30", "2021. Fue\n30"),
        ("* uno\n- dos\n1. tres\n2021. cuatro", "* uno\n- dos\n1. tres\n2021. cuatro"),
        ("| Servicio | Cifra |\n|---|---:|\n| Cirugías | 2 mil 590 |", None),
        ("a\n***\nb\n===\nc", "a\nb\nc"),
        ("5 * 3 y 5*3 y snake_case_1 y #1 y [bookmark: x]", None),
        (
            "<h2>Metas</h2>\n<TABLE class=x><tr><td>Cirugías</td><td>2 mil</td></tr></TABLE>\n- 5",
            "Metas\n\n\nCirugías | 2 mil\n\n\n- 5",
        ),
        ("a <ul><li>uno</li><li>dos</li></ul> <table>", "a \n\nuno\ndos\n\n<table>"),
        ("<b>58</b> mil<br>610 &amp; 5 < 6", "58 mil\n610 & 5 < 6"),
    ],
)
def test_markdown_loses_its_markup_and_nothing_else(markup: str, text: str | None) -> None:
    untouched = {
        "5 * 3 y 5*3 y snake_case_1 y #1 y [bookmark: x]": markup,
        "**58 mil 610** consultas y *23 mil 138* de __Especialidad__": (
            "58 mil 610 consultas y 23 mil 138 de Especialidad"
        ),
        "| Servicio | Cifra |\n|---|---:|\n| Cirugías | 2 mil 590 |": (
            "Servicio | Cifra\nCirugías | 2 mil 590"
        ),
    }
    assert plain(markup, []) == (text or untouched[markup])


GRAPH = """<script type="application/ld+json">{"@graph":
[{"@type": "WebSite"}, {"datePublished": "2022-08-01T00:00:00"}]}</script>"""
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8">
<title>Supera IMSS metas | El Diario</title>
<meta property="og:title" content="Supera IMSS metas - El Diario">
<meta name="description" content="{description}">{dates}</head><body>
<header><a href="/">El Diario</a></header>
<nav><a href="/a">Lo último 24</a> <a href="/b">IMSS</a></nav>
<div id="page"><article>{heading}<div class="text">
<p>El Instituto Mexicano del Seguro Social (IMSS) llevó a cabo la jornada del 29 al 31 de julio,
con la participación de personal de base y confianza.</p>
<ul><li>58 mil 610 consultas</li><li>23 mil 138 de <b>Especialidad</b></li></ul>
<table><tr><th>Servicio</th><th>Cifra</th></tr><tr><td>Cirugías</td><td>2 mil 590</td></tr></table>
<p>Finalmente, el Instituto agradeció la participación de todas y todos en las unidades médicas.<br>
Fueron 35 Representaciones.</p></div>
<div class="share widget">Hubo 33 trasplantes</div></article></div>
<aside>Lo más leído: 5 mil vacunas</aside><script>var x = 99;</script>
<footer>Tel. 800 623 2323</footer></body></html>"""


def page(
    heading: str = "<h1>Supera IMSS metas</h1>", description: str = "", dates: str = ""
) -> str:
    return PAGE.format(heading=heading, description=description, dates=dates)


def test_a_page_gives_its_article_in_reading_order_with_every_figure(tmp_path: Path) -> None:
    text = document(tmp_path / "a.html", page()).text
    parts = (
        "Supera IMSS metas",
        "del 29 al 31 de julio",
        "58 mil 610 consultas\n",
        "23 mil 138 de Especialidad\n",
        "Cirugías | 2 mil 590",
        "agradeció",
        "35 Representaciones",
        "33 trasplantes",
    )
    assert [text.find(part) for part in parts] == sorted(text.find(part) for part in parts)
    assert text.startswith(parts[0])
    assert all(text.count(part) == 1 for part in parts)


def test_a_page_without_its_menus_scripts_and_margins(tmp_path: Path) -> None:
    text = document(tmp_path / "a.html", page()).text
    assert not [word for word in ("24", "Diario", "99", "800", "5 mil vacunas") if word in text]


@pytest.mark.parametrize("heading", ["<h1>Supera IMSS metas</h1>", ""])
def test_a_page_is_titled_by_its_heading_or_without_the_name_of_the_site(
    tmp_path: Path, heading: str
) -> None:
    read = document(tmp_path / "a.html", page(heading))
    assert read.metadata.title == "Supera IMSS metas"
    assert read.text.startswith("Supera IMSS metas\n\n")


def test_a_description_is_kept_where_it_holds_a_figure_of_its_own(tmp_path: Path) -> None:
    own = "Además hubo 956 trasplantes de riñón."
    assert own in document(tmp_path / "a.html", page(description=own)).text
    for idle in ("Noticias del IMSS y del país", "58 mil 610 consultas", "IMG_2021 5"):
        text = document(tmp_path / "b.html", page(description=idle)).text
        assert text == document(tmp_path / "c.html", page()).text


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ('<meta property="article:published_time" content="2022-08-01T10:00:00-05:00">', True),
        ('<meta itemprop="datePublished" content="2022-08-01">', True),
        ('<script type="application/ld+json">{"datePublished": "2022-08-01"}</script>', True),
        (GRAPH, True),
        ('<script type="application/ld+json">{"datePublished": </script>', False),
        ('<meta property="article:modified_time" content="2022-08-01">', False),
        ('<meta property="article:published_time" content="2022-08">', False),
        ("", False),
    ],
)
def test_a_page_states_its_day(tmp_path: Path, dates: str, *, day: bool) -> None:
    read = document(tmp_path / "a.html", page(dates=dates))
    assert read.metadata.published_on == (date(2022, 8, 1) if day else None)


def test_a_page_that_is_no_article_gives_its_text(tmp_path: Path) -> None:
    text = document(tmp_path / "a.html", "<p>Hubo 58 mil 610<br>consultas</p><p>y 30 más</p>").text
    assert text == "Hubo 58 mil 610\nconsultas\n\ny 30 más"


def test_a_page_that_nests_without_end_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<div>" * 5000 + "Hubo 58 mil 610 consultas")
    (loaded,) = read_all([str(tmp_path / "a.html")])
    assert loaded.error is not None
    assert "save the words of the page" in loaded.error


def test_a_page_in_latin_1_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page().replace("utf-8", "iso-8859-1").encode("latin-1"))
    (loaded,) = read_all([str(tmp_path / "a.html")])
    assert loaded.document is not None
    assert "Cirugías | 2 mil 590" in loaded.document.text
