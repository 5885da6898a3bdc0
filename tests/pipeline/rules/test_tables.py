from pipeline.numerals import numerals
from pipeline.rules.tables import numbers_in_tables


def named(text: str) -> dict[str, tuple[str, str | None]]:
    """Return the names of row and column by the number as printed."""
    found = numerals(text)
    cells = numbers_in_tables(text, found)
    return {
        numeral.raw: (
            text[slice(*cells[numeral.start].row)],
            text[slice(*column)] if (column := cells[numeral.start].column) else None,
        )
        for numeral in found
        if numeral.start in cells
    }


def test_a_number_has_the_names_of_its_row_and_column() -> None:
    text = "Hay 8.\n\n| Tipo | Meta | Logro |\n|---|---|---|\n| Cirugías | 140 | 163 |\n\nHay 9."
    assert named(text) == {"140": ("Cirugías", "Meta"), "163": ("Cirugías", "Logro")}


def test_a_table_without_a_head_names_rows_alone() -> None:
    assert named("Cirugías | 140\nConsultas | 163") == {
        "140": ("Cirugías", None),
        "163": ("Consultas", None),
    }


def test_names_stand_over_their_columns_where_the_corner_is_empty() -> None:
    assert named("Meta | Logro\nCirugías | 140 | 163\nConsultas | 9 | 8") == {
        "140": ("Cirugías", "Meta"),
        "163": ("Cirugías", "Logro"),
        "9": ("Consultas", "Meta"),
        "8": ("Consultas", "Logro"),
    }


def test_one_line_with_a_bar_is_no_table() -> None:
    assert named("Salud | 163 cirugías") == {}
