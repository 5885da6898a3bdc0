"""Bulletins to learn from and bulletins to judge by: nothing may stand in both."""

from collections.abc import Iterator, Sequence

from eval.labels.gold import GoldBulletin
from eval.tuning.prompt_parts import runs_of_words
from pipeline.errors import UsageError
from pipeline.forms.prompts import Prompt, few_shot_match, is_nearly
from pipeline.near.signature import Signature, is_same_release, sign

_SHOWN = 3


def require_apart(
    development: Sequence[GoldBulletin], holdout: Sequence[GoldBulletin], prompt: Prompt
) -> None:
    """See that no text is known before it is judged by. Raises `UsageError` that names them.

    Neither the same text, nor another print of one release, may stand on both sides, no few-shot of
    the prompt on either, and no passage of the holdout in the prompt.
    """
    told = [one for one in (*development, *holdout) if few_shot_match(prompt, one.document)]
    if told:
        raise UsageError(
            f"{_list([str(one.path) for one in told])}: a few-shot of {prompt.name}, whose answer "
            "is known; take it out of the gold"
        )
    own = {run for text in _texts_of(prompt) for run in runs_of_words(text)}
    copied = [one for one in holdout if not own.isdisjoint(runs_of_words(one.document.text))]
    if copied:
        raise UsageError(
            f"{_list([str(one.path) for one in copied])}: {prompt.name} has a passage of its text, "
            "so that it cannot judge it; take it out of --holdout, or the passage out of the prompt"
        )
    shared = [f"{one.path} and {other.path}" for one, other in _find_shared(development, holdout)]
    if shared:
        raise UsageError(
            f"--gold and --holdout share a text, or nearly: {_list(shared)}; what a prompt has "
            "learnt from cannot judge it: leave each in one of the two"
        )


def _texts_of(prompt: Prompt) -> tuple[str, ...]:
    return prompt.template, *(each.bulletin for each in prompt.few_shots)


def _find_shared(
    development: Sequence[GoldBulletin], holdout: Sequence[GoldBulletin]
) -> Iterator[tuple[GoldBulletin, GoldBulletin]]:
    signed = [(one, sign(one.document.text)) for one in development]
    for other in holdout:
        signature = sign(other.document.text)
        for one, its in signed:
            if one.document.id == other.document.id or _is_same(one, its, other, signature):
                yield one, other


def _is_same(
    one: GoldBulletin, its: Signature | None, other: GoldBulletin, signature: Signature | None
) -> bool:
    """Tell whether two texts are one release, or one text but for what a scanner misread."""
    if its is not None and signature is not None and is_same_release(its, signature):
        return True
    return is_nearly(one.document.text, other.document.text)


def _list(items: Sequence[str]) -> str:
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return f"{'; '.join(items[:_SHOWN])}{more}"
