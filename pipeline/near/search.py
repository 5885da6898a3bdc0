"""Which documents of a batch are nearly identical to one that was seen before them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from pipeline.near.signature import Signature, same_release, signature, similarity
from pipeline.store import SAME_KEY, Store, key_columns
from pipeline.store.fetch import readable
from pipeline.store.rows import Run
from schemas.document import Document
from schemas.reading import ReaderKey, Reading

_SIGNED = """
SELECT document_id, n.like_id
FROM signatures LEFT JOIN near_documents AS n USING (document_id)
WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
"""
# The first look is at one narrow column of all rows, the second at a few rows by their place:
# together they take a third of the time of one look at all columns.
_CANDIDATES = """
SELECT document_id, list(band) FROM signature_bands WHERE rowid IN
    (SELECT rowid FROM signature_bands WHERE band IN (SELECT unnest(?::UBIGINT[])))
GROUP BY document_id ORDER BY min(rowid)
"""
_SIGNATURES = """
SELECT document_id, hashes, numbers FROM signatures WHERE rowid IN
    (SELECT rowid FROM signatures WHERE document_id IN (SELECT unnest(?::VARCHAR[])))
"""

_OF_GROUPS = f"""
SELECT like_id, reading_id
FROM (
    SELECT like_id, document_id FROM near_documents
    WHERE like_id IN (SELECT unnest(?::VARCHAR[]))
    UNION ALL SELECT each, each FROM (SELECT unnest(?::VARCHAR[]) AS each)
) JOIN readings USING (document_id)
WHERE status = 'ok' AND derived IS DISTINCT FROM 'near' AND {SAME_KEY}
QUALIFY row_number() OVER (
    PARTITION BY like_id ORDER BY document_id = like_id DESC, read_at DESC, reading_id DESC) = 1
"""  # noqa: S608 - a condition of ours

_MOST_COMPARED = 32
"""Documents with most bands in common; of one template there may be thousands with some."""


def found(store: Store, run: Run, documents: Sequence[Document]) -> dict[str, str]:
    """Give those that are nearly identical to one seen before, each with that one's ID.

    The first of a group is nearly identical to none, the others to the first. New documents are
    signed, and what was found is stored: so a document keeps its place however often it is seen.
    """
    ids = {document.id for document in documents}
    known = dict(store.read(_SIGNED, [list(ids)]).rows)
    fresh = {each.id: signature(each.text) for each in documents if each.id not in known}
    near = {document_id: like for document_id, like in known.items() if like is not None}
    new = _alike(store, {each: signed for each, signed in fresh.items() if signed is not None})
    if fresh:
        store.insert(
            {
                "signatures": [
                    {
                        "document_id": each,
                        "hashes": signed and signed.hashes,
                        "numbers": signed and signed.numbers,
                        "run_id": run.run_id,
                    }
                    for each, signed in fresh.items()
                ],
                "signature_bands": [
                    {"band": band, "document_id": each}
                    for each, signed in fresh.items()
                    if signed is not None and each not in new
                    for band in signed.bands
                ],
                "near_documents": [
                    {
                        "document_id": each,
                        "like_id": like,
                        "similarity": degree,
                        "run_id": run.run_id,
                    }
                    for each, (like, degree) in new.items()
                ],
            }
        )
    return near | {each: like for each, (like, _) in new.items()}


def readings(store: Store, firsts: Collection[str], key: ReaderKey) -> dict[str, Reading]:
    """Give for groups, by the ID of their first, a reading that the others may take over.

    It is the first's own, if that is without fault, else that of another that was read itself.
    """
    ids = list(firsts)
    found = dict(store.read(_OF_GROUPS, [ids, ids, *key_columns(key)]).rows)
    known = readable(store, list(found.values()))
    return {first: known[each] for first, each in found.items() if each in known}


def _alike(store: Store, fresh: dict[str, Signature]) -> dict[str, tuple[str, float]]:
    """Find for each new signature the first one that is of the same release.

    Only the first of a group keeps its bands, so that a group has one first.
    """
    bands: dict[int, list[str]] = defaultdict(list)
    wanted = {band for signed in fresh.values() for band in signed.bands}
    for each, shared in store.read(_CANDIDATES, [list(wanted)]).rows:
        for band in shared:
            bands[band].append(each)
    likely = {one for signed in fresh.values() for one in _likely(signed, bands)}
    rows = store.read(_SIGNATURES, [list(likely)]).rows if likely else []
    firsts = {each: Signature(hashes, numbers, ()) for each, hashes, numbers in rows}
    alike: dict[str, tuple[str, float]] = {}
    for each, signed in fresh.items():
        same = (one for one in _likely(signed, bands) if same_release(firsts[one], signed))
        like = next(same, None)
        if like is not None:
            alike[each] = (like, similarity(firsts[like], signed))
            continue
        firsts[each] = signed
        for band in signed.bands:
            bands[band].append(each)
    return alike


def _likely(signed: Signature, bands: Mapping[int, Sequence[str]]) -> list[str]:
    """Give the firsts that have most bands in common with a signature, the earlier ones before."""
    shared = Counter(one for band in signed.bands for one in bands.get(band, ()))
    return [one for one, _ in shared.most_common(_MOST_COMPARED)]
