"""Whether variants are no worse, or better, than what a gate names."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eval.gates.bounds import format_apart
from eval.gates.gate import Better, GateResult, NoWorse
from eval.gates.parts import FEWEST
from eval.gates.reference import Reference, count_telling, is_enough, list_names
from eval.runs.comparison import Comparison, compare_variants
from eval.runs.names import server_in, shorten_server
from eval.runs.summary import score_by_document
from eval.runs.variant import VariantResult
from eval.scoring.bounds import most_share
from eval.scoring.paired import Difference


class _Pair(NamedTuple):
    """A variant and what it is held against, on the bulletins that both have."""

    reference: VariantResult
    subject: VariantResult
    left_out: int


def judge_contrast(
    gate: NoWorse | Better, reference: Reference, variants: Sequence[VariantResult]
) -> Iterator[GateResult]:
    """Hold all variants but the reference itself against it."""
    remark = f"; {reference.remark}" if reference.remark else ""
    if reference.gone:
        yield GateResult(passed=False, why=f"{reference.why_unusable}{remark}")
        return
    subjects = [one for place, one in enumerate(variants) if place != reference.place]
    against = reference.earlier or variants[reference.place or 0]
    pairs = [_pair(against, subject) for subject in subjects]
    if nothing := _find_nothing(gate, pairs[0]):
        yield GateResult(passed=False, why=f"{reference.name} has {nothing}{remark}")
        return
    for pair, comparison in zip(pairs, _compare(gate, pairs), strict=True):
        result = _judge(gate, reference.name, pair, comparison)
        told = f"{_remark_on_failures(pair, reference)}{_remark_on_servers(pair)}{remark}"
        yield result._replace(why=f"{result.why}{told}")


def _find_nothing(gate: NoWorse | Better, pair: _Pair) -> str:
    """Say what a reference lacks that a gate could be passed against; empty where it lacks none."""
    reads = pair.reference.reads
    scores = score_by_document(reads)
    bulletins = len(scores) + pair.left_out
    telling = count_telling({read.bulletin.stem: read.bulletin for read in reads}.values())
    if not is_enough(len(scores), bulletins) or telling < FEWEST:
        new = "" if telling == len(scores) else f", {telling} of them with new figures"
        return f"read {len(scores)} of {bulletins} bulletins{new}: too few to hold anything against"
    if isinstance(gate, NoWorse) and not any(score.right for score in scores.values()):
        return f"no figure right in {len(scores)} bulletins: nothing is worse than that"
    return ""


def _pair(reference: VariantResult, subject: VariantResult) -> _Pair:
    # What one of several calls did not answer for would count as missed, and is unknown.
    lacking = {read.bulletin.document.id for read in reference.reads if read.is_unanswered}
    had = {read.bulletin.document.id for read in reference.reads} - lacking
    reads = tuple(read for read in subject.reads if read.bulletin.document.id in had)
    left_out = {read.bulletin.document.id for read in subject.reads} - had
    own = tuple(read for read in reference.reads if read.bulletin.document.id in had)
    return _Pair(reference._replace(reads=own), subject._replace(reads=reads), len(left_out))


def _compare(gate: NoWorse | Better, pairs: Sequence[_Pair]) -> list[Comparison]:
    """Compare as an eval does: what is told of several to be better is corrected for their number.

    That one is no worse is asked of each by itself: all of them have to be.
    """
    if isinstance(gate, Better):
        return list(compare_variants([pairs[0].reference, *(pair.subject for pair in pairs)]))
    return [compare_variants(pair[:2])[0] for pair in pairs]


def _judge(gate: NoWorse | Better, name: str, pair: _Pair, comparison: Comparison) -> GateResult:
    found = comparison.measures["strict"]
    versus = f"strict F1 of {pair.subject.name} minus that of {name}"
    n = f"(n = {found.documents} bulletins)"
    if pair.left_out:
        n += f"; {pair.left_out} more that it has not read"
    if found.estimate is not None and _is_identical(pair):
        most = f"{100 * (most_share(0, found.drawn) or 1):.1f} %"
        what = (
            f"identical on all {found.documents}: up to {most} of such bulletins may still differ"
        )
        why = f"{versus} is 0, {what}{_remark_on_same(pair)} {n}"
        return GateResult(isinstance(gate, NoWorse), why)
    if isinstance(gate, Better):
        return judge_better(found, versus, n, is_distinct=comparison.is_distinct)
    return judge_no_worse(gate, found, versus, n)


def judge_no_worse(gate: NoWorse, found: Difference, versus: str, n: str) -> GateResult:
    """Hold a difference (the subject's strict F1 minus that of the run) against the margin.

    Passes where the lower end of the 95 % interval lies above -margin (one-sided at 2.5 %).
    """
    if found.estimate is None or found.interval is None:
        return _fail_unknown(found, versus, n)
    low, high = found.interval
    low_end, bound = format_apart(low, -gate.margin, sign="+z")
    what = f"{versus} is {found.estimate:+z.3f}, 95 % interval {low_end} to {high:+z.3f}"
    if low > -gate.margin:
        return GateResult(passed=True, why=f"{what}, all above {bound} {n}")
    if found.estimate <= -gate.margin:
        return GateResult(passed=False, why=f"{what}: not above {bound} {n}")
    more = found.needed(found.estimate + gate.margin)
    enough = "" if more is None else f"; about {more} more would do if the difference stays"
    return GateResult(
        passed=False,
        why=f"{what}, not all above {bound}: too few bulletins to tell{enough} {n}",
    )


def judge_better(found: Difference, versus: str, n: str, *, is_distinct: bool) -> GateResult:
    """See whether a variant is shown to be better; `is_distinct` as a comparison tells it."""
    if found.estimate is None or found.interval is None:
        return _fail_unknown(found, versus, n)
    low, high = found.interval
    what = f"{versus} is {found.estimate:+z.3f}, 95 % interval {low:+z.3f} to {high:+z.3f}"
    if not is_distinct:
        return GateResult(passed=False, why=f"{what}: not shown to be better {n}")
    is_better = found.estimate > 0
    return GateResult(is_better, f"{what}: shown to be {'better' if is_better else 'worse'} {n}")


def _fail_unknown(found: Difference, versus: str, n: str) -> GateResult:
    if found.estimate is None:
        return GateResult(passed=False, why=f"{versus} is undefined: one has no F1 {n}")
    why = "these bulletins give it no interval, so how sure it is cannot be said"
    return GateResult(passed=False, why=f"{versus} is {found.estimate:+z.3f}, but {why} {n}")


def _is_identical(pair: _Pair) -> bool:
    """Tell whether each bulletin is scored the same; repeats weigh as much as a single reading."""
    before, after = score_by_document(pair.reference.reads), score_by_document(pair.subject.reads)
    weights = pair.subject.repeats, pair.reference.repeats
    return all(
        a * weights[0] == b * weights[1]
        for each, score in after.items()
        for a, b in zip(before[each], score, strict=True)
    )


def _remark_on_same(pair: _Pair) -> str:
    same = pair.reference.key == pair.subject.key
    same &= pair.reference.repeats == pair.subject.repeats
    return "; these are the same readings, nothing was asked anew" if same else ""


def _remark_on_servers(pair: _Pair) -> str:
    """Say so where they asked different servers: a prompt may not be what makes the difference."""
    asked = [server_in(one.key.parameters) for one in (pair.reference, pair.subject)]
    if None in asked or asked[0] == asked[1]:
        return ""
    then, now = (shorten_server(server or "") for server in asked)
    return f"; that one was asked at {then}, this one at {now}"


def _remark_on_failures(pair: _Pair, reference: Reference) -> str:
    """Name the bulletins of which one of both has nothing right.

    They are few, so that they move no average much, and still each is a bulletin lost. Where there
    is nothing to read, nothing can be right.
    """
    before, after = score_by_document(pair.reference.reads), score_by_document(pair.subject.reads)
    names = {read.bulletin.document.id: read.bulletin.stem for read in pair.subject.reads}
    told = [each for each in after if after[each].gold]
    lost = [names[each] for each in told if after[each].f1 == 0 != before[each].f1]
    won = [names[each] for each in told if before[each].f1 == 0 != after[each].f1]
    return "".join(
        f"; {name} alone has F1 0 on {list_names(stems)}"
        for stems, name in ((lost, pair.subject.name), (won, reference.name))
        if stems
    )
