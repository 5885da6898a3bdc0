"""The labelling guide lists the codes of the codebook."""

from pathlib import Path

from eval.report.code_table import write_code_table

GUIDE = Path(__file__).parents[2] / "docs" / "labelling.md"


def test_the_guide_has_the_codes_as_the_command_lists_them() -> None:
    _, _, rest = GUIDE.read_text("utf-8").partition("<!-- codes -->\n")
    table, _, _ = rest.partition("\n<!-- /codes -->")
    assert table == write_code_table(), "put what `jornada gold codes` prints between the marks"
