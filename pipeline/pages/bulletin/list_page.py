"""One page of many bulletins, each as on a page of its own, with a search over all."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.pages.bulletin.marks import Limits
from pipeline.pages.bulletin.page import bulletin_environment, say_made_by
from pipeline.pages.bulletin.view import Bulletin, BulletinView, view_bulletin
from pipeline.pages.bulletin.wording import Wording, wording_of
from pipeline.words import Language

MOST_BULLETINS = 1_000
"""More than that on one page would make a browser slow, and nobody reads them."""

_LIMITS = Limits(characters=100_000, rows=500)


class ListAbout(NamedTuple):
    """What the page is of: so many bulletins and figures, those that a condition is true of."""

    bulletins: int
    figures: int
    where: str | None = None
    failed: int = 0
    """So many documents are not on it, since no reading of them can be used."""


class ListedView(NamedTuple):
    """One bulletin, its place from 1, its line in the list, and what it can be filtered by."""

    number: int
    bulletin: BulletinView
    line: str
    kinds: str


def render_list(
    about: ListAbout, bulletins: Iterable[Bulletin], language: Language
) -> Iterator[str]:
    """Build the page piece by piece, and take one bulletin after the other for it.

    What comes from anywhere is treated as in a page of one bulletin.
    """
    wording = wording_of(language)
    environment = bulletin_environment(language, ("link.js", "list.js"))
    return environment.get_template("list.html").generate(
        about=about, listed=_view_all(bulletins, wording), made_by=say_made_by(wording, 0)
    )


def _view_all(bulletins: Iterable[Bulletin], wording: Wording) -> Iterator[ListedView]:
    for number, each in enumerate(bulletins, 1):
        view = view_bulletin(each, wording, _LIMITS)
        yield ListedView(number, view, _write_line(view, wording), " ".join(_list_kinds(view)))


def _write_line(view: BulletinView, wording: Wording) -> str:
    """Sum up a bulletin in a line."""
    figures = _count(view.figure_count, "figures", wording)
    if view.chosen_count is not None:
        figures = f"{view.chosen_count:,} / {figures}"
    parts = [view.facts[0][1], figures]
    if view.worries:
        parts.append(_count(view.worries, "findings", wording))
    if view.is_partial:
        parts.append(wording("partial_short"))
    if view.decided_count:
        parts.append(f"✎ {view.decided_count:,}")
    return " · ".join(parts)


def _count(number: int, noun: str, wording: Wording) -> str:
    return f"{number:,} {wording(f'{noun}_one' if number == 1 else f'{noun}_count')}"


def _list_kinds(view: BulletinView) -> Iterator[str]:
    if view.worries:
        yield "worries"
    if view.is_partial:
        yield "partial"
    if view.decided_count:
        yield "reviewed"
