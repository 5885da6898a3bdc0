"""Characters that look like others, or like nothing -> what a reader of the page sees.

A number must be worth what it looks like: digits of other scripts and of mathematics, circled and
raised ones, "1‚200" with a quote for its comma, "021" that a mark turns round. What shows nothing
goes, so that it parts no number and hides no words. Pure.
"""

import re
import unicodedata

_INVISIBLE = (
    # Control characters (but tab, line break and form feed), lone surrogates, what is no character.
    "\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"
    # Format characters: soft hyphens, zero-width characters, bidi marks, the BOM.
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    # Joiners, fillers and variation selectors, which have no shape of their own; tags.
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0d\U000e0000-\U000e0fff"
)
# Selectors of the form of an emoji stay behind one, and nowhere else.
_UNSEEN = re.compile(
    f"[{_INVISIBLE}]+"
    "|(?<![\u203c\u2049\u2100-\u245f\u2500-\u2775\u2793-\u3299\U0001f000-\U0001fbef])[\ufe0e\ufe0f]"
)
_BLANKS = re.compile("[\u2800\u3164\uffa0]")  # letters by name, and blank

_BIDI = re.compile("[\u202a-\u202e]")
RIGHT_TO_LEFT, END = "\u202e", "\u202c"
"""What stands between them is shown letter by letter from right to left."""
_DEEPEST = 100  # embeddings within embeddings

# Ranges of compatibility characters that look as the plain ones do, only fatter.
_STYLED = re.compile("[\ufe50-\ufe6b\uff01-\uff5e\U0001d400-\U0001d7ff]+")
_SMALL = "\u2070\u2074-\u2079\u2080-\u2089\xb2\xb3\xb9"
_ROUND = "\u2460-\u2468\u24ea\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792"
# One alone is a footnote's mark or numbers a list.
_SET_DIGITS = re.compile(rf"(?<![\w.,;:)])(?:[{_SMALL}]{{3,}}|[{_ROUND}]{{2,}})(?!\w)")
_KEYCAPS = re.compile("(?:[0-9]\u20e3){2,}")
_ON_A_DIGIT = re.compile("(?<=[0-9])[\u0300-\u036f\u20d0-\u20e2\u20e4-\u20f0]+")
_COMMA = re.compile("(?<=[0-9])[\u060c\u066c\u201a\u3001](?=[0-9])")
_POINT = re.compile("(?<=[0-9])[\u066b\u06d4\u2024\u3002](?=[0-9])")
# What nearly all of a Spanish text is written in, all of it as plain as it can be.
_ORDINARY = frozenset("áéíóúüñÁÉÍÓÚÜÑçÇàèìòùâêîôûäëïöãõ¿¡ªº°·•“”‘’«»–—…€´®©½¼¾±×")
_PLAIN_ASCII = bytes((*b"\t\n", *range(0x20, 0x7F)))
# Behind a black flag they name a country.
_TAGS = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{1,7}\U000e007f|([\U000e0020-\U000e007e]+)")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
_SPELLING = (b"\xef\xb8", b"\xf3\xa0")  # how selectors and tags begin in UTF-8
_LOW_SELECTOR, _HIGH_SELECTOR, _TAG = 0xFE00, 0xE0100, 0xE0000


def is_ordinary(text: str) -> bool:
    """Say whether a text has only characters that are what they look like, in their plain form."""
    beyond = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN_ASCII)
    return _ORDINARY.issuperset(beyond.decode("utf-8", "surrogatepass"))


def spelt_unseen(text: str) -> tuple[str, ...]:
    """Return what `text` says in tags and selectors, which show nothing, in plain characters."""
    data = text.encode("utf-8", "surrogatepass")
    if not any(start in data for start in _SPELLING):
        return ()
    tags = ["".join(chr(ord(char) - _TAG) for char in run) for run in _TAGS.findall(text) if run]
    selectors = [
        bytes(_byte(char) for char in run).decode("utf-8", "replace")
        for run in _SELECTORS.findall(text)
    ]
    return (*tags, *selectors)


def _byte(selector: str) -> int:
    code = ord(selector)
    return code - _LOW_SELECTOR if code < _HIGH_SELECTOR else code - _HIGH_SELECTOR + 16


def without_unseen(text: str) -> str:
    """Return `text` in the order in which it is seen, without what shows nothing."""
    if RIGHT_TO_LEFT in text:
        text = "\n".join(map(_in_order, text.split("\n")))
    return _UNSEEN.sub("", text)


def _in_order(line: str) -> str:
    """Turn round what a line's overrides turn round; what they hold from left to right stays so."""
    levels: list[tuple[bool, list[str]]] = [(False, [])]
    at = 0
    for mark in [*_BIDI.finditer(line), None]:
        start, end = mark.span() if mark else (len(line), len(line))
        turned, pieces = levels[-1]
        pieces.extend(line[at:start] if turned else [line[at:start]])
        at = end
        if mark is None or mark[0] == END:
            while len(levels) > 1:
                _close(levels)
                if mark:
                    break
        elif len(levels) < _DEEPEST:
            levels.append((mark[0] == RIGHT_TO_LEFT, []))
    return "".join(levels[0][1])


def _close(levels: list[tuple[bool, list[str]]]) -> None:
    turned, pieces = levels.pop()
    levels[-1][1].append("".join(reversed(pieces) if turned else pieces))


def plain_characters(text: str) -> str:
    """Return `text` with letters, digits and blanks of other shapes as the plain ones.

    To be composed (NFC) afterwards, and then given to `plain_numbers`.
    """
    text = _BLANKS.sub(" ", text)
    text = _STYLED.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    others = {char for char in text if char > "\x7f" and char.isdecimal()}
    return text.translate({ord(char): str(unicodedata.decimal(char)) for char in others})


def plain_numbers(text: str) -> str:
    """Return composed `text` with digits that are circled, raised or marked as plain ones."""
    text = _SET_DIGITS.sub(lambda run: "".join(str(unicodedata.digit(c)) for c in run[0]), text)
    text = _ON_A_DIGIT.sub("", _KEYCAPS.sub(lambda run: run[0].replace("\u20e3", ""), text))
    return _POINT.sub(".", _COMMA.sub(",", text))
