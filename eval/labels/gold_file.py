"""One gold file: its labels, or everything that is wrong with its form, in words."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeGuard

from pydantic import ValidationError

from eval.labels.nearest_code import nearest_label
from pipeline.console.destination import replace_file
from pipeline.errors import GoldError
from pipeline.labels import nearest_kind, read_detail
from pipeline.plain_text import one_line
from schemas.codebook import JOINT, OTHER, codebook
from schemas.report import JornadaReport, Service

TO_LABEL = "?"
"""Stands in a file that was begun by `jornada gold new` where a person has to say something."""

UNFINISHED = "unfinished"
"""The key of a file that is no gold yet; a person takes it away when all labels are seen to."""

PRELABELLED_BY = "prelabelled_by"
"""The key that tells which reader's labels a person began with; it stays."""

SEEN = "seen"
"""The key of the marks of what a person has looked at and left as it is, each with its words."""

_TEXTS = ("id", "source", "note", PRELABELLED_BY)
_ABOUT = (*_TEXTS, "document_id", "noise", UNFINISHED, SEEN)
"""Keys of a gold file that are no part of the report."""
_HASH = re.compile(r"[0-9a-f]{64}")
MARK = re.compile(r"[0-9a-f]{12}")
"""A mark of a finding that was seen."""
_LONGEST_SHOWN = 60
_LONGEST_LINE = 300
_WANTED = {
    "float": "a number",
    "greater": "{ge} or more",
    "less": "{le} or less",
    "finite": "finite",
    "int": "a whole number",
    "bool": "true or false",
    "string": "a text that is not empty",
    "date": "a date as YYYY-MM-DD",
    "tuple": "a list",
    "model": "an object",
}
"""By the first word of pydantic's name for a fault: what a field must be."""


class Noise(StrEnum):
    """What makes a bulletin hard to read, as judged by a person."""

    OCR = "ocr"
    NO_ACCENTS = "no_accents"
    ENCODING = "encoding"  # not UTF-8
    PAGE_BREAKS = "page_breaks"  # heads, feet or page numbers between the words
    COLUMNS = "columns"  # a table, or text in several columns
    WEB_DEBRIS = "web_debris"
    CONTRADICTION = "contradiction"  # headline against body, or parts against their total
    WORDS = "words"  # most numbers written out


class GoldFault(NamedTuple):
    """What is wrong with a field of a gold file, e.g. `figures[3].quote`; items count from 0."""

    field: str | None
    message: str


class Labels(NamedTuple):
    """A gold file by itself, before its text is looked for."""

    path: Path
    report: JornadaReport
    document_id: str | None
    noise: tuple[str, ...]
    seen: Mapping[str, str] = MappingProxyType({})
    """Marks of what a person has looked at, each with a few words on what it is about."""
    prelabelled_by: str | None = None

    @property
    def stem(self) -> str:
        """The file's name without its endings."""
        return stem_of(self.path)


def stem_of(path: Path) -> str:
    """Give the name of a gold file without `.json` or `.gold.json`."""
    return path.name.removesuffix(".json").removesuffix(".gold")


def parse_gold_file(path: Path) -> Labels | tuple[GoldFault, ...]:
    """Read one gold file: its labels, or everything that is wrong with its form."""
    raw = _read_json(path)
    if isinstance(raw, GoldFault):
        return (raw,)
    if not isinstance(raw, dict):
        return (GoldFault(None, "is not one JSON object with the labels of one bulletin"),)
    if raw and not {*raw} & {*JornadaReport.model_fields}:
        return (GoldFault(None, "is no gold file: none of its keys is a label"),)
    if raw.get(UNFINISHED) not in (None, False):
        return (_describe_unfinished(raw),)
    faults = [*_list_unknown_keys(raw), *_list_about_faults(raw), *_list_unlabelled(raw)]
    try:
        report = JornadaReport.model_validate(raw)
    except ValidationError as error:
        return (*faults, *_list_schema_faults(error), *_list_hidden_details(raw, error))
    except OverflowError:
        return (*faults, GoldFault("figures", "hold a number beyond bounds"))
    if "figures" not in raw:
        faults.append(GoldFault("figures", "is missing: [] says that the bulletin has none"))
    if faults:
        return tuple(faults)
    noise, seen = tuple(raw.get("noise", ())), raw.get(SEEN, {})
    return Labels(path, report, raw.get("document_id"), noise, seen, raw.get(PRELABELLED_BY))


