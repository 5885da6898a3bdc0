"""Which runs of a DOCX are shown: neither struck out nor hidden, by themselves or by a style."""

from typing import Any, NamedTuple

from pipeline.documents.word_xml import W, is_on


class _Format(NamedTuple):
    """What properties say of a run, None where nothing."""

    strike: bool | None = None
    dstrike: bool | None = None
    vanish: bool | None = None

    def over(self, other: "_Format") -> "_Format":
        """Take what is said here, else what the other says."""
        return _Format(*(b if a is None else a for a, b in zip(self, other, strict=True)))


class RunFormats:
    """The styles of one document, as far as they strike out and hide."""

    def __init__(self, styles: Any) -> None:  # noqa: ANN401 - lxml ships no types
        """Take the root element of the part `styles`."""
        self._styles = {style.get(f"{W}styleId"): style for style in styles.iterfind(f"{W}style")}
        self._formats: dict[str | None, _Format] = {None: _Format()}
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

    def is_shown(self, run: Any, paragraph_style: str | None) -> bool:  # noqa: ANN401 - the same
        """Tell whether a run of a paragraph of this style is seen and not struck out.

        The styles of paragraph and run switch striking out and hiding: both together undo each
        other, as Word has it. What the run says itself holds.
        """
        properties = run.find(f"{W}rPr")
        outer = self._format(paragraph_style)
        if properties is None:
            return not any(outer)
        named = properties.find(f"{W}rStyle")
        inner = self._format(None if named is None else named.get(f"{W}val"))
        styled = _Format(
            strike=bool(outer.strike) != bool(inner.strike),
            dstrike=inner.over(outer).dstrike,
            vanish=bool(outer.vanish) != bool(inner.vanish),
        )
        return not any(_read(properties).over(styled))

    def _format(self, name: str | None) -> _Format:
        """Read what a style says, or the one that it builds on."""
        if name not in self._formats:
            self._learn(name)
        return self._formats.get(name, _Format())

    def _learn(self, name: str | None) -> None:
        """Note the formats of a style and of all that it builds on, each of which is read once."""
        chain: dict[str | None, Any] = {}  # a broken file has them in a ring
        while name not in self._formats and name not in chain and name in self._styles:
            style = chain[name] = self._styles[name]
            base = style.find(f"{W}basedOn")
            name = None if base is None else base.get(f"{W}val")
        found = self._formats.get(name, _Format())
        for name, style in reversed(chain.items()):
            found = self._formats[name] = _read(style.find(f"{W}rPr")).over(found)


def _read(properties: Any) -> _Format:  # noqa: ANN401 - the same
    if properties is None:
        return _Format()
    return _Format(*(is_on(properties.find(f"{W}{name}")) for name in _Format._fields))
