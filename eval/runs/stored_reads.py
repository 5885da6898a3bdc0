"""What different readers have read of gold, out of the verdicts that evals have stored."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from eval.runs.history import EvalRun, fetch_eval_runs
from pipeline.store import OF_A_READER, Store
from schemas.report import Figure

_SCORED = """
SELECT eval_run_id, part FROM eval_scores
WHERE slice = 'document' AND measure = 'strict' AND part IN (SELECT unnest(?::VARCHAR[]))
"""
_READ = """
SELECT eval_run_id, document_id, repeat, "read" FROM eval_verdicts
WHERE "read" IS NOT NULL AND document_id IN (SELECT unnest(?::VARCHAR[]))
    AND eval_run_id IN (SELECT unnest(?::VARCHAR[]))
ORDER BY eval_run_id, document_id, repeat, read_number
"""
# One that never answered has read nothing; that is no opinion.
_FAILED = f"""
SELECT eval_run_id, document_id FROM eval_runs AS e JOIN readings AS r ON
    (r.reader, r.model, r.prompt_hash) IS NOT DISTINCT FROM (e.reader, e.model, e.prompt_hash)
WHERE document_id IN (SELECT unnest(?::VARCHAR[])) AND {OF_A_READER}
GROUP BY ALL HAVING bool_and(r.status = 'failed')
"""  # noqa: S608 - a condition of ours

Variant = tuple[str, str | None, str | None]
"""Reader, model, and the prompt by its hash or its name. Both make one: a prompt that was renamed,
and drafts of one prompt, which are no two that know nothing of each other."""


class StoredReads(NamedTuple):
    """What one variant has read of one bulletin, in its newest eval: a list of figures a repeat."""

    name: str
    repeats: tuple[tuple[Figure, ...], ...]


def fetch_reads(store: Store, document_ids: Collection[str]) -> dict[str, list[StoredReads]]:
    """Fetch by document what each variant has read of it, the newest eval of each.

    A reading that failed, or whose figures are in a shape that is not known any more, is left out.
    """
    ids = list(document_ids)
    with store.keep_open(read_only=True):
        runs = {run.eval_run_id: run for run in reversed(fetch_eval_runs(store))}
        if not runs:
            return {}
        newest = _find_newest(store, ids, runs)
        rows = store.read(_READ, [ids, list({*newest.values()})]).rows
    read: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for run_id, document_id, repeat, figure in rows:
        read[run_id, document_id][repeat].append(figure)
    found: dict[str, list[StoredReads]] = defaultdict(list)
    for (document_id, _), run_id in newest.items():
        run, by_repeat = runs[run_id], read[run_id, document_id]
        try:
            repeats = tuple(
                tuple(map(Figure.model_validate_json, by_repeat[number]))
                for number in range(1, run.repeats + 1)
            )
        except ValidationError:
            continue
        found[document_id].append(StoredReads(run.name, repeats))
    return found


def _find_newest(
    store: Store, document_ids: list[str], runs: Mapping[str, EvalRun]
) -> dict[tuple[str, Variant], str]:
    """Find the newest of `runs`, given in their order, that scored each document by a variant."""
    failed = {tuple(row) for row in store.read(_FAILED, [document_ids]).rows}
    scored = store.read(_SCORED, [document_ids]).rows
    order = {run_id: number for number, run_id in enumerate(runs)}
    by_hash: dict[tuple[str, Variant], str] = {}
    for run_id, document_id in sorted(scored, key=lambda row: order[row[0]]):
        if (run_id, document_id) not in failed:
            run = runs[run_id]
            by_hash[document_id, (run.reader, run.model, run.prompt_hash)] = run_id
    by_name: dict[tuple[str, Variant], str] = {}
    for (document_id, _), run_id in sorted(by_hash.items(), key=lambda item: order[item[1]]):
        run = runs[run_id]
        by_name[document_id, (run.reader, run.model, run.prompt)] = run_id
    return by_name
