"""Numbers and days as people write them, in Spanish or English. Pure."""

from datetime import date, timedelta

from pipeline.words import Language

MONTHS = {
    Language.SPANISH: (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    Language.ENGLISH: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def write_number(value: float) -> str:
    """Write a number with commas between its thousands, as in Mexico: 58,610 and 71.2.

    All its digits, but for those beyond 15 that only binary fractions have (0.1 + 0.2).
    """
    return f"{value:,}" if isinstance(value, int) else f"{value:,.15g}"


def write_day(day: date, language: Language) -> str:
    """Write one day: "12 August 2022", "12 de agosto de 2022"."""
    return _write(day, language, "dmy")


def write_days(first: date | None, last: date | None, language: Language) -> str:
    """Write the days from the first to the last, either None where it is not known.

    "12–14 August 2022", "12 al 14 de agosto de 2022"; whole months and years as such; "" for none.
    """
    if first is None or last is None:
        return _write_open(first, last, language)
    if first == last:
        return _write(first, language, "dmy")
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return str(first.year)
    if first.day == 1 and last.year == first.year and _ends_month(last):
        if first.month == last.month:
            return _write(last, language, "my")
        since, to = _write(first, language, "m"), "a"
        until = _write(last, language, "my")
    else:
        since, to = _write(first, language, _unlike(first, last)), "al"
        until = _write(last, language, "dmy")
    if language is Language.SPANISH:
        return f"{since} {to} {until}"
    return f"{since}–{until}" if since.isdigit() else f"{since} – {until}"


def _write_open(first: date | None, last: date | None, language: Language) -> str:
    since, until = ("desde el", "hasta el") if language is Language.SPANISH else ("from", "until")
    if first is not None:
        return f"{since} {_write(first, language, 'dmy')}"
    return "" if last is None else f"{until} {_write(last, language, 'dmy')}"


def _unlike(first: date, last: date) -> str:
    """Tell the parts of the first day that the last one does not say as well."""
    if first.year != last.year:
        return "dmy"
    return "d" if first.month == last.month else "dm"


def _write(day: date, language: Language, parts: str) -> str:
    said = {"d": str(day.day), "m": MONTHS[language][day.month - 1], "y": str(day.year)}
    return (" de " if language is Language.SPANISH else " ").join(said[part] for part in parts)


def _ends_month(day: date) -> bool:
    return day != date.max and (day + timedelta(days=1)).day == 1
