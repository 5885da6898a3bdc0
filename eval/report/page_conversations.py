"""What was said to a model and what it answered, for the page: prompts once, answers by bulletin.

The shapes of conversations are those that `page_parts/bulletin.js` reads. Pure.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from eval.runs.run_prompts import PromptDifference
from eval.runs.variant import ScoredReading, VariantResult
from pipeline.forms.prompts import MARKER, Message, Prompt
from pipeline.llm.dialect import MARKS
from pipeline.pages.text import shorten
from schemas.document import Document, Metadata
from schemas.reading import Attempt, AttemptOutcome

_LONGEST_ANSWER = 50_000
_LONGEST_ERROR = 500
_MOST_ERRORS = 50
_NOTHING = Document(id="", text="", metadata=Metadata(format="none"))
_KINDS = {"+": "more", "-": "less", "@": "place"}

Attempts = Mapping[str, Sequence[Attempt]]
"""By the ID of the reading."""


class PromptView(NamedTuple):
    """One prompt and the variants that it was read with; `messages` are what never changes.

    They are None where the text is not known.
    """

    name: str
    hash: str
    variants: tuple[str, ...]
    messages: tuple[Message, ...] | None


class DifferenceView(NamedTuple):
    """How a prompt differs from the first: in a sentence, and lines, each with its kind.

    Kinds are `more`, `less`, `same`, `place` (where in the file) and `name` (of the file).
    """

    said: str
    lines: tuple[tuple[str, str], ...]


def view_prompts(
    results: Sequence[VariantResult], prompts: Mapping[str, Prompt], attempts: Attempts
) -> tuple[PromptView, ...]:
    """List the prompts of an eval, each once; `prompts` are those at hand, by their hash."""
    views: dict[str, PromptView] = {}
    for result in results:
        digest = result.key.prompt_hash
        if digest is None:
            continue
        prompt = prompts.get(digest)
        shown = None
        if prompt is not None:
            shown = tuple(_list_unchanging(prompt, by_marks=_is_by_marks(result, attempts)))
        known = views.get(digest)
        views[digest] = PromptView(
            known.name if known else result.key.prompt or "",
            digest,
            (*(known.variants if known else ()), result.name),
            (known and known.messages) or shown,
        )
    return tuple(views.values())


def view_difference(difference: PromptDifference) -> DifferenceView:
    """Tell the lines of a unified diff apart; names of files begin like lines of theirs."""
    lines = difference.lines
    names = {
        place + step
        for place, three in enumerate(zip(lines, lines[1:], lines[2:], strict=False))
        if all(map(str.startswith, three, ("--- ", "+++ ", "@@ ")))
        for step in (0, 1)
    }
    return DifferenceView(
        difference.said,
        tuple(
            ("name" if place in names else _KINDS.get(line[:1], "same"), line)
            for place, line in enumerate(lines)
        ),
    )


def _list_unchanging(prompt: Prompt, *, by_marks: bool) -> list[Message]:
    """List what every bulletin is asked with, then what stands below the bulletin, if anything."""
    *unchanging, _ = prompt.messages(_NOTHING, by_marks=by_marks)
    _, _, closing = prompt.template.partition(MARKER)
    if closing.strip():
        unchanging.append({"role": "user", "content": f"(the bulletin)\n{closing.strip()}"})
    return unchanging


def _is_by_marks(result: VariantResult, attempts: Attempts) -> bool:
    return any(
        attempt.schema_mode == MARKS
        for read in result.reads
        for attempt in attempts.get(read.reading_id or "", ())
    )


# Conversations


def list_conversations(
    document: Document,
    reads: Sequence[Sequence[ScoredReading]],
    prompts: Sequence[Prompt | None],
    attempts: Attempts,
) -> list[list[dict[str, Any]]]:
    """Prepare what was said of one bulletin, by variant and repeat; `asked` names a text once."""
    return [
        [_show_conversation(document, read, prompt, attempts) for read in own]
        for own, prompt in zip(reads, prompts, strict=True)
    ]


def _show_conversation(
    document: Document, read: ScoredReading, prompt: Prompt | None, attempts: Attempts
) -> dict[str, Any]:
    calls = attempts.get(read.reading_id or "", ())
    return {
        "asked": prompt.messages(document)[-1]["content"] if prompt and calls else None,
        "calls": [
            _show_call(call, is_last=number == len(calls)) for number, call in enumerate(calls, 1)
        ],
    }


def _show_call(call: Attempt, *, is_last: bool) -> dict[str, Any]:
    errors = [shorten(error, _LONGEST_ERROR) for error in call.errors[:_MOST_ERRORS]]
    if len(call.errors) > _MOST_ERRORS:
        errors.append(f"... and {len(call.errors) - _MOST_ERRORS:,} more")
    return {
        "outcome": call.outcome,
        "answer": None if call.raw_answer is None else shorten(call.raw_answer, _LONGEST_ANSWER),
        "errors": errors,
        "then": "" if is_last else _THEN.get(call.outcome, ""),
        "tokens": [call.input_tokens, call.output_tokens],
        "seconds": call.seconds,
    }


_THEN = {
    AttemptOutcome.INVALID: "The model was told this, and asked again.",
    AttemptOutcome.CUT_OFF: "It was cut off, and asked again with more room.",
    AttemptOutcome.UNANSWERED: "The call was made again.",
}
