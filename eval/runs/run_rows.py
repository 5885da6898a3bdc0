"""Eval runs as rows for other tools: what went in, what ought to come out, what did. Pure.

One row a bulletin of a run (and reading, where it was read several times). Input, expected output
and output stand beside their scores, as MLflow, Langfuse, Phoenix and the like take them.
"""

from collections.abc import Iterable

from eval.runs.history import EvalRun
from eval.scoring.align import STRICT
from pipeline.store import OF_A_READER
from schemas.reading import UNPAID

_PAIRED = "outcome IN ('right', 'wrong_label')"


def write_query(runs: Iterable[EvalRun]) -> str:
    """Write the query that gives the rows of these runs, in their order.

    A score is null where it is undefined. What the database does not hold is null too: the text and
    the reading, where a run scored the readings of another database.
    """
    ids = ", ".join(f"('{run.eval_run_id}', {place})" for place, run in enumerate(runs))
    labels = ", ".join(f"'{label}'" for label in STRICT if label != "value")
    unpaid = ", ".join(f"'{outcome}'" for outcome in UNPAID)
    return f"""
WITH wanted(eval_run_id, place) AS (VALUES {ids}),
run AS (SELECT * FROM eval_runs JOIN wanted USING (eval_run_id)),
rows AS (
    SELECT run.*, document.part AS document_id, turn.repeat::INTEGER AS repeat
    FROM run JOIN eval_scores AS document USING (eval_run_id),
        unnest(range(1, run.repeats + 1)) AS turn(repeat)
    WHERE document.slice = 'document' AND document.measure = 'strict'
),
judged AS (
    SELECT eval_run_id, document_id, repeat, any_value(bulletin) AS bulletin,
        count(gold_number) AS in_gold, count(read_number) AS read,
        count(*) FILTER ({_PAIRED}) AS of_value,
        count(*) FILTER ({_PAIRED} AND NOT list_has_any(wrong, [{labels}])) AS strictly,
        count(*) FILTER ({_PAIRED} AND NOT list_contains(wrong, 'place')) AS of_place,
        count(*) FILTER (outcome = 'omitted') AS omitted,
        count(*) FILTER (outcome = 'invented') AS invented,
        count(*) FILTER (outcome = 'ungrounded') AS ungrounded,
        list(gold ORDER BY gold_number) FILTER (gold IS NOT NULL) AS expected,
        list("read" ORDER BY read_number) FILTER ("read" IS NOT NULL) AS output
    FROM eval_verdicts WHERE eval_run_id IN (SELECT eval_run_id FROM wanted)
    GROUP BY ALL
),
answered AS (
    SELECT DISTINCT reading_id FROM attempts WHERE outcome NOT IN ({unpaid})
),
reading AS (
    SELECT run.eval_run_id, r.document_id, r.status, r.error, r.input_tokens, r.output_tokens,
        r.cost_usd, r.seconds, row_number() OVER (
            PARTITION BY run.eval_run_id, r.document_id
            ORDER BY r.status = 'failed' AND answered.reading_id IS NULL, r.read_at, r.reading_id
        ) AS repeat
    FROM run JOIN readings AS r
        ON (r.reader, r.model, r.prompt, r.prompt_hash, r.schema_hash) IS NOT DISTINCT FROM
            (run.reader, run.model, run.prompt, run.prompt_hash, run.schema_hash)
        AND (r.parameters IS NULL OR r.parameters IS NOT DISTINCT FROM run.parameters)
    LEFT JOIN answered USING (reading_id)
    WHERE {OF_A_READER}
),
named AS (
    SELECT document_id, any_value(regexp_extract(path, '([^/]*?)(\\.[^./]*)?$', 1)) AS name
    FROM sources GROUP BY document_id
)
SELECT eval_run_id, created_at, rows.name AS variant, reader, model, prompt, prompt_hash,
    gold AS gold_folder, coalesce(bulletin, named.name, document_id) AS bulletin, document_id,
    repeat, text AS input,
    to_json({{figures: coalesce(expected, [])}}) AS expected_output,
    to_json({{figures: coalesce(output, [])}}) AS output,
    {_ratio("2 * strictly", "read + in_gold")} AS strict_f1,
    {_ratio("strictly", "read")} AS strict_precision,
    {_ratio("strictly", "in_gold")} AS strict_recall,
    {_ratio("2 * of_value", "read + in_gold")} AS value_f1,
    {_ratio("2 * of_place", "read + in_gold")} AS place_f1,
    coalesce(in_gold, 0) AS figures_in_gold, coalesce(read, 0) AS figures_read,
    coalesce(strictly, 0) AS figures_right, coalesce(omitted, 0) AS omitted,
    coalesce(invented, 0) AS invented, coalesce(ungrounded, 0) AS ungrounded,
    status, error, reading.input_tokens, reading.output_tokens, reading.cost_usd, reading.seconds
FROM rows
    LEFT JOIN judged USING (eval_run_id, document_id, repeat)
    LEFT JOIN (SELECT eval_run_id, document_id, repeat, status, error, input_tokens,
        output_tokens, cost_usd, seconds FROM reading) AS reading
        USING (eval_run_id, document_id, repeat)
    LEFT JOIN (SELECT document_id, text FROM documents) USING (document_id)
    LEFT JOIN named USING (document_id)
ORDER BY place, bulletin, repeat
"""  # noqa: S608 - IDs out of the database, and names of ours


def _ratio(part: str, whole: str) -> str:
    return f"({part}) / nullif({whole}, 0)"
