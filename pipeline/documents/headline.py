"""A bulletin's title and day, as its first lines print them. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from pipeline.spanish.dates import DateSpan, dates
from pipeline.spanish.folding import fold

_HEAD_CHARS, _HEAD_LINES = 8000, 20
_LONGEST_LINE = 200  # a longer one is a paragraph
_LONGEST_TITLE, _MOST_TITLE_LINES = 240, 3
_FEWEST_WORDS = 3  # fewer are a rubric or a section's name ("ESTATAL")
_HARD_WRAP = 120  # no lines are broken by hand beyond this width
_LONGEST_DATELINE = 120

# What stands above a headline and is none, folded.
_LABEL = re.compile(
    # the kind of document and its number
    r"(?:(?:boletin|comunicado|nota|tarjeta|ficha)"
    r"(?: (?:de|informativ[ao]|para|prensa|los|medios))*)?"
    r"[\s:.,|-]*(?:(?:no|num|numero|n)\b[.°º]*)?[\s#:\d/.-]*"
    # who took the picture, who wrote
    r"|(?:(?:cortesia|fotos?|imagen|especial|redaccion|agencias?|imss)[\s/:|,.]*)+"
    r"|(?:fotos?|fotografia|imagen|credito|fuente|por|fecha|seccion|publicado|tags?"
    r"|etiquetas|compartir|asunto|tema)\s*:.*"
    # who sends it
    r"|(?:instituto mexicano del seguro social|gobierno (?:de mexico|federal)"
    r"|seguridad y solidaridad social"
    r"|(?:unidad|coordinaci[oe]n|direccion|departamento|jefatura|oficina)(?: \w+){0,3}"
    r" (?:comunicaci[oe]n|prensa)(?: \w+){0,4})[\s().|-]*(?:imss)?[\s().]*"
    r"|(?:para )?(?:su )?(?:publicacion|difusion|divulgacion) inmediata"
    r"|(?:https?://|www\.)\S+|\S+@\S+"
)
# The office that writes, the section and page of a paper, and its name, folded.
_LETTERHEAD = re.compile(
    r"(?:organo de operacion administrativa|oficina de representacion|jefatura de servicios"
    r"|coordinacion (?:de|del|auxiliar)|facultad de|escuela de|universidad)\b[^\d.:;]{0,90}"
    r"|seccion\s[^.]{0,40}|(?:pag|pagina)\b\.?\s*\w{1,4}"
    r"|(?:(?:el|la) )?(?:diario|sol|matutino|vespertino|voz|heraldo|informador|imparcial|siglo"
    r"|periodico|gaceta|cronica|portal|revista)(?: (?:de|del|la|los|las)\b)*(?: \w+){1,3}"
)
_VERB_LIKE = re.compile(r"(?<!\w)(?!página)[a-záéíóúñ]{5,}")  # names have capitals
_MENU = re.compile(r"\s*[|›»>/·]\s*|\s{3,}")
_LONGEST_ENTRY = 4  # words; a longer part is a headline
_KICKER = re.compile(r"(?:[A-ZÁÉÍÓÚÑ]{4,}\s?){1,2}\s*[|:]\s+(?=[“\"«A-ZÁÉÍÓÚÑ¿¡])")
_HANDLE = re.compile(r"(?<!\w)@\w{3,}")
_BYLINE = re.compile(r"Por(?: (?:de|del|la|[A-ZÁÉÍÓÚÑ][\w.'-]+)){2,5}")
# OCR reads a bullet as "e " or "o " before a capital.
_BULLET = re.compile(r"[•·●▪■◦*>\uf0b7\uf0a7-]|[–—]|[eo¢] (?=[A-ZÁÉÍÓÚÑ])")
_UNFINISHED = re.compile(
    r"(?:^|\s)(?:a|al|ante|con|contra|de|del|desde|e|el|en|entre|hacia|hasta|la|las|lo|los|mas|mil"
    r"|o|para|por|que|se|sin|sobre|su|sus|tras|un|una|y)$|,$"
)
_PREPOSITION = re.compile(r"(?:a|ante|bajo|con|desde|durante|en|entre|para|por|sin|tras) ")
_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
_CITY_DATELINE = re.compile(
    r"[^\W\d_][^\W\d_.]*(?:[ ,;.]+[^\W\d_]+){0,6}\s*(?:\([\w ]{2,20}\))?\s*[.,;:]\s*[-–—]\s*\S"
)

_MAY_HOLD_DAY = re.compile(r"(?:19|2[0Oo])[\dlOo]{2}|\d[/.-]\d\d?[/.-]\d\d")
_DATE_LABEL = re.compile(r"(?:fecha|publicad[oa]|actualizad[oa])(?: de publicacion)?\s*:?(?: el)?")
_CHANGED = re.compile(r"(?:ultima )?(?:actualiza|modifica)")
_NUMBERED = re.compile(r"^(?:boletin|comunicado)[^\d|]{0,30}(?:\d+(?:/\d+)?)?[\s.,|:-]*")
_BYLINE_BEFORE = re.compile(r"^por [^|]{3,60}\|\s*")
_WEEKDAY = re.compile(r"(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo),?$")
_WORD = re.compile(r"\w+")
_MOST_PLACE_WORDS = 8
_NOT_IN_A_PLACE = re.compile(
    r"\b(?:al|ayer|con|desde|durante|entre|es|este|esta|fue|hasta|hoy|inicio|jornada|jornadas"
    r"|llevo|para|partir|pasado|por|proximo|que|realizo|se|sera|son)\b"
)
_AFTER_DATE = re.compile(r"\s*(?:$|\s{2}|\)|[.,]?\s*[-(|/:·•]|\.|,?\s*(?:a las )?\d{1,2}:\d\d)")


def title_of(text: str) -> str | None:
    """Return the headline among the first lines as printed, line breaks included, or None.

    Datelines, bulletin numbers, photo credits, letterheads, section names and kickers are passed
    over; a list or a paragraph ends the search.
    """
    lines = [_without_kicker(line) for line in _head(text)]
    if lines and _HANDLE.search(lines[0]):
        return None  # a thread has no headline
    for i, line in enumerate(lines):
        if not line or _is_label(line):
            continue
        end = _headline_end(lines, i)
        if end is None:
            return None
        following = _next_block(lines, end)
        after = following and _headline_end(lines, following)
        if following and after and _is_kicker(lines[i:end], lines[following:after]):
            return "\n".join(lines[following:after])
        return "\n".join(lines[i:end])
    return None


def _without_kicker(line: str) -> str:
    """Return a line without an emoji or a word in capitals that leads to it: "ENTREVISTA | ..."."""
    while line and unicodedata.category(line[0]) in ("So", "Mn", "Cf"):
        line = line[1:].lstrip()
    kicker = _KICKER.match(line)
    rest = line[kicker.end() :] if kicker else ""
    return rest if len(rest.split()) > _LONGEST_ENTRY and not rest.isupper() else line


def _is_menu(line: str) -> bool:
    """Tell a site's menu or the path to a section: "Inicio › Estado › Salud"."""
    parts = [part for part in _MENU.split(line.strip()) if part]
    return len(parts) > 1 and all(len(part.split()) <= _LONGEST_ENTRY for part in parts)


