import io
from collections import Counter
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import LoadedSource, read_all
from pipeline.documents.mail import parse
from schemas.document import Document

TEXT = (
    "El IMSS en Sonora otorgó 1,204 consultas de especialidad y 85 cirugías durante la Quinta"
    " Jornada Nacional.\n\nSe realizaron también 320 mastografías, del 12 al 13 de marzo."
)
HTML = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT.split("\n\n"))
SUBJECT = "IMSS Sonora otorga consultas"


def mail(text: str | None = TEXT, subject: str = SUBJECT, charset: str = "utf-8") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "prensa@example.org"
    message["Subject"] = subject
    message["Date"] = "Mon, 14 Mar 2022 20:00:00 -0600"
    message["Message-ID"] = "<1@example.org>"
    if text is not None:
        message.set_content(text, charset=charset, cte="quoted-printable")
    return message


def read(
    path: Path, content: bytes | EmailMessage, counter: Counter[str] | None = None
) -> list[LoadedSource]:
    path.write_bytes(content if isinstance(content, bytes) else bytes(content))
    return list(read_all([str(path)], None, counter))


def document(path: Path, content: bytes | EmailMessage) -> Document:
    (loaded,) = read(path, content)
    assert loaded.document is not None, loaded.error
    assert loaded.source.record is None
    return loaded.document


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "mac-roman"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("name", ["a.eml", "a.txt", "noticia"])
def test_a_mail_is_its_subject_and_its_text(
    tmp_path: Path, name: str, encoding: str, charset: str
) -> None:
    message = mail(None, "Boletín 5: «Quinta» Jornada")
    message.set_content(TEXT, charset=charset, cte=encoding)
    found = document(tmp_path / name, message)
    assert found.text == f"Boletín 5: «Quinta» Jornada\n\n{TEXT}"
    assert found.metadata.model_dump(exclude_none=True) == {
        "format": "eml",
        "title": "Boletín 5: «Quinta» Jornada",
        "published_on": date(2022, 3, 14),
    }


def test_the_day_in_the_text_goes_before_that_of_the_mail(tmp_path: Path) -> None:
    text = f"Hermosillo, Sonora, 28 de febrero de 2022.- {TEXT}"
    assert document(tmp_path / "a.eml", mail(text)).metadata.published_on == date(2022, 2, 28)


@pytest.mark.parametrize("subject", ["RV: Fwd: " + SUBJECT, "Re:RE: " + SUBJECT])
def test_a_subject_is_a_title_without_the_marks_of_those_who_passed_it_on(
    tmp_path: Path, subject: str
) -> None:
    assert document(tmp_path / "a.eml", mail(subject=subject)).metadata.title == SUBJECT


@pytest.mark.parametrize("plain", [TEXT, "Su correo no muestra HTML. Véalo en https://x.mx/?id=98"])
def test_of_two_forms_of_a_text_the_one_that_says_it_is_read_once(
    tmp_path: Path, plain: str
) -> None:
    message = mail(plain)
    message.add_alternative(f"<html><head><style>p {{top: 9px}}</style></head>{HTML}", "html")
    assert document(tmp_path / "a.eml", message).text == f"{SUBJECT}\n\n{TEXT}"


def test_a_letter_that_is_laid_out_by_tables_has_its_paragraphs(tmp_path: Path) -> None:
    message = mail(None)
    figures = "<table><tr><td>Cirugías</td><td><p>85</p></td></tr></table>"
    foot = "<tr><td>Reforma 476</td></tr>"
    message.set_content(f"<table><tr><td>{HTML}{figures}</td></tr>{foot}</table>", "html")
    expected = f"{SUBJECT}\n\n{TEXT}\n\nCirugías | 85\n\nReforma 476"
    assert document(tmp_path / "a.eml", b"\xef\xbb\xbf\r\n" + bytes(message)).text == expected


def word() -> bytes:
    file, out = docx.Document(), io.BytesIO()
    file.add_paragraph("Hubo 956 trasplantes en todo el país.")
    file.save(out)
    return out.getvalue()


