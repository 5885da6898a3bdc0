"""Today's bulletins as one page, which is a file."""

from pathlib import Path
from typing import BinaryIO

from pipeline.console.destination import find_target, write_file, write_standard_output
from pipeline.console.export import STANDARD_OUTPUT
from pipeline.errors import UsageError
from pipeline.pages.bulletin.list_page import MOST_BULLETINS, ListAbout, render_list
from pipeline.pages.bulletin.selection import count_failed, fetch_bulletins, select_bulletins
from pipeline.store import Store
from pipeline.words import Language


def export_page(
    store: Store, to: Path, where: str | None, language: Language, *, force: bool = False
) -> int:
    """Write a page of all bulletins, or of those with a figure that `where` is true of.

    Return how many they are. Raises `UsageError` for too many, and what `export` raises.
    """
    target = None if str(to) == STANDARD_OUTPUT else find_target(to, store.path, force=force)
    store.upgrade_older()
    selected = select_bulletins(store, where)
    if len(selected) > MOST_BULLETINS:
        raise UsageError(
            f"--to {to}: a page holds {MOST_BULLETINS:,} bulletins at most, and these are "
            f"{len(selected):,}; choose some with --where"
        )
    failed = count_failed(store)
    about = ListAbout(len(selected), sum(one.figures for one in selected), where, failed)

    def write(file: BinaryIO) -> None:
        parts = render_list(about, fetch_bulletins(store, selected), language)
        file.writelines(part.encode() for part in parts)

    if target is None:
        write_standard_output(write)
    else:
        write_file(target, write)
    return len(selected)
