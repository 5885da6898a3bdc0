from datetime import date
from pathlib import Path

import pytest

from pipeline.documents import LoadedSource, read_all

A = "El IMSS en Sonora otorgó 1,204 consultas & 85 cirugías."
B = "Se realizaron 320 mastografías; 5 < 7."
HTML = (
    "<p>El IMSS en Sonora otorg&oacute; 1,204 <b>consultas</b> &amp; 85 cirugías.</p>"
    "<p>Se realizaron 320 mastografías; 5 &lt; 7.</p>"
)
ESCAPED = HTML.replace("&", "&amp;").replace("<", "&lt;")
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/"'
)


def rss(*items: str) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {NAMESPACES}>'
        f"<channel><title>Prensa</title><link>https://x.mx</link>{inner}</channel></rss>"
    )


def atom(*entries: str) -> str:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Prensa</title>{inner}</feed>'


def read(path: Path, content: str | bytes) -> list[LoadedSource]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_all([str(path)]))


def texts(loaded: list[LoadedSource]) -> dict[str | None, str | None]:
    return {item.source.record: item.document and item.document.text for item in loaded}


@pytest.mark.parametrize(
    "item",
    [
        f"<description>{ESCAPED}</description>",
        f"<description><![CDATA[{HTML}]]></description>",
        (
            "<description>El IMSS en Sonora [&amp;#8230;]</description>"
            f"<content:encoded><![CDATA[{HTML}]]></content:encoded>"
        ),
        f"<media:title>Foto 9</media:title><content:encoded><![CDATA[{HTML}]]></content:encoded>",
        f"<excerpt:encoded>Otro</excerpt:encoded><content:encoded>{ESCAPED}</content:encoded>",
    ],
)
def test_an_item_of_rss_is_a_document(tmp_path: Path, item: str) -> None:
    item += (
        "<title>Jornada &amp;amp; <![CDATA[Salud]]></title><link>https://x.mx/?p=1&amp;a=2</link>"
        "<pubDate>Mon, 14 Mar 2022 20:00:00 -0600</pubDate>"
    )
    (found,) = read(tmp_path / "a.xml", rss(item))
    assert found.source.record == "https://x.mx/?p=1&a=2"
    assert found.document is not None
    assert found.document.text == f"Jornada & Salud\n\n{A}\n\n{B}"
    assert found.document.metadata.model_dump(exclude_none=True) == {
        "format": "feed",
        "title": "Jornada & Salud",
        "published_on": date(2022, 3, 14),
    }


@pytest.mark.parametrize(
    "content",
    [
        f'<content type="html">{ESCAPED}</content><summary>El IMSS en Sonora</summary>',
        f'<summary type="html"><![CDATA[{HTML}]]></summary>',
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{HTML}</div></content>',
    ],
)
@pytest.mark.parametrize("name", ["a.atom", "a.txt", "feed", "index.php"])
def test_an_entry_of_atom_is_a_document_whatever_the_file_is_called(
    tmp_path: Path, name: str, content: str
) -> None:
    entry = (
        f'<title>Jornada</title><link rel="self" href="https://x.mx/1.xml"/><link href="https://x.mx/1"/>'
        f"<updated>2023-01-01T00:00:00Z</updated><published>2022-03-14T20:00:00-06:00</published>{content}"
    )
    (found,) = read(tmp_path / name, atom(entry))
    assert texts([found]) == {"https://x.mx/1": f"Jornada\n\n{A}\n\n{B}"}
    assert found.document is not None
    assert found.document.metadata.published_on == date(2022, 3, 14)


def test_items_are_told_apart_and_one_without_text_costs_itself(tmp_path: Path) -> None:
    items = (
        f"<title>Uno</title><description>{A.replace('&', '&amp;')}</description>",
        "<category>x</category>",
        "<title>IMSS da 30 dosis</title>",
        "<link>https://x.mx</link><title>Dos</title><description>Hubo 5.</description>",
        "<link>https://x.mx</link><title>Tres</title><description>Hubo 6.</description>",
    )
    loaded = read(tmp_path / "a.rss", rss(*items))
    assert texts(loaded) == {
        "1": f"Uno\n\n{A}",
        "2": None,
        "3": "IMSS da 30 dosis",
        "https://x.mx": "Dos\n\nHubo 5.",
        "https://x.mx (2)": "Tres\n\nHubo 6.",
    }
    assert loaded[1].error == "item 2: no text in it"