def test_each_attachment_is_a_source_and_pictures_are_counted(tmp_path: Path) -> None:
    message = mail("Se adjunta boletín.")
    of_word = {"maintype": "application", "subtype": "octet-stream"}
    message.add_attachment(word(), **of_word, filename="Boletín 5.docx")
    message.add_attachment(word(), **of_word, filename="Boletín 5.docx")
    message.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="f.jpg")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png")
    message.add_attachment(b"PK\3\4", **of_word, filename="cifras.xlsx")
    message.add_attachment('{"id": "x", "text": "Hubo 30 dosis."}', filename="a.jsonl")
    message.add_attachment(mail("Hubo 31 dosis."))
    passed_over = Counter[str]()
    found = read(tmp_path / "a.eml", message, passed_over)
    assert {item.source.record: item.document and item.document.text for item in found} == {
        None: f"{SUBJECT}\n\nSe adjunta boletín.",
        "Boletín 5.docx": "Hubo 956 trasplantes en todo el país.",
        "Boletín 5.docx (2)": "Hubo 956 trasplantes en todo el país.",
        "cifras.xlsx": None,
        "a.jsonl/x": "Hubo 30 dosis.",
        "7.eml": f"{SUBJECT}\n\nHubo 31 dosis.",
    }
    assert [item.document.metadata.format for item in found if item.document] == [
        *("eml", "docx", "docx", "jsonl", "eml"),
    ]
    assert "save it as DOCX" in (found[3].error or "")
    assert passed_over == {".jpg": 1, ".png": 1}


def test_a_mail_that_is_all_attachment_has_no_text_of_its_own(tmp_path: Path) -> None:
    message = mail(None)
    message.add_attachment(word(), maintype="application", subtype="x", filename="a.docx")
    (found,) = read(tmp_path / "a.eml", message)
    assert found.source.record == "a.docx"
    assert found.document is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'charset="utf-8"', b'charset="nadie"'),
        (b'charset="utf-8"', b"charset=us-ascii"),
        (b'charset="utf-8"', b"charset=iso-8859-1"),
        (b"Date: Mon, 14 Mar 2022", b"Date: el otro dia"),
        (b"Message-ID: <1@example.org>", b"Message-ID: <<<"),
        (b"Subject: IMSS", "Subject: =?utf-8?b?SU1TUw?=  (año)\r\nX: IMSS".encode()),
    ],
)
def test_a_mail_that_tells_wrong_of_itself_is_read(tmp_path: Path, old: bytes, new: bytes) -> None:
    data = bytes(mail())
    assert old in data
    assert document(tmp_path / "a.eml", data.replace(old, new)).text.endswith(TEXT)


@given(
    header=st.sampled_from(
        (
            *("Content-Type: text/plain; charset", "Content-Type: text/plain; charset*"),
            *("Content-Type: text/plain; name*", "Content-Type: text/plain; name*0*"),
            *(
                "Content-Disposition: attachment; filename",
                "Content-Disposition: inline; filename*",
            ),
            "Content-Transfer-Encoding",
        )
    ),
    value=st.text("\0\x80ñ'\"%=;*a8-ÿ", max_size=12),
)
def test_a_mail_is_read_whatever_it_calls_its_characters(header: str, value: str) -> None:
    about = f"Subject: {SUBJECT}\r\n{header}{':' if header.endswith('ing') else '='}{value}\r\n"
    letter = parse((about + "\r\n" + TEXT).encode(), is_page=False)
    found = [
        letter.parts.body if letter.parts else "",
        *(a.data.decode() for a in letter.attachments),
    ]
    assert any("1,204 consultas de especialidad" in text for text in found)


@pytest.mark.parametrize("boundary", ["*=a\0b'e'X", "*=a\0b''%00", '="\0"'])
def test_a_boundary_with_zero_bytes_breaks_no_mail(boundary: str) -> None:
    data = f"Subject: a\nContent-Type: multipart/mixed; boundary{boundary}\n\n{TEXT}".encode()
    assert parse(data, is_page=False).attachments


def test_a_saved_page_is_read_as_a_page(tmp_path: Path) -> None:
    page = (
        "<html><head><title>Jornada en Sonora | El Diario</title>"
        '<meta property="article:published_time" content="2021-05-03"></head><body>'
        "<nav><a href=/>Inicio 24</a></nav><article><h1>Jornada en Sonora</h1>"
        f"{HTML}{HTML}</article>"
    )
    message = mail(None)
    message.set_content(page, "html")
    message.add_related(b"\x89PNG", "image", "png", cid="<1>")
    message.add_related("<p>Anuncio: 9 pesos</p>", "html")
    for name, header in (
        ("a.mht", "X-Nothing"),
        ("a.mhtml", "X-Nothing"),
        ("a", "Snapshot-Content-Location"),
    ):
        message[header] = "https://example.org/1"
        passed_over = Counter[str]()
        (found,) = read(tmp_path / name, message, passed_over)
        assert found.document is not None
        assert found.document.text.startswith("Jornada en Sonora\n\nEl IMSS en Sonora")
        assert not [word for word in ("Inicio", "Anuncio") if word in found.document.text]
        assert found.document.metadata.published_on == date(2021, 5, 3)
        assert not passed_over


