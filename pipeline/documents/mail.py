"""Mail and saved pages (MIME) -> what is written in them, and what is attached."""

import codecs
import mimetypes
import re
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pipeline.documents import fragment, webpage
from pipeline.documents.decoding import decode, mend
from pipeline.documents.element_count import require_few_elements
from pipeline.documents.headline import publication_day_of
from pipeline.documents.limits import require_size
from pipeline.documents.markup import plain
from pipeline.documents.stylesheet import with_sheets
from pipeline.documents.text import Parts, normalise
from pipeline.errors import DocumentError

_BEFORE = b"\xef\xbb\xbf\r\n"  # what editors leave before the first header
_MOST_PARTS = 1000
_MOST_LINES = 1_500_000
_MOST_STEPS = 20_000_000
"""Of the standard library, which looks at each line once for each part around it."""
_LINE_END = re.compile(rb"\r\n?|\n")
_CONTAINER = re.compile(
    rb"^content-type:\s{0,99}(?:multipart|message)/", re.IGNORECASE | re.MULTILINE
)
_MAY_BEGIN_A_PART = re.compile(rb"^--", re.MULTILINE)
_MOST_BEGINNINGS = 50_000
# Longer ones make the standard library take n² steps.
_LONGEST_HEADER = 8000
_OF_CONTENT = re.compile(
    rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
_FORWARDED = re.compile(r"(?:(?:re|rv|fw|fwd|rm|enc|reenviado)\s*:\s*)+", re.IGNORECASE)
_URL = re.compile(r"https?://\S+|(?<!\S)\S+@\S+")
_SAVED_BY = re.compile(r"(?:saved|guardado) (?:by|por)", re.IGNORECASE)
_MORE_WORDS = 1.5


class Attachment(NamedTuple):
    """A file that came with a mail."""

    name: str
    data: bytes


class Letter(NamedTuple):
    """A mail: what is written in it, None where that is nothing, and its attachments."""

    parts: Parts | None
    attachments: tuple[Attachment, ...]


def parse(data: bytes, *, is_page: bool = False) -> Letter:
    """Read one mail, or a page that a browser saved as one file.

    The subject is the title; the day is the one that the text gives itself, else that of the mail.
    Of a text in two forms the plain one is read, unless that of HTML says more. A saved page is
    read as a page (`is_page`, or where it says so): the day of its mail is the one on which it was
    saved, and says nothing.

    Raises DocumentError for a mail that is put together of more than anybody sends.
    """
    # The older policy leaves headers as they are: the newer one takes apart what nobody asks for,
    # and stumbles over what no standard knows.
    if any(len(header[0]) > _LONGEST_HEADER for header in _OF_CONTENT.finditer(data)):
        raise DocumentError("broken mail: a header that does not end")
    _require_few_steps(data)
    if b"\0" in data:  # which the library looks up as part of a character set's name
        data = _OF_CONTENT.sub(lambda header: header[0].replace(b"\0", b""), data)
    message = message_from_bytes(data.lstrip(_BEFORE), policy=policy.compat32)
    leaves = list(_leaves(message))
    if (is_page or _is_saved_page(message)) and (page := _page(message, leaves)):
        return Letter(page, ())
    hidden: list[str] = []
    body, rest = _body(leaves, hidden)
    attachments = tuple(_attachment(part, i) for i, part in enumerate(rest, start=1))
    if not body.strip():
        return Letter(None, attachments)
    title = _FORWARDED.sub("", _header(message, "Subject"), count=1).strip() or None
    day = publication_day_of(normalise(body)) or _sent_on(message)
    leads = (title,) if title else ()
    parts = Parts(body, leads, title, published_on=day, hidden=tuple(hidden))
    return Letter(parts, attachments)


def _require_few_steps(data: bytes) -> None:
    """Raise DocumentError for a mail that takes long to be taken apart, whatever is in it."""
    lines = sum(1 for _ in _LINE_END.finditer(data))
    containers = sum(1 for _ in _CONTAINER.finditer(data))
    beginnings = sum(1 for _ in _MAY_BEGIN_A_PART.finditer(data))
    if lines > _MOST_LINES or lines * containers > _MOST_STEPS or beginnings > _MOST_BEGINNINGS:
        raise DocumentError(
            f"a mail of {lines:,} lines in {containers:,} parts of parts:"
            " save what is in it as files"
        )


def _leaves(message: Message) -> Iterator[tuple[Message, bool]]:
    """Yield each part that is no container, and whether it is one of several forms of a text."""
    stack = [(message, False)]
    for _ in range(_MOST_PARTS):
        if not stack:
            return
        part, is_form = stack.pop()
        # Else the library decodes it here, by whatever a header calls a character set.
        inner = part.get_payload() if part.is_multipart() else None
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            is_form = is_form or part.get_content_subtype() == "alternative"
            stack.extend(
                (child, is_form) for child in reversed(inner) if isinstance(child, Message)
            )
        else:
            yield part, is_form
    raise DocumentError(f"a mail of over {_MOST_PARTS:,} parts: save what is in it as files")


def _is_saved_page(message: Message) -> bool:
    return "Snapshot-Content-Location" in message or bool(
        _SAVED_BY.search(_header(message, "From"))
    )


def _page(message: Message, leaves: list[tuple[Message, bool]]) -> Parts | None:
    """Read the page itself, which is the part of HTML that comes first."""
    html = next((part for part, _ in leaves if part.get_content_type() == "text/html"), None)
    if html is None:
        return None
    sheets = [_text(part) for part, _ in leaves if part.get_content_type() == "text/css"]
    text = with_sheets(_text(html), sheets)
    require_size(text)
    page = webpage.article(text)
    title = page.title or _header(message, "Subject") or None
    return page._replace(title=title)


def _body(leaves: list[tuple[Message, bool]], hidden: list[str]) -> tuple[str, list[Message]]:
    """Return what is written in a mail and seen, and the parts that are no part of that."""
    written: list[str] = []
    rest: list[Message] = []
    forms: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    texts: list[tuple[str, str, bool]] = []
    for part, is_form in leaves:
        kind = part.get_content_type()
        if kind not in forms or _is_attached(part):
            rest.append(part)
        else:
            texts.append((kind, _text(part), is_form))
    require_size(*(text for _, text, _ in texts))
    require_few_elements("".join(text for kind, text, _ in texts if kind == "text/html"))
    for kind, text, is_form in texts:
        read = fragment.plain if kind == "text/html" else plain
        (forms[kind] if is_form else written).append(read(text, hidden))
    chosen = _better("\n\n".join(forms["text/plain"]), "\n\n".join(forms["text/html"]))
    return "\n\n".join(text for text in (chosen, *written) if text.strip()), rest


def _better(text: str, html: str) -> str:
    """Choose between the two forms of a text: HTML only where it has more numbers or words."""
    numbers, of_html = (set(re.findall(r"\d+", _URL.sub("", form))) for form in (text, html))
    says_more = len(html.split()) > _MORE_WORDS * len(_URL.sub("", text).split())
    return html if says_more or len(of_html - numbers) > len(numbers - of_html) else text


def _text(part: Message) -> str:
    """Decode a part: as it says it is encoded where that can be, else as its bytes look."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        stated = codecs.lookup(str(part.get_content_charset())).name
        # What calls itself Latin-1 or ASCII is often cp1252 or UTF-8: the bytes say which.
        if stated not in ("iso8859-1", "ascii", "cp1252"):
            return data.decode(stated).replace("\r\n", "\n")
    except (LookupError, ValueError):
        pass
    return decode(data).replace("\r\n", "\n").replace("\r", "\n")


def _header(message: Message, name: str) -> str:
    """Return a header as it reads, on one line."""
    named = (value for key, value in message.raw_items() if key.lower() == name.lower())
    raw = str(next(named, ""))[:_LONGEST_HEADER]
    try:
        text = str(make_header(decode_header(raw)))
    except (LookupError, ValueError, MessageError):  # unknown charsets, broken base64
        text = str(raw)
    if any("\udc80" <= char <= "\udcff" for char in text):  # bytes that nothing declares
        text = decode(text.encode("utf-8", "surrogateescape"))
    return " ".join(mend(text).split())


def _sent_on(message: Message) -> date | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _attachment(part: Message, number: int) -> Attachment:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload() if part.is_multipart() else None
        mail = inner[0] if isinstance(inner, list) and inner else None
        data = mail.as_bytes() if isinstance(mail, Message) else b""
        return Attachment(f"{number}.eml", data)
    ending = mimetypes.guess_extension(part.get_content_type()) or ""
    payload = part.get_payload(decode=True)
    return Attachment(
        _file_name(part) or f"{number}{ending}", payload if isinstance(payload, bytes) else b""
    )


def _file_name(part: Message) -> str:
    try:
        name = str(make_header(decode_header(part.get_filename() or "")))
    except (LookupError, ValueError, TypeError, MessageError):
        return ""
    return " ".join(name.split())
