"""Numbers and days as people read them. Pure; what is undefined is a dash."""

import math

from eval.scoring.ratio import Interval

DASH = "–"
_ALPHA = 0.05
_SMALL_P = 0.001
_LONGEST = 10**15


def format_ratio(value: float | None) -> str:
    """Show an F1, a precision or a recall."""
    return DASH if value is None else f"{value:.3f}"


def format_share(value: float) -> str:
    """Show a share between 0 and 1 in percent, with two digits at least."""
    percent = 100 * value
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %"  # noqa: PLR2004 - digits


def format_difference(value: float | None) -> str:
    """Show a difference with its sign, a real minus."""
    if value is None:
        return DASH
    text = f"{value:+.3f}".replace("-", "−")
    return text if text.strip("+−0.") else "0.000"


def format_count(value: float | None) -> str:
    """Show a number of things; a very long one by its size alone."""
    if value is None:
        return DASH
    return f"{value:,.6g}" if abs(value) >= _LONGEST else f"{value:,}"


def format_average(value: float | None) -> str:
    """Show an average with as many digits as matter."""
    if value is None or not value:
        return DASH if value is None else "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def format_money(value: float | None) -> str:
    """Show US dollars, small amounts by two digits that matter."""
    if value is None:
        return DASH
    return f"${value:,.2f}" if value >= 1 or not value else f"${format_average(value)}"


def format_p_value(p: float | None) -> str:
    """Show a p-value, never more exactly than a thousandth."""
    if p is None:
        return DASH
    return f"< {_SMALL_P}" if p < _SMALL_P else f"{p:.{2 if p >= _ALPHA else 3}f}"


def format_days(first: object, last: object) -> str:
    """Show the days that a figure covers, each None where it is not known."""
    if first is None and last is None:
        return "days unknown"
    return f"{first}" if first == last else f"{first or '?'} to {last or '?'}"


def format_interval(interval: Interval | None) -> str:
    """Show both ends of an interval of a score."""
    return DASH if interval is None else f"{interval.low:.3f} to {interval.high:.3f}"


def format_difference_interval(interval: Interval | None) -> str:
    """Show both ends of an interval of a difference."""
    if interval is None:
        return DASH
    return f"{format_difference(interval.low)} to {format_difference(interval.high)}"
