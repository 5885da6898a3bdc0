"""Write a backlog to try long runs on: as many different bulletins as asked for, all invented.

Each is one of examples/bulletins with other numbers, printed as the press prints them, under a
number and a date of its own. A total stays the sum of its parts. A share of them are reposts: the
body of an earlier one, word for word, under another header.

    python examples/make_backlog.py backlog --documents 2000
    python examples/make_backlog.py backlog.parquet --documents 100000 --format parquet
"""
# ruff: noqa: INP001, T201, S311 - a script; it prints; its chances are no secret

import argparse
import itertools
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.documents import read_all
from pipeline.numerals import numerals
from pipeline.spanish.folding import fold
from schemas.document import Document, Numeral, NumeralKind

BULLETINS = Path(__file__).with_name("bulletins")
FORMATS = ("txt", "jsonl", "parquet")
RECORDS_AT_ONCE = 10_000
FEWEST_NUMBERS = 4
"""Bulletins in which fewer numbers vary are left out: two of them would be nearly identical."""

_UNITS = ("", "", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
    *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_NUMBERED = ("No. {}/{}", "Boletín {}/{}", "Comunicado No. {}/{}", "Folio {}/{}")
_REPOSTED = (
    "Redacción Portal Salud",
    "Tomado del sitio del IMSS",
    "Agencia Informativa del Golfo",
    "Noticias de la Tarde | Salud",
    "Compartido por la Sección de Salud",
)
_CLOSINGS = (
    ("El personal", "La directiva", "El cuerpo de enfermería", "La jefatura médica", "El equipo"),
    ("agradeció", "reconoció", "celebró", "destacó", "valoró"),
    ("la confianza", "la paciencia", "la puntualidad", "la participación", "la comprensión"),
    ("de las familias", "de la derechohabiencia", "de los pacientes", "de quienes acudieron"),
    ("y pidió seguir", "e invitó a estar", "y recomendó permanecer", "y llamó a mantenerse"),
    ("al tanto de los avisos.", "en contacto con su clínica.", "al pendiente de su cita."),
)
# Ages, hours, money, list numbers: what they are does not change.
_FIXED_AFTER = re.compile(
    r"\s*(?:a\s\d|anos|anios|minutos|horas|dias|semanas|meses|pesos|metros|kilo|grados|de\scada|”"
    r"|ooad|umae|representaciones|estados)|\sy\s\S+\sanos|\)\s[a-z]"
)
_FIXED_BEFORE = re.compile(
    rf"(?:de\scada|opcion|entre|may(?:or|ores)\sde|men(?:or|ores)\sde|\d\sa|{'|'.join(_MONTHS)})\s$"
)
_DATED = re.compile(rf"\b\d{{1,2}} de (?:{'|'.join(_MONTHS)}) del? (20[12]\d)\b")
_YEAR = re.compile(r"\b(20[12]\d)\b")

Print = Callable[[int | float], str]
"""Prints a value in the manner of the number that it replaces."""


class Slot(NamedTuple):
    """A number that varies: where it stands, what it is worth, and how it is printed."""

    start: int
    end: int
    value: int | float
    shown: Print
    capital: bool

    def printed(self, value: float) -> str:
        """Print a value as this number is printed, with a capital where it begins a sentence."""
        shown = self.shown(value)
        return shown[:1].upper() + shown[1:] if self.capital else shown


class Template(NamedTuple):
    """A bulletin to vary. `parts` lists the values that add up to a value."""

    stem: str
    text: str
    slots: tuple[Slot, ...]
    parts: dict[int | float, tuple[int | float, ...]]
    year: int
    dated: bool


def bulletins(count: int, seed: int = 1, near: float = 0.05) -> Iterator[tuple[str, str]]:
    """Make `count` bulletins, one after the other: name and text, all different.

    About the share `near` of them repost an earlier one, and say which in the name. The same
    arguments make the same bulletins; the first ones do not depend on the count.
    """
    for number in range(count):
        chance = random.Random(f"{seed} {number} near")
        if number and chance.random() < near:
            earlier = _original(chance.randrange(number), seed, near)
            stem, body = _varied(earlier, seed)
            header = f"{chance.choice(_REPOSTED)} · {chance.randint(10_000, 99_999)}-{number}"
            yield f"{number:06}-repost-of-{earlier:06}", f"{header}\n\n{body}\n"
        else:
            stem, body = _varied(number, seed)
            yield f"{number:06}-{stem}", f"{_header(number, seed)}\n\n{body}\n"


def _original(number: int, seed: int, near: float) -> int:
    """Find the bulletin behind a bulletin: itself, or what it reposts."""
    while number:
        chance = random.Random(f"{seed} {number} near")
        if chance.random() >= near:
            return number
        number = chance.randrange(number)
    return number


def _header(number: int, seed: int) -> str:
    chance = random.Random(f"{seed} {number} header")
    template = _templates()[_which(number, seed)]
    numbered = chance.choice(_NUMBERED).format(number + 1, template.year)
    if template.dated:
        return numbered
    day, month = chance.randint(1, 28), chance.choice(_MONTHS)
    return f"{numbered}\n\nCiudad de México, {day} de {month} de {template.year}"


def _which(number: int, seed: int) -> int:
    return random.Random(f"{seed} {number} which").randrange(len(_templates()))


def _varied(number: int, seed: int) -> tuple[str, str]:
    """Give a template's stem, and its text with other numbers."""
    template = _templates()[_which(number, seed)]
    chance = random.Random(f"{seed} {number}")
    scale = chance.uniform(0.4, 2.2)
    known: dict[int | float, int | float] = {}
    vary = {slot.value for slot in template.slots}

    def new(value: float) -> int | float:
        if value not in known:
            if parts := template.parts.get(value):
                known[value] = sum(new(part) for part in parts)
            else:
                known[value] = _scaled(value, scale, chance) if value in vary else value
        return known[value]

    written, done = [], 0
    for slot in template.slots:
        written += [template.text[done : slot.start], slot.printed(new(slot.value))]
        done = slot.end
    closing = " ".join(chance.choice(words) for words in _CLOSINGS)
    return template.stem, "".join((*written, template.text[done:], "\n\n", closing))


def _scaled(value: float, scale: float, chance: random.Random) -> int:
    for least, most in ((2, 9), (10, 99)):
        if least <= value <= most:  # the whole range, or they would hardly vary
            return chance.randint(least, most)
    return max(101, round(value * scale * chance.uniform(0.995, 1.005)))


# The templates


@cache
def _templates() -> tuple[Template, ...]:
    read = (one.document for one in read_all([str(BULLETINS)]))
    documents = [document for document in read if document is not None]
    templates = (_template(number, one) for number, one in enumerate(documents, start=1))
    return tuple(template for template in templates if len(template.slots) >= FEWEST_NUMBERS)


def _template(number: int, document: Document) -> Template:
    text = document.text.strip()
    counts = [one for one in numerals(text) if one.kind is NumeralKind.COUNT]
    slots = tuple(slot for one in counts if (slot := _slot(text, one)))
    vary = {slot.value for slot in slots}
    years = _YEAR.findall(text)
    dated = _DATED.search(text)
    return Template(
        stem=f"{document.metadata.format}-{number:02}",
        text=text,
        slots=slots,
        parts={
            one.value: parts
            for one in counts
            if one.value in vary and (parts := _sum(text, one, counts))
        },
        year=int(dated[1] if dated else years[0] if years else 2024),
        dated=dated is not None,
    )


def _sum(text: str, total: Numeral, counts: list[Numeral]) -> tuple[int | float, ...]:
    """Find what adds up to a number: numbers of one paragraph, behind it or before."""
    if total.value < 10:  # noqa: PLR2004 - by chance too often
        return ()
    place = counts.index(total)
    for length, skipped in itertools.product(range(2, 9), range(3)):
        behind = counts[place + 1 + skipped :][:length]
        before = counts[max(0, place - skipped - length) : max(0, place - skipped)]
        for parts in (behind, before):
            values = tuple(part.value for part in parts)
            if len(values) < length or sum(values) != total.value or not all(values):
                continue
            if "\n\n" not in text[parts[0].start : parts[-1].end]:
                return values
    return ()


def _slot(text: str, one: Numeral) -> Slot | None:
    """Give a number that may vary; None for one that has to stay as it is."""
    folded = fold(text)
    if _FIXED_AFTER.match(folded, one.end) or _FIXED_BEFORE.search(folded, 0, one.start):
        return None
    small = one.raw[:1].lower() + one.raw[1:]
    for pattern, shown in _STYLES:
        if pattern.fullmatch(small):
            return Slot(one.start, one.end, one.value, shown, capital=small != one.raw)
    return None


def _word(value: float) -> str:
    return _UNITS[int(value)] if 1 < value < len(_UNITS) else _mil(value)


def _commas(value: float) -> str:
    return f"{value:,}"


def _mil(value: float) -> str:
    """Print "58 mil 610", "mil 576", "610"; from a million on, digits and commas."""
    thousands, rest = divmod(int(value), 1000)
    if not thousands or thousands >= 1000:  # noqa: PLR2004
        return f"{value:,}"
    leading, following = [str(thousands)] * (thousands > 1), [str(rest)] * (rest > 0)
    return " ".join((*leading, "mil", *following))


def _round_mil(value: float) -> str:
    return _mil(max(2, round(value / 1000)) * 1000)


def _word_mil(value: float) -> str:
    printed = _mil(value)
    thousands = int(value) // 1000
    if 1 < thousands < len(_UNITS):
        return printed.replace(str(thousands), _UNITS[thousands], 1)
    return printed


_WORDS = "|".join(_UNITS[2:])
_STYLES: tuple[tuple[re.Pattern[str], Print], ...] = (
    (re.compile(_WORDS), _word),
    (re.compile(r"[2-9]|[1-9]\d{1,2}|(?:[1-9]\d{0,2} )?mil \d{1,3}"), _mil),
    (re.compile(r"[1-9]\d{0,2} mil"), _round_mil),
    (re.compile(rf"(?:{_WORDS}) mil \d{{1,3}}"), _word_mil),
    (re.compile(r"[1-9]\d{0,2},\d{3}"), _commas),
)


# Writing


def write(out: Path, form: str, made: Iterable[tuple[str, str]]) -> int:
    """Write bulletins to a folder, or to one file of records `id`, `text`; return how many."""
    if form == "parquet":
        return _write_parquet(out, made)
    number = 0
    if form == "jsonl":
        with out.open("w", encoding="utf-8") as file:
            for number, (name, text) in enumerate(made, start=1):  # noqa: B007 - is returned
                file.write(json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n")
        return number
    out.mkdir(parents=True, exist_ok=True)
    for number, (name, text) in enumerate(made, start=1):  # noqa: B007 - the same
        (out / f"{name}.txt").write_text(text, encoding="utf-8")
    return number


def _write_parquet(out: Path, made: Iterable[tuple[str, str]]) -> int:
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy
    from pyarrow import parquet  # noqa: PLC0415 - the same

    schema = pa.schema({"id": pa.string(), "text": pa.string()})
    written, rest = 0, iter(made)
    with parquet.ParquetWriter(out, schema) as writer:
        while some := list(itertools.islice(rest, RECORDS_AT_ONCE)):
            columns = dict(zip(schema.names, map(list, zip(*some, strict=True)), strict=True))
            writer.write_table(pa.table(columns, schema=schema))
            written += len(some)
    return written


def main() -> None:
    """Write a backlog, and say where it is."""
    parser = argparse.ArgumentParser(description="Write a backlog of invented bulletins")
    parser.add_argument("out", type=Path, help="a folder, or a file for JSONL and Parquet")
    parser.add_argument("--documents", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=FORMATS, default="txt")
    parser.add_argument("--near", type=float, default=0.05, help="share of reposts (0.05)")
    given = parser.parse_args()
    if given.out.is_file():
        parser.error(f"{given.out}: exists already; remove it, or name another file")
    made = bulletins(given.documents, given.seed, given.near)
    written = write(given.out, given.format, made)
    print(f"{given.out} holds {written} invented bulletins")


if __name__ == "__main__":
    main()
