"""Which runs of a DOCX are shown: neither struck out nor hidden, by themselves or by a style.

Hidden is what says so, what is too small to see, see-through, or in the colour of what is behind
it. That is the nearest shading, else the white page; where a text box, a table's style or a picture
behind the words may colour it, nothing is taken to be hidden by its colour.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from pipeline.documents import colours
from pipeline.documents.word_xml import WORD14, W, is_on

_SMALLEST = 4  # half points
_MOST_DIGITS = 4
_UNKNOWN = "?"
_SWITCHES = tuple(f"{W}{name}" for name in ("strike", "dstrike", "vanish", "webHidden"))
_SIZE, _INK, _HIGHLIGHT, _SHADING = (f"{W}{name}" for name in ("sz", "color", "highlight", "shd"))
_FILL = f"{WORD14}textFill"
_ASKED = frozenset((*_SWITCHES, _SIZE, _INK, _HIGHLIGHT, _SHADING, _FILL))


class Look(Enum):
    """How a run looks to a reader."""

    SEEN = 0
    STRUCK = 1
    HIDDEN = 2


class _Format(NamedTuple):
    """What properties say of a run, None where nothing."""

    strike: bool | None = None
    dstrike: bool | None = None
    vanish: bool | None = None
    web_hidden: bool | None = None
    size: int | None = None
    """In half points."""
    ink: str | None = None
    paper: str | None = None

    def over(self, other: "_Format") -> "_Format":
        """Take what is said here, else what the other says."""
        return _Format._make(b if a is None else a for a, b in zip(self, other, strict=True))


class RunFormats:
    """The styles of one document, as far as they strike out and hide."""

    def __init__(self, styles: Any, document: Any = None) -> None:  # noqa: ANN401 - lxml ships no types
        """Take the root elements of the part `styles`, and of the document."""
        self._styles = {style.get(f"{W}styleId"): style for style in styles.iterfind(f"{W}style")}
        self._defaults = _read_all(styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        self._formats: dict[str | None, _Format] = {None: _Format()}
        self._pairs: dict[tuple[str | None, str | None], _Format] = {}
        self._papers: dict[str | None, str | None] = {}
        self._page = _page_colour(document)
        self._default = next(
            (
                name
                for name, style in self._styles.items()
                if style.get(f"{W}type") == "paragraph"
                and style.get(f"{W}default") in ("1", "true")
            ),
            None,
        )

    def style_of(self, paragraph: Any) -> str | None:  # noqa: ANN401 - the same
        """Name a paragraph's style, the default one where it names none."""
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        return self._default if named is None else named.get(f"{W}val")

    def look_of(self, run: Any, paragraph_style: str | None) -> Look:  # noqa: ANN401 - the same
        """Tell how a run of a paragraph of this style looks."""
        found = self._format_of(run, paragraph_style)
        if found.strike or found.dstrike:
            return Look.STRUCK
        is_tiny = found.size is not None and found.size < _SMALLEST
        if found.vanish or found.web_hidden or is_tiny:
            return Look.HIDDEN
        if not found.ink or found.ink == "auto":
            return Look.SEEN
        paper = found.paper or self._paper_behind(run, paragraph_style)
        alike = colours.is_clear(found.ink) or colours.are_alike(found.ink, paper)
        return Look.HIDDEN if alike else Look.SEEN

    def _format_of(self, run: Any, paragraph_style: str | None) -> _Format:  # noqa: ANN401
        """Put together what a run is by itself and by its styles; what it says itself holds."""
        properties = run.find(f"{W}rPr")
        said = {} if properties is None else {each.tag: each for each in properties}
        named = said.get(f"{W}rStyle")
        styled = self._styled(paragraph_style, None if named is None else named.get(f"{W}val"))
        return styled if said.keys().isdisjoint(_ASKED) else _read(said).over(styled)

    def _styled(self, paragraph_style: str | None, run_style: str | None) -> _Format:
        """Put two styles together.

        They switch striking out and hiding: both together undo each other, as Word has it.
        """
        key = (paragraph_style, run_style)
        if key not in self._pairs:
            outer, inner = self._format(paragraph_style), self._format(run_style)
            self._pairs[key] = (
                inner.over(outer)
                ._replace(
                    strike=_switch(outer.strike, inner.strike),
                    vanish=_switch(outer.vanish, inner.vanish),
                )
                .over(self._defaults)
            )
        return self._pairs[key]

    def _paper_behind(self, run: Any, paragraph_style: str | None) -> str:  # noqa: ANN401 - the same
        """Return the colour of the nearest shading around a run, else that of the page."""
        for around in run.iterancestors():
            paper = None
            if around.tag == f"{W}p":
                paper = _paper(around.find(f"{W}pPr")) or self._shading(paragraph_style)
            elif around.tag == f"{W}tc":
                paper = _paper(around.find(f"{W}tcPr"))
            elif around.tag == f"{W}tbl":
                styled = around.find(f"{W}tblPr/{W}tblStyle") is not None
                paper = _UNKNOWN if styled else _paper(around.find(f"{W}tblPr"))
            elif around.tag == f"{W}txbxContent":
                paper = _UNKNOWN
            if paper is not None:
                return paper
        return self._page

    def _shading(self, name: str | None) -> str | None:
        """Return the colour of a style's shading, or of that of the one that it builds on."""
        self._format(name)
        return self._papers.get(name)

    def _format(self, name: str | None) -> _Format:
        """Read what a style says, or the one that it builds on."""
        if name not in self._formats:
            self._learn(name)
        return self._formats.get(name, _Format())

    def _learn(self, name: str | None) -> None:
        """Note what a style says, and all that it builds on, each of which is read once."""
        chain: dict[str | None, Any] = {}  # a broken file has them in a ring
        while name not in self._formats and name not in chain and name in self._styles:
            style = chain[name] = self._styles[name]
            base = style.find(f"{W}basedOn")
            name = None if base is None else base.get(f"{W}val")
        found, paper = self._formats.get(name, _Format()), self._papers.get(name)
        for name, style in reversed(chain.items()):
            found = self._formats[name] = _read_all(style.find(f"{W}rPr")).over(found)
            paper = self._papers[name] = _paper(style.find(f"{W}pPr")) or paper


