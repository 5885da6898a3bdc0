"""What makes one document stand before another in the queue."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.queue.entry import STATES, Entry

counts = st.integers(0, 5000)
entries = st.builds(
    Entry,
    key=st.just("k"),
    document_id=st.just("k"),
    state=st.sampled_from(STATES),
    figures=counts,
    decided=counts,
    errors=counts,
    warnings=counts,
    differing=counts,
    relevant=st.sampled_from([True, False, None]),
    is_relevance_decided=st.booleans(),
)


def entry(state: str = "ok", **more: object) -> Entry:
    return Entry(key="k", document_id="k", state=state, **more)  # type: ignore[arg-type]


def test_the_worst_stands_first_and_what_is_done_last() -> None:
    ordered = [
        entry("failed", errors=2),
        entry("failed"),
        entry("partial", warnings=1),
        entry("partial"),
        entry(errors=2),
        entry(errors=1, warnings=9),
        entry(errors=1),
        entry(warnings=3, differing=2),
        entry(warnings=3),
        entry(differing=2),
        entry(differing=1),
        entry(relevant=False),
        entry("unread"),
        entry(),
        entry("failed", errors=9, figures=3, decided=3),
    ]
    ranks = [each.rank for each in ordered]
    assert ranks == sorted(set(ranks))
    assert entry("unreadable").rank == entry("failed").rank


def test_a_document_is_reviewed_when_every_figure_is_decided_or_it_has_none_and_that_is() -> None:
    assert entry(figures=2, decided=2).is_reviewed
    assert not entry(figures=2, decided=1, is_relevance_decided=True).is_reviewed
    assert not entry().is_reviewed
    assert entry(is_relevance_decided=True).is_reviewed


@given(entries, entries)
def test_one_thing_that_is_worse_never_comes_later_and_a_rank_fits_the_index(
    one: Entry, other: Entry
) -> None:
    assert 0 <= one.rank < 2**63
    worse = one._replace(errors=one.errors + 1)
    assert worse.rank <= one.rank
    if one.is_reviewed and not other.is_reviewed:
        assert other.rank < one.rank
