"""Whole pages: what is the article's own, and what is the site's or of other stories."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.documents import LoadedSource, read_all

P1 = (
    "El Instituto Mexicano del Seguro Social (IMSS) en Sonora otorgó mil 204 consultas de"
    " especialidad y 85 cirugías durante la Quinta Jornada Nacional de Continuidad."
)
P2 = (
    "Se realizaron también 320 mastografías y 45 procedimientos de endoscopia en el Hospital"
    " General de Zona 2, con la participación de personal de base y confianza."
)
BODY = f"<div><p>{P1}</p><p>{P2}</p></div>"
TITLE = "Otorga IMSS Sonora mil 204 consultas"
H1 = f"<h1>{TITLE}</h1>"
WORDS = "Otorga IMSS {0} mil consultas en la jornada de otro estado"
CARD = (
    f'<a href="/n/{{0}}"><img src=x><h3>{WORDS}</h3></a><span>{{0}} de enero de 2024</span>'
    "<p>Con {0}00 cirugías avanza el programa en las unidades médicas de la entidad.</p>"
)


def row(item: str, tag: str = "div", most: int = 6) -> str:
    return "".join(f"<{tag}>{item.format(number)}</{tag}>" for number in range(2, 2 + most))


def page(body: str, head: str = "", title: str = f"{TITLE} | El Imparcial") -> str:
    return (
        f"<!DOCTYPE html><html lang=es><head><title>{title}</title>{head}</head>"
        f"<body>{body}</body></html>"
    )


def read(path: Path, content: str) -> LoadedSource:
    path.write_text(content, encoding="utf-8")
    (loaded,) = read_all([str(path)])
    return loaded


RELATED = {
    "cards": f"<div class=rel><h3>Noticias relacionadas</h3>{row(CARD)}</div>",
    "articles": f"<section><h2>Más noticias</h2>{row(CARD, 'article')}</section>",
    "links": f"<h4>Notas relacionadas</h4><ul>{row(f'<a href=/{{0}}>{WORDS}</a>', 'li')}</ul>",
    "a few": f"<h4>Te puede interesar</h4><p><a href=/3>{WORDS.format(3)}</a></p>",
    "one": f"<p>Lee también: <a href=/3>{WORDS.format(3)}</a></p>",
    "latest": f"<ul>{row(CARD, 'li', 3)}</ul>",
    "two headings": f"<div>{row(f'<h4><a href=/{{0}}>{WORDS}</a></h4>', 'div', 2)}</div>",
}


@pytest.mark.parametrize("related", RELATED.values(), ids=RELATED)
@pytest.mark.parametrize("body", [BODY, f"<p>{P1}</p>"], ids=["long", "short"])
@pytest.mark.parametrize("layout", ["<article>{}{}</article>", "<main>{}</main>{}", "{1}{0}"])
def test_other_stories_are_no_text_of_an_article(
    tmp_path: Path, layout: str, body: str, related: str
) -> None:
    loaded = read(tmp_path / "a.html", page(layout.format(H1 + body, related)))
    assert loaded.document is not None, loaded.error
    assert loaded.document.metadata.title == TITLE
    assert loaded.document.text.startswith(f"{TITLE}\n\n{P1}")
    assert not [word for word in ("otro estado", "00 cirugías") if word in loaded.document.text]
    assert loaded.document.metadata.published_on is None


LISTS = {
    "front": row(CARD, "article"),
    "cards": f"<h1>Comunicados</h1><div>{row(CARD)}</div><a href=?p=2>Siguiente</a>",
    "cards that are links": row(
        f"<a href=/{{0}}><h3>{WORDS}</h3><p>Hubo {{0}}00 cirugías en la jornada.</p></a>"
    ),
    "list": f"<h1>Comunicados 2022</h1><ul>"
    f"{row(f'<a href=/{{0}}>{WORDS}</a> <span>1{{0}}/03/2022</span>', 'li')}</ul>",
    "table": f"<h1>Archivo</h1><table>"
    f"{row(f'<td>1{{0}}/03/2022</td><td><a href=/{{0}}>{WORDS}</a></td>', 'tr')}</table>",
    "to be read on": row(
        f"<p>Fecha: 1{{0}} de marzo de 2022</p><h2>{WORDS}</h2><a href=/{{0}}>Continuar leyendo</a>"
    ),
    "with an introduction": f"<h1>Sala de prensa</h1><p>Consulte aquí los comunicados, boletines"
    f" y fotografías de 2022 que el Instituto Mexicano del Seguro Social da a conocer a los"
    f" medios.</p>{row(CARD)}",
    "whole stories": row(f"<h2><a href=/{{0}}>{WORDS}</a></h2>{BODY}", "article"),
}


@pytest.mark.parametrize("body", LISTS.values(), ids=LISTS)
def test_a_page_of_many_stories_is_refused(tmp_path: Path, body: str) -> None:
    loaded = read(tmp_path / "a.html", page(body, title="Prensa | El Imparcial"))
    assert loaded.error == "a list of 6 stories, and no story itself: give each story's own page"


def test_a_page_of_two_whole_stories_is_refused(tmp_path: Path) -> None:
    stories = row(f"<h2><a href=/{{0}}>{WORDS}</a></h2>{BODY}", "article", 2)
    assert "a list of 2 stories" in (read(tmp_path / "a.html", page(stories)).error or "")


OWN = {
    "a list of states": row("Delegación {0}: mil {0}00 consultas y {0}0 cirugías", "li"),
    "a table with links": "<table>"
    + row(
        "<td><a href=/{0}>Representación Estatal de Sonora Norte</a></td><td>mil {0}04</td>", "tr"
    )
    + "</table>",
    "sections": row(f"<h2><a href='#s{{0}}'>Avances de la región número {{0}}</a></h2><p>{P2}</p>"),
    "links in prose": row(f"<a href=/{{0}}>Jornada Nacional en Sonora {{0}}</a>: {P2}", "p"),
    "a post": "<blockquote><p>Hoy dimos 2 consultas, 3, 4, 5 y 6, más 7</p>— IMSS"
    " <a href=/1>March 14, 2022</a></blockquote>",
}


@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_what_an_article_lists_is_its_own(tmp_path: Path, own: str) -> None:
    for title in (TITLE, "Boletín 5"):
        body = f"<article><h1>{title}</h1><p>{P1}</p>{own}</article>"
        loaded = read(tmp_path / "a.html", page(body, title=title))
        assert loaded.document is not None, loaded.error
        assert not [number for number in "234567" if number not in loaded.document.text]


def linked_data(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


OF_THE_SITE = '<meta property="og:site_name" content="Un diario de hoy para ti">'
STATED = f'<meta property="og:title" content="{TITLE}{{}}">'
NAMED = linked_data(f'{{"@type": ["NewsArticle"], "headline": "{TITLE}"}}')


@pytest.mark.parametrize(
    ("head", "above", "title"),
    [
        (STATED.format(" - El Imparcial"), "<h1>El Imparcial</h1>", "x"),
        (STATED.format(""), f"<h1>Noticias</h1>{H1}", "Noticias"),
        ("", f"<h1>El Imparcial</h1><h2>{TITLE}</h2>", f"{TITLE} | El Imparcial"),
        ("", f"<h2>{TITLE}</h2>", f"El Imparcial | {TITLE}"),
        ("", "", f"{TITLE} | Instituto Mexicano del Seguro Social | Gobierno | gob.mx"),
        (OF_THE_SITE, "<h1>Un diario de hoy para ti</h1>", f"{TITLE} - Un diario de hoy para ti"),
        (NAMED, "<h1>El Imparcial</h1>", "El Imparcial"),
        ("", H1, "Prensa"),
    ],
)
def test_the_title_is_that_of_the_article(
    tmp_path: Path, head: str, above: str, title: str
) -> None:
    loaded = read(tmp_path / "a.html", page(above + BODY, head, title))
    assert loaded.document is not None
    assert loaded.document.metadata.title == TITLE
    assert loaded.document.text == f"{TITLE}\n\n{P1}\n\n{P2}"


STAMP = '<time datetime="{}">x</time>'
TWO_NODES = linked_data(
    '[{"@type": "WebSite", "datePublished": "2015-01-01"}, {"@type": "NewsArticle",'
    ' "dateModified": "2024-05-01", "datePublished": "2022-03-14"}]'
)
TWO_METAS = (
    '<meta name="date" content="2024-05-03">'
    '<meta property="article:published_time" content="2022-03-14">'
)
CHANGED = '<time class="modified" datetime="2024-05-01">x</time>'
TODAY = "<div>Hermosillo, viernes 3 de mayo de 2024</div>"
UPDATED = "<div>Actualizado: 3 de mayo de 2024</div>"
DAYS = {
    "linked data": (TWO_NODES, ""),
    "meta": (TWO_METAS, ""),
    "time": ("", STAMP.format("2022-03-14T10:00:00-06:00")),
    "time beside that of a change": ("", CHANGED + STAMP.format("2022-03-14")),
    "byline": ("", "<p>Por Redacción | 14 de marzo de 2022 | 10:00</p>"),
    "line": ("", "<p>14 marzo, 2022</p>"),
    "dateline": ("", "<p>Hermosillo, Sonora, a 14 de marzo de 2022.</p>"),
    "two lines": ("", f"{UPDATED}<div>Publicado: 14/03/2022</div>"),
}


@pytest.mark.parametrize(("head", "below"), DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("above", ["", TODAY, f"<aside>{STAMP}</aside>".format("2024-01-01")])
def test_the_day_is_that_of_the_article(tmp_path: Path, above: str, head: str, below: str) -> None:
    after = f"<div>{STAMP}</div><footer>© 1 de enero de 2024</footer>".format("2023-01-01")
    loaded = read(tmp_path / "a.html", page(above + H1 + below + BODY + after, head))
    assert loaded.document is not None
    assert loaded.document.metadata.published_on == date(2022, 3, 14)
    assert "2024" not in loaded.document.text.replace("Actualizado: 3 de mayo de 2024", "")


def test_a_day_above_the_headline_counts_where_no_other_is_stated(tmp_path: Path) -> None:
    loaded = read(tmp_path / "a.html", page(f"<p>14 de marzo de 2022</p>{H1}{BODY}"))
    assert loaded.document is not None
    assert loaded.document.metadata.published_on == date(2022, 3, 14)


def test_a_change_a_margin_and_a_copyright_say_no_day(tmp_path: Path) -> None:
    body = f"{H1}{BODY}<p>Última modificación: 5 de mayo de 2024 por el administrador</p>"
    loaded = read(tmp_path / "a.html", page(f"{body}<footer>© 1 de enero de 2024</footer>"))
    assert loaded.document is not None
    assert loaded.document.metadata.published_on is None
