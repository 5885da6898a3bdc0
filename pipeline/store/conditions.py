"""Conditions on `readings` that several queries share."""

from schemas.reading import UNPAID, ReaderKey

_UNPAID = ", ".join(f"'{outcome}'" for outcome in UNPAID)
ANSWERED = f"""(status <> 'failed'
    OR reading_id IN (SELECT reading_id FROM attempts WHERE outcome NOT IN ({_UNPAID})))"""  # noqa: S608 - names of ours
"""Usable, or failed with an answer that was paid for."""

OF_A_READER = "(derived IS NULL OR derived NOT IN ('recheck', 'review'))"
"""What a reader made, if only of a nearly identical bulletin: not judged anew, and not decided."""

UNDECIDED = "derived IS DISTINCT FROM 'review'"
"""What was not made of people's decisions."""

SAME_KEY = """(reader, model, prompt, prompt_hash, schema_hash)
    IS NOT DISTINCT FROM (?::VARCHAR, ?::VARCHAR, ?::VARCHAR, ?::VARCHAR, ?::VARCHAR)
    AND (parameters IS NULL OR parameters IS NOT DISTINCT FROM ?::VARCHAR)"""
"""Made by an equal reader, with the parameters of `key_columns`.

Readings of before version 3 do not say their parameters, and count as made with the same.
"""


def key_columns(key: ReaderKey) -> tuple[str | None, ...]:
    """Give a key as parameters of `SAME_KEY`."""
    return (
        key.reader,
        key.model,
        key.prompt,
        key.prompt_hash,
        key.schema_hash,
        key.parameters,
    )
