"""The page of one bulletin: HTML that needs nothing else and asks nobody."""

import importlib.metadata
from functools import cache
from importlib.resources import files

from jinja2 import Environment

from pipeline.pages.bulletin.marks import Limits, Target
from pipeline.pages.bulletin.view import Bulletin, view_bulletin
from pipeline.pages.bulletin.wording import Wording, wording_of
from pipeline.pages.pieces import Piece
from pipeline.pages.standalone import make_standalone
from pipeline.words import Language
from schemas.report import Status

_LIMITS = Limits(characters=1_000_000, rows=5_000)


def render_bulletin(bulletin: Bulletin, language: Language) -> str:
    """Build the page.

    Texts, names and answers come from anywhere: each is escaped, and what is not printable, or
    would turn the direction of writing, is made visible. The page's own script alone may run.
    """
    wording = wording_of(language)
    view = view_bulletin(bulletin, wording, _LIMITS)
    environment = bulletin_environment(language, ("link.js",))
    page = environment.get_template("page.html").render(
        bulletin=view, made_by=say_made_by(wording, view.decided_count)
    )
    return page.lstrip()  # imports stand before the doctype and leave their line ends


def say_made_by(wording: Wording, decided: int) -> str:
    """Say what made the page, and how far to trust it."""
    people = wording("people", count=decided) if decided else ""
    version = importlib.metadata.version("jornada")
    return wording("made_by", version=version, people=people)


@cache
def bulletin_environment(language: Language, scripts: tuple[str, ...]) -> Environment:
    """Make the environment of pages that show bulletins in a language."""
    wording = wording_of(language)
    environment = make_standalone(files(__package__).joinpath("parts"), "page.css", scripts)
    environment.filters |= {"number": "{:,}".format, "capital": _capitalise, "kinds": _join_kinds}
    environment.globals |= {
        "lang": language.value,
        "say": wording,
        "planned": wording.code("status", Status.PLANNED),
    }
    return environment


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _join_kinds(piece: Piece[Target]) -> str:
    """Name the kinds of a piece's marks, for its style."""
    return " ".join(sorted({mark.about.kind for mark in piece.marks}))
