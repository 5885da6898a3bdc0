"""An eval as one page to read: HTML that needs nothing else and asks nobody."""

import importlib.metadata
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from eval.report.page_bulletins import ListedBulletin, list_bulletins
from eval.report.page_conversations import (
    Attempts,
    list_conversations,
    view_difference,
    view_prompts,
)
from eval.report.page_drawing import draw_tradeoff, span_estimates
from eval.report.page_template import NAMES, SIGNS, load_template
from eval.report.page_trend import trace_runs
from eval.report.variant_sentences import (
    describe_few,
    describe_repeats,
    describe_total_failures,
)
from eval.runs.comparison import Comparison
from eval.runs.confusions import Confusion, ErrorKind, count_confusions, judged_figures
from eval.runs.evaluation import Evaluation
from eval.runs.history import EvalRun, fetch_eval_runs
from eval.runs.run_prompts import PromptDifference, compare_prompts, find_prompt
from eval.runs.slices import Part, measure_slices
from eval.runs.summary import VariantSummary
from eval.runs.tradeoff import weigh_variants
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.align import FigureOutcome
from pipeline.console.destination import Target, write_file
from pipeline.console.terminal import tell
from pipeline.forms.prompts import Prompt
from pipeline.pages.text import pack
from pipeline.store.fetch import fetch_readable
from pipeline.store.rows import now

_MOST_CONFUSIONS = 40


class About(NamedTuple):
    """What the page is about beside the results; `created` is UTC, `excluded` says what and why."""

    created: datetime
    gold: str
    bulletins: int
    figures: int
    software: str
    excluded: Sequence[str] = ()


class Content(NamedTuple):
    """All that the page shows. The first result is what the others are compared with.

    `prompts` are those whose texts are known, by hash; `prompt_diffs` say how each further one
    differs from the first; `attempts` are the calls of each reading, by its ID; `runs` are those of
    the database, the newest first, these among them.
    """

    results: Sequence[VariantResult]
    summaries: Sequence[VariantSummary]
    comparisons: Sequence[Comparison]
    about: About
    prompts: Mapping[str, Prompt] = MappingProxyType({})
    prompt_diffs: Sequence[PromptDifference] = ()
    attempts: Attempts = MappingProxyType({})
    runs: Sequence[EvalRun] = ()


class VariantView(NamedTuple):
    """One variant with what is drawn of it; `confusions` are the most frequent ones."""

    result: VariantResult
    summary: VariantSummary
    outcomes: dict[FigureOutcome, int]
    confusions: tuple[Confusion, ...]
    hidden_confusions: int
    kinds: tuple[ErrorKind, ...]


class SliceTable(NamedTuple):
    """One way to cut the gold: a row a part, in it a score a variant, None where it has none."""

    name: str
    rows: tuple[tuple[str, tuple[Part | None, ...]], ...]


class Packed(NamedTuple):
    """The data that the page's script unpacks; `lines` has what is listed of all bulletins."""

    lines: str
    bodies: tuple[str, ...]
    conversations: tuple[str, ...]


def write_page(evaluation: Evaluation, target: Target) -> None:
    """Write the page of an eval. Raises `UsageError` if it cannot be written."""
    page = render_page(_gather(evaluation))
    write_file(target, lambda file: file.write(page.encode()))
    tell(f"Report written to {target.to}")


def _gather(evaluation: Evaluation) -> Content:
    """Gather what the stores have beside the results."""
    results, store = evaluation.results, evaluation.store
    keys = {one.key.prompt_hash: one.key for one in results if one.key.prompt_hash}
    prompted = list(keys.values())
    found = {digest: find_prompt(store, key) for digest, key in keys.items()}
    read = [each.reading_id for one in results for each in one.reads if each.reading_id]
    return Content(
        results,
        evaluation.summaries,
        evaluation.comparisons,
        About(
            created=now(),
            gold=evaluation.gold,
            bulletins=len(evaluation.bulletins),
            figures=evaluation.figures,
            software=importlib.metadata.version("jornada"),
            excluded=evaluation.left_out,
        ),
        {digest: prompt for digest, prompt in found.items() if prompt is not None},
        [compare_prompts(store, prompted[0], other) for other in prompted[1:]],
        {
            reading_id: reading.attempts
            for reading_id, reading in fetch_readable(evaluation.readings, read).items()
        },
        fetch_eval_runs(store),
    )


