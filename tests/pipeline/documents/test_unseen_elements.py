"""What nobody sees on a page is no text of it, and what somebody sees is."""

from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from json import dumps
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import fragment, markdown, page_styles, read_all, webpage
from pipeline.documents.text import normalise
from pipeline.errors import DocumentError
from schemas.document import Document
from tests.pipeline.documents.test_word_processors import packed

UNSEEN_STYLES = (
    "display:none",
    "DISPLAY : None",
    "display:block;display:none",
    r"d\69splay:n\6fne",
    "/* a */ display /* b */ : /* c */ none /* d */ ! important",
    "visibility:hidden",
    "visibility:collapse",
    "content-visibility:hidden",
    "opacity:0",
    "opacity:0%",
    "filter:opacity(0)",
    "font-size:0",
    "font-size:.01em",
    "font-size:1px",
    "font:0/0 a",
    "height:0;overflow:hidden",
    "max-height:0px;overflow-y:hidden",
    "width:1px;height:1px;overflow:clip",
    "position:absolute;left:-9999px",
    "position:fixed;top:-100em",
    "position:absolute;left:calc(-9999px)",
    "position:absolute;inset:-9999px auto auto -9999px",
    "position:absolute;left:9999px",
    "margin-left:-9999px",
    "text-indent:-9999px",
    "transform:translateX(-9999px)",
    "transform:scale(0)",
    "transform:matrix(0,0,0,0,0,0)",
    "position:absolute;clip:rect(0,0,0,0)",
    "position:absolute;clip:rect(1px 1px 1px 1px)",
    "clip-path:inset(50%)",
    "clip-path:circle(0)",
    "clip-path:polygon(0 0,0 0,0 0)",
    "color:#fff",
    "color:white;background:#FFFFFF",
    "color:#fefefe",
    "color:hsl(0,0%,100%)",
    "color:rgb(0, 0, 0);background-color:black",
    "color:transparent",
    "color:rgba(0,0,0,0)",
    "background:#000",
)
SEEN_STYLES = (
    "display:block",
    "display:none;display:block",
    "opacity:.8",
    "font-size:14px",
    "font:12px/1.4 Arial",
    "height:9em;overflow:hidden",
    "max-width:0;width:100%;overflow:hidden",
    "height:0;min-height:9em;overflow:hidden",
    "position:absolute;left:0",
    "left:-9999px",
    "margin-left:-20px",
    "text-indent:-20px",
    "transform:translate(-50%,-50%)",
    "clip:rect(0,0,0,0)",
    "color:#fff;background:#036",
    "color:white;background:url(a.png)",
    "color:#eee;position:absolute",
    "color:#222",
    "color:transparent;background-clip:text;background-image:linear-gradient(red,blue)",
    "opacity:0;animation:appear 1s forwards",
)
UNSEEN = (
    *("<p hidden>{}</p>", "<p hidden='until-found'>{}</p>", "<P HIDDEN><b>{}</b></P>"),
    *("<template>{}</template>", "<noscript>{}</noscript>", "<!-- {} -->"),
    *("<dialog>{}</dialog>", "<datalist><option>{}</option></datalist>", "<canvas>{}</canvas>"),
    "<input type='hidden' value='{}'>",
    "<font color=white>{}</font>",
    "<table bgcolor='#000'><tr><td><font color='black'>{}</font></td></tr></table>",
    "<div style='display:none'><table><tr><td>{}</td></tr></table></div>",
    "<div style='background:black'><p style='color:#000'>{}</p></div>",
    "<style>.x{{display:none}}</style><p class='a x'>{}</p>",
    "<style>#x{{visibility:hidden}}</style><p id=x>{}</p>",
    "<style>h9, p.z {{ display : none }}</style><p class=z>{}</p>",
    r"<style>/*{{*/.x/*b*/{{/*c*/dis\70lay/*d*/:/*e*/none/*f*/}}</style><p class=x>{}</p>",
    "<style>.x{{display:none!important}}</style><p class=x style='display:block'>{}</p>",
    "<style>div .x > b{{display:none}}</style><div><p class=x><b>{}</b></p></div>",
    "<style>i + p{{display:none}}</style><div><i>a</i><p>{}</p></div>",
    "<style>@media screen{{.x{{display:none}}}}</style><p class=x>{}</p>",
    "<style>@media (min-width:100px){{.x{{display:none}}}}</style><p class=x>{}</p>",
    "<style>[data-k^='v']{{display:none}}</style><p data-k=very>{}</p>",
    r"<style>.a\:b{{display:none}}</style><p class='a:b'>{}</p>",
    "<style>p:not(.y).w{{display:none}}</style><p class=w>{}</p>",
    "<style>:is(.y,.w){{display:none}}</style><p class=w>{}</p>",
    "<style>div p:nth-child(2n){{display:none}}</style><div><i>a</i><p>{}</p></div>",
    "<style><!-- .x{{color:#fff}} --></style><p class=x>{}</p>",
    "<style>:root{{--w:none}}.x{{display:var(--w)}}</style><p class=x>{}</p>",
    "<link rel=stylesheet href='data:text/css,.x%7Bdisplay:none%7D'><p class=x>{}</p>",
    *(f'<p style="{style}">{{}}</p>' for style in UNSEEN_STYLES),
    *(f'<div style="{style}"><p>{{}}</p></div>' for style in UNSEEN_STYLES),
    *(f"<style>.x{{{{{style}}}}}</style><p class=x>{{}}</p>" for style in UNSEEN_STYLES),
)
SEEN = (
    *("<p aria-hidden=true>{}</p>", "<details><summary>Más</summary>{}</details>"),
    *("<dialog open>{}</dialog>", "<p hidden style='display:block'>{}</p>"),
    "<div style='background:navy'><p style='color:#fff'>{}</p></div>",
    "<div style='visibility:hidden'><b style='visibility:visible'>{}</b></div>",
    "<div style='font-size:0'><span style='font-size:14px'>{}</span></div>",
    "<style>.x{{display:none}}.x.y{{display:block}}</style><p class='x y'>{}</p>",
    "<style>#x{{display:block}}.x{{display:none}}</style><p class=x id=x>{}</p>",
    "<style>@media print{{.x{{display:none}}}}</style><p class=x>{}</p>",
    "<style>@media(max-width:600px){{.x{{display:none}}}}</style><p class=x>{}</p>",
    "<style>.x:hover{{display:none}}.x::before{{display:none}}</style><p class=x>{}</p>",
    "<style>.a .x{{display:none}}</style><p class=x>{}</p>",
    "<style>@keyframes k{{from{{opacity:0}}}}p{{animation:k}}</style><p>{}</p>",
    "<style media=print>p{{display:none}}</style><p>{}</p>",
    "<style>.y{{content:'}}.x{{display:none}}'}}</style><p class=x>{}</p>",
    "<link rel=stylesheet href=a.css><p style='color:#fff'>{}</p>",
    *(f'<p style="{style}">{{}}</p>' for style in SEEN_STYLES),
    *(f"<style>.x{{{{{style}}}}}</style><p class=x>{{}}</p>" for style in SEEN_STYLES),
)
WORDS = "Hubo 731 cirugías"
PROSE = "El Seguro Social dio a conocer los resultados de la jornada del fin de semana. " * 4
PAGE = f"""<html><head><title>Boletín</title></head><body style="opacity:0"><article>
<h1>Resultados de la jornada nacional de octubre</h1><p>{PROSE}</p>{{}}<p>Hubo 58 mil 610 consultas.
{PROSE}</p></article></body></html>"""


