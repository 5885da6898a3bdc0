"""Variants that a database has readings of already, whoever made them: a run, a batch, an eval."""

from collections.abc import Sequence

from eval.labels.gold import GoldBulletin
from eval.runs.names import name_variant
from eval.runs.variant import Variant
from pipeline.errors import UsageError
from pipeline.forms import FORMS
from pipeline.store import Store
from schemas.reading import ReaderKey

_KEYS = f"""
SELECT {", ".join(ReaderKey.model_fields)} FROM readings
WHERE document_id IN (SELECT unnest(?::VARCHAR[])) AND derived IS NULL
GROUP BY ALL ORDER BY min(read_at), prompt, model
"""  # noqa: S608 - names of ours


def list_stored_variants(store: Store, bulletins: Sequence[GoldBulletin]) -> list[Variant]:
    """List the readers that have read any of these bulletins, the first to do so first.

    Raises `UsageError` where none has, `StoreError` where there is no such database.
    """
    ids = [bulletin.document.id for bulletin in bulletins]
    keys = [
        ReaderKey(**dict(zip(ReaderKey.model_fields, row, strict=True)))
        for row in store.read(_KEYS, [ids]).rows
    ]
    if not keys:
        raise UsageError(
            f"{store.path} has no reading of these {len(ids)} bulletins: their texts, or what was "
            "read, may have changed"
        )
    forms = {form.schema_hash: form for form in FORMS.values()}
    return [
        Variant(key, name_variant(key.reader, key.prompt, key.model), forms.get(key.schema_hash))
        for key in keys
    ]
