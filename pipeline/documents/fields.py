"""What named fields state about a bulletin: front matter above a text, columns of a record."""

from collections.abc import Mapping

from pipeline.documents.headline import parse_day
from pipeline.documents.text import Parts

_TITLE = ("title", "titulo", "título")
_LEADS = ("subtitle", "subtitulo", "subtítulo", "description", "descripcion", "descripción")
_DATE = ("published_on", "date", "fecha", "published")
NAMED = (*_TITLE, *_LEADS, *_DATE)


def parts_of(fields: Mapping[str, object], body: str) -> Parts:
    """Take title, description and day out of `fields`, whose keys are in lower case."""
    title = _first_text(fields, _TITLE)
    leads = [title, *(_first_text(fields, (key,)) for key in _LEADS)]
    days = (parse_day(fields.get(key)) for key in _DATE)
    return Parts(
        body=body,
        leads=tuple(lead for lead in leads if lead),
        title=title,
        published_on=next((day for day in days if day), None),
    )


def _first_text(fields: Mapping[str, object], keys: tuple[str, ...]) -> str | None:
    texts = (fields.get(key) for key in keys)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)
