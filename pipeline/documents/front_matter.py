"""YAML front matter above a text: split off, and what it states."""

import re

import yaml
from frontmatter.default_handlers import YAMLHandler

from pipeline.documents.fields import NAMED, parts_of
from pipeline.documents.text import Parts

# A passage between two rules is front matter only if it has one of these.
_FRONT_MATTER = frozenset((*NAMED, "layout", "author", "tags"))
_LONGEST_FRONT_MATTER = 20_000
_LOOSE_FIELD = re.compile(r"^(\w+):[ \t]+(\S.*)$", re.MULTILINE)


def split(text: str) -> Parts:
    r"""Split front matter off `text` (line breaks as \\n), which begins with a rule.

    Front matter that is not YAML stays in the body, so that nothing it says is lost; its title
    and date are still read. A rule in a text that has no front matter is left alone.
    """
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