@lru_cache(maxsize=8)  # the reader asks for it, and the checks
def publication_day_of(text: str) -> date | None:
    """Return the full day that a dateline or a date line among the first lines states, or None.

    The day of a change counts only where no other is stated.
    """
    changed: date | None = None
    for line in _head(text):
        if day := _dateline_day(line):
            if not _CHANGED.match(fold(line)):
                return day
            changed = changed or day
    return changed


def parse_day(value: object) -> date | None:
    """Return the full day that a metadata value states, as written in its own time zone, or None.

    "24/3/2023" is read day first, as Mexico writes it.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or not isinstance(value, str):
        return value if isinstance(value, date) else None
    found = dates(value[:_LONGEST_LINE])
    return full_day(found[0]) if found else None


def full_day(span: DateSpan) -> date | None:
    """Return the one day that a date names in full, None for months, ranges and impossible days."""
    month, day = span.first
    if day is None or span.first_year is None or span.first != span.last:
        return None
    try:
        return date(span.first_year, month, day)
    except ValueError:
        return None


def _head(text: str) -> list[str]:
    """Return the first lines, blank ones included, of which `_HEAD_LINES` hold text."""
    lines = [line.strip() for line in text[:_HEAD_CHARS].split("\n")]
    full = [i for i, line in enumerate(lines) if line][:_HEAD_LINES]
    return lines[full[0] : full[-1] + 1] if full else []


def _dateline_day(line: str) -> date | None:
    if not _MAY_HOLD_DAY.search(line):
        return None
    line = line[:_LONGEST_LINE]
    for span in dates(line)[:2]:
        day = full_day(span)
        folded = fold(line)
        if day and _AFTER_DATE.match(folded, span.end) and _leads_to_date(folded[: span.start]):
            return day
    return None


def _leads_to_date(before: str) -> bool:
    """Say whether the folded words before a date make it a dateline: a place, or nothing."""
    before = _BYLINE_BEFORE.sub("", _NUMBERED.sub("", before.strip()))
    before = _WEEKDAY.sub("", before).strip()
    if not before or before == "a" or _DATE_LABEL.fullmatch(before):
        return True
    words = _WORD.findall(before)
    is_place = (
        0 < len(words) <= _MOST_PLACE_WORDS
        and words[0] != "el"
        and not any(char.isdigit() for char in before)
        and not _NOT_IN_A_PLACE.search(before)
    )
    return is_place and (words[-1] == "a" or before[-1] in ",;.:|/-(")


def _opens_body(line: str) -> bool:
    """Say whether a paragraph begins here with its dateline ("León, Gto.- Guanajuato ...")."""
    return bool(_CITY_DATELINE.match(line[:_LONGEST_DATELINE])) or (
        len(line) > _LONGEST_DATELINE and _dateline_day(line) is not None
    )


def _is_label(line: str) -> bool:
    if len(line) > _LONGEST_LINE or _BULLET.match(line) or _opens_body(line):
        return False
    letters = sum(char.isalpha() for char in line)
    return bool(
        len(line.split()) < _FEWEST_WORDS
        or letters < len(line) / 2
        or _LABEL.fullmatch(fold(line))
        or (_LETTERHEAD.fullmatch(fold(line)) and not _VERB_LIKE.search(line))
        or _is_menu(line)
        or _BYLINE.fullmatch(line)
        or _dateline_day(line)
    )


def _headline_end(lines: Sequence[str], start: int) -> int | None:
    """Return where the headline at `start` ends; None if a list or body begins there."""
    if len(lines[start]) > _LONGEST_LINE or _BULLET.match(lines[start]):
        return None
    if _opens_body(lines[start]) or _opens_wrapped_paragraph(lines, start):
        return None
    end, printed = start + 1, 1
    while end < len(lines):
        follower = end + (not lines[end])
        if follower >= len(lines) or not _continues(lines, end, follower):
            break
        end, printed = follower + 1, printed + 1
        if printed > _MOST_TITLE_LINES:
            return None
    title = "\n".join(lines[start:end])
    return None if title.endswith((".", ";", ":")) or len(title) > _LONGEST_TITLE else end


def _opens_wrapped_paragraph(lines: Sequence[str], start: int) -> bool:
    """Say whether line `start` is as long as the lines that it shares a block of several with."""
    stop = next((i for i in range(start, len(lines)) if not lines[i]), len(lines))
    widths = [len(line) for line in lines[start : stop - 1]]
    if len(widths) < _MOST_TITLE_LINES or max(widths) > _HARD_WRAP:
        return False
    return widths[0] > 0.85 * max(widths) and _dateline_day(lines[start + 1]) is None


def _continues(lines: Sequence[str], end: int, follower: int) -> bool:
    """Say whether the line `follower` carries on a headline whose last line stands before `end`."""
    last, line = lines[end - 1], lines[follower]
    if not line or last.endswith((".", ":", "!", "?", "”")) or _BULLET.match(line):
        return False
    if len(line) > _LONGEST_LINE or _opens_body(line) or _dateline_day(line):
        return False
    if line[0].islower() or _UNFINISHED.search(fold(last)):
        return True
    ends_block = follower + 1 >= len(lines) or not lines[follower + 1]
    if follower > end or not ends_block:
        return False
    is_tail = len(line.split()) <= _FEWEST_WORDS and len(last) > 50  # noqa: PLR2004 - a full line
    return is_tail or (_is_capitals(last) and _is_capitals(line))


def _is_capitals(line: str) -> bool:
    return line.replace("ª", "").replace("º", "").isupper()


def _next_block(lines: Sequence[str], end: int) -> int | None:
    """Return where the block after a blank line begins, None where no blank line follows."""
    if end + 1 < len(lines) and not lines[end] and not _is_label(lines[end + 1]):
        return end + 1
    return None


def _is_kicker(above: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether a line only leads to the headline below it, which alone names who acted."""
    first, second = " ".join(above), " ".join(below)
    return (
        bool(_PREPOSITION.match(fold(first)))
        and "," not in first
        and _ACRONYM.search(first) is None
        and _ACRONYM.search(second) is not None
    )
