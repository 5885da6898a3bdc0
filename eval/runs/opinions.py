"""What different readers have read of gold: of evals, and of any other run of the same database."""

from collections.abc import Collection

from eval.runs.names import name_variant
from eval.runs.stored_reads import StoredReads, Variant, fetch_reads
from pipeline.store import Store
from pipeline.store.fetch import fetch_readable

# What a person decided is nobody's reading.
_READINGS = """
SELECT document_id, reading_id, reader, model, prompt, prompt_hash FROM readings
WHERE status <> 'failed' AND derived IS DISTINCT FROM 'review'
    AND document_id IN (SELECT unnest(?::VARCHAR[]))
QUALIFY row_number() OVER (
    PARTITION BY document_id, reader, model, prompt_hash ORDER BY read_at DESC, reading_id DESC
) = 1
ORDER BY read_at, reading_id
"""


_SCORED = """
SELECT DISTINCT part, reader, model, prompt_hash, prompt
FROM eval_scores JOIN eval_runs USING (eval_run_id)
WHERE slice = 'document' AND measure = 'strict' AND part IN (SELECT unnest(?::VARCHAR[]))
"""


def fetch_opinions(store: Store, document_ids: Collection[str]) -> dict[str, list[StoredReads]]:
    """Fetch by document what each variant has read of it.

    Where evals have scored a variant on a document, it is what `fetch_reads` gives; else its newest
    usable reading, which counts as one repeat.
    """
    ids = list(document_ids)
    with store.keep_open(read_only=True):
        opinions = fetch_reads(store, ids)
        scored = _find_scored(store, ids) if opinions else set()
        newest: dict[tuple[str, Variant], tuple[str, str]] = {}
        for document_id, reading_id, reader, model, prompt, prompt_hash in store.read(
            _READINGS, [ids]
        ).rows:
            keys = {(document_id, (reader, model, each)) for each in (prompt_hash, prompt)}
            if keys.isdisjoint(scored):
                name = name_variant(reader, prompt, model)
                newest[document_id, (reader, model, prompt)] = reading_id, name
        readings = fetch_readable(store, [reading_id for reading_id, _ in newest.values()])
    for (document_id, _), (reading_id, name) in newest.items():
        reading = readings.get(reading_id)
        if reading and reading.report:
            reads = StoredReads(name, (reading.report.figures,))
            opinions.setdefault(document_id, []).append(reads)
    return opinions


def _find_scored(store: Store, document_ids: list[str]) -> set[tuple[str, Variant]]:
    """Find which variants evals have scored on which document, by the prompt's hash and name."""
    return {
        (document_id, (reader, model, each))
        for document_id, reader, model, prompt_hash, prompt in store.read(
            _SCORED, [document_ids]
        ).rows
        for each in (prompt_hash, prompt)
    }
