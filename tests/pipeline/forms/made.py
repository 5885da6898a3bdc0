"""Documents, gold, answers and made-up bulletins for the tests of the forms."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from eval.labels.gold import load_gold
from schemas.anchored import AnchoredAnswer
from schemas.answer import QuotedAnswer
from schemas.document import Document, Metadata
from schemas.report import JornadaReport

ROOT = Path(__file__).parents[3]

LABELS = (
    *("value", "unit", "service", "detail", "status", "period", "edition", "place"),
    *("starts_on", "ends_on", "approximate", "basis"),
)

# Numbers in every dress, nouns, joints, marks, breaks and debris: any row of them is a bulletin.
bulletins = st.lists(
    st.sampled_from(
        [
            *("58 mil 610", "mil 576", "1,200", "12", "dos", "un", "una", "uno", "6.5 millones"),
            *(
                "98.2 por ciento",
                "45%",
                "2O mil",
                "1998",
                "8ª",
                "55 1234 5678",
                "3 de mayo de 2023",
            ),
            *("más de", "casi", "superó las", "unas", "un millón", "de la", "de", "y", "en", "que"),
            *("consultas", "Medicina Familiar", "trasplante de riñón", "donación", "cirugías"),
            *("HGZ No. 15", "Consultas:", "detec-\nciones", "dieron", "Jornada", "por ciento"),
            *(".", ",", ";", ":", "(", ")", "\n", "\n\n", "[3]", "{4}", "<5>", "[#6]", "•", "|"),
            *("\n\nPag. 1 de 2  www.imss.gob.mx\n\n", "“", "”", "é", "ß", "İ", "\u00a0", "\x0c"),
        ]
    ),
    max_size=24,
).map(" ".join)
texts = st.one_of(bulletins, st.text(), st.text("0123456789 .,milundoscet[]()\n", max_size=60))


def document(text: str, **stated: object) -> Document:
    metadata = Metadata.model_validate({"format": "txt", **stated})
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return Document(id=digest, text=text, metadata=metadata)


@cache
def gold(bulletins: str, labels: str) -> dict[str, tuple[Document, JornadaReport]]:
    """Pair the bulletins of a folder with their gold, by name."""
    loaded = load_gold(ROOT / labels, (ROOT / bulletins,))
    return {one.stem: (one.document, one.gold) for one in loaded}


def scope(*figures: dict[str, Any], **labels: object) -> dict[str, Any]:
    return {
        "status": "performed",
        "period": "jornada",
        "edition": None,
        "place": "national",
        "figures": list(figures),
    } | labels


def one(n: int, service: str = "consultation", detail: str | None = None) -> dict[str, Any]:
    return {"n": n, "service": service, "detail": detail}


def anchored(*scopes: dict[str, Any], **changes: object) -> AnchoredAnswer:
    return AnchoredAnswer.model_validate(said(*scopes, **changes))


def said(*scopes: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {
        "title": None,
        "day": None,
        "kind": "results",
        "programme": None,
        "jornadas": [],
        "scopes": list(scopes),
        "aside": [],
        "approx": [],
        "percent": [],
        "specialties": {"consultation": [], "surgery": []},
        "places": {"participant": [], "highlighted": []},
    } | changes


def quoted_figure(
    quote: str = "30 trasplantes", value: float = 30, **labels: object
) -> dict[str, Any]:
    return {
        "quote": quote,
        "value": value,
        "unit": "count",
        "service": "transplant",
        "detail": None,
        "status": "performed",
        "period": "jornada",
        "edition": None,
        "place": "national",
        "approximate": False,
    } | labels


def quoted(*figures: dict[str, Any], **changes: object) -> QuotedAnswer:
    blank = {
        "title": None,
        "published_on": None,
        "bulletin_kind": "results",
        "programme": None,
        "jornadas": [],
        "figures": figures,
        "set_aside": [],
        "specialties": [],
        "places": [],
    }
    return QuotedAnswer.model_validate(blank | changes)