def texts_of(markup: str) -> dict[str, tuple[str, list[str]]]:
    """Read a piece of HTML as each format does that may hold it: the text, and what is hidden."""
    of_fragment: list[str] = []
    of_markdown: list[str] = []
    page = webpage.article(PAGE.format(markup))
    return {
        "fragment": (fragment.plain(f"<p>Uno.</p>{markup}", of_fragment), of_fragment),
        "markdown": (markdown.plain(f"Uno.\n\n{markup}\n\nDos.", of_markdown), of_markdown),
        "page": (f"{page.leads} {page.body}", [*page.hidden]),
    }


@pytest.mark.parametrize("markup", UNSEEN)
def test_what_nobody_sees_is_no_text(markup: str) -> None:
    for form, (text, _) in texts_of(markup.format(WORDS)).items():
        assert "731" not in text, form


@pytest.mark.parametrize("markup", SEEN)
def test_what_somebody_sees_is_text(markup: str) -> None:
    for form, (text, hidden) in texts_of(markup.format(WORDS)).items():
        assert WORDS in text, form
        assert hidden == [], form


@given(st.lists(st.tuples(st.sampled_from(UNSEEN_STYLES), st.sampled_from(SEEN_STYLES))))
def test_a_page_says_what_is_seen_of_it_and_no_more(styles: list[tuple[str, str]]) -> None:
    markup = "".join(
        f'<p style="{seen}">Hubo {n} vacunas.<b style="{unseen}">Hubo {n} cirugías.</b></p>'
        for n, (unseen, seen) in enumerate(styles)
        if "background" not in seen and "color" not in unseen
    )
    hidden: list[str] = []
    text = fragment.plain(f"<div>Total</div>{markup}", hidden)
    assert text.count("vacunas") == markup.count("vacunas")
    assert "cirugías" not in text
    assert " ".join(hidden).count("cirugías") == markup.count("cirugías")


