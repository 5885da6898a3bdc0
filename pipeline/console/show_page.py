"""One report as a page that is a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.console.destination import Target, find_target, write_file, write_standard_output
from pipeline.console.show import ShownReading
from pipeline.console.terminal import say
from pipeline.lazy import lazy
from pipeline.plain_text import one_line
from pipeline.store import Store
from pipeline.words import Language

if TYPE_CHECKING:
    from pipeline.pages.bulletin import page, selection, view
else:
    page = lazy("pipeline.pages.bulletin.page")
    selection = lazy("pipeline.pages.bulletin.selection")
    view = lazy("pipeline.pages.bulletin.view")

_STANDARD_OUTPUT = "-"


def find_page_target(to: Path, db: Path, *, force: bool) -> Target | None:
    """Find the file that `--html` names; None for standard output.

    Raises `UsageError` for one that exists (unless `force`) or cannot be written.
    """
    if str(to) == _STANDARD_OUTPUT:
        return None
    return find_target(to, db, force=force, option="--html")


def write_page(
    store: Store, shown: ShownReading, target: Target | None, language: Language
) -> None:
    """Write the page to the file, or to standard output where there is none.

    Raises `UsageError` where it cannot be written, and `StoreError` where `store` cannot be read.
    """
    reading = shown.reading
    marks = selection.fetch_decided(store, [reading]).get(reading.reading_id, ())
    bulletin = view.Bulletin(shown.document, reading, shown.sources, shown.read_at, marks)
    html = page.render_bulletin(bulletin, language).encode()
    if target is None:
        write_standard_output(lambda file: file.write(html))
    else:
        write_file(target, lambda file: file.write(html))
        say(one_line(f"Page written to {target.to}"))
