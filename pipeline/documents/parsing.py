"""The bytes of one bulletin, in a format that is known -> what is in it."""

from typing import TYPE_CHECKING

from pipeline.documents import markdown
from pipeline.documents.decoding import decode_lines
from pipeline.documents.markup import holds_markup, without_markup
from pipeline.documents.text import Parts
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from pipeline.documents import epub, front_matter, open_document, pdf, rich_text, webpage, word
else:
    epub = lazy("pipeline.documents.epub")
    front_matter = lazy("pipeline.documents.front_matter")
    open_document = lazy("pipeline.documents.open_document")
    pdf = lazy("pipeline.documents.pdf")
    rich_text = lazy("pipeline.documents.rich_text")
    webpage = lazy("pipeline.documents.webpage")
    word = lazy("pipeline.documents.word")


_WHOLE = {
    "html": webpage,
    "docx": word,
    "odt": open_document,
    "rtf": rich_text,
    "epub": epub,
}


def parse(data: bytes, kind: str, *, by_ocr: bool = False) -> tuple[Parts, str]:
    """Return the parts of a bulletin, and its format: a text that is written in HTML is one.

    Pages of a PDF that are pictures are read where `by_ocr` is set.

    Raises DocumentError where there is no text, and what a parser raises for a broken file.
    """
    if kind == "pdf":
        return pdf.parse(data, by_ocr=by_ocr), kind
    if module := _WHOLE.get(kind):
        whole: Parts = module.parse(data)
        return whole, kind
    text = decode_lines(data).lstrip()
    parts = front_matter.split(text) if text.startswith("---") else Parts(text)
    if kind == "md":
        hidden: list[str] = []
        leads = tuple(markdown.plain(lead, hidden) for lead in parts.leads)
        body = markdown.plain(parts.body, hidden)
        return parts._replace(body=body, leads=leads, hidden=tuple(hidden)), kind
    return without_markup(parts), "html" if holds_markup(parts.body) else kind
