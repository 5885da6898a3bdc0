"""Which format a file is in: by its first bytes where they say it, else by its name, else text."""

import os
import re

from pipeline.errors import DocumentError

HEAD = 4096
"""How many of a file's first bytes are looked at."""

_SUFFIXES = {
    suffix: name
    for name, suffixes in {
        "txt": ".txt .text",
        "md": ".md .markdown",
        "html": ".html .htm .xhtml",
        "pdf": ".pdf",
        "docx": ".docx",
        "odt": ".odt .ott",
        "rtf": ".rtf",
        "epub": ".epub",
        "jsonl": ".jsonl .ndjson",
        "csv": ".csv .tsv",
        "parquet": ".parquet .pq",
        "json": ".json",
        "eml": ".eml",
        "mht": ".mht .mhtml",
        "mbox": ".mbox",
        "feed": ".xml .rss .atom .rdf",
    }.items()
    for suffix in suffixes.split()
}
OF_MANY = tuple(
    suffix
    for suffix, name in _SUFFIXES.items()
    if name in ("jsonl", "csv", "parquet", "json", "mbox", "feed")
)
"""How the names of files end that hold any number of bulletins."""

# What a file is by its first bytes, whatever its name, and what to do with it.
_UNREADABLE = (
    (b"\x89PNG", "a PNG picture: run OCR first"),
    (b"\xff\xd8\xff", "a JPEG picture: run OCR first"),
    (b"GIF8", "a GIF picture: run OCR first"),
    (b"II*\0", "a TIFF picture: run OCR first"),
    (b"MM\0*", "a TIFF picture: run OCR first"),
    (b"PK\x03\x04", "a ZIP archive or Office file of another kind: save it as DOCX or text"),
    (b"\x1f\x8b", "a compressed file: unpack it first"),
)
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_OLE_KINDS = {
    ".msg": "an Outlook message: save it as .eml, or its text as .txt",
    ".doc": "an old Word file: save it as DOCX",
}
_OTHER_OFFICE = frozenset((".xlsx", ".xlsm", ".xltx", ".pptx", ".ppsx", ".potx", ".vsdx"))
_FIRST_NAME = 64  # bytes, in which the name of an archive's first file ends
_PACKED_TYPE = re.compile(
    rb"PK\x03\x04.{26}mimetypeapplication/(epub|vnd\.oasis\.opendocument\.text)", re.DOTALL
)
_TEXTUAL = (None, "txt", "md", "html", "feed")  # what a name says that content may overrule
# The name of the root: of the first element, or as the document type says it.
_ROOT = re.compile(
    rb"(?:\s|<\?[^>]{0,400}\?>|<!--(?:(?!-->).){0,2000}-->)*<(?:!doctype\s+)?([a-z][\w:.-]{0,60})",
    re.DOTALL,
)
_HEADER = re.compile(rb"[a-z][a-z0-9-]{1,60}:(?:[ \t\r\n]|$)")
_OF_MAIL = re.compile(
    rb"^(?:mime-version|message-id|received|return-path|delivered-to|content-type|x-[\w-]+):",
    re.MULTILINE,
)
_OF_A_LETTER = re.compile(rb"^(?:from|date|subject|to):", re.MULTILINE)
_MBOX = re.compile(rb"from \S+ .{0,40}\d{4}\r?\n[\w-]+:")


def format_of(name: str, head: bytes) -> str:
    """Name the format of a file by its name and its first bytes.

    Raises DocumentError for what cannot be read, and says what to do with it.
    """
    suffix = _suffix(name)
    named = _SUFFIXES.get(suffix)
    if head.startswith(_OLE):
        what = "an old or encrypted Office file: save it as DOCX without a password"
        raise DocumentError(_OLE_KINDS.get(suffix, what))
    if b"%PDF-" in head[:1024] and named in (None, "txt", "pdf"):
        return "pdf"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(_ZIP) and (packed := _packed(suffix, head)):
        return packed
    for signature, what in _UNREADABLE:
        if head.startswith(signature):
            raise DocumentError(what)
    if named in _TEXTUAL:
        return _by_content(named, head)
    if named in ("rtf", "docx") and _is_page(head):
        return "html"
    return named or "txt"


def _packed(suffix: str, head: bytes) -> str | None:
    """Tell what a ZIP archive holds by the first of its files, else by its name."""
    if packed := _PACKED_TYPE.match(head):
        return "epub" if packed[1] == b"epub" else "odt"
    if b"[Content_Types].xml" in head[:_FIRST_NAME] and suffix not in _OTHER_OFFICE:
        return "docx"
    named = _SUFFIXES.get(suffix)
    return named if named in ("docx", "odt", "epub") else None if suffix else "docx"


def _suffix(name: str) -> str:
    """Return how a name ends, in lower case, without what a URL had behind it."""
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - paths stay as the caller wrote them
    return re.split(r"[?@&#=;]", suffix, maxsplit=1)[0]


def _by_content(named: str | None, head: bytes) -> str:
    """Tell what a file that is text by its name is by its content."""
    # Without the zero bytes of UTF-16, and the byte order marks.
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").lower()
    if _is_page(start):
        return "html"
    if (root := _ROOT.match(start)) and _is_feed(root[1]):
        return "feed"
    if named == "feed":
        if root is None:
            raise DocumentError("no XML: a feed begins with a tag")
        tag = root[1].decode("ascii", "replace")
        raise DocumentError(
            f"XML of another kind than RSS and Atom (<{tag}>): save its words as HTML or text"
        )
    if named in (None, "txt") and _MBOX.match(start):
        return "mbox"
    if named in (None, "txt") and _is_mail(start):
        return "eml"
    if named is None and start.lstrip().startswith((b'{"', b'{ "')):
        return "jsonl"
    return named or "txt"


def _is_page(start: bytes) -> bool:
    root = _ROOT.match(start.lower())
    return root is not None and root[1] in (b"html", b"head", b"body")


def _is_feed(root: bytes) -> bool:
    return root.rpartition(b":")[2] in (b"rss", b"feed", b"rdf")


def _is_mail(start: bytes) -> bool:
    """Say whether a text begins as mail does: with headers, and not only words and colons."""
    headers = re.split(rb"\r?\n\r?\n", start.lstrip(), maxsplit=1)[0]
    return (
        _HEADER.match(headers) is not None
        and _OF_MAIL.search(headers) is not None
        and len(set(_OF_A_LETTER.findall(headers))) > 1
    )
