"""A model's raw answer, judged: what holds of it, and what does not.

Pure: the same answer to the same bulletin is judged in the same way as it arrives and years later,
out of the store.
"""

from typing import NamedTuple

from pydantic import ValidationError

from pipeline.forms.form import A, Fault, Form
from pipeline.llm import feedback
from pipeline.llm.salvage import bare_json, salvage
from schemas.document import Document
from schemas.report import JornadaReport


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
    """Judge a raw answer; `cut_after` says after how many tokens the server cut it off."""
    cut = cut_after is not None
    try:
        answer = form.answer.model_validate_json(bare_json(raw))
    except ValidationError as error:
        breaks = feedback.shape_faults(error) if raw.strip() else (Fault("answer", "is empty"),)
    except ValueError as error:  # lone surrogates, which no JSON parser takes
        breaks = (Fault("answer", f"cannot be read: {error}"),)
    else:
        if not cut:
            return Draft(raw, *form.judge(document, answer))
        breaks = ()
    if cut:
        breaks = (
            Fault("answer", f"was cut off after {cut_after} tokens; what follows is missing"),
        )
    return _piece_together(form, document, raw, breaks, cut=cut)


def _piece_together(
    form: Form[A], document: Document, raw: str, breaks: tuple[Fault, ...], *, cut: bool
) -> Draft:
    """Keep what holds of an answer that could not be read whole."""
    answer = salvage(form, raw)
    if answer is None:
        return Draft(raw, None, breaks, breaks, cut)
    report, faults = form.judge(document, answer)
    return Draft(raw, report, (*breaks, *faults), breaks, cut)
