"""A model's raw answer, judged: what holds of it, and what does not.

Pure: the same answer to the same bulletin is judged in the same way as it arrives and years later,
out of the store.
"""

import json
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.forms.form import A, Fault, Form, on_one_line
from pipeline.llm import feedback
from pipeline.llm.answer_text import read_answer
from pipeline.llm.salvage import salvage
from pipeline.plain_text import storable
from schemas.document import Document
from schemas.report import JornadaReport

_LONGEST_ERROR = 200


class Draft(NamedTuple):
    """One answer of the model, judged: without faults, it holds.

    `breaks` are the faults that kept an answer from being read whole, and are told to the model
    alone: what else is wrong with the rest may be due to them.
    """

    raw: str
    report: JornadaReport | None
    faults: tuple[Fault, ...]
    breaks: tuple[Fault, ...] = ()
    cut: bool = False


def judge_answer(
    form: Form[A], document: Document, raw: str, *, cut_after: int | None = None
) -> Draft:
    """Judge a raw answer; `cut_after` says after how many tokens the server cut it off.

    Never raises: what makes the judging fail is a fault of the answer.
    """
    try:
        return _judge(form, document, raw, cut_after)
    except Exception as error:  # noqa: BLE001 - the answer was paid for, and must be on record
        said = on_one_line(str(error))[:_LONGEST_ERROR]
        fault = Fault("answer", f"could not be judged: {type(error).__name__}: {said}")
        return Draft(raw, None, (fault,), (fault,), cut_after is not None)


def _judge(form: Form[A], document: Document, raw: str, cut_after: int | None) -> Draft:
    found = read_answer(raw, form.blank)
    # An answer may be whole although the room was full: nothing but its end is missing then.
    cut = cut_after is not None and not (found is not None and found.whole and found.last)
    breaks: tuple[Fault, ...] = ()
    if found is None or not found.whole:
        breaks = _syntax_faults(form, raw)
    else:
        try:
            # In JSON, so that faults are worded for who writes JSON.
            answer = form.answer.model_validate_json(json.dumps(found.data))
        except ValidationError as error:
            breaks = feedback.shape_faults(error)
        else:
            if not cut:
                return Draft(raw, *form.judge(document, answer))
    if cut:
        breaks = (
            Fault("answer", f"was cut off after {cut_after} tokens; what follows is missing"),
        )
    return _piece_together(form, document, raw, breaks, cut=cut)


def _syntax_faults(form: Form[A], raw: str) -> tuple[Fault, ...]:
    """Say why an answer is not one whole JSON object."""
    if not raw.strip():
        return (Fault("answer", "is empty"),)
    written = storable(raw)
    try:
        form.answer.model_validate_json(written[max(0, written.find("{")) :])
    except ValidationError as error:
        return feedback.shape_faults(error)
    return (Fault("answer", "is not one JSON object"),)


def _piece_together(
    form: Form[A], document: Document, raw: str, breaks: tuple[Fault, ...], *, cut: bool
) -> Draft:
    """Keep what holds of an answer that could not be read whole."""
    answer = salvage(form, raw)
    if answer is None:
        return Draft(raw, None, breaks, breaks, cut)
    report, faults = form.judge(document, answer)
    return Draft(raw, report, (*breaks, *faults), breaks, cut)