def _switch(*styles: bool | None) -> bool | None:
    said = [bool(each) for each in styles if each is not None]
    return sum(said) % 2 == 1 if said else None


def _read_all(properties: Any) -> _Format:  # noqa: ANN401 - the same
    return _read({} if properties is None else {each.tag: each for each in properties})


def _read(said: Mapping[str, Any]) -> _Format:
    """Read properties by their tags."""
    size = _value(said.get(_SIZE)) or ""
    fill = said.get(_FILL)
    is_clear = fill is not None and (
        fill.find(f"{WORD14}noFill") is not None
        or any(each.get(f"{WORD14}val") == "100000" for each in fill.iter(f"{WORD14}alpha"))
    )
    strike, dstrike, vanish, web_hidden = (is_on(said.get(tag)) for tag in _SWITCHES)
    return _Format(
        strike,
        dstrike,
        vanish,
        web_hidden,
        size=int(size) if size.isdecimal() and len(size) <= _MOST_DIGITS else None,
        ink="transparent" if is_clear else _colour(_value(said.get(_INK))),
        paper=_colour(_value(said.get(_HIGHLIGHT))) or _fill(said.get(_SHADING)),
    )


def _value(element: Any) -> str | None:  # noqa: ANN401 - the same
    value: str | None = None if element is None else element.get(f"{W}val")
    return value


def _colour(value: str | None) -> str | None:
    """Return a colour as `colours` knows it; "auto" is as if nothing were said."""
    if value is None or value.lower() == "none":
        return None
    value = value.lower()
    return f"#{value}" if len(value) == 6 and value != "yellow" else value  # noqa: PLR2004 - hex


def _paper(properties: Any) -> str | None:  # noqa: ANN401 - the same
    return None if properties is None else _fill(properties.find(_SHADING))


def _fill(shading: Any) -> str | None:  # noqa: ANN401 - the same
    """Return the colour that a shading gives, None where there is none or it is automatic."""
    if shading is None:
        return None
    kind = shading.get(f"{W}val", "clear")
    if kind not in ("clear", "nil", "solid"):
        return _UNKNOWN  # a pattern
    fill = _colour(shading.get(f"{W}color" if kind == "solid" else f"{W}fill"))
    return None if fill == "auto" else fill


def _page_colour(document: Any) -> str:  # noqa: ANN401 - the same
    """Return the colour of a document's pages, `_UNKNOWN` where pictures may lie behind words."""
    if document is None:
        return colours.WHITE
    background = document.find(f"{W}background")
    if background is not None:
        return _colour(background.get(f"{W}color")) or _UNKNOWN
    has_pictures_behind = any(
        anchor.get("behindDoc") in ("1", "true") for anchor in document.iter("{*}anchor")
    )
    return _UNKNOWN if has_pictures_behind else colours.WHITE
