"""What a prompt form is: how a bulletin is shown, what comes back, and how that is judged."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pipeline.checks.gate import keep_held
from pipeline.checks.grounding import DROPPED
from pipeline.labels import read_detail
from pipeline.plain_text import one_line
from schemas.answer import Part
from schemas.document import Document, Metadata, Numeral
from schemas.finding import Span
from schemas.report import JornadaReport, Service

UNCLAIMED = "figures"
"""The field of the faults of numbers that an answer says nothing about."""
_AROUND = 40
_LONGEST_SHOWN = 300
"""Characters of what an answer says that a fault shows."""
_OF_A_VALUE = '"title": "Value"'

A = TypeVar("A", bound=Part)


class Fault(NamedTuple):
    """One thing that keeps an answer from holding; `span` points into the text where it can."""

    field: str
    message: str
    span: Span | None = None


class Verdict(NamedTuple):
    """What holds of an answer, and what does not."""

    report: JornadaReport | None
    faults: tuple[Fault, ...]


class Shown(NamedTuple):
    """A bulletin's text as the model sees it, and a sentence about it or nothing."""

    text: str
    note: str = ""


class ByMarks(NamedTuple, Generic[A]):
    """A second shape of a form's answers, with a schema made for one document.

    It is for servers that read a schema with each request; those that compile one for all requests
    take a new one badly. `write` writes an answer in this shape, as JSON data, and `gather` brings
    such data back into the shape of the form's `answer`, whose model does so by itself. `told` says
    to a model how the shape differs from what its prompt describes.
    """

    schema: Callable[[Document], dict[str, Any]]
    write: Callable[[Document, A], dict[str, Any]]
    gather: Callable[[dict[str, Any]], dict[str, Any]]
    told: str

    @property
    def schema_hash(self) -> str:
        """Hash what the schemas of all documents share, and what is told, in hexadecimal."""
        nothing = Document(id="", text="", metadata=Metadata(format="none"))
        return _hash({"schema": self.schema(nothing), "told": self.told})


@dataclass(frozen=True)
class Form(Generic[A]):
    """One way to ask a model; `FORMS` has all.

    `answer_for` is the inverse of `judge`: it writes a report as the answer that a model ought to
    give. `blank` has what stands in for a key that a broken answer lacks, and `says_something`
    tells whether an answer that was pieced together is worth keeping. `by_marks` is another shape
    of the same answers, where the form has one.
    """

    name: str
    answer: type[A]
    show: Callable[[Document], Shown]
    judge: Callable[[Document, A], Verdict]
    answer_for: Callable[[Document, JornadaReport], A]
    blank: Mapping[str, object]
    says_something: Callable[[A], bool]
    by_marks: ByMarks[A] | None = None

    @cached_property
    def schema_hash(self) -> str:
        """Hash the schema that the model is given, in hexadecimal.

        A keyword that meant nothing to anybody is hashed although it is sent no more: with another
        hash, answers that were paid for would count no longer.
        """
        schema = json.dumps(self.answer.model_json_schema(), sort_keys=True)
        schema = schema.replace(_OF_A_VALUE, f'"ge": 0, {_OF_A_VALUE}')
        return hashlib.sha256(schema.encode()).hexdigest()


def _hash(schema: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()


def with_metadata(document: Document, report: JornadaReport) -> JornadaReport:
    """Prefer the day that the source states, and its title only where none was read."""
    stated = document.metadata
    return report.model_copy(
        update={
            "title": report.title or stated.title,
            "published_on": stated.published_on or report.published_on,
        }
    )


def keep_told(
    document: Document, report: JornadaReport, fields: Mapping[str, str]
) -> tuple[JornadaReport, list[Fault]]:
    """Keep what the bulletin holds of a report, as the gate to the store does; the rest is faults.

    `fields` are the names that a form has for fields of a report, where they differ.
    """
    report, findings = keep_held(document, report)
    return report, [
        Fault(
            fields.get(finding.field or "", finding.field or "answer"),
            finding.message.removeprefix(DROPPED),
            finding.span,
        )
        for finding in findings
    ]


def detail_faults(field: str, service: Service, kinds: Iterable[str]) -> Iterator[Fault]:
    """Say which kinds of a figure, at `field` of an answer, are no codes of its service."""
    for fault in read_detail(service, kinds).faults:
        yield Fault(f"{field}.detail", fault)


def around(text: str, numeral: Numeral) -> str:
    """Give a number with the words around it, on one line and fit to stand in double quotes."""
    before = text[max(0, numeral.start - _AROUND) : numeral.start]
    after = text[numeral.end : numeral.end + _AROUND]
    # Words that the window cuts in two are left out.
    if numeral.start > _AROUND:
        before = before.partition(" ")[2]
    if numeral.end + _AROUND < len(text):
        after = after.rpartition(" ")[0]
    return on_one_line(f"{before}{numeral.raw}{after}")


def on_one_line(words: str) -> str:
    """Fold white space, and double quotation marks to single ones; cut, and without controls."""
    return one_line(words.replace('"', "'")[: 2 * _LONGEST_SHOWN])[:_LONGEST_SHOWN]
