"""Files of one structure, made as large, as many or as deep as a size says.

A small size is ordinary, a large one is not. Each function is named by what it makes, and gives
the end of a file's name and its bytes.
"""

import json
import random
from collections.abc import Callable

from benchmarks.fuzz import packed_structures as packed

Structure = Callable[[int, random.Random], tuple[str, bytes]]
SENTENCE = "En la jornada del 5 de mayo de 2023 se dieron 30 consultas en Jalisco. "
TOKENS = (
    *("mil ", "1,", "treinta y ", "una ", "2021 ", "jornada ", "del 3 al ", "(", "[", "“", "10a "),
    *("por ciento ", "lunes ", "enero de ", "- ", "| ", "> ", "#", "*", "_", "`", "\t", "&amp;"),
    *("%", "1.", "0 ", "1 consulta ", "\n", "\r", "\n\n", "1\n", "Hospital General de Zona 1 "),
    *("IMSS ", "y ", "de ", "consultas, ", "entre 1 y ", "5 de mayo, ", "IV ", "a", "\xad", ". "),
    *("\u0301", "\u202e", "\x0c", "---\n", "1 | 2\n", "cirugías: ", ": ", "millones ", "½", "í"),
)
HTML_TAGS = ("div", "b", "p", "ul><li", "table><tr><td", "span", "blockquote", "font", "a href=x")
MIXTURES = 4


