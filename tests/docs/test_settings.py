"""The page of settings names what there is: each option, key of the file and variable."""

import re
from pathlib import Path

from pipeline.configuration.file import SettingsFile
from tests.command import Jornada, jornada_here

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "settings.md").read_text("utf-8")
ELSEWHERE = {"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_DIR"}
"""Variables that the client reads by itself, or by names that are put together."""
COMMANDS = ("extract", "retry", "eval", "doctor")


def rows() -> list[list[str]]:
    """Give the cells of the table."""
    table = PAGE.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    lines = table.strip().splitlines()[2:]
    return [line.split("|")[1:-1] for line in lines]


def words(column: int, pattern: str) -> set[str]:
    return {word for row in rows() for word in re.findall(pattern, row[column])}


def test_the_table_has_every_key_of_the_file_and_no_other() -> None:
    assert words(2, r"`(\w+)`") == set(SettingsFile.model_fields) - {"profiles"}


def test_the_table_has_every_option_about_models_and_no_other(tmp_path: Path) -> None:
    here: Jornada = jornada_here(tmp_path)
    told = "".join(here(command, "--help").stdout for command in COMMANDS)
    panels = re.findall(r"─ (?:Model and server|Pace and money) ─.*?╰", told, re.DOTALL)
    options = {word for panel in panels for word in re.findall(r"\n│ (--[\w-]+)", panel)}
    assert words(1, r"`(--[\w-]+)`") == options - {"--local"} | {"--reader", "--db"}


def test_the_table_has_every_variable_that_is_read_and_no_other() -> None:
    files = (ROOT / "pipeline" / "configuration").glob("*.py")
    options = ROOT / "pipeline" / "commands" / "options.py"
    code = "".join(path.read_text("utf-8") for path in (*files, options))
    read = set(re.findall(r'"((?:OPENAI|AZURE_OPENAI|JORNADA|SSL)_[A-Z_]+)"', code))
    assert words(3, r"`([A-Z_]+)`") == read | ELSEWHERE


def test_an_option_and_a_key_have_one_name() -> None:
    for _, option, key, _ in rows():
        names = re.findall(r"`(?:--)?([\w-]+)`", option) + re.findall(r"`(\w+)`", key)
        if len(names) > 1:
            assert names[0].replace("-", "_") == names[1].removesuffix("s") or (
                names[0].replace("-", "_") == names[1]
            )
