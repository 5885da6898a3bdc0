import hashlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import document_from, read_all
from pipeline.documents.decoding import decode, mend
from pipeline.documents.text import normalise
from pipeline.errors import DocumentError
from schemas.document import Metadata

SPANISH = "Atención médica en Querétaro: 58 mil 610 cirugías, “año” 2022 – niñez; 8ª jornada."
AWKWARD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "a\u0301\u0344\u0300\u200b\u202e\xad\ufeff\r\n\f\v\x85\xa0\u2009 \tﬁ\0\ud800"
        ),
    ),
    max_size=60,
)


@given(AWKWARD)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(AWKWARD)
def test_normalised_text_holds_only_what_prints(text: str) -> None:
    out = normalise(text)
    assert out == unicodedata.normalize("NFC", out)
    assert not {unicodedata.category(c) for c in out if c not in "\t\n"} & {"Cc", "Cf", "Cs"}
    assert "\n\n\n" not in out
    assert all(line == line.rstrip() for line in out.split("\n"))
    assert out == out.strip()
    out.encode()


@given(st.lists(st.integers(0, 10**9), min_size=1), st.sampled_from(" \u2009\xa0\u202f"))
def test_no_digit_is_touched(numbers: list[int], space: str) -> None:
    text = f"{space}mil".join(map(str, numbers))
    assert normalise(text) == text.replace(space, " ")


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("\ufeffde\ufb01nici\u00f3n, \ufb02ujo, o\ufb03ce", "definición, flujo, office"),
        ("ciruji\u0301a", "cirujía"),
        ("a \r\nb\rc\t\n\n\n\nd", "a\nb\nc\n\nd"),
        ("uno\fdos", "uno\n\ndos"),
        ("58\u00a0mil\u2009610", "58 mil 610"),
        ("ci\u00adru\u200bgía\u202e\0\ud800", "cirugía"),
        ("  sangría\n  dos", "sangría\n  dos"),
        ("\x1b[31m31 cirugías\x1b[0m, \x1b]8;;http://x\x07y\x1b]8;;\x07 2", "31 cirugías, y 2"),
    ],
)
def test_each_rule_of_normalising(raw: str, normal: str) -> None:
    assert normalise(raw) == normal


def test_a_hostile_line_of_marks_or_spaces_is_cut_short() -> None:
    # Either takes minutes where a step is quadratic; the suite's time limit would end it.
    assert len(normalise("a" + "\u0316\u0301" * 500_000)) < 40
    assert normalise("a" + " " * 2_000_000 + "b").endswith(" b")


def test_the_id_is_the_hash_of_the_normalised_text() -> None:
    document = document_from("a\r\n\r\n\r\nñ ", Metadata(format="txt"))
    assert document.text == "a\n\nñ"
    assert document.id == hashlib.sha256("a\n\nñ".encode()).hexdigest()


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_encodings_are_told_apart(encoding: str) -> None:
    assert decode(SPANISH.encode(encoding)) == SPANISH


@pytest.mark.parametrize("encoding", ["latin-1", "mac_roman", "cp850"])
def test_older_encodings_are_told_apart(encoding: str) -> None:
    text = SPANISH.translate({ord("“"): '"', ord("”"): '"', ord("–"): "-"})
    assert decode(text.encode(encoding)) == text


def test_one_accent_is_enough_to_prefer_cp1252() -> None:
    assert decode("58 mil 610 cirugías en León".encode("cp1252")) == "58 mil 610 cirugías en León"


def test_utf8_with_bytes_from_elsewhere_is_still_utf8() -> None:
    pasted = SPANISH.encode() + " más".encode("cp1252")
    assert decode(pasted) == SPANISH + " más"
    assert decode(SPANISH.encode() + b"\xc3").startswith(SPANISH)


def test_an_odd_byte_does_not_cost_the_text() -> None:
    assert decode(b"Hubo 58 mil 610\xd7\xf0 consultas").startswith("Hubo 58 mil 610")


def test_bytes_of_no_western_encoding_are_refused() -> None:
    with pytest.raises(DocumentError, match="unknown encoding"):
        decode(bytes(range(0x80, 0x100)) * 20)


@pytest.mark.parametrize("data", [b"texto\0\0\0\x01", bytes(range(256)) * 9, b"\0" * 50])
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match="binary"):
        decode(data)


@pytest.mark.parametrize("times", [1, 2])
def test_double_encoding_is_mended(times: int) -> None:
    # The punctuation is left out: software that misreads twice loses the bytes it cannot name.
    text = "cirugías, atención médica, niñez, año, 8ª, 1°, ¿cuántas?"
    broken = text
    for _ in range(times):
        broken = broken.encode().decode("cp1252")
    assert broken != text
    assert mend(broken) == text


def test_quotes_and_ligatures_are_mended_too() -> None:
    assert mend("â€œ120 dÃ­asâ€\x9d â€“ oï¬\x81cial") == "“120 días” – oﬁcial"


@given(st.text("abcÁÉÍÓÚÑáéíóúñü¿¡ªº°“”‘’–—… 0123456789.,\n"))
def test_sound_spanish_is_never_mended(text: str) -> None:
    assert mend(text) == text


def test_a_mojibake_file_is_mended_before_its_soft_hyphens_go(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Hubo cirugías en MÃ©rida y cirugÃ\xadas en León", encoding="utf-8"
    )
    (loaded,) = read_all([str(tmp_path / "a.txt")])
    assert loaded.document is not None
    assert loaded.document.text == "Hubo cirugías en Mérida y cirugías en León"