@pytest.mark.parametrize(
    "turned",
    [
        "<bdo dir=rtl>{}</bdo>",
        "<b style='direction:rtl;unicode-bidi:bidi-override'>{}</b>",
        "<style>.x{{direction:rtl;unicode-bidi:bidi-override}}</style><b class=x>{}</b>",
    ],
)
def test_what_is_written_backwards_stands_as_it_is_seen(turned: str) -> None:
    for form, (text, _) in texts_of(f"<p>Hubo {turned.format('021')} cirugías.</p>").items():
        assert "Hubo 120 cirugías." in normalise(text), form


def test_what_is_hidden_within_a_number_parts_it_not() -> None:
    assert fragment.plain('<p>Hubo 1<i hidden>9</i>2<b style="display:none">8</b>0</p>', []) == (
        "Hubo 120"
    )


def load(path: Path) -> Document:
    loaded, *_ = read_all([str(path)])
    assert loaded.document is not None, loaded.error
    return loaded.document


def as_page(markup: str) -> bytes:
    return PAGE.format(markup).encode()


def as_field(markup: str) -> bytes:
    return dumps({"text": f"<p>Hubo 58 mil 610 consultas.</p>{markup}"}).encode()


def as_cell(markup: str) -> bytes:
    text = f"<p>Hubo 58 mil 610 consultas.</p>{markup}".replace('"', '""')
    return f'id,text\n1,"{text}"\n'.encode()


def as_feed(markup: str) -> bytes:
    text = escape(f"<p>Hubo 58 mil 610 consultas.</p>{markup}")
    return f"<rss><channel><item><description>{text}</description></item></channel></rss>".encode()


