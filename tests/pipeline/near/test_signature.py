"""One release in many dresses is known again; another release of the same template is not."""

import os
import random
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import read_all
from pipeline.near.signature import (
    Signature,
    estimate_similarity,
    find_boilerplate,
    is_same_release,
    sign,
)
from pipeline.numerals import numerals
from schemas.document import QUANTITIES
from tests.processes import run_program

ROOT = Path(__file__).parents[3]
TEXTS = (ROOT / "examples" / "bulletins", ROOT / "eval" / "hard")
HEADER = (
    "GOBIERNO DE MÉXICO\nInstituto Mexicano del Seguro Social\nMéxico, CDMX, a 14 de agosto de 2023"
    "\nNo. 395/2023\n\nBOLETÍN DE PRENSA\n\nRealiza Seguro Social nueva jornada de atención\n\n"
)
OTHER_HEADER = "Comunicado 123\n\nPublicado: 3 de marzo de 2024 10:22 h\nRedacción\n\n"
FOOTER = "\n\n--o0o--\n\nContacto: 55 5238 1700 ext. 10234\nwww.imss.gob.mx/prensa\nPágina 1 de 1\n"
MISREAD = {"o": "0", "e": "c", "m": "rn", "i": "l", "n": "u", "c": "e", "t": "f", "d": "cl"}
RESULTS = (
    "El IMSS llevó a cabo la 8ª Jornada Nacional de Continuidad de los Servicios Médicos los días 2"
    " y 3 de julio de 2022, con la participación de 35 Representaciones y 25 UMAE. Se otorgaron 58"
    " mil 610 consultas de Medicina Familiar y 23 mil 138 de Especialidad, así como mil 576"
    " cirugías y 71 mil 204 estudios auxiliares de diagnóstico y tratamiento."
)


@cache
def texts() -> tuple[str, ...]:
    loaded = read_all([str(path) for path in TEXTS])
    return tuple(one.document.text for one in loaded if one.document)


def signed(text: str) -> Signature:
    found = sign(text)
    assert found is not None
    return found


def found_again(one: str, other: str) -> bool:
    first, second = signed(one), signed(other)
    return bool({*first.bands} & {*second.bands}) and is_same_release(first, second)


def misread(text: str, share: float) -> str:
    """Misread letters as OCR does, in words that are no part of a number or a date."""
    chance = random.Random(7)  # noqa: S311 - no secret
    digits = [match.span() for match in re.finditer(r"\S*\d\S*", text)]
    numbers = [(one.start, one.end) for one in numerals(text)]
    near = {at for start, end in (*digits, *numbers) for at in range(start - 14, end + 14)}
    return "".join(
        MISREAD[char] if at not in near and char in MISREAD and chance.random() < share else char
        for at, char in enumerate(text)
    )


def wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, 62, break_long_words=False) for line in text.split("\n"))


def without_accents(text: str) -> str:
    return text.translate(str.maketrans("áéíóúñÁÉÍÓÚÑ", "aeiounAEIOUN"))


@pytest.mark.parametrize(
    ("changed", "least"),
    [
        (lambda text: HEADER + text, 0.94),
        (lambda text: OTHER_HEADER + text, 0.98),
        (lambda text: text + FOOTER, 0.98),
        (wrapped, 0.97),
        (without_accents, 1),
        (str.upper, 0.98),
        (lambda text: misread(text, 0.02), 0.9),
    ],
    ids=["header", "other header", "footer", "wrapped", "no accents", "capitals", "ocr"],
)
def test_a_release_is_found_again(changed: Callable[[str], str], least: float) -> None:
    found = [found_again(text, changed(text)) for text in texts()]
    assert sum(found) / len(found) >= least


def test_no_two_other_bulletins_are_taken_for_one() -> None:
    signatures = [signed(text) for text in texts() if "en Coahuila otorgó 10 mil" not in text]
    assert not any(is_same_release(one, other) for one, other in combinations(signatures, 2))