def test_a_mailbox_is_its_mails_and_a_bad_one_costs_itself(tmp_path: Path) -> None:
    start = b"From prensa@example.org Mon Mar 14 20:00:00 2022\n"
    message = mail(f"{TEXT}\n\nFrom aquí no empieza nada: 7 camas.")
    message.add_attachment(word(), maintype="application", subtype="x", filename="a.docx")
    quoted = bytes(message).replace(b"\r\n", b"\n").replace(b"\nFrom aq", b"\n>From aq")
    data = start + quoted + b"\n" + start + b"Subject: nada\n\n\n" + start + bytes(mail("Otro: 5."))
    for name in ("a.mbox", "correo"):
        found = read(tmp_path / name, data)
        assert [item.source.record for item in found] == ["1", "1/a.docx", "2", "3"]
        assert found[0].document is not None
        assert found[0].document.text.endswith("\n\nFrom aquí no empieza nada: 7 camas.")
        assert found[2].error == "no text in it"
        assert found[3].document is not None


def test_mails_within_mails_have_an_end(tmp_path: Path) -> None:
    message = mail("El primero: 1 cama.")
    for number in range(8):
        outer = mail(f"Otro: {number} camas.")
        outer.add_attachment(message)
        message = outer
    found = read(tmp_path / "a.eml", message)
    assert [item.error is None for item in found] == [True] * 5 + [False]
    assert "a file of its own" in (found[-1].error or "")


@pytest.mark.parametrize("name", ["a.eml", "a.mbox"])
def test_parts_that_never_end_are_one_clear_line(tmp_path: Path, name: str) -> None:
    head = b"From a Mon Mar 14 20:00:00 2022\n" if name == "a.mbox" else b""
    data = head + b"Subject: x\nMIME-Version: 1.0\n"
    for number in range(1100):
        data += b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number)
    (found,) = read(tmp_path / name, data)
    assert found.document is None
    assert found.error


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Type: text/plain" + b"; a=b" * 9999 + b"\n\nHubo 5.",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 1001,
    ],
    ids=["a header", "parts"],
)
def test_a_mail_of_more_than_anybody_sends_is_one_clear_line(tmp_path: Path, data: bytes) -> None:
    (found,) = read(tmp_path / "a.eml", data)
    assert "mail" in (found.error or "")


def test_a_subject_without_end_is_cut(tmp_path: Path) -> None:
    data = b"Subject: " + b"=?utf-8?q?a?= " * 9999 + b"\nDate: x\n\nHubo 5."
    assert document(tmp_path / "a.eml", data).text.endswith("Hubo 5.")


def test_a_text_with_words_and_colons_is_no_mail(tmp_path: Path) -> None:
    text = "Fecha: 14 de marzo\nAsunto: Jornada\nFrom: Sonora\n\nHubo 5 consultas."
    assert document(tmp_path / "a.txt", text.encode()).text == text


def test_an_outlook_message_is_refused_by_name(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert found.error == "an Outlook message: save it as .eml, or its text as .txt"


@pytest.mark.parametrize("charset", ["undefined", "idna", "rot13", "base64", "x-nada", "*0*=utf-8"])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable"])
def test_a_charset_that_is_none_costs_no_text(tmp_path: Path, charset: str, encoding: str) -> None:
    message = mail(None)
    message.set_content(TEXT, charset="utf-8", cte=encoding)
    content = bytes(message).replace(b'charset="utf-8"', f'charset="{charset}"'.encode())
    assert document(tmp_path / "a.eml", content).text == f"{SUBJECT}\n\n{TEXT}"


@pytest.mark.parametrize(
    "word", ["=?utf-8?B?!!!?=", "=?utf-8?B?YWJjZ?=", "=?utf-8?B?", "=?undefined?Q?=FF?="]
)
def test_a_header_that_cannot_be_decoded_costs_no_text(tmp_path: Path, word: str) -> None:
    content = bytes(mail()).replace(SUBJECT.encode(), word.encode() * 2)
    assert document(tmp_path / "a.eml", content).text.endswith(TEXT)