def long_run(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Repeat a token, or some in turns, in a text, a Markdown or an HTML file."""
    token = "".join(chance.choices(TOKENS, k=chance.choice((1, 1, 2, MIXTURES))))
    text = SENTENCE + token * size + SENTENCE
    return chance.choice(("txt", "md", "html")), text.encode()


def any_characters(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Draw characters from all of Unicode, surrogates too."""
    text = "".join(chr(chance.randrange(0x110000)) for _ in range(size))
    return "txt", (SENTENCE + text + SENTENCE).encode("utf-8", "surrogatepass")


def many_sentences(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Repeat a sentence of a bulletin with other numbers."""
    parts = (SENTENCE.replace("30", str(chance.randrange(10**6))) for _ in range(size // 20 + 1))
    return chance.choice(("txt", "md")), chance.choice(("", "\n\n")).join(parts).encode()


def front_matter(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Nest lists, or anchors that expand, in the head of a Markdown file."""
    anchors = "".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]\n" for n in range(1, min(size, 60)))
    head = chance.choice(("a: " + "[" * size, "a0: &a0 x\n" + anchors, "title: " + "x" * size))
    return "md", f"---\n{head}\n---\n{SENTENCE}".encode()


def deep_page(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Nest one tag, closed or not."""
    tag = chance.choice(HTML_TAGS)
    end = chance.choice(("", f"</{tag.split('>')[0].split()[0]}>" * size))
    return "html", f"<html><body>{f'<{tag}>' * size}{SENTENCE}{end}</body></html>".encode()


def wide_page(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Repeat a piece of HTML."""
    piece = chance.choice(
        (
            *(
                "<p>5</p>",
                "<a href=/x>Nota</a>",
                "<br>",
                "<td>5",
                "<tr><td>1<td>2",
                "<li>x",
                "&nbsp;",
            ),
            *(
                "<!--",
                "<![CDATA[",
                "<script>",
                "<",
                "<a",
                "&#x",
                "<h2>Boletín 5</h2>",
                "</p>",
                "<p>",
            ),
            *("<td rowspan=1000000000>5", "<td colspan=1000>5", "<table>", "<style>", "<meta>"),
        )
    )
    table_head = chance.choice(("", "<table><tr>"))
    return "html", f"<html><body>{table_head}{piece * size}{SENTENCE}</body></html>".encode()


def attributes(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Give an element many attributes, or a long one."""
    many = "".join(f" a{n}=1" for n in range(size))
    value = chance.choice((many, f' class="{"x " * size}"', f' style="{"a:b;" * size}"'))
    return "html", f"<html><body><p{value}>{SENTENCE}</p></body></html>".encode()


def spans(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Have cells of a table span more than there is."""
    row, column = chance.choice((1, size, 10**9, -1)), chance.choice((1, size, 10**9))
    cells = f"<td rowspan={row} colspan={column}>5</td>" * chance.choice((1, 30))
    rows = f"<tr>{cells}</tr>" * min(size, 3000)
    return "html", f"<html><body><table>{rows}</table>{SENTENCE}</body></html>".encode()


def data_in_page(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Nest what a page says of itself for machines."""
    data = chance.choice(('{"a":' * size, "[" * size, json.dumps({"@graph": [{}] * size})))
    script = f'<script type="application/ld+json">{data}</script>'
    return "html", f"<html><head>{script}</head><body><p>{SENTENCE}</body></html>".encode()


def feed(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make a feed of many, deep, expanding or odd elements."""
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 9}">' if n else '<!ENTITY e0 "Hubo 5 consultas. ">'
        for n in range(min(size, 12))
    )
    doctype, inside = chance.choice(
        (
            ("", f"<item><title>x</title><description>{SENTENCE}</description></item>" * size),
            ("", "<item>" * size),
            ("", f"<item><description>{'<![CDATA[x]]>' * size}</description></item>"),
            ("", "<item " + " ".join(f"a{n}='1'" for n in range(size)) + "/>"),
            (f"<!DOCTYPE rss [{entities}]>", f"<item><title>&e{min(size, 12) - 1};</title></item>"),
            ('<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname">]>', "<item>&f;</item>"),
            ("", f"<item><pubDate>{'1' * size}</pubDate><description>5</description></item>"),
        )
    )
    return "xml", f'{doctype}<rss version="2.0"><channel>{inside}</channel></rss>'.encode()


def mail(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make a mail of many, deep or lying parts and headers."""
    head = "From: a@b\nSubject: Boletin\nMIME-Version: 1.0\n"
    mixed = "Content-Type: multipart/mixed; boundary="
    part = "--X\nContent-Type: text/plain\n\n5 consultas\n"
    body = chance.choice(
        (
            "".join(f"{mixed}b{n}\n\n--b{n}\n" for n in range(size)) + "\nHubo 5.",
            f"{mixed}X\n\n{part * size}--X--",
            f"{mixed}X\n\n" + "--X\n" * size,
            "Content-Type: message/rfc822\n\n" * size + "\nHubo 5.",
            "".join(f"X-{n}: 1\n" for n in range(size)) + "\nHubo 5.",
            f"X-A: {'=?utf-8?B?YQ==?= ' * size}\n\nHubo 5.",
            "Content-Type: text/plain" + "".join(f"; a*{n}=x" for n in range(size)) + "\n\nHubo 5.",
            f"Content-Type: text/plain; charset={'x' * size}\n\nHubo 5.",
            f"{mixed}{'X' * size}\n\n--{'X' * size}\n\nHubo 5.",
            f"Content-Transfer-Encoding: base64\n\n{'=' * size}",
            f"Content-Transfer-Encoding: quoted-printable\n\n{'=' * size}",
            f"Date: {'1' * size}\nTo: {'<a@' * size}\n\nHubo 5.",
            f"{mixed}X\n\n--X\nContent-Type: text/html\n\n{'<b>' * size}\n--X--",
        )
    )
    letter = f"{head}{body}\n".encode()
    form = chance.choice(("eml", "eml", "mht", "mbox"))
    return form, b"From x@y Mon Nov 30 10:00:00 2026\n" + letter if form == "mbox" else letter


def mailbox(size: int, _: random.Random) -> tuple[str, bytes]:
    """Put many mails, or their first lines, into a mailbox."""
    return "mbox", b"From x@y Mon Nov 30 10:00:00 2026\nSubject: a\n\nHubo 5.\n\n" * size


def records(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make JSON, or lines of it, that is deep, wide, broken or huge."""
    data = chance.choice(
        (
            *("[" * size, '{"a":' * size, '{"text":' + "[" * size, "[" + "{}," * size + "{}]"),
            *('{"text": ' + "9" * size + "}", '{"text": 1e' + "9" * size + "}", '{"id": NaN}' * 9),
            json.dumps({f"k{n}": n for n in range(size)}),
            json.dumps([{"id": n, "text": SENTENCE} for n in range(size // 50 + 1)]),
            *('{"text": "' + "\\ud800" * size + '"}', '{"text": "' + "\\u0000" * size + '"}'),
            *('{"text": "Hubo 5."}\n' * (size // 10 + 1), "{\n" * size, '{"text": "' + "x" * size),
            '{"text": "Hubo 5.", "id": "' + "i" * size + '"}',
            '{"text": "Hubo 5.", ' * size,
        )
    )
    return chance.choice(("json", "jsonl")), data.encode()


def rows(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make CSV of quotes, columns, rows or one cell."""
    data = chance.choice(
        (
            *("text\n" + '"' * size, "text\n" + '"\n' * size, "text\n" + '""",' * size),
            *("," * size + "text\n5", ",".join(f"c{n}" for n in range(size)) + "\n5\n"),
            *("id,text\n" + "1,Hubo 5.\n" * size, "text\n" + "x" * size, "text\n" + "\0" * size),
            *(
                "text\n" + '"x\n' * size,
                "text;" * size,
                "text\t" * size,
                "\n" * size,
                "text\r" * size,
            ),
        )
    )
    return "csv", data.encode()


def rich(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make RTF of many or deep groups, and of numbers too large."""
    body = chance.choice(
        (
            *(
                "{" * size,
                "{" * size + "5" + "}" * size,
                "}" * size,
                "\\'e1" * size,
                "\\u225?" * size,
            ),
            *(
                f"\\bin{chance.choice((size, 10**9))} x",
                f"\\uc{10**9}\\u225 abc",
                "\\a" * size,
                "\\*" * size,
            ),
            *(
                "\\b" + "9" * size + " ",
                "{\\*\\x " * size,
                "\\cell\\row " * size,
                "{\\field" * size,
            ),
            *("{\\fonttbl" + "{\\f0 x;}" * size + "}", "\\par 5 " * size, "{\\stylesheet" * size),
            *("\\trowd" + "\\cellx1" * size + "5\\cell" * size + "\\row", "\\u-10179?" * size),
        )
    )
    return "rtf", f"{{\\rtf1\\ansi {SENTENCE}{body}{SENTENCE}}}".encode()


STRUCTURES: tuple[Structure, ...] = (
    *(long_run, long_run, long_run, any_characters, many_sentences, front_matter, deep_page),
    *(wide_page, attributes, spans, data_in_page, feed, mail, mailbox, records, rows, rich),
    *(packed.columns, packed.word, packed.styles, packed.open_text, packed.book, packed.drawing),
    *(packed.lying_archive, packed.expanding_archive, packed.looping_pdf),
)