def test_a_teaser_is_kept_where_it_has_a_number_of_its_own(tmp_path: Path) -> None:
    item = "<description>Hubo 956 trasplantes.</description>"
    item += f"<content:encoded>{ESCAPED}</content:encoded>"
    assert texts(read(tmp_path / "a.xml", rss(item))) == {
        "1": f"Hubo 956 trasplantes.\n\n{A}\n\n{B}"
    }


def test_an_export_is_read_without_its_pictures_and_menus(tmp_path: Path) -> None:
    item = (
        "<title>x</title><wp:post_type>{}</wp:post_type><content:encoded>Hubo 5.</content:encoded>"
    )
    kinds = ("attachment", "nav_menu_item", "post", "boletin", "wp_block")
    export = rss(
        *map(item.format, kinds),
        "<wp:post_date>2022-03-13 20:00:00</wp:post_date><title>y</title>"
        "<pubDate>Mon, 14 Mar 2022 02:00:00 +0000</pubDate>",
    )
    loaded = read(tmp_path / "a.xml", export)
    assert len(loaded) == 3
    assert loaded[2].document is not None
    assert loaded[2].document.metadata.published_on == date(2022, 3, 13)


@pytest.mark.parametrize(
    "broken",
    [
        lambda feed: feed.replace("<channel>", "<channel><b>&nbsp;&raro; A & B</i>"),
        lambda feed: feed[:-30],
        lambda feed: feed.replace(NAMESPACES, ""),
        lambda feed: "\n \n" + feed,
        lambda feed: feed.replace("<channel>", "<channel>\x08\x0b"),
        lambda feed: feed.encode("cp1252"),
        lambda feed: feed.encode("utf-16"),
        lambda feed: feed.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    ],
)
def test_a_broken_feed_is_read_as_far_as_can_be(tmp_path: Path, broken: object) -> None:
    assert callable(broken)
    feed = rss(f"<title>Uno</title><content:encoded>{ESCAPED}</content:encoded>")
    assert texts(read(tmp_path / "a.xml", broken(feed))) == {"1": f"Uno\n\n{A}\n\n{B}"}


def test_entities_neither_grow_nor_read_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secreto 99")
    declared = '<!ENTITY a "{}"><!ENTITY f SYSTEM "file://{}">'.format(
        "9" * 1000, tmp_path / "secret"
    )
    declared += "".join(f'<!ENTITY a{i} "{f"&a{i - 1 or str()};" * 10}">' for i in range(1, 9))
    feed = rss("<title>x &a8; &f;</title>").replace("\n", f"<!DOCTYPE rss [{declared}]>\n", 1)
    assert texts(read(tmp_path / "a.xml", feed)) == {"1": "x &a8; &f;"}


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.xml", "<urlset><url>9</url></urlset>", "<urlset>): save its words"),
        ("a.xml", "<?xml version='1.0'?><!DOCTYPE svg><svg/>", "than RSS and Atom (<svg>)"),
        ("a.rss", "nada", "no XML"),
        ("a.xml", rss(), "no record in the file"),
        ("a.xml", "<rss", "no record"),
        (
            "a.xml",
            rss(f"<title>x</title><description>{'a ' * 6 * 2**20}</description>"),
            "over 10 MB",
        ),
    ],
)
def test_what_is_no_feed_is_one_clear_line(
    tmp_path: Path, name: str, content: str, error: str
) -> None:
    (found,) = read(tmp_path / name, content)
    assert error in (found.error or "")


def test_a_page_under_the_name_of_xml_is_a_page(tmp_path: Path) -> None:
    page = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{HTML}</body></html>'
    assert texts(read(tmp_path / "a.xml", page)) == {None: f"{A}\n\n{B}"}