def change_gold_file(path: Path, change: Callable[[str], str]) -> None:
    """Write what `change` makes of a gold file's text; it is replaced whole or stays as it was.

    Raises GoldError where it cannot be written.
    """
    try:
        changed = change(path.read_bytes().decode("utf-8")).encode("utf-8")
        replace_file(path.resolve(), lambda file: file.write(changed))
    except OSError as error:
        raise GoldError(f"{path}: cannot be written: {error.strerror or error}") from error


def _read_json(path: Path) -> Any:  # noqa: ANN401 - JSON, or a GoldFault
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_each_once)
    except OSError as error:
        return GoldFault(None, f"cannot be read: {error.strerror or error}")
    except UnicodeDecodeError:
        return GoldFault(None, "is not UTF-8")
    except json.JSONDecodeError as error:
        return GoldFault(None, f"broken JSON in line {error.lineno}: {_describe_broken(error)}")
    except _DuplicateKeyError as error:
        return GoldFault(None, f"broken JSON: {error}")
    except (ValueError, RecursionError):
        return GoldFault(None, "broken JSON: a number or nesting beyond bounds")


def _describe_broken(error: json.JSONDecodeError) -> str:
    """Say what is broken; what editors let pass and JSON does not, in words of its own."""
    ahead, there = error.doc[: error.pos].rstrip(), error.doc[error.pos :]
    if there.startswith(("//", "/*", "#")):
        return 'JSON has no comments; "note" is for words of your own'
    if ahead.endswith(",") and there[:1] in ("}", "]"):
        return f"nothing follows the comma before this {there[0]}: take it away"
    return error.msg


