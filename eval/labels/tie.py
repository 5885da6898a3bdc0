"""Gold tied to its text: the hash of the text, its document ID, written into the gold file."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import GoldTexts, list_gold_files, match_text, read_texts
from eval.labels.gold_file import Labels, parse_gold_file
from eval.labels.label_check import check_bulletin
from pipeline.console.destination import replace_file
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
    try:
        written = path.read_bytes().decode("utf-8")
        tied = with_document_id(written, bulletin.document.id).encode("utf-8")
        replace_file(path.resolve(), lambda file: file.write(tied))
    except OSError as error:
        raise GoldError(f"{path}: cannot be written: {error.strerror or error}") from error
    return True


def _is_there(labels: Labels, texts: GoldTexts) -> bool:
    return any(one.document and one.document.id == labels.document_id for one in texts.read)


def _first(faults: Sequence[tuple[str | None, str]]) -> str:
    field, message = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{f'{field}: ' if field else ''}{message}{more}"


class _Member(NamedTuple):
    """One key of the outermost object: where it starts, and where its value starts and ends."""

    key: str
    start: int
    value: int
    end: int


def with_document_id(written: str, document_id: str) -> str:
    """Set `document_id` in the text of a gold file that parses; all else stays as it is written.

    It comes behind `id` and `source` where they are, else first.
    """
    members = list(_list_members(written))
    entry = f'"document_id": "{document_id}"'
    for member in members:
        if member.key == "document_id":
            return f"{written[: member.value]}{entry.partition(' ')[2]}{written[member.end :]}"
    first = members[0]
    gap = written[written.index("{") + 1 : first.start]
    ahead = [member for member in members if member.key in ("id", "source")]
    if ahead:
        return f"{written[: ahead[-1].end]},{gap or ' '}{entry}{written[ahead[-1].end :]}"
    return f"{written[: first.start]}{entry},{gap or ' '}{written[first.start :]}"


def _list_members(written: str) -> Iterator[_Member]:
    decoder = json.JSONDecoder()
    at = written.index("{") + 1
    while (key_start := _skip(written, at, " \t\r\n,")) < len(written):
        if written[key_start] == "}":
            return
        key, key_end = decoder.raw_decode(written, key_start)
        value = _skip(written, key_end, " \t\r\n:")
        _, at = decoder.raw_decode(written, value)
        yield _Member(key, key_start, value, at)


def _skip(written: str, at: int, skipped: str) -> int:
    return len(written) - len(written[at:].lstrip(skipped))
