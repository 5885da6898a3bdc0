"""Colours as styles write them -> whether they are clear, or alike. Pure."""

import colorsys
import re
from functools import lru_cache

WHITE, BLACK = "#ffffff", "#000000"
WORDS = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^()]*\)|[a-z]+")
"""What may be a colour in what styles say of a background."""

_NUMBER = re.compile(r"(-?\d*\.?\d+)(%?)")
# Those that are written in words for paper; other words are compared as words.
_NAMED = {
    "white": "ffffff",
    "black": "000000",
    "red": "ff0000",
    "green": "008000",
    "blue": "0000ff",
    "snow": "fffafa",
    "ivory": "fffff0",
    "whitesmoke": "f5f5f5",
    "ghostwhite": "f8f8ff",
    "floralwhite": "fffaf0",
    "gray": "808080",
    "grey": "808080",
    "silver": "c0c0c0",
    "yellow": "ffff00",
    "navy": "000080",
    "maroon": "800000",
    "azure": "f0ffff",
    "mintcream": "f5fffa",
    "teal": "008080",
    "orange": "ffa500",
    "purple": "800080",
}
_NEAR = 12  # of 255, in each of red, green and blue
_CLEAR = 0.05

Rgba = tuple[float, float, float, float]


def is_colour(word: str) -> bool:
    """Say whether a word of a background is a colour."""
    return word == "transparent" or _rgba(word) is not None


def is_clear(colour: str) -> bool:
    """Say whether a colour lets all through."""
    rgba = _rgba(colour)
    return colour == "transparent" or (rgba is not None and rgba[3] < _CLEAR)


def are_alike(one: str, other: str) -> bool:
    """Say whether letters of one colour cannot be made out on the other."""
    first, second = _rgba(one), _rgba(other)
    if first is None or second is None:
        return one == other
    return all(abs(a - b) <= _NEAR for a, b in zip(first[:3], second[:3], strict=True))


@lru_cache(maxsize=256)
def _rgba(colour: str) -> Rgba | None:
    """Return red, green and blue of 255, and how dense it is of 1; None for what is none."""
    if digits := _NAMED.get(colour):
        colour = f"#{digits}"
    if colour.startswith("#"):
        digits = colour[1:]
        if len(digits) in (3, 4):
            digits = "".join(digit * 2 for digit in digits)
        if len(digits) not in (6, 8) or not re.fullmatch("[0-9a-f]+", digits):
            return None
        red, green, blue, dense = (float(each) for each in bytes.fromhex(digits.ljust(8, "f")))
        return red, green, blue, dense / 255
    numbers = _NUMBER.findall(colour)
    if not colour.startswith(("rgb", "hsl")) or len(numbers) not in (3, 4):
        return None
    dense_as = numbers[3] if len(numbers) == 4 else ("1", "")  # noqa: PLR2004 - alpha
    alpha = float(dense_as[0]) / (100 if dense_as[1] else 1)
    if colour.startswith("rgb"):
        red, green, blue = (
            float(number) * (2.55 if percent else 1.0) for number, percent in numbers[:3]
        )
    else:
        hue, saturation, light = (float(number) for number, _ in numbers[:3])
        shares = colorsys.hls_to_rgb(hue % 360 / 360, light / 100, saturation / 100)
        red, green, blue = (255 * share for share in shares)
    return red, green, blue, alpha