def as_mail(markup: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@imss.gob.mx", "b@imss.gob.mx", "Boletín"
    mail.set_content(f"<p>Hubo 58 mil 610 consultas.</p>{markup}", subtype="html")
    return mail.as_bytes()


def as_saved_page(markup: str) -> bytes:
    page = EmailMessage()
    page["From"], page["Snapshot-Content-Location"] = "<Saved by Blink>", "https://example.org"
    page.set_content(PAGE.format(markup), subtype="html")
    page.add_related(b".of-a-file{display:none}", "text", "css")
    return page.as_bytes()


def as_book(markup: str) -> bytes:
    container = '<c xmlns="urn:x"><rootfiles><rootfile full-path="c.opf"/></rootfiles></c>'
    package = """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
<item id="a" href="a.html"/></manifest><spine><itemref idref="a"/></spine></package>"""
    return packed(
        **{
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "c.opf": package,
            "a.css": ".of-a-file{display:none}",
            "a.html": f"<html><head></head><body><p>58 mil 610</p>{markup}</body></html>",
        }
    )


@pytest.mark.parametrize(
    ("name", "write"),
    [
        *(("a.html", as_page), ("a.md", as_page), ("a.jsonl", as_field), ("a.csv", as_cell)),
        *(("a.xml", as_feed), ("a.eml", as_mail), ("a.mht", as_saved_page), ("a.epub", as_book)),
    ],
)
def test_each_format_that_holds_html_tells_what_it_hides(
    tmp_path: Path, name: str, write: Callable[[str], bytes]
) -> None:
    (tmp_path / name).write_bytes(write(f'<p style="display:none">{WORDS} en total</p>'))
    document = load(tmp_path / name)
    assert "58 mil 610" in document.text
    assert "731" not in document.text
    assert document.metadata.hidden_words == len(WORDS.split()) + 2
    assert document.metadata.hidden_text == f"{WORDS} en total"


@pytest.mark.parametrize(("name", "write"), [("a.mht", as_saved_page), ("a.epub", as_book)])
def test_sheets_that_come_with_a_page_count(
    tmp_path: Path, name: str, write: Callable[[str], bytes]
) -> None:
    (tmp_path / name).write_bytes(write(f'<p class="of-a-file">{WORDS}</p>'))
    assert "731" not in load(tmp_path / name).text


def test_a_page_of_which_nothing_is_seen_says_so() -> None:
    with pytest.raises(DocumentError, match="all of its 3 words are hidden"):
        webpage.article(f"<html><body><p hidden>{WORDS}</p></body></html>")


def test_styles_beyond_all_bounds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_styles, "MOST_MATCHES", 1000)
    rules = "".join(f".x{{left:-{n}em}}" for n in range(100))
    fragment.plain(f"<style>{rules}</style>" + "<p class=x>a</p>" * 10, [])
    with pytest.raises(DocumentError, match="beyond all bounds"):
        fragment.plain(f"<style>{rules}</style>" + "<p class=x>a</p>" * 11, [])


@pytest.mark.parametrize(
    "hostile",
    [
        *("<!--" * 50_000, "<style>" * 50_000, "<p hidden>" * 20_000, "<p hidden" * 50_000),
        "<p>" + "<b hidden>a</b>b" * 40_000,
        "".join(f"<a{n}>" for n in range(20_000)) + "<p hidden>b</p>",
        "<style>a{display:none}</style>" + "<b>c</b>" * 4000,
        "<style>" + "/*" * 50_000 + "</style><p>a</p>",
        "<style>" + "-" * 50_000 + "{display:none}</style><p>a</p>",
        "<style>[" + "é" * 50 + "\\61" * 50 + "{display:none}</style><p>a</p>",
        "<style>" + (",a" * 10_000 + "({display:none}") * 9 + "</style><p>a</p>",
        "<style>" + "{" * 50_000 + "</style><p>a</p>",
        "<style>" + "a,b " * 20_000 + "{display:none}</style><p>a</p>",
        "<style>" + ":not(" * 20_000 + "{display:none}</style><p>a</p>",
        "<style>" + "\\" * 50_000 + "{display:none}</style><p>a</p>",
    ],
)
def test_hostile_styles_end(hostile: str) -> None:
    # Each takes minutes where a step is quadratic; the suite's time limit would end it.
    fragment.plain(hostile, [])
    markdown.plain(hostile, [])