@pytest.mark.parametrize("share", [1, 3])
def test_other_numbers_make_another_release(share: int) -> None:
    """One in `share` of the quantities goes up by a ninth: another jornada of the template."""
    told_apart = []
    for text in texts():
        quantities = [one for one in numerals(text) if one.kind in QUANTITIES]
        for one in reversed(quantities[share - 1 :: share]):
            more = str(int(one.value) + int(one.value) // 9 + 1)
            text = text[: one.start] + more + text[one.end :]  # noqa: PLW2901 - edited from behind
        told_apart.append(text)
    pairs = [pair for pair in zip(texts(), told_apart, strict=True) if pair[0] != pair[1]]
    assert len(pairs) > 70
    assert [one[:60] for one, other in pairs if is_same_release(signed(one), signed(other))] == []


@pytest.mark.parametrize(
    ("printed", "other"),
    [("58 mil 610", "58 mil 160"), ("8ª", "9ª"), ("2 y 3", "9 y 10"), ("mil 576", "mil 567")],
)
def test_one_other_number_makes_another_release(printed: str, other: str) -> None:
    text, changed = signed(RESULTS), signed(RESULTS.replace(printed, other))
    assert estimate_similarity(text, changed) > 0.95
    assert not is_same_release(text, changed)


@pytest.mark.parametrize(
    "header",
    [
        "Boletín 395\n\n",
        "COMUNICADO No. 047\nMérida, Yucatán, 5 de julio de 2022.- ",
        "Otorga IMSS 58 mil 610 consultas y mil 576 cirugías\n\n",
        "Folio 12345, Hoja 1 de 3\n\n",
    ],
)
def test_a_header_has_numbers_of_its_own(header: str) -> None:
    assert found_again(RESULTS, header + RESULTS)
    assert found_again("Boletín 12\nCDMX, 9 de agosto de 2022\n\n" + RESULTS, header + RESULTS)


def test_more_than_a_header_is_another_release() -> None:
    three = RESULTS + " Fueron 51 mil 4 mastografías, 20 mil 11 vacunas y 902 partos."
    four = three + " Hubo 77 altas."
    assert is_same_release(signed(RESULTS), signed(three))
    assert not is_same_release(signed(RESULTS), signed(four))
    assert not is_same_release(signed(RESULTS), signed(RESULTS + " La 7ª Jornada fue menor."))


def test_another_title_may_round_or_correct_what_the_body_says() -> None:
    rounded = signed("Más de 58 mil consultas, da IMSS 23 mil 138 de Especialidad\n\n" + RESULTS)
    repeated = signed("Otorga IMSS 58 mil 610 consultas y mil 576 cirugías\n\n" + RESULTS)
    slip = signed("Otorga IMSS 58 mil 160 consultas\n\n" + RESULTS)
    assert is_same_release(rounded, repeated)
    assert is_same_release(repeated, slip)
    assert not is_same_release(rounded, slip)


def test_a_number_changed_beside_its_repetition_makes_another_release() -> None:
    repeated = RESULTS.replace(" y 23 mil 138", ", sí, 58 mil 610 consultas, y 23 mil 138")
    changed = repeated.replace("58 mil 610", "58 mil 160", 1)
    assert not is_same_release(signed(repeated), signed(changed))


def test_a_release_that_an_agency_printed_is_known_again() -> None:
    reposted = [text for text in texts() if "en Coahuila otorgó 10 mil" in text]
    assert len(reposted) == 2
    assert found_again(*reposted)


def test_the_end_of_the_numbers_is_not_another_header() -> None:
    ending = "Consultas:  58 mil 610. " * 3
    longer, changed = RESULTS + ending + " Camas: 91.", RESULTS + ending + " Camas: 19."
    assert not is_same_release(signed(longer), signed(changed))


def test_numbers_alone_make_no_release() -> None:
    numbers = " ".join(one.raw for one in numerals(RESULTS))
    words = "El municipio de Tecate plantó árboles, podó setos y barrió calles, y por ello contó "
    assert not is_same_release(signed(RESULTS), signed(words * 3 + numbers))


@pytest.mark.parametrize("text", ["", "Jornada del IMSS", "58,610 " * 80, "¿" * 500, "mil " * 25])
def test_a_text_of_a_few_words_is_not_signed(text: str) -> None:
    assert sign(text) is None


def test_a_signature_is_small() -> None:
    sizes = [len(s.hashes) + len(s.numbers) + 8 * len(s.bands) for s in map(signed, texts())]
    assert sum(sizes) / len(sizes) < 600
    assert len(signed("consultas de Medicina Familiar " * 9 + "1 mil 200 y " * 9000).numbers) < 9000


def test_bands_are_unsigned_and_of_64_bits() -> None:
    bands = [band for text in texts() for band in signed(text).bands]
    assert min(bands) >= 0
    assert 2**63 < max(bands) < 2**64


def test_signatures_are_those_of_this_scheme_in_every_process() -> None:
    """Signatures are stored: other values need another `SCHEME`."""
    script = (
        "import sys; from pipeline.near.signature import sign; s = sign(sys.argv[1]);"
        "print(s.hashes[:8].hex(), s.numbers[:8].hex(), s.bands[0], s.bands[-1])"
    )
    for seed in ("1", "2"):
        changed = {**os.environ, "PYTHONHASHSEED": seed}
        ran = run_program([sys.executable, "-c", script, RESULTS], env=changed)
        assert ran.stdout.split() == [
            *("8a1b721329ba4c19", "135700fa0dbed51a"),
            *("15496593626829283915", "518053926267506327"),
        ]


def test_what_numbers_a_bulletin_or_a_page_is_boilerplate() -> None:
    text = "boletin no. 395. comunicado de prensa 12: pagina 2 de 3; 40 hojas, 7 folios"
    printed = [re.match(r"\d+", text[at:]) for at in sorted(find_boilerplate(text))]
    assert [one and one[0] for one in printed] == ["395", "12", "2", "3"]


@given(
    st.lists(
        st.sampled_from(("un", "IMSS ", "cirugía, ", "8ª ", "58 mil 610 ", "\n", "12/5/2022 "))
    )
)
@settings(deadline=None)
def test_a_text_is_the_same_release_as_itself(words: Sequence[str]) -> None:
    text = "".join(words) * 9
    once = sign(text)
    assert once == sign(text)
    if once:
        assert estimate_similarity(once, once) == 1
        assert is_same_release(once, once)


@given(st.text())
@settings(deadline=None)
def test_any_text_can_be_signed(text: str) -> None:
    once = sign(RESULTS + text)
    assert once is not None
    other = signed(RESULTS)
    assert is_same_release(once, other) == is_same_release(other, once)
