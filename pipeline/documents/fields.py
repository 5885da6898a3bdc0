"""What named fields state about a bulletin: front matter above a text, columns of a record."""

import re
from collections.abc import Mapping

from pipeline.documents.headline import stated_day
from pipeline.documents.text import Parts

_TITLE = ("title", "titulo", "título")
_LEADS = ("subtitle", "subtitulo", "subtítulo", "description", "descripcion", "descripción")
_DATE = ("published_on", "date", "fecha", "published")
NAMED = (*_TITLE, *_LEADS, *_DATE)
# A passage between two rules is front matter only if it has one of these.
_FRONT_MATTER = frozenset((*NAMED, "layout", "author", "tags"))
_LONGEST_FRONT_MATTER = 20_000
_LOOSE_FIELD = re.compile(r"^(\w+):[ \t]+(\S.*)$", re.MULTILINE)


def split_front_matter(text: str) -> Parts:
    r"""Split YAML front matter off `text` (line breaks as \\n).

    Front matter that is not YAML stays in the body, so that nothing it says is lost; its title
    and date are still read. A rule in a text that has no front matter is left alone.
    """
    text = text.lstrip()
    if not text.startswith("---"):
        return Parts(text)
    import yaml  # noqa: PLC0415 - slow to import, and most bulletins have no front matter
    from frontmatter.default_handlers import YAMLHandler  # noqa: PLC0415 - the same

    handler = YAMLHandler()
    try:
        header, body = handler.split(text)
    except ValueError:  # no second rule
        return Parts(text)
    if not handler.detect(text) or len(header) > _LONGEST_FRONT_MATTER:
        return Parts(text)
    try:
        fields = handler.load(header)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: 2021-02-31
        fields = {key: value.strip("\"' ") for key, value in _LOOSE_FIELD.findall(header)}
        body = text
    if not isinstance(fields, dict):
        return Parts(text)
    fields = {str(key).casefold(): value for key, value in fields.items()}
    return parts_of(fields, body) if _FRONT_MATTER.intersection(fields) else Parts(text)


def parts_of(fields: Mapping[str, object], body: str) -> Parts:
    """Take title, description and day out of `fields`, whose keys are in lower case."""
    title = _first_text(fields, _TITLE)
    leads = [title, *(_first_text(fields, (key,)) for key in _LEADS)]
    days = (stated_day(fields.get(key)) for key in _DATE)
    return Parts(
        body=body,
        leads=tuple(lead for lead in leads if lead),
        title=title,
        published_on=next((day for day in days if day), None),
    )


def _first_text(fields: Mapping[str, object], keys: tuple[str, ...]) -> str | None:
    texts = (fields.get(key) for key in keys)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)
