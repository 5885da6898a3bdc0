"""What a page says of other stories, told by how it is built: it is none of its own."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pipeline.documents.blocks import Block
from pipeline.documents.headline import publication_day_of
from pipeline.spanish.folding import fold

_FEWEST_WORDS, _LONGEST_HEADLINE = 4, 250  # of a headline
_MOST_LINKED = 0.6  # part of a block that is a link to what it names
_LONGEST_TEASER = 700  # characters, but where its headline is a heading: that may be a whole story
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
_LEVELS = 8  # how far above a headline its teaser may end
_FEWEST, _FEWEST_HEADED = 3, 2  # in a row
_MORE = re.compile(
    r"(?:leer|ver|saber|conocer|lea|conozca) mas\b.*|(?:seguir|continuar|sigue|continua) leyendo.*"
    r"|read more.*|nota completa|mas informacion|continuar"
)
_LABEL = re.compile(
    r"(?:(?:notas?|noticias?|articulos?|entradas?|contenidos?|temas?|publicaciones)"
    r" (?:relacionad|recomendad)[ao]s?"
    r"|(?:lee|lea|ve|vea|consulta|consulte) tambien|tambien (?:lee|lea|te puede|le puede|puedes|ve)"
    r"|(?:te|le|quizas? te|tal vez te) (?:puede|podria|pueden|podrian|recomendamos|sugerimos)"
    r"|(?:mas|otras|ultimas) (?:noticias|notas|entradas)|lo mas (?:leido|visto|reciente)"
    r"|relacionad[ao]s?|recomendad[ao]s?|noticia relacionada|sigue leyendo)\b"
)
_LONGEST_LABEL, _LONGEST_DATELINE = 60, 80
_DAY = re.compile(
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{1,2} (?:de )?[a-z]{3,10}\.?,?(?: (?:de |del )?\d{4})?"
    r"|[a-z]{3,10} \d{1,2}, \d{4}|\d{1,2}:\d\d"
)


class _Teaser(NamedTuple):
    element: Any
    address: str
    is_headed: bool


def teasers(blocks: Sequence[Block]) -> dict[Any, str]:
    """Find the elements that only name other stories, with the address of each.

    They stand in rows: elements of one kind below one parent, each of which begins with a
    headline that is a link, or has one and a link to read on.
    """
    within = _blocks_within(blocks)
    rows: dict[tuple[Any, str], list[_Teaser]] = defaultdict(list)
    for element, indices in within.items():
        if teaser := _as_teaser(element, [blocks[i] for i in indices]):
            rows[element.getparent(), element.tag].append(teaser)
    found: dict[Any, str] = {}
    for row in rows.values():
        fewest = _FEWEST_HEADED if all(each.is_headed for each in row) else _FEWEST
        if len({each.address for each in row}) >= fewest:
            found.update((each.element, each.address) for each in row)
    return found


def _blocks_within(blocks: Sequence[Block]) -> dict[Any, list[int]]:
    """Give the blocks within each element, for those that are near enough above a block."""
    within: dict[Any, list[int]] = defaultdict(list)
    for i, block in enumerate(blocks):
        element = block.element
        for _ in range(_LEVELS):
            if element is None or element.getparent() is None:
                break
            within[element].append(i)
            element = element.getparent()
    return within


def _as_teaser(element: Any, blocks: Sequence[Block]) -> _Teaser | None:  # noqa: ANN401 - lxml ships no types
    first = next((b for b in blocks if _may_be_a_headline(b)), None)
    if first is None or len(first.text) > _LONGEST_HEADLINE or _tells_a_figure_beside_a_link(first):
        return None
    is_headed = _is_heading(first.element, element)
    if not is_headed and sum(len(block.text) for block in blocks) > _LONGEST_TEASER:
        return None
    if first.linked >= _MOST_LINKED:
        named = {a for a in _addresses(blocks) if a}
    elif is_headed:
        named = set(_addresses(blocks, only_more=True))
    else:
        return None
    return _Teaser(element, named.pop(), is_headed) if len(named) == 1 else None


def _may_be_a_headline(block: Block) -> bool:
    if len(block.text.split()) < _FEWEST_WORDS:
        return False
    return (
        block.linked >= _MOST_LINKED
        or len(block.text) > _LONGEST_DATELINE
        or publication_day_of(block.text) is None
    )


def _tells_a_figure_beside_a_link(block: Block) -> bool:
    """Say whether a row of a table or list has a number of its own, and not only a day."""
    return bool(block.links) and any(c.isdigit() for c in _DAY.sub("", fold(block.beside)))


def _is_heading(element: Any, top: Any) -> bool:  # noqa: ANN401 - the same
    """Say whether a block is a heading, within `top` or around its only words."""
    while element is not None:
        if element.tag in _HEADINGS:
            return True
        if element is top:
            return False
        element = element.getparent()
    return False


def _addresses(blocks: Sequence[Block], *, only_more: bool = False) -> Iterator[str]:
    """Yield where the headlines among `blocks` lead to, or what is there to be read on."""
    for block in blocks:
        is_more = _MORE.fullmatch(fold(block.text)) is not None
        if block.linked < _MOST_LINKED or (
            not is_more if only_more else len(block.text.split()) < _FEWEST_WORDS or is_more
        ):
            continue
        yield next((link for link in block.links if link and not link.startswith("#")), "")


def is_label(text: str) -> bool:
    """Say whether a short text announces other stories ("Notas relacionadas")."""
    return (
        len(text) <= _LONGEST_LABEL
        and not any(char.isdigit() for char in text)
        and _LABEL.match(fold(text)) is not None
    )


def names_another(block: Block) -> bool:
    """Say whether a block only names another story ("Lee también: ...")."""
    return block.linked >= 1 - _MOST_LINKED and _LABEL.match(fold(block.text)) is not None
