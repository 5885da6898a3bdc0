"""One report as a page that is a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.console.destination import Target, find_target, write_file, write_standard_output
from pipeline.console.show import ShownReading
from pipeline.console.terminal import say
from pipeline.lazy import lazy
from pipeline.plain_text import one_line
from pipeline.words import Language

if TYPE_CHECKING:
    from pipeline.pages.bulletin import page, view
else:
    page = lazy("pipeline.pages.bulletin.page")
    view = lazy("pipeline.pages.bulletin.view")

_STANDARD_OUTPUT = "-"


def find_page_target(to: Path, db: Path, *, force: bool) -> Target | None:
    """Find the file that `--html` names; None for standard output.

    Raises `UsageError` for one that exists (unless `force`) or cannot be written.
    """
    if str(to) == _STANDARD_OUTPUT:
        return None
    return find_target(to, db, force=force, option="--html")


def write_page(shown: ShownReading, target: Target | None, language: Language) -> None:
    """Write the page to the file, or to standard output where there is none."""
    bulletin = view.Bulletin(shown.document, shown.reading, shown.sources, shown.read_at)
    html = page.render_bulletin(bulletin, language).encode()
    if target is None:
        write_standard_output(lambda file: file.write(html))
    else:
        write_file(target, lambda file: file.write(html))
        say(one_line(f"Page written to {target.to}"))
