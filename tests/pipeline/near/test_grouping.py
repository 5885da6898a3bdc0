from pipeline.near.grouping import group_releases
from tests.pipeline.near.test_signature import HEADER, OTHER_HEADER, RESULTS, texts


def test_the_same_release_under_another_header_is_of_the_first_ones_group() -> None:
    other = RESULTS.replace("58 mil 610", "59 mil 611")
    several = (HEADER + RESULTS, HEADER + other, OTHER_HEADER + RESULTS, RESULTS, RESULTS)
    assert group_releases(several) == (0, 1, 0, 0, 0)


def test_texts_too_short_to_be_signed_are_like_no_other() -> None:
    assert group_releases(("Se otorgaron 58 mil consultas.",) * 3) == (0, 1, 2)
    assert group_releases(()) == ()


def test_the_projects_examples_hold_few_reposts_and_each_is_of_an_earlier_one() -> None:
    groups = group_releases(texts())
    assert all(group <= place and groups[group] == group for place, group in enumerate(groups))
    assert 0 < sum(group != place for place, group in enumerate(groups)) < len(groups) / 4