def render_page(content: Content) -> str:
    """Build the page.

    Names, quotes and texts come from anywhere: each is escaped, and what is not printable, or
    would turn the direction of writing, is made visible. The page's own script alone may run.
    """
    results, summaries = content.results, content.summaries
    bulletins = list_bulletins(results)
    variants = [
        _view_variant(result, summary) for result, summary in zip(results, summaries, strict=True)
    ]
    tradeoffs = weigh_variants(results, summaries)
    prompts = view_prompts(results, content.prompts, content.attempts)
    page = load_template().render(
        about=content.about,
        variants=variants,
        comparisons=content.comparisons,
        remarks=_list_remarks(results, summaries),
        score_axis=span_estimates((each.strict.f1, each.interval) for each in summaries),
        difference_axes=[
            span_estimates(((d.estimate, d.interval) for d in one.measures.values()), 0.0)
            for one in content.comparisons
        ],
        slices=_slice_tables(results),
        kinds=_line_up_kinds(variants),
        tradeoffs=tradeoffs,
        plots={
            "US dollars a bulletin": draw_tradeoff(tradeoffs, [one.usd for one in tradeoffs]),
            "p95 seconds a reading": draw_tradeoff(
                tradeoffs, [one.p95_seconds for one in tradeoffs]
            ),
        },
        prompts=prompts,
        prompt_diffs=[view_difference(each) for each in content.prompt_diffs],
        trend=trace_runs(content.runs, [result.run_id for result in results]),
        bulletins=bulletins,
        packed=_pack(content, bulletins),
    )
    return page.lstrip()  # imports stand before the doctype and leave their line ends


# Variants and parts of the gold


def _list_remarks(
    results: Sequence[VariantResult], summaries: Sequence[VariantSummary]
) -> list[str]:
    """Warn of few bulletins, name those that failed, and say what repeats were worth."""
    lines = [*describe_few(summaries[0].bulletins, summaries[0].reposts)]
    for result, summary in zip(results, summaries, strict=True):
        lines += describe_total_failures(result.name, summary)
        lines += describe_repeats(result.name, summary.variances)
    return lines


def _view_variant(result: VariantResult, summary: VariantSummary) -> VariantView:
    found = count_confusions(judged_figures(result))
    return VariantView(
        result,
        summary,
        _count_outcomes(result),
        found.confusions[:_MOST_CONFUSIONS],
        max(0, len(found.confusions) - _MOST_CONFUSIONS),
        found.kinds,
    )


def _count_outcomes(result: VariantResult) -> dict[FigureOutcome, int]:
    counts = dict.fromkeys(FigureOutcome, 0)
    for read in result.reads:
        # Readings are stored without what the text does not hold.
        counts[FigureOutcome.UNGROUNDED] += read.dropped
        for verdict in read.scores.verdicts:
            counts[verdict.outcome] += 1
    return counts


def _slice_tables(results: Sequence[VariantResult]) -> tuple[SliceTable, ...]:
    slices = [measure_slices(result) for result in results]
    return tuple(
        SliceTable(
            name,
            tuple(
                (part, tuple(each[name].get(part) for each in slices))
                for part in dict.fromkeys(part for each in slices for part in each[name])
            ),
        )
        for name in slices[0]
    )


def _line_up_kinds(
    variants: Sequence[VariantView],
) -> list[tuple[ErrorKind, list[int]]]:
    """Give each kind of error that there is, and how many each variant has of it."""
    counts = [{kind.order: kind for kind in variant.kinds} for variant in variants]
    known = {order: kind for each in counts for order, kind in each.items()}
    return [
        (
            known[order],
            [each[order].figures if order in each else 0 for each in counts],
        )
        for order in sorted(known)
    ]


# Data of the script


def _pack(content: Content, bulletins: Sequence[ListedBulletin]) -> Packed:
    prompts = [content.prompts.get(one.key.prompt_hash or "") for one in content.results]
    reads: dict[str, list[list[ScoredReading]]] = {
        each.bulletin.document.id: [[] for _ in content.results] for each in bulletins
    }
    for place, result in enumerate(content.results):
        for read in result.reads:
            reads[read.bulletin.document.id][place].append(read)
    digests = list(dict.fromkeys(filter(None, (one.key.prompt_hash for one in content.results))))
    index = {
        "variants": [result.name for result in content.results],
        "prompts": [
            digests.index(one.key.prompt_hash) if one.key.prompt_hash else None
            for one in content.results
        ],
        "outcomes": [[kind.value, SIGNS[kind], NAMES[kind]] for kind in FigureOutcome],
        "bulletins": [each.line for each in bulletins],
    }
    return Packed(
        pack(index),
        tuple(pack(each.body) for each in bulletins),
        tuple(
            pack(
                list_conversations(
                    each.bulletin.document,
                    reads[each.bulletin.document.id],
                    prompts,
                    content.attempts,
                )
            )
            for each in bulletins
        ),
    )
