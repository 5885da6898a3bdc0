"""What a page states about its article: title, day, description."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pipeline.documents.blocks import one_space
from pipeline.documents.headline import parse_day
from pipeline.documents.text import even_out

_PUBLISHED = ("article:published_time", "datepublished", "og:article:published_time")
_DATES = (
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.issued",
    "publish_date",
    "publish-date",
    "pubdate",
    "date",
)
_ARTICLE = re.compile(r"Article|Posting|Report", re.IGNORECASE)
_UPDATED = re.compile(r"updat|modif|actualiz", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+(?:[|»·•]|::|[-–—])\s+")
_LONGEST_TITLE, _LONGEST_SITE = 500, 60
_MOST_SITE_WORDS = 4  # of a site's name that stands before the headline
_FEWEST_WORDS = 4  # of a headline


def title_of(tree: Any) -> str | None:  # noqa: ANN401 - lxml ships no types
    """Return the headline: a heading that the page's title agrees with, else the only one.

    Where there is none, it is what the page says its title is, without the site's name.
    """
    site = even_out(_meta(tree, ("og:site_name", "application-name")) or "")
    stated = _meta(tree, ("og:title", "twitter:title")) or _headline_of_linked_data(tree)
    stated = stated and stated[:_LONGEST_TITLE]
    page = one_space(tree.findtext(".//title")).strip()[:_LONGEST_TITLE]
    named = {even_out(part) for whole in (stated or "", page) for part in _parts(whole)}
    first, second = (
        [text for text in texts if even_out(text) != site]
        for texts in (_texts(tree, ("h1",)), _texts(tree, ("h2", "h3")))
    )
    agreed = [text for text in (*first, *second) if even_out(text) in named]
    if headline := max(agreed, key=_words, default=None):
        short = _words(headline) < _FEWEST_WORDS  # it may be the site's name, or a section's
        if not short or not any(_words(part) >= _FEWEST_WORDS for part in named):
            return headline
    elif len(first) == 1 and not (stated and _words(first[0]) < _FEWEST_WORDS <= _words(stated)):
        return first[0]
    return _without_site(stated or page, site) or None


def _texts(tree: Any, tags: tuple[str, ...]) -> list[str]:  # noqa: ANN401 - the same
    found = (one_space("".join(each.itertext())).strip() for each in tree.iter(*tags))
    return [text for text in found if text]


def _words(text: str) -> int:
    return len(text.split())


def _parts(title: str) -> list[str]:
    """Give a title, and what it is without its first or last parts."""
    cuts = [mark.span() for mark in _SEPARATOR.finditer(title)]
    return [title, *(title[:start] for start, _ in cuts), *(title[end:] for _, end in cuts)]


def _without_site(title: str, site: str) -> str:
    """Take the name of the site, and what else stands beside "|", off a title."""
    parts = _SEPARATOR.split(title)
    if len(parts) == 1:
        return title
    first, last = parts[0], parts[-1]
    if even_out(first) == site or _words(first) <= _MOST_SITE_WORDS < _words(last):
        return title[_SEPARATOR.search(title).end() :]  # type: ignore[union-attr]
    if len(last) > _LONGEST_SITE:
        return title
    title = title[: title.rindex(last)].rstrip(" |»·•:-–—")
    rest = _SEPARATOR.split(title)
    is_more = len(rest) > 1 and " | " in title and _words(rest[0]) >= _FEWEST_WORDS
    return _without_site(title, site) if is_more else title


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
    """Return the day on which the page says that its article was published."""
    nodes = list(_linked_data(tree))
    own = [node for node in nodes if _is_article(node)]
    others = [node for node in nodes if not _is_article(node)]
    stated: list[object] = [_meta(tree, [name]) for name in _PUBLISHED]
    stated += [node.get("datePublished") for node in own]
    stated += [_meta(tree, [name]) for name in _DATES]
    stated += [node.get("datePublished") for node in others]
    stated.extend(
        time.get("datetime")
        for time in tree.iterfind(".//time")
        if "published" in (time.get("class") or "").lower()
        or (time.get("itemprop") or "").lower() == "datepublished"
        or time.get("pubdate") is not None
    )
    return next((day for value in stated if (day := parse_day(value))), None)


def day_of_times(elements: Iterable[Any]) -> date | None:
    """Return the first day that a `<time>` among `elements` states, but for one of a change."""
    for element in elements:
        about = " ".join(filter(None, (element.get("class"), element.get("itemprop"))))
        if element.tag != "time" or _UPDATED.search(about):
            continue
        if day := parse_day(element.get("datetime")):
            return day
    return None


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - the same
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _as_list(data):
            if isinstance(item, dict):
                yield item
                yield from (each for each in _as_list(item.get("@graph")) if isinstance(each, dict))


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_article(node: dict[str, Any]) -> bool:
    return any(_ARTICLE.search(str(kind)) for kind in _as_list(node.get("@type")))


def _headline_of_linked_data(tree: Any) -> str | None:  # noqa: ANN401 - the same
    headlines = (node.get("headline") for node in _linked_data(tree) if _is_article(node))
    return next(
        (each.strip() for each in headlines if isinstance(each, str) and each.strip()), None
    )
