"""What is printed of phrases and rules: what each is worth, and which should be looked at."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from eval.ablation.allowed import closed_class, plain_spanish
from eval.ablation.floors import MEASURES, count_unmarked
from eval.ablation.study import PhraseStudy
from eval.ablation.worth import Change, Worth, f1
from eval.scoring.score import Score
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import one_line
from pipeline.rules.vocabulary import Phrase

_WORTH = (">right", ">rest", ">strict F1", ">helps", ">hurts", ">stands in")


def show_sets(study: PhraseStudy) -> None:
    """Print how each folder scores, ordinarily and left out."""
    rows = [
        (
            one.folder,
            *(f"{f1(scores[m]):.4f}" for m in MEASURES for scores in (one.ordinary, one.left_out)),
            f"{one.bulletins}",
        )
        for one in study.sets
    ]
    columns = [f">{name}" for m in MEASURES for name in (f"{m} F1", "left out")]
    console().print(table(("bulletins", *columns, ">n"), rows))
    say("left out: each bulletin read without the phrases that help in that bulletin alone")
    say(f"{count_unmarked(study)} phrases help in one bulletin alone and are not marked as plain")


def show_phrases(study: PhraseStudy) -> None:
    """Print what each phrase is worth, then those to look at."""
    _show_worths("Phrases that matter", study.worths.values(), study.whole)
    alone = {p: w for p, w in study.worths.items() if len(w.helps) == 1}
    marked = [_alone_row(worth, plain_spanish(phrase) or "") for phrase, worth in alone.items()]
    _section(
        "Phrases that help in one bulletin alone",
        ("phrase", "bulletin", "figures", "plain"),
        marked,
    )
    _section(
        "Phrases that stand in none of the texts",
        ("list", "allowed", "phrases"),
        list(_unmatched_rows(study.unmatched)),
    )
    _show_harmful("Phrases that hurt more than they help", study.worths.values())


def show_rules(rules: Sequence[Worth], whole: Score) -> None:
    """Print what each rule is worth, then those to look at."""
    _show_worths("Rules that matter", rules, whole)
    needed = [(worth.name, worth.needed) for worth in rules if worth.needed]
    _section("Rules without which nothing is read", ("rule", "error"), needed)
    alone = [_alone_row(worth) for worth in rules if len(worth.helps) == 1]
    _section("Rules that help in one bulletin alone", ("rule", "bulletin", "figures"), alone)
    useless = [(worth.name, f"{len(worth.stands_in)}") for worth in rules if worth.is_worthless]
    _section(
        "Rules without which all bulletins score as well", ("rule", ">reads otherwise"), useless
    )
    _show_harmful("Rules that hurt more than they help", rules)


def as_facts(study: PhraseStudy, rules: Sequence[Worth] | None) -> dict[str, Any]:
    """Return all of it as plain values, for JSON."""
    facts: dict[str, Any] = {
        "sets": [
            {
                "folder": one.folder,
                "bulletins": one.bulletins,
                **{f"{m}_f1": f1(one.ordinary[m]) for m in MEASURES},
                **{f"{m}_f1_left_out": f1(one.left_out[m]) for m in MEASURES},
            }
            for one in study.sets
        ],
        "helping_in_one_bulletin": count_unmarked(study),
        "phrases": [
            {
                "list": phrase.where,
                "phrase": phrase.written,
                "in_none_of_the_texts": phrase in study.unmatched,
                "closed_class": closed_class(phrase.where),
                "plain": plain_spanish(phrase),
                **_facts(worth, study.whole),
            }
            for phrase, worth in study.worths.items()
        ],
    }
    if rules is not None:
        facts["rules"] = [{"rule": one.name, **_facts(one, study.whole)} for one in rules]
    return facts


def _facts(worth: Worth, whole: Score) -> dict[str, Any]:
    return {
        "needed": worth.needed or None,
        "right": worth.right,
        "rest": worth.rest,
        "strict_f1": worth.effect(whole),
        "stands_in": list(worth.stands_in),
        "changes": [
            {
                "bulletin": one.bulletin,
                "strict_f1": one.gain,
                "right": one.with_it.right - one.without.right,
                "rest": one.rest,
                "figures": list(one.figures),
            }
            for one in worth.changes
        ],
    }


def _show_worths(title: str, worths: Iterable[Worth], whole: Score) -> None:
    changed = [worth for worth in worths if worth.changes]
    changed.sort(key=lambda worth: (-worth.effect(whole), -worth.rest, worth.name))
    rows = [
        (
            one_line(worth.name),
            f"{worth.right:+}",
            f"{worth.rest:+}",
            f"{worth.effect(whole):+.4f}",
            f"{len(worth.helps)}",
            f"{len(worth.hurts)}",
            f"{len(worth.stands_in)}",
        )
        for worth in changed
    ]
    _section(title, ("name", *_WORTH), rows)


def _show_harmful(title: str, worths: Iterable[Worth]) -> None:
    rows = [
        (
            one_line(worth.name),
            change.bulletin,
            f"{change.gain:+.3f}",
            f"{change.rest:+}",
            _figures(change),
        )
        for worth in worths
        if worth.is_harmful
        for change in worth.changes
    ]
    _section(title, ("name", "bulletin", ">strict F1", ">rest", "figures"), rows)


def _alone_row(worth: Worth, *more: str) -> tuple[str, ...]:
    change = worth.helps[0]
    return (one_line(worth.name), change.bulletin, _figures(change), *more)


def _figures(change: Change) -> str:
    return "; ".join(change.figures)


def _unmatched_rows(phrases: Iterable[Phrase]) -> Iterator[tuple[str, str, str]]:
    lists: dict[str, list[str]] = {}
    for phrase in phrases:
        lists.setdefault(phrase.where, []).append(phrase.written)
    for where, written in lists.items():
        yield where, closed_class(where) or "", one_line(", ".join(written))


def _section(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    say("")
    console().print(table(columns, rows, f"{title} ({len(rows)})"))
