"""Tables within a width: columns that can be read, or a block a record."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from pipeline.console.grid import fit_columns
from pipeline.console.terminal import table

WORDS = st.lists(st.text("abcñ漢", min_size=1, max_size=30), max_size=12).map(" ".join)
QUOTE = "58 mil 610 consultas de Medicina Familiar y 23 mil 138 de Especialidad"


def printed(columns: list[str], rows: list[list[str]], width: int, title: str = "") -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    console.print(table(columns, rows, title))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_what_fits_is_a_table_with_a_line_for_each_record() -> None:
    assert printed(["place", ">value"], [["Nuevo León", "12"], ["Yucatán", "1,204"]], 30) == [
        "place       value",
        "─────────────────",
        "Nuevo León     12",
        "Yucatán     1,204",
        "",
    ]


def test_the_widest_column_is_folded_between_words() -> None:
    lines = printed(["service", "quote"], [["consultation", QUOTE]], 50)
    assert lines[2:-1] == [
        "consultation  58 mil 610 consultas de Medicina",
        "              Familiar y 23 mil 138 de",
        "              Especialidad",
    ]


def test_where_there_is_no_room_each_record_is_a_block() -> None:
    columns = ["document", ">value", "service", "quote", "path"]
    rows = [["2f311bf9bd92", "58610", "consultation", QUOTE, "/boletines/2022/" + 30 * "a"]] * 2
    block = [
        "document: 2f311bf9bd92",
        "value:    58610",
        "service:  consultation",
        "quote:    58 mil 610 consultas de Medicina Familiar y 23",
        "          mil 138 de Especialidad",
        "path:     /boletines/2022/" + 30 * "a",
        "",
    ]
    assert printed(columns, rows, 56, "Figures (2)") == ["Figures (2)", *block, *block]


def test_a_line_break_in_a_cell_breaks_no_line() -> None:
    lines = printed(["quote"], [["58 mil\n610\r\nconsultas\u2028de\tmedicina"]], 40)
    assert lines[2:-1] == ["58 mil 610 consultas de medicina"]


@given(
    st.integers(1, 6).flatmap(
        lambda size: st.tuples(
            st.lists(WORDS, min_size=size, max_size=size),
            st.lists(st.lists(WORDS, min_size=size, max_size=size), max_size=4),
        )
    ),
    st.integers(10, 200),
)
def test_columns_fit_and_break_no_word(asked: tuple[list[str], list[list[str]]], room: int) -> None:
    columns, rows = asked
    widths = fit_columns(columns, rows, room)
    if widths is None:
        whole = [max(map(cell_len, column)) for column in zip(columns, *rows, strict=True)]
        assert sum(whole) + 2 * (len(whole) - 1) > room
        return
    assert sum(widths) + 2 * (len(widths) - 1) <= room
    for row in (columns, *rows):
        for width, cell in zip(widths, row, strict=True):
            assert all(cell_len(word) <= width for word in cell.split())


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=4), st.integers(40, 120))
def test_no_line_is_wider_than_the_screen_and_no_character_is_lost(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    lines = printed(["a", "b", "c"], [list(row) for row in rows], width)
    assert all(cell_len(line) <= width for line in lines)
    kept = sorted("".join(lines).replace("─", "").replace(" ", ""))
    told = "".join("".join(row) for row in rows).replace(" ", "")
    names = 3 if fit_columns(("a", "b", "c"), rows, width) else 0
    as_blocks = len(rows) * len("a:b:c:")
    assert len(kept) == len(told) + (names or as_blocks)