class _DuplicateKeyError(ValueError):
    """A key that stands twice in one object: the first would be lost without a word."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(pairs)
    if len(once) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _DuplicateKeyError(f"{_format_value(twice)} stands twice in one object")
    return once


def _list_unknown_keys(raw: Mapping[str, object]) -> Iterator[GoldFault]:
    known = (*JornadaReport.model_fields, *_ABOUT)
    for key in raw:
        if key not in known:
            yield GoldFault(
                " ".join(key.split())[:_LONGEST_SHOWN],
                f"no label has this name{_nearest('', key, known)}",
            )


def _describe_unfinished(raw: Mapping[str, object]) -> GoldFault:
    """Say what is to be done before a file that was begun is gold."""
    reader = raw.get(PRELABELLED_BY)
    begun = f"pre-labelled by {one_line(reader)[:_LONGEST_SHOWN]}; " if _is_text(reader) else ""
    message = f"{begun}no gold until every label is seen to and this line deleted"
    return GoldFault(UNFINISHED, message)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def _list_unlabelled(raw: Mapping[str, object]) -> Iterator[GoldFault]:
    """Name the labels that `jornada gold new` left to be filled, in a line an item."""
    yield from _name_unlabelled(None, raw)
    for key, items in raw.items():
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield from _name_unlabelled(f"{key}[{index}]", item)


def _name_unlabelled(field: str | None, item: Mapping[str, object]) -> Iterator[GoldFault]:
    left = [" ".join(key.split()) for key, value in item.items() if value == TO_LABEL]
    if left:
        yield GoldFault(field, f"still to be labelled: {', '.join(left)}"[:_LONGEST_LINE])


def _list_about_faults(raw: Mapping[str, object]) -> Iterator[GoldFault]:
    for key in _TEXTS:
        if not isinstance(raw.get(key, ""), str):
            yield GoldFault(key, "must be a text")
    seen = raw.get(SEEN, {})
    if not isinstance(seen, dict) or not all(
        MARK.fullmatch(mark) and isinstance(words, str) for mark, words in seen.items()
    ):
        yield GoldFault(SEEN, "must be an object of marks and words: jornada gold seen writes it")
    known = raw.get("document_id")
    if known is not None and not (isinstance(known, str) and _HASH.fullmatch(known)):
        yield GoldFault("document_id", "must be a text's sha256: 64 hex digits in lower case")
    noise = raw.get("noise", [])
    if not isinstance(noise, list):
        yield GoldFault("noise", "must be a list")
        return
    for index, tag in enumerate(noise):
        if tag not in list(Noise):
            near = _nearest("noise", tag, list(Noise)) if isinstance(tag, str) else ""
            choices = ", ".join(Noise)
            yield GoldFault(f"noise[{index}]", f"{_format_value(tag)} is none of {choices}{near}")
        elif tag in noise[:index]:
            yield GoldFault(f"noise[{index}]", f"{_format_value(tag)} stands twice")


def _list_schema_faults(error: ValidationError) -> Iterator[GoldFault]:
    for fault in error.errors(include_url=False):
        if fault["input"] != TO_LABEL and not _is_of_unlabelled(fault):
            yield _read_fault(fault)


def _is_of_unlabelled(fault: Mapping[str, Any]) -> bool:
    return fault["type"] == "value_error" and TO_LABEL in fault["input"].values()


def _list_hidden_details(raw: Mapping[str, Any], error: ValidationError) -> Iterator[GoldFault]:
    """Find details that are none in figures of which another label is at fault.

    What follows from several labels together is not judged there, so that one would come to light
    only when the other is mended.
    """
    judged = {"value_error"}  # by all labels together, of which none is at fault
    at_fault = {
        fault["loc"][:2]
        for fault in error.errors(include_url=False, include_input=False)
        if fault["type"] not in judged
    }
    figures = raw.get("figures")
    for index, figure in enumerate(figures if isinstance(figures, list) else ()):
        if ("figures", index) not in at_fault or not isinstance(figure, dict):
            continue
        service, detail = figure.get("service"), figure.get("detail")
        if service not in list(Service) or not _is_text(detail) or detail == TO_LABEL:
            continue
        if fault := codebook().fault_of(service, detail):
            message = f"{fault}{_describe_detail(Service(service), detail)}"
            yield GoldFault(f"figures[{index}].detail", message)


def _read_fault(fault: Mapping[str, Any]) -> GoldFault:
    field, message = _field_path(fault["loc"]), _describe(fault)
    name, _, said = message.partition(": ")
    if fault["type"] == "value_error" and name == "detail":
        figure = fault["input"]
        said = f"{said}{_describe_detail(Service(figure['service']), figure['detail'])}"
        return GoldFault(f"{field}.detail", said)
    return GoldFault(field, message)


def _describe_detail(service: Service, detail: str) -> str:
    """Say which codes were meant, or which are the nearest to words that are none."""
    kinds = detail.split(JOINT)
    read = read_detail(service, kinds)
    if not read.faults:
        return f": write {_format_value(read.detail)}"
    known = codebook().kinds_of(service)
    near = {kind: nearest_kind(service, kind) for kind in kinds if kind not in known}
    meant = [f"'{code}' is the nearest to '{kind}'" for kind, code in near.items() if code]
    meant += [
        f"'{kind}' is a kind of {other}"
        for kind in near
        for other, codes in codebook().root.items()
        if kind in codes.detail
    ]
    no_code = f"'{OTHER}' is for a kind that is printed and has no code"
    return f"; {'; '.join((*meant, no_code))}" if near else ""


def _describe(fault: Mapping[str, Any]) -> str:
    kind, value, context = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        known = sorted(_fields_beside(fault["loc"]))
        return f"no label has this name{_nearest('', str(fault['loc'][-1]), known)}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "enum":
        choices = re.findall(r"'(\w+)'", context["expected"])
        label = str(fault["loc"][-1])
        near = _nearest(label, value, choices) if isinstance(value, str) else ""
        return f"{_format_value(value)} is none of {', '.join(choices)}{near}"
    wanted = _WANTED.get(kind.split("_")[0], str(fault["msg"]))
    return f"must be {wanted.format(**context)}, not {_format_value(value)}"


def _fields_beside(loc: tuple[int | str, ...]) -> Iterable[str]:
    """List the fields of the model that a misspelt one stands in."""
    for part in loc[:1]:
        field = JornadaReport.model_fields.get(str(part))
        for item in getattr(field.annotation, "__args__", ()) if field else ():
            yield from getattr(item, "model_fields", ())


def _field_path(loc: tuple[int | str, ...]) -> str | None:
    written = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return written.removeprefix(".") or None


def _nearest(label: str, word: str, codes: Sequence[str]) -> str:
    near = nearest_label(label, word, codes)
    return f"; did you mean '{near}'?" if near else ""


def _format_value(value: object) -> str:
    written = json.dumps(value, default=str, ensure_ascii=False)
    return written if len(written) <= _LONGEST_SHOWN else f"{written[:_LONGEST_SHOWN]}…"
