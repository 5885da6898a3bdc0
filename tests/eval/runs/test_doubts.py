import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.labels import gold
from eval.labels.gold import GoldBulletin, load_gold
from eval.runs.doubt_changes import accept, describe_doubt, keep, pick_doubts, require_apart
from eval.runs.doubts import Doubt, find_doubts
from eval.runs.stored_reads import StoredReads
from pipeline.documents import read_all
from pipeline.errors import UsageError
from schemas.report import Figure
from tests.eval.labels.gold_folder import STUDIES, SURGERIES, TEXT, put

Read = Mapping[str, Any]
CUMULATIVE = {"period": "cumulative"}


@pytest.fixture(autouse=True)
def _texts_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read texts in this process: to start another takes longer than the test."""
    monkeypatch.setattr(gold, "read_all", read_all)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def load(folder: Path) -> GoldBulletin:
    (bulletin,) = load_gold(folder)
    return bulletin


def doubts_of(folder: Path, *variants: Sequence[Read] | Sequence[Sequence[Read]]) -> list[Doubt]:
    """Find doubts where each variant has read these figures, or has them for each repeat."""
    bulletin = load(folder)
    reads = []
    for number, figures in enumerate(variants):
        repeats = figures if figures and not isinstance(figures[0], dict) else [figures]
        parsed = tuple(tuple(map(Figure.model_validate, each)) for each in repeats)
        reads.append(StoredReads(f"v{number}", parsed))
    return list(find_doubts([bulletin], {bulletin.document.id: reads}))


def told(doubts: Sequence[Doubt]) -> list[tuple[str, tuple[str, ...]]]:
    return [(describe_doubt(one), one.by) for one in doubts]


def written(folder: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads((folder / "a.gold.json").read_text("utf-8"))


def test_two_that_agree_against_the_gold_raise_a_doubt(folder: Path) -> None:
    put(folder, SURGERIES, STUDIES)
    other = SURGERIES | CUMULATIVE
    (doubt,) = doubts_of(folder, [other, STUDIES], [other, STUDIES], [SURGERIES, STUDIES])
    assert describe_doubt(doubt) == "period jornada -> cumulative"
    assert (doubt.by, doubt.with_gold, doubt.variants) == (("v0", "v1"), ("v2",), 3)


@pytest.mark.parametrize(
    "variants",
    [
        [],
        [[SURGERIES | CUMULATIVE]],
        [[SURGERIES | CUMULATIVE], [SURGERIES]],
        [[SURGERIES | CUMULATIVE], [SURGERIES | {"period": "other"}]],
        [[SURGERIES], [SURGERIES]],
        [[[SURGERIES | CUMULATIVE], [SURGERIES | CUMULATIVE]], [SURGERIES]],  # repeats are one
        [[SURGERIES, STUDIES], [SURGERIES]],  # invented by one
        [[], [SURGERIES]],
    ],
)
def test_one_alone_or_two_that_differ_raise_none(folder: Path, variants: list[Any]) -> None:
    put(folder, SURGERIES)
    assert doubts_of(folder, *variants) == []


def test_of_repeats_the_most_count(folder: Path) -> None:
    put(folder, SURGERIES)
    other = SURGERIES | CUMULATIVE
    mostly, seldom = [[other], [other], [SURGERIES]], [[other], [SURGERIES], [SURGERIES]]
    assert len(doubts_of(folder, mostly, mostly)) == 1
    assert doubts_of(folder, mostly, seldom) == []


def test_labels_that_the_same_readers_read_go_together_and_others_apart(folder: Path) -> None:
    put(folder, SURGERIES | {"edition": 4}, STUDIES)
    both = SURGERIES | CUMULATIVE | {"place": "Puebla"}
    doubts = doubts_of(folder, [both, STUDIES], [both, STUDIES], [SURGERIES | CUMULATIVE, STUDIES])
    assert told(doubts) == [
        ("period jornada -> cumulative; edition 4 -> none", ("v0", "v1", "v2")),
        ("place national -> Puebla", ("v0", "v1")),
    ]


def test_the_worst_come_first(folder: Path) -> None:
    put(folder, SURGERIES, STUDIES)
    odd = SURGERIES | {"place": "Puebla"}
    planned = STUDIES | {"status": "planned"}
    doubts = doubts_of(folder, [odd, planned], [odd, planned], [SURGERIES, planned])
    assert told(doubts) == [
        ("status performed -> planned", ("v0", "v1", "v2")),
        ("place national -> Puebla", ("v0", "v1")),
    ]


def test_what_all_have_or_all_lack_is_doubted(folder: Path) -> None:
    put(folder, SURGERIES)
    (invented, omitted) = doubts_of(folder, [STUDIES], [STUDIES | {"detail": "x_ray"}])
    assert {invented.kind, omitted.kind} == {"invented", "omitted"}
    assert doubts_of(folder, [STUDIES], [SURGERIES]) == []


def test_what_a_label_sets_aside_is_not_asked_about(folder: Path) -> None:
    start = TEXT.index("90")
    aside = {"quote": "90", "reason": "no service", "char_start": start, "char_end": start + 2}
    put(folder, SURGERIES, set_aside=[aside])
    assert doubts_of(folder, [SURGERIES, STUDIES], [SURGERIES, STUDIES]) == []


def test_days_that_the_gold_leaves_out_are_not_doubted(folder: Path) -> None:
    bare = {key: value for key, value in SURGERIES.items() if key not in ("starts_on", "ends_on")}
    put(folder, bare)
    dated = SURGERIES | {"starts_on": "2024-05-10"}
    assert doubts_of(folder, [dated], [dated]) == []


def test_accepting_changes_the_label_and_nothing_else(folder: Path) -> None:
    path = put(folder, SURGERIES | {"edition": 4}, STUDIES, id="x")
    before = path.read_text("utf-8")
    read = [SURGERIES | CUMULATIVE, STUDIES]
    accept(doubts_of(folder, read, read))
    after = path.read_text("utf-8")
    assert after == before.replace('"jornada"', '"cumulative"', 1).replace(
        '"edition": 4', '"edition": null'
    )
    assert doubts_of(folder, read, read) == []


def test_what_hangs_on_a_label_follows_it_from_the_same_reader(folder: Path) -> None:
    put(folder, SURGERIES | {"detail": "hernia"}, STUDIES)
    read = [SURGERIES | {"service": "consultation", "detail": "urology"}, STUDIES]
    other = [SURGERIES | {"service": "consultation"}, STUDIES]
    accept([one for one in doubts_of(folder, read, read, other) if "service" in one.labels])
    figure = written(folder)["figures"][0]
    assert figure["service"] == "consultation"
    assert figure["detail"] in ("urology", None)


def test_figures_are_put_in_where_they_belong_and_taken_out(folder: Path) -> None:
    wrong = STUDIES | {"value": 35, "quote": "35 estados"}
    put(folder, wrong, STUDIES)
    read = [SURGERIES, STUDIES]
    accept(doubts_of(folder, read, read))
    assert [one["value"] for one in written(folder)["figures"]] == [58610, 90]
    assert "char_start" not in written(folder)["figures"][0]
    assert doubts_of(folder, read, read) == []
    put(folder)
    accept(doubts_of(folder, read, read))
    assert [one["value"] for one in written(folder)["figures"]] == [58610, 90]


def test_what_was_kept_is_marked_until_its_labels_change(folder: Path) -> None:
    put(folder, SURGERIES, STUDIES)
    read = [SURGERIES | CUMULATIVE]
    keep(doubts_of(folder, read, read))
    assert [one.is_seen for one in doubts_of(folder, read, read)] == [True, True]
    assert sorted(written(folder)["seen"].values()) == [
        "doubt: 58 mil 610 cirugías: period jornada -> cumulative",
        "doubt: 90 estudios: no figure, as all read it",
    ]
    # Another opinion is another doubt, and so is another label.
    other = [SURGERIES | {"period": "other"}, STUDIES]
    assert [one.is_seen for one in doubts_of(folder, other, other)] == [False]
    put(folder, SURGERIES | {"place": "Puebla"}, STUDIES, seen=written(folder)["seen"])
    seen = {one.labels: one.is_seen for one in doubts_of(folder, read, read)}
    assert seen == {("period", "place"): False, (): True}


def test_two_doubts_that_cannot_both_be_right_change_nothing(folder: Path) -> None:
    path = put(folder, SURGERIES)
    before = path.read_bytes()
    one, other = ([SURGERIES | {"place": place}] for place in ("Puebla", "Colima"))
    doubts = doubts_of(folder, one, one, other, other)
    with pytest.raises(UsageError, match="cannot become two things"):
        accept(doubts)
    assert path.read_bytes() == before


def test_doubts_are_picked_by_the_beginnings_of_their_ids(folder: Path) -> None:
    put(folder, SURGERIES)
    read = [SURGERIES | CUMULATIVE]
    (doubt,) = doubts_of(folder, read, read)
    assert pick_doubts([doubt], [doubt.mark[:6]]) == [doubt]
    for bad in (doubt.mark[:2], "ffffffffffff", "", "\x1b"):
        with pytest.raises(UsageError, match="is no doubt's ID") as caught:
            pick_doubts([doubt], [bad])
        assert "\x1b" not in str(caught.value)


def test_a_doubt_that_is_named_twice_is_settled_once(folder: Path) -> None:
    put(folder, STUDIES | {"value": 35, "quote": "35 estados"}, STUDIES)
    doubts = doubts_of(folder, [SURGERIES, STUDIES], [SURGERIES, STUDIES])
    accept(pick_doubts(doubts, [part for one in doubts for part in (one.mark, one.mark[:8])]))
    assert [one["value"] for one in written(folder)["figures"]] == [58610, 90]


@pytest.mark.parametrize("edited", ['{"figures": [', "moved"])
def test_labels_that_were_edited_meanwhile_are_left_alone(folder: Path, edited: str) -> None:
    path = put(folder, SURGERIES, STUDIES)
    read = [SURGERIES | CUMULATIVE, STUDIES]
    doubts = doubts_of(folder, read, read)
    if edited == "moved":
        put(folder, STUDIES, SURGERIES)
    else:
        path.write_text(edited, "utf-8")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="was changed meanwhile"):
        accept(doubts)
    assert path.read_bytes() == before


def test_nothing_is_kept_of_a_figure_that_changes(folder: Path) -> None:
    put(folder, SURGERIES, STUDIES)
    both, one = SURGERIES | CUMULATIVE | {"place": "Puebla"}, SURGERIES | CUMULATIVE
    doubts = doubts_of(folder, [both], [both], [one], [one])
    period, place, lacking = sorted(doubts, key=lambda doubt: (doubt.at, doubt.labels))
    with pytest.raises(UsageError, match="accept first"):
        require_apart([period], [place])
    with pytest.raises(UsageError, match="either accept it or keep it"):
        require_apart([period], [period])
    require_apart([period], [lacking])


FAULTS: list[dict[str, Any] | None] = [
    {},
    None,  # the figure is left out
    {"status": "planned"},
    {"period": "other", "edition": None},
    {"edition": None},
    {"place": "Puebla; Colima"},
    {"service": "other", "detail": None},
    {"detail": "other"},
    {"approximate": True},
    {"starts_on": "2024-05-10", "ends_on": None},
]
TRUE = (SURGERIES | {"edition": 4, "detail": "hernia"}, STUDIES | {"edition": 4, "detail": "x_ray"})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(st.sampled_from(FAULTS), st.sampled_from(FAULTS)), st.booleans())
def test_whatever_is_wrong_with_labels_two_who_read_right_find_and_mend(
    tmp_path_factory: pytest.TempPathFactory,
    faults: tuple[dict[str, Any] | None, ...],
    third: bool,  # noqa: FBT001 - drawn
) -> None:
    folder = tmp_path_factory.mktemp("faults")
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    pairs = list(zip(TRUE, faults, strict=True))
    put(folder, *(one | fault for one, fault in pairs if fault is not None))
    wrong = [fault for fault in faults if fault != {}]
    variants = [TRUE, TRUE, [TRUE[0]]] if third and None not in faults else [TRUE, TRUE]
    doubts = doubts_of(folder, *variants)
    assert len(doubts) == len(wrong)
    accept(doubts)
    assert load(folder).gold.figures == tuple(map(Figure.model_validate, TRUE))
    assert doubts_of(folder, *variants) == []
