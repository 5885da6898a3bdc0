"""What `jornada gold agree` prints: how far two people's labels agree, and where they do not."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eval.report.number_format import DASH, format_ratio
from eval.scoring.agreement import Agreement, Difference
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import one_line, to_json


class TwoFolders(NamedTuple):
    """The folders that were compared: how many bulletins both have, and which one alone has."""

    first: Path
    second: Path
    common: int
    first_alone: tuple[str, ...]
    second_alone: tuple[str, ...]


def show_agreement(folders: TwoFolders, agreement: Agreement, *, as_json: bool) -> None:
    """Print scores, kappas and differences, as tables of 80 columns or as one JSON object."""
    if as_json:
        say(to_json(_as_json(folders, agreement)))
        return
    say(one_line(f"A = {folders.first}, B = {folders.second}: {folders.common} bulletins in both."))
    for name, alone in (("A", folders.first_alone), ("B", folders.second_alone)):
        if alone:
            say(one_line(f"In {name} alone, and left out: {', '.join(alone)}"))
    say("")
    scores = [
        (name, format_ratio(one.f1), f"{one.right:,}", f"{one.gold:,}", f"{one.read:,}")
        for name, one in agreement.scores.items()
        if one.gold or one.read
    ]
    console().print(table(("F1 of", ">F1", ">alike", ">in A", ">in B"), scores))
    labels = [
        (label, f"{one.figures:,}", f"{one.same:,}", format_ratio(one.kappa))
        for label, one in agreement.labels.items()
    ]
    console().print(table(("figures in both", ">n", ">alike", ">Cohen's kappa"), labels))
    _show_differences(agreement.differences)


def _show_differences(differences: Sequence[Difference]) -> None:
    bulletins = dict.fromkeys(one.bulletin for one in differences)
    for bulletin in bulletins:
        say(one_line(f"{bulletin}:"))
        rows = [
            (
                one_line(one.words) or DASH,
                one.label,
                DASH if one.first is None else one_line(one.first),
                DASH if one.second is None else one_line(one.second),
            )
            for one in differences
            if one.bulletin == bulletin
        ]
        console().print(table(("words", "label", "A", "B"), rows))
    say(f"{len(differences):,} differences in {len(bulletins)} bulletins.")


def _as_json(folders: TwoFolders, agreement: Agreement) -> dict[str, object]:
    return {
        "first": str(folders.first),
        "second": str(folders.second),
        "bulletins": folders.common,
        "first_alone": folders.first_alone,
        "second_alone": folders.second_alone,
        "scores": {
            name: {"f1": one.f1, "alike": one.right, "first": one.gold, "second": one.read}
            for name, one in agreement.scores.items()
        },
        "labels": {label: one._asdict() for label, one in agreement.labels.items()},
        "differences": [one._asdict() for one in agreement.differences],
    }
