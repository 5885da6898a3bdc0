"""The gold that is scored against: checked first, and refused where its labels have errors."""

from collections.abc import Sequence
from pathlib import Path

from eval.labels.gold import GoldBulletin, list_gold_files
from eval.labels.label_check import check_bulletins, check_folder
from eval.report.label_findings import show_label_errors
from eval.runs.plan import select_bulletins
from pipeline.errors import GoldError


def load_checked_gold(
    folder: Path, texts: Sequence[Path], only: Sequence[str] | None, *, as_json: bool
) -> tuple[GoldBulletin, ...] | None:
    """Load the gold of these names; None where it has errors, each of which is told.

    Warnings do not count. Raises `UsageError` and `GoldError` for what is no gold at all.
    """
    try:
        bulletins = select_bulletins(folder, texts, only)
        errors = [finding for finding in check_bulletins(bulletins) if finding.is_error]
    except GoldError:  # which names one file: the check names all of them
        bulletins = ()
        errors = [finding for finding in check_folder(folder, texts) if finding.is_error]
        without_text = [finding for finding in errors if finding.finding.check == "text"]
        # Where no file has its text, the texts lie elsewhere, which is one fault.
        if not errors or len(without_text) == len(list_gold_files(folder)):
            raise
    if errors:
        show_label_errors(errors, folder, as_json=as_json)
    return None if errors else bulletins
