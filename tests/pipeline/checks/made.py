"""Small documents, figures and reports for the tests of the checks."""

from hashlib import sha256
from typing import Any

from schemas.document import Document, Metadata
from schemas.report import (
    BulletinKind,
    Figure,
    Jornada,
    JornadaKind,
    JornadaReport,
    Period,
    Service,
    Status,
    Unit,
)


def a_document(text: str = "") -> Document:
    digest = sha256(text.encode()).hexdigest()
    return Document(id=digest, text=text, metadata=Metadata(format="txt"))


def a_figure(
    value: float, service: Service = Service.TOTAL, detail: str | None = None, **other: object
) -> Figure:
    given: dict[str, Any] = {
        "value": value,
        "unit": Unit.COUNT,
        "service": service,
        "detail": detail,
        "status": Status.PERFORMED,
        "period": Period.JORNADA,
        "edition": 10,
        "place": "national",
        "approximate": False,
        "quote": f"{value}",
    }
    return Figure(**(given | other))


def quoted(text: str, quote: str, figure: Figure, nth: int = 1) -> Figure:
    """Give a figure the place where `quote` stands in `text` for the nth time."""
    start = -1
    for _ in range(nth):
        start = text.index(quote, start + 1)
    placed = {"quote": quote, "char_start": start, "char_end": start + len(quote)}
    return figure.model_copy(update=placed)


def a_jornada(**given: object) -> Jornada:
    return Jornada(**({"kind": JornadaKind.NATIONAL, "subject": True} | given))


def a_report(*figures: Figure, **given: object) -> JornadaReport:
    return JornadaReport(**({"bulletin_kind": BulletinKind.RESULTS, "figures": figures} | given))
