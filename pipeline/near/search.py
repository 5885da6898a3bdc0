"""Which documents of a batch are nearly identical to one that was seen before them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.near.signature import Signature, estimate_similarity, is_same_release, sign
from pipeline.store import SAME_KEY, UNDECIDED, Store, key_columns
from pipeline.store.fetch import fetch_readable
from pipeline.store.rows import Rows, Run
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
WHERE status = 'ok' AND derived IS DISTINCT FROM 'near' AND {UNDECIDED}
AND {SAME_KEY}
QUALIFY row_number() OVER (
    PARTITION BY like_id ORDER BY document_id = like_id DESC, read_at DESC, reading_id DESC) = 1
"""  # noqa: S608 - conditions of ours

_MOST_COMPARED = 32
"""Documents with most bands in common; of one template there may be thousands with some."""


class Match(NamedTuple):
    """The document seen before that another is nearly identical to, and how much, 0 to 1."""

    like_id: str
    similarity: float


def find_near(store: Store, run: Run, documents: Sequence[Document]) -> dict[str, str]:
    """Give those that are nearly identical to one seen before, each with that one's ID.

    The first of a group is nearly identical to none, the others to the first. New documents are
    signed, and what was found is stored: so a document keeps its place however often it is seen.
    """
    known = dict(store.read(_SIGNED, [[document.id for document in documents]]).rows)
    fresh = {each.id: sign(each.text) for each in documents if each.id not in known}
    matches = _match(store, {each: signed for each, signed in fresh.items() if signed is not None})
    if fresh:
        store.insert(_rows(run, fresh, matches))
    near = {each: like_id for each, like_id in known.items() if like_id is not None}
    return near | {each: match.like_id for each, match in matches.items()}


def fetch_reusable(store: Store, firsts: Collection[str], key: ReaderKey) -> dict[str, Reading]:
    """Give for groups, by the ID of their first, a reading that the others may take over.

    It is the first's own, if that is without fault, else that of another that was read itself.
    """
    ids = list(firsts)
    reading_ids = dict(store.read(_OF_GROUPS, [ids, ids, *key_columns(key)]).rows)
    readings = fetch_readable(store, list(reading_ids.values()))
    return {first: readings[each] for first, each in reading_ids.items() if each in readings}


def _rows(run: Run, fresh: Mapping[str, Signature | None], matches: Mapping[str, Match]) -> Rows:
    return {
        "signatures": [
            {
                "document_id": each,
                "hashes": signed and signed.hashes,
                "numbers": signed and signed.numbers,
                "run_id": run.run_id,
            }
            for each, signed in fresh.items()
        ],
        # Only the first of a group keeps its bands, so that a group has one first.
        "signature_bands": [
            {"band": band, "document_id": each}
            for each, signed in fresh.items()
            if signed is not None and each not in matches
            for band in signed.bands
        ],
        "near_documents": [
            {"document_id": each, **match._asdict(), "run_id": run.run_id}
            for each, match in matches.items()
        ],
    }


def _match(store: Store, fresh: Mapping[str, Signature]) -> dict[str, Match]:
    """Find for each new signature the first one that is of the same release."""
    bands = _fetch_bands(store, fresh.values())
    likely = {one for signed in fresh.values() for one in _list_likely(signed, bands)}
    rows = store.read(_SIGNATURES, [list(likely)]).rows if likely else []
    firsts = {each: Signature(hashes, numbers, ()) for each, hashes, numbers in rows}
    matches: dict[str, Match] = {}
    for each, signed in fresh.items():
        same = (one for one in _list_likely(signed, bands) if is_same_release(firsts[one], signed))
        like = next(same, None)
        if like is not None:
            matches[each] = Match(like, estimate_similarity(firsts[like], signed))
            continue
        firsts[each] = signed
        for band in signed.bands:
            bands[band].append(each)
    return matches


def _fetch_bands(store: Store, fresh: Iterable[Signature]) -> dict[int, list[str]]:
    """Give for each band of these signatures the firsts that have it."""
    bands: dict[int, list[str]] = defaultdict(list)
    wanted = {band for signed in fresh for band in signed.bands}
    for each, shared in store.read(_CANDIDATES, [list(wanted)]).rows:
        for band in shared:
            bands[band].append(each)
    return bands


def _list_likely(signed: Signature, bands: Mapping[int, Sequence[str]]) -> list[str]:
    """Give the firsts that have most bands in common with a signature, the earlier ones before."""
    shared = Counter(one for band in signed.bands for one in bands.get(band, ()))
    return [one for one, _ in shared.most_common(_MOST_COMPARED)]
