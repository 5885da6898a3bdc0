"""Gold tied to its text: the hash of the text, its document ID, written into the gold file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.labels.gold import GoldTexts, list_gold_files, match_text, read_texts
from eval.labels.gold_file import Labels, change_gold_file, parse_gold_file
from eval.labels.gold_text import set_member
from eval.labels.label_check import check_bulletin
from pipeline.errors import GoldError
from schemas.finding import Severity


def tie_folder(gold: Path, texts: Sequence[Path] = (), *, refresh: bool = False) -> Iterator[Path]:
    """Write the id of its text into each gold file that has none; yield the files written.

    With `refresh`, also where the text of the same name is another than was labelled. A file with
    errors is left as it is; when all the others are done, GoldError names those left.
    """
    paths = list_gold_files(gold)
    at_hand = read_texts(gold, paths, texts)
    left = []
    for path in paths:
        try:
            if _tie_file(path, at_hand, refresh=refresh):
                yield path
        except GoldError as error:
            left.append(str(error))
    if left:
        more = f" (and {len(left) - 1} more files: jornada gold check)" if len(left) > 1 else ""
        raise GoldError(f"not tied: {left[0]}{more}")


def _tie_file(path: Path, texts: GoldTexts, *, refresh: bool) -> bool:
    labels = parse_gold_file(path)
    if not isinstance(labels, Labels):
        raise GoldError(f"{path}: {_first(labels)}")
    bulletin = match_text(labels, texts, by_name=refresh and not _is_there(labels, texts))
    if labels.document_id == bulletin.document.id:
        return False
    errors = [one for one in check_bulletin(bulletin) if one.severity is Severity.ERROR]
    if errors:
        raise GoldError(f"{path}: {_first([(one.field, one.message) for one in errors])}")
    document_id = bulletin.document.id
    change_gold_file(path, lambda written: set_member(written, "document_id", document_id))
    return True


def _is_there(labels: Labels, texts: GoldTexts) -> bool:
    return any(one.document and one.document.id == labels.document_id for one in texts.read)


def _first(faults: Sequence[tuple[str | None, str]]) -> str:
    field, message = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{f'{field}: ' if field else ''}{message}{more}"
