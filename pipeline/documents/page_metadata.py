"""What a page states about its article: title, day, description."""

import json
import re
from datetime import date
from typing import Any

from pipeline.documents.blocks import one_space
from pipeline.documents.headline import parse_day
from pipeline.documents.text import even_out

_DATE_PROPERTIES = (
    "article:published_time",
    "datepublished",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.issued",
    "og:article:published_time",
    "publish_date",
    "publish-date",
    "pubdate",
    "date",
)
_SITE_SUFFIX = re.compile(r"\s+(?:[|»·]|::|[-–—])\s+[^|»·–—]{1,60}$")


def title_of(tree: Any) -> str | None:  # noqa: ANN401 - lxml ships no types
    """Prefer the one h1, then og:title, then the page's title without the site's name."""
    headings = [one_space(h.text_content()).strip() for h in tree.iterfind(".//h1")]
    headings = [heading for heading in headings if heading]
    stated = _meta(tree, ("og:title", "twitter:title"))
    page = one_space(tree.findtext(".//title")).strip()
    if len(headings) == 1 or (headings and even_out(headings[0]) in even_out(stated or page)):
        return headings[0]
    return _SITE_SUFFIX.sub("", stated or page) or None


def description_of(tree: Any) -> str | None:  # noqa: ANN401 - the same
    """Return what the page says it is about."""
    return _meta(tree, ("og:description", "description", "twitter:description"))


def _meta(tree: Any, names: tuple[str, ...] | list[str]) -> str | None:  # noqa: ANN401 - the same
    found: dict[str, str] = {}
    for meta in tree.iterfind(".//meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        found.setdefault(name.lower(), (meta.get("content") or "").strip())
    return next((found[name] for name in names if found.get(name)), None)


def publication_day_of(tree: Any) -> date | None:  # noqa: ANN401 - the same
    """Return the day on which the page says that it was published."""
    stated: list[object] = [_meta(tree, [name]) for name in _DATE_PROPERTIES]
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        stated.extend(_dates_of_linked_data(script.text or ""))
    stated.extend(
        time.get("datetime")
        for time in tree.iterfind(".//time")
        if "published" in (time.get("class") or "").lower()
        or (time.get("itemprop") or "").lower() == "datepublished"
        or time.get("pubdate") is not None
    )
    return next((day for value in stated if (day := parse_day(value))), None)


def _dates_of_linked_data(script: str) -> list[object]:
    try:
        data = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return []
    items = data if isinstance(data, list) else [data]
    graph = [
        node for item in items if isinstance(item, dict) for node in _as_list(item.get("@graph"))
    ]
    return [i.get("datePublished") for i in (*items, *graph) if isinstance(i, dict)]


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
