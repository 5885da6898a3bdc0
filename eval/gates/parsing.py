"""Gates as they are written on the command line."""

import difflib
import math
import re

from eval.gates.amounts import AMOUNTS
from eval.gates.gate import Better, Gate, Limit, NoWorse, Part, Threshold
from eval.gates.parts import FIRST_TRY
from eval.runs.slices import BULLETIN_SLICES, LABELS
from eval.scoring.score import MEASURES
from pipeline.errors import UsageError

STATISTICS = ("f1", "precision", "recall", "f1_low")
SLICES = (*BULLETIN_SLICES, *LABELS)
SCORES = (*MEASURES, FIRST_TRY)

_BOUND = re.compile(
    r"\s*([A-Za-z0-9_]+)\s*(?:\[\s*([^\]=]*?)\s*=\s*([^\]]*?)\s*\])?\s*(>=|<=|>|<)\s*(\S+)\s*"
)
_NO_WORSE = re.compile(r"\s*no\s+worse\s+than\s+(\S.*?)\s+by\s+(\S+)\s*", re.IGNORECASE)
_BETTER = re.compile(r"\s*better\s+than\s+(\S.*?)\s*", re.IGNORECASE)
_FORMS = (
    '"MEASURE_STATISTIC>=NUMBER" such as "strict_f1>=0.9" or "strict_f1_low>=0.85" (also >, <=, '
    '<), of a part "strict_f1[kind=announcement]>=0.8", an amount "failed<=0", '
    '"no worse than RUN by 0.01" or "better than RUN"'
)


def parse_gate(text: str) -> Gate:
    """Read a gate as written on the command line.

    Raises `UsageError` saying which forms and names there are.
    """
    if match := _NO_WORSE.fullmatch(text):
        return _parse_no_worse(match[1], match[2], text)
    if match := _BETTER.fullmatch(text):
        return Better(match[1])
    if match := _BOUND.fullmatch(text):
        name, of, part, sign, number = match.groups()
        bound = _parse_number(number, text)
        where = None if of is None else Part(of, part)
        if where is not None and where.slice not in SLICES:
            raise UsageError(
                f"gate {text!r}: no such slice as {of}{_meant(of, SLICES)} There are "
                f"{', '.join(SLICES)}"
            )
        return _parse_bound(name, sign, bound, where, text)
    raise UsageError(f"gate {text!r} cannot be read; write {_FORMS}")


def _parse_no_worse(run: str, number: str, text: str) -> NoWorse:
    margin = _parse_number(number, text)
    if not 0 < margin <= 1:
        raise UsageError(
            f"gate {text!r}: the margin must be above 0 and at most 1, not {number}; "
            "not even an equal run is shown to be no worse by 0"
        )
    return NoWorse(run, margin)


def _parse_bound(
    name: str, sign: str, bound: float, part: Part | None, text: str
) -> Threshold | Limit:
    if name in AMOUNTS:
        _require_within(name, bound, 1 if AMOUNTS[name].is_share else math.inf, text)
        if part is not None and part.slice in LABELS:
            raise UsageError(
                f"gate {text!r}: {name} is of bulletins, and {part.slice} is a label of figures; "
                f"slices of bulletins are {', '.join(BULLETIN_SLICES)}"
            )
        return Limit(name, sign, bound, part)
    measure, statistic = _split(name)
    if measure not in SCORES or statistic not in STATISTICS:
        raise UsageError(f"gate {text!r}: no such measure as {name}{_suggest(name)}")
    _require_within(name, bound, 1, text)
    if part is not None and part.slice in LABELS and measure != "strict":
        raise UsageError(
            f"gate {text!r}: the figures of a {part.slice} are scored by strict alone: write "
            f"strict_{statistic}[{part}]"
        )
    return Threshold(measure, statistic, sign, bound, part)


def _split(name: str) -> tuple[str, str]:
    """Split what is gated into its measure and its statistic, both of which may hold a `_`."""
    for statistic in STATISTICS:
        if name.endswith(f"_{statistic}"):
            return name.removesuffix(f"_{statistic}"), statistic
    return name, ""


def _require_within(name: str, bound: float, most: float, text: str) -> None:
    if not 0 <= bound <= most:
        where = "between 0 and 1" if most == 1 else "at 0 or above"
        raise UsageError(f"gate {text!r}: {name} lies {where}, so {bound:g} says nothing")


def _parse_number(written: str, text: str) -> float:
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"gate {text!r}: {written} is not a number; write {_FORMS}")
    return number


def _suggest(name: str) -> str:
    names = [f"{measure}_{statistic}" for measure in SCORES for statistic in STATISTICS]
    return (
        f"{_meant(name, [*names, *AMOUNTS])} There are {', '.join(AMOUNTS)}, and each of "
        f"{', '.join(SCORES)} with {', '.join('_' + statistic for statistic in STATISTICS)}"
    )


def _meant(name: str, names: "tuple[str, ...] | list[str]") -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else ";"
