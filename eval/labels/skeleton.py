"""What a gold file says: numbers of a text to be labelled, labels to be mended, or decided. Pure.

Where a person has to say something stands `?`, which no label may be: what is forgotten cannot be
taken for "not known".
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from eval.labels.gold_file import PRELABELLED_BY, TO_LABEL, UNFINISHED
from pipeline.checks.completeness import list_unclaimed
from pipeline.exclusions import exclusion_of
from pipeline.forms.shortest_quote import quote_of
from schemas.document import Document, Source
from schemas.report import BulletinKind, Figure, Jornada, JornadaReport, Unit

_NUMBERS_ONLY = (
    'say what each "?" is, delete the figures that count no services and the jornada if there is '
    "none, then delete this line"
)
_PRELABELLED = (
    "read the whole text, mend every label, add the figures that are missing, delete those that "
    "are none, then delete this line"
)
_UNDECIDED = "{count} more to be decided: see to them, then delete this line"
_NOT_LABELLED = ("set_aside", "figures")
_NEEDED = "bulletin_kind"
"""The one field beside the figures without which labels are none."""
_SPAN = ("quote", "char_start", "char_end")


class DecidedLabels(NamedTuple):
    """What people have decided of a text.

    `report` is all of it as decided; of its fields beside the figures those in `fields` were looked
    at. `reader` names whose labels it began with, None for nobody's. `open` says in words what is
    still to be decided.
    """

    report: JornadaReport
    fields: frozenset[str]
    reader: str | None
    open: tuple[str, ...] = ()


def begin_labels(document: Document, source: Source, name: str) -> dict[str, Any]:
    """List the numbers of a text that may be figures, with their quotes and no labels.

    What the text or its metadata states of title and day is filled in.
    """
    stated = document.metadata
    return {
        UNFINISHED: _NUMBERS_ONLY,
        **_name(document, source, name),
        **dict.fromkeys(("relevant", "title", "published_on", "bulletin_kind", "programme"), "?"),
        **({"title": stated.title} if stated.title else {}),
        **({"published_on": stated.published_on.isoformat()} if stated.published_on else {}),
        "jornadas": [dict.fromkeys(Jornada.model_fields, TO_LABEL)],
        "figures": list(_list_numbers(document.text)),
    }


def prelabel(
    document: Document, source: Source, name: str, report: JornadaReport, reader: str
) -> dict[str, Any]:
    """Give what a reader made of a text as labels that a person has to mend."""
    labels = report.model_dump(mode="json", exclude={*_NOT_LABELLED})
    figures = sorted(report.figures, key=lambda figure: figure.char_start or 0)
    return {
        UNFINISHED: _PRELABELLED,
        PRELABELLED_BY: reader,
        **_name(document, source, name),
        **labels,
        "figures": [write_figure(figure) for figure in figures],
    }


def write_decided(
    document: Document, source: Source, name: str, decided: DecidedLabels
) -> dict[str, Any]:
    """Give what people decided as labels; what is still open makes them unfinished.

    A field that nobody looked at is left out, which says that it was not labelled: it is not
    scored. The kind of the bulletin is always there, as labels are none without.
    """
    report = decided.report
    labels = report.model_dump(mode="json", include={*decided.fields, _NEEDED})
    figures = sorted(report.figures, key=lambda figure: figure.char_start or 0)
    return {
        **({UNFINISHED: _UNDECIDED.format(count=len(decided.open))} if decided.open else {}),
        **({PRELABELLED_BY: decided.reader} if decided.reader else {}),
        **_name(document, source, name),
        **labels,
        "figures": [write_figure(figure) for figure in figures],
        **(
            {"set_aside": [one.model_dump(mode="json") for one in report.set_aside]}
            if report.set_aside
            else {}
        ),
    }


def write_figure(figure: Figure) -> dict[str, Any]:
    """Give a figure as gold files have it: `basis` for percentages alone."""
    unsaid = {"basis"} if figure.unit is not Unit.PERCENT else None
    return figure.model_dump(mode="json", exclude=unsaid)


def _name(document: Document, source: Source, name: str) -> dict[str, str]:
    return {"id": name, "source": str(source), "document_id": document.id}


def _list_numbers(text: str) -> Iterator[dict[str, Any]]:
    nothing = JornadaReport(bulletin_kind=BulletinKind.RESULTS)
    for numeral in list_unclaimed(text, nothing):
        if exclusion_of(text, numeral) is not None:
            continue
        span = quote_of(text, numeral)
        is_percent = numeral.kind.value == Unit.PERCENT
        labels = (name for name in Figure.model_fields if is_percent or name != "basis")
        yield {
            **dict.fromkeys(labels, TO_LABEL),
            "value": numeral.value,
            "unit": numeral.kind.value,
            **dict(zip(_SPAN, (text[slice(*span)], *span), strict=True)),
        }
