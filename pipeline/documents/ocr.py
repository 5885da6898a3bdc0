"""Pages that are pictures -> the lines printed on them, by RapidOCR on this machine.

Its models come in its wheel (PP-OCRv6, which knows the accents of Spanish): nothing is fetched.
"""

import importlib.util
import math
import re
import statistics
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.documents.page_layout import Fragment
from pipeline.errors import DocumentError, UsageError
from pipeline.lazy import lazy

if TYPE_CHECKING:
    import rapidocr
else:  # an extra of 200 MB
    rapidocr = lazy("rapidocr")

_POINTS_AN_INCH = 72
_FINE, _COARSE = 200, 110  # dots an inch: what is speckled in the one may be clear in the other
_MOST_PIXELS = 2600  # of the longer side: a page may be as large as its file says
# A line that is hardly made out is told all the same: left out, it would be missed by nobody.
_SETTINGS = {"Global.log_level": "critical", "Global.text_score": 0.0}
_SURE = 0.9  # the score of a line below which a page is looked at once more
# Blanks are what the engine loses most ("2 mil11consultas"). One digit is left where it is: it may
# be a letter ("diagn6stico").
_LOST_BLANK = re.compile("(?<=[a-záéíóúñ]{3})(?<!ovid)(?=[0-9]{2})|(?<=[0-9]{2})(?=[a-záéíóúñ]{3})")


class _Line(NamedTuple):
    """One line: its words, how sure they are (0 to 1), and its corners in points, y upwards.

    The corners go round from where the line begins above.
    """

    text: str
    score: float
    corners: tuple[tuple[float, float], ...]


def require_ocr() -> None:
    """Raise `UsageError` where the packages are not installed."""
    if any(importlib.util.find_spec(name) is None for name in ("rapidocr", "onnxruntime")):
        raise UsageError("--ocr needs RapidOCR: pip install 'jornada[ocr]'")


def read_page(page: Any) -> list[Fragment]:  # noqa: ANN401 - pypdfium2 ships no types
    """Return the lines that are printed on a page, as it is turned for who looks at it.

    A page on which some line is unsure is read in another fineness too, and the surer one counts.
    """
    lines = _recognise(page, _FINE)
    if min((line.score for line in lines), default=1) < _SURE:
        lines = max(lines, _recognise(page, _COARSE), key=_sureness)
    return _set_straight(lines)


def _sureness(lines: Sequence[_Line]) -> float:
    """Count the letters, each for as much as it is sure; a line that is not made out is worth 0."""
    return sum(len(line.text) * (line.score if line.score >= _SURE else 0) for line in lines)


def _recognise(page: Any, dots_an_inch: int) -> list[_Line]:  # noqa: ANN401 - the same
    width, height = page.get_size()
    scale = min(dots_an_inch / _POINTS_AN_INCH, _MOST_PIXELS / max(width, height, 1))
    found = _engine()(page.render(scale=scale).to_numpy()[:, :, :3].copy())
    if found.txts is None:
        return []
    return [
        _Line(
            _LOST_BLANK.sub(" ", text),
            float(score),
            tuple((x / scale, height - y / scale) for x, y in box.tolist()),
        )
        for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True)
    ]


@cache
def _engine() -> Any:  # noqa: ANN401 - an extra, without types
    try:
        return rapidocr.RapidOCR(params=_SETTINGS)
    except ImportError as error:  # on another machine of a cluster
        raise DocumentError("OCR is not installed here: pip install 'jornada[ocr]'") from error


def _set_straight(lines: Sequence[_Line]) -> list[Fragment]:
    """Turn the lines of a page that lay askew on the glass back, and box each."""
    slope = statistics.median(map(_slope, lines)) if lines else 0.0
    cosine, sine = math.cos(slope), math.sin(slope)
    fragments = []
    for line in lines:
        turned = [(x * cosine + y * sine, y * cosine - x * sine) for x, y in line.corners]
        (left, _), (right, _) = turned[0], turned[1]
        top, bottom = (sum(y for _, y in turned[at : at + 2]) / 2 for at in (0, 2))
        fragments.append(Fragment(line.text, left, bottom, right, top))
    return fragments


def _slope(line: _Line) -> float:
    (left, from_), (right, to) = line.corners[:2]
    return math.atan2(to - from_, right - left)
