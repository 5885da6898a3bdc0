from collections.abc import Iterable
from datetime import date
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eval.scoring.align import FULL, LABELS, OPTIONAL, STRICT, FigureOutcome
from eval.scoring.score import MEASURES, BulletinScores, Score, add_scores, score, score_by_label
from schemas.report import (
    Basis,
    BulletinKind,
    Figure,
    Jornada,
    JornadaKind,
    JornadaReport,
    Period,
    PlaceMention,
    PlaceRole,
    Service,
    Specialty,
    Status,
    Unit,
    YearSource,
)

VALUES = tuple(range(21, 41))
TEXT = "".join(f"Hubo {value} acciones.\n" for value in VALUES)
"""Each value once; a figure of it is grounded there."""

FIGURE_MEASURES = ("value", "strict", "full", *FULL[1:])
OTHERS = MEASURES[len((*FIGURE_MEASURES, *OPTIONAL, "quote")) :]
CHOICES: dict[str, tuple[object, ...]] = {
    "unit": tuple(Unit),
    "service": (Service.SURGERY, Service.CONSULTATION, Service.OTHER),
    "detail": (None, "cataract", "specialty"),
    "status": tuple(Status),
    "period": tuple(Period),
    "edition": (None, 1, 2),
    "place": ("national", "Yucatán", "OOAD"),
    "approximate": (False, True),
    "starts_on": (None, date(2022, 7, 2)),
    "basis": (None, *Basis),
}


def figure(value: int, **labels: object) -> Figure:
    quote = f"{value} acciones"
    start = TEXT.index(quote)
    fields = {"value": value, "quote": quote, "char_start": start, "char_end": start + len(quote)}
    fields |= {"ends_on": None}
    # Any labels together: scoring does not ask whether they make sense.
    plain = {label: choices[0] for label, choices in CHOICES.items()}
    made = Figure.model_validate(fields | plain | {"period": Period.JORNADA})
    return made.model_copy(update=labels)


def report(*figures: Figure, **fields: object) -> JornadaReport:
    """Make a report in which every field is stated, empty where `fields` don't say otherwise."""
    empty = JornadaReport(bulletin_kind=BulletinKind.RESULTS).model_dump()
    made = JornadaReport.model_validate({**empty, **fields})
    return made.model_copy(update={"figures": figures})  # unvalidated, see `figure`


def measured(read: JornadaReport | None, gold: JornadaReport) -> dict[str, Score]:
    return score(read, gold, TEXT).measures


JORNADA = Jornada(
    edition=8,
    kind=JornadaKind.NATIONAL,
    year=2022,
    start=date(2022, 7, 2),
    end=date(2022, 7, 3),
    subject=True,
)

labelled = st.builds(
    lambda value, labels: figure(value, **labels),
    st.sampled_from(VALUES[:6]),
    st.fixed_dictionaries({label: st.sampled_from(choices) for label, choices in CHOICES.items()}),
)
reports = st.builds(
    lambda figures, fields: report(*figures, **fields),
    st.lists(labelled, max_size=8),
    st.fixed_dictionaries(
        {
            "title": st.sampled_from((None, "Uno", "Dos")),
            "published_on": st.sampled_from((None, date(2022, 7, 5), date(2023, 1, 1))),
            "bulletin_kind": st.sampled_from(BulletinKind),
            "programme": st.sampled_from((None, "120 días por un solo IMSS")),
            "relevant": st.booleans(),
            "jornadas": st.lists(
                st.builds(
                    lambda edition: JORNADA.model_copy(update={"edition": edition}),
                    st.integers(1, 3),
                ),
                max_size=3,
            ).map(tuple),
            "places": st.lists(
                st.builds(
                    PlaceMention, name=st.sampled_from("AB"), role=st.sampled_from(PlaceRole)
                ),
                max_size=4,
            ).map(tuple),
            "specialties": st.lists(
                st.builds(Specialty, service=st.just(Service.SURGERY), name=st.sampled_from("AB")),
                max_size=4,
            ).map(tuple),
        }
    ),
)
distinct = st.lists(labelled, min_size=1, max_size=6, unique_by=lambda one: one.value)


# Ratios


def test_ratios_follow_from_the_counts() -> None:
    counts = Score(right=3, read=4, gold=6)
    assert counts.precision == 0.75
    assert counts.recall == 0.5
    assert counts.f1 == 0.6


def test_what_is_undefined_is_none() -> None:
    nothing, missed, invented = Score(0, 0, 0), Score(0, 0, 1), Score(0, 1, 0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
    assert (missed.precision, missed.recall, missed.f1) == (None, 0, 0)
    assert (invented.precision, invented.recall, invented.f1) == (0, None, 0)


def test_every_figure_weighs_the_same_in_a_total() -> None:
    assert add_scores([Score(1, 1, 1), Score(0, 2, 9)]) == Score(right=1, read=3, gold=10)
    assert add_scores([]).f1 is None


# Figures


@given(reports)
def test_gold_against_itself_is_right_in_every_measure(gold: JornadaReport) -> None:
    scored = score(gold, gold, TEXT)
    assert {verdict.outcome for verdict in scored.verdicts} <= {FigureOutcome.RIGHT}
    assert tuple(scored.measures) == MEASURES
    for counts in scored.measures.values():
        assert counts.right == counts.read == counts.gold
    assert {scored.measures[name].gold for name in (*FIGURE_MEASURES, "days")} == {
        len(gold.figures)
    }
    percents = sum(one.unit is Unit.PERCENT for one in gold.figures)
    assert scored.measures["basis"].gold == percents
    defined = {name for name, counts in scored.measures.items() if counts.f1 is not None}
    assert {scored.measures[name].f1 for name in defined} == {1}
    assert "bulletin_kind" in defined
    assert ("strict" in defined) == bool(gold.figures)


@given(reports)
def test_a_failed_reading_omits_all_of_the_gold(gold: JornadaReport) -> None:
    scored = score(None, gold, TEXT)
    whole = measured(gold, gold)
    assert scored.measures == {name: Score(0, 0, whole[name].gold) for name in MEASURES}
    assert [verdict.outcome for verdict in scored.verdicts] == [FigureOutcome.OMITTED] * len(
        gold.figures
    )


@given(reports, reports, st.randoms())
def test_order_does_not_matter(read: JornadaReport, gold: JornadaReport, random: Random) -> None:
    def shuffled(one: JornadaReport) -> JornadaReport:
        lists = {
            name: list(getattr(one, name))
            for name in ("figures", "jornadas", "places", "specialties")
        }
        for items in lists.values():
            random.shuffle(items)
        return one.model_copy(update={name: tuple(items) for name, items in lists.items()})

    assert measured(shuffled(read), shuffled(gold)) == measured(read, gold)


@given(reports, reports)
def test_reading_and_gold_can_change_places(read: JornadaReport, gold: JornadaReport) -> None:
    swapped = {n: Score(s.right, s.gold, s.read) for n, s in measured(gold, read).items()}
    found = measured(read, gold)
    # Whether days and basis are labelled at all is seen by the figures of the gold alone.
    counted = [n for n in MEASURES if n not in OPTIONAL or (found[n].gold and swapped[n].read)]
    assert {n: found[n] for n in counted} == {n: swapped[n] for n in counted}


@given(reports, reports)
def test_a_parent_is_never_right_where_a_leaf_is_wrong(
    read: JornadaReport, gold: JornadaReport
) -> None:
    measures = measured(read, gold)
    full, strict, value = (measures[name].right for name in ("full", "strict", "value"))
    assert full <= strict <= min(measures[label].right for label in STRICT)
    assert full <= min(measures[label].right for label in FULL[1:])
    assert max(measures[label].right for label in LABELS) <= value
    assert all(0 <= s.right <= min(s.read, s.gold) for s in measures.values())


@given(distinct, st.data())
def test_missing_figures_cost_recall_and_nothing_else(
    gold: list[Figure], data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.sampled_from(gold), unique_by=lambda one: one.value))
    n, k = len(gold), len(gold) - len(kept)
    for name in FIGURE_MEASURES:
        counts = measured(report(*kept), report(*gold))[name]
        assert counts == Score(n - k, n - k, n)
        assert counts.precision == (1 if n > k else None)
        assert counts.recall == (n - k) / n
        assert counts.f1 == pytest.approx(2 * (n - k) / (2 * n - k))


@given(distinct, st.integers(0, 10), st.sampled_from(("invented", "ungrounded")))
def test_invented_figures_cost_precision_and_nothing_else(
    gold: list[Figure], k: int, kind: str
) -> None:
    extra = [figure(value, service=Service.STAFF) for value in VALUES[-k:]] if k else []
    if kind == "ungrounded":
        extra = [gold[0].model_copy(update={"quote": "veinte"})] * k
    n = len(gold)
    scored = score(report(*extra, *gold), report(*gold), TEXT)
    assert [v.outcome for v in scored.verdicts] == [FigureOutcome.RIGHT] * n + [
        FigureOutcome(kind)
    ] * k
    for name in FIGURE_MEASURES:
        counts = scored.measures[name]
        assert counts == Score(n, n + k, n)
        assert counts.precision == n / (n + k)
        assert counts.recall == 1
        assert counts.f1 == pytest.approx(2 * n / (2 * n + k))


@given(distinct, st.sampled_from(FULL[1:]), st.data())
def test_one_changed_label_makes_that_verdict_and_no_other(
    gold: list[Figure], label: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(gold) - 1))
    new = data.draw(st.sampled_from(CHOICES[label]))
    assume(new != getattr(gold[at], label))
    read = [*gold]
    read[at] = gold[at].model_copy(update={label: new})
    scored = score(report(*read), report(*gold), TEXT)
    n = len(gold)
    expected: list[tuple[FigureOutcome, tuple[str, ...]]] = [(FigureOutcome.RIGHT, ())] * n
    expected[at] = (FigureOutcome.WRONG_LABEL, (label,))
    assert [(v.outcome, v.wrong) for v in scored.verdicts] == expected
    hit = {label, "full"} | ({"strict"} if label in STRICT else set())
    for name in FIGURE_MEASURES:
        assert scored.measures[name] == Score(n - (name in hit), n, n)


def test_a_wrong_value_is_right_in_no_measure() -> None:
    percent = {"unit": Unit.PERCENT, "basis": Basis.GOAL}
    scored = score(report(figure(22, **percent)), report(figure(21, **percent)), TEXT)
    assert [verdict.outcome for verdict in scored.verdicts] == [FigureOutcome.WRONG_VALUE]
    assert {scored.measures[name] for name in (*FIGURE_MEASURES, *OPTIONAL)} == {Score(0, 1, 1)}


# Days and basis, which gold may leave out


def without(one: Figure, *keys: str) -> Figure:
    """Take keys out of a figure, as if its gold file did not have them."""
    return Figure.model_validate(one.model_dump(exclude=set(keys)))


DATED = figure(21, starts_on=date(2022, 7, 2), ends_on=date(2022, 7, 3))
GOAL = figure(22, unit=Unit.PERCENT, basis=Basis.GOAL)


@pytest.mark.parametrize("changes", [{"starts_on": None}, {"ends_on": date(2022, 7, 4)}])
def test_wrong_days_cost_the_days_and_nothing_else(changes: dict[str, object]) -> None:
    found = measured(report(DATED.model_copy(update=changes)), report(DATED))
    assert found["days"] == Score(0, 1, 1)
    assert {found[name] for name in FIGURE_MEASURES} == {Score(1, 1, 1)}


def test_a_wrong_basis_costs_the_basis_and_nothing_else() -> None:
    read = GOAL.model_copy(update={"basis": Basis.ABOVE_GOAL})
    found = measured(report(read), report(GOAL))
    assert found["basis"] == Score(0, 1, 1)
    assert {found[name] for name in FIGURE_MEASURES} == {Score(1, 1, 1)}
    assert measured(report(GOAL), report(GOAL))["basis"] == Score(1, 1, 1)


def test_counts_have_no_basis() -> None:
    found = measured(report(DATED, GOAL), report(DATED, GOAL))
    assert (found["days"], found["basis"]) == (Score(2, 2, 2), Score(1, 1, 1))
    as_count = GOAL.model_copy(update={"unit": Unit.COUNT, "basis": None})
    assert measured(report(as_count), report(GOAL))["basis"] == Score(0, 0, 1)
    assert measured(report(as_count, GOAL), report(as_count, GOAL))["basis"] == Score(1, 1, 1)


def test_what_the_gold_leaves_out_counts_nothing() -> None:
    bare = without(DATED, "starts_on", "ends_on"), without(GOAL, "basis", "starts_on", "ends_on")
    extra = figure(23, unit=Unit.PERCENT, basis=Basis.GOAL)
    found = measured(report(DATED, GOAL, extra), report(*bare))
    assert (found["days"], found["basis"]) == (Score(0, 0, 0), Score(0, 0, 0))
    assert found["full"] == Score(2, 3, 2)


def test_of_a_gold_that_labels_some_figures_the_others_count_nothing() -> None:
    bare = without(GOAL, "starts_on", "ends_on")
    extra = figure(23)
    assert measured(report(DATED, GOAL, extra), report(DATED, bare))["days"] == Score(1, 2, 1)


def test_unknown_days_are_right_where_none_are_read() -> None:
    unknown = figure(21)
    assert measured(report(unknown), report(unknown))["days"] == Score(1, 1, 1)
    assert measured(report(DATED), report(unknown))["days"] == Score(0, 1, 1)


# By label


def scored(read: Iterable[Figure], gold: Iterable[Figure]) -> BulletinScores:
    return score(report(*read), report(*gold), TEXT)


def test_figures_are_counted_by_the_label_of_their_own_side() -> None:
    surgery, staff = figure(21, service=Service.SURGERY), figure(22, service=Service.STAFF)
    taken = staff.model_copy(update={"service": Service.SURGERY})
    assert score_by_label([scored([surgery, taken], [surgery, staff])], "service") == {
        "staff": Score(0, 0, 1),
        "surgery": Score(1, 2, 1),
    }


def test_by_label_counts_strictly_and_over_all_bulletins() -> None:
    one = figure(21, detail="cataract")
    planned = one.model_copy(update={"status": Status.PLANNED})
    elsewhere = one.model_copy(update={"place": "OOAD"})
    parts = [scored([read], [one]) for read in (one, planned, elsewhere)]
    assert score_by_label(parts, "detail") == {"cataract": Score(2, 3, 3)}
    assert score_by_label(parts, "place") == {"national": Score(1, 2, 3), "ooad": Score(0, 1, 0)}
    assert score_by_label([], "detail") == {}


def test_no_label_is_a_slice_of_its_own() -> None:
    parts = [scored([figure(21, detail=None)], [figure(22, service=Service.STAFF)])]
    assert score_by_label(parts, "detail") == {"none": Score(0, 1, 1)}


@given(st.lists(st.tuples(reports, reports), max_size=3), st.sampled_from(STRICT[1:]))
def test_slices_by_a_strict_label_add_up_to_the_whole(
    pairs: list[tuple[JornadaReport, JornadaReport]], label: str
) -> None:
    parts = [score(read, gold, TEXT) for read, gold in pairs]
    whole = add_scores(one.measures["strict"] for one in parts)
    assert add_scores(score_by_label(parts, label).values()) == whole


# Other fields


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("edition", None),
        ("kind", JornadaKind.STATE),
        ("year", 2021),
        ("start", None),
        ("end", date(2022, 7, 4)),
        ("subject", False),
    ],
)
def test_a_jornada_is_right_where_all_its_fields_are(field: str, value: object) -> None:
    other = JORNADA.model_copy(update={field: value})
    read, gold = report(jornadas=(other, JORNADA)), report(jornadas=(JORNADA,))
    assert measured(read, gold)["jornadas"] == Score(1, 2, 1)
    assert measured(report(jornadas=(other,)), gold)["jornadas"] == Score(0, 1, 1)


def test_each_item_of_the_gold_is_matched_once() -> None:
    place = PlaceMention(name="Yucatán", role=PlaceRole.PARTICIPANT)
    read, gold = report(places=(place, place)), report(places=(place,))
    assert measured(read, gold)["places"] == Score(1, 2, 1)
    assert measured(gold, read)["places"] == Score(1, 1, 2)


def test_names_count_without_case_accents_and_white_space() -> None:
    read = report(
        places=(PlaceMention(name="nuevo  LEON\n", role=PlaceRole.PARTICIPANT),),
        specialties=(Specialty(service=Service.SURGERY, name="cirugia General"),),
    )
    gold = report(
        places=(PlaceMention(name="Nuevo León", role=PlaceRole.PARTICIPANT),),
        specialties=(Specialty(service=Service.SURGERY, name="Cirugía general"),),
    )
    assert measured(read, gold)["places"] == measured(read, gold)["specialties"] == Score(1, 1, 1)


def test_role_and_service_are_part_of_a_name() -> None:
    read = report(
        places=(PlaceMention(name="Puebla", role=PlaceRole.HIGHLIGHTED),),
        specialties=(Specialty(service=Service.CONSULTATION, name="Urología"),),
    )
    gold = report(
        places=(PlaceMention(name="Puebla", role=PlaceRole.PARTICIPANT),),
        specialties=(Specialty(service=Service.SURGERY, name="Urología"),),
    )
    assert measured(read, gold)["places"] == measured(read, gold)["specialties"] == Score(0, 1, 1)


@pytest.mark.parametrize("name", ["title", "published_on", "programme"])
def test_a_field_that_neither_states_counts_nothing(name: str) -> None:
    stated: object = date(2022, 7, 5) if name == "published_on" else "120 días"
    empty, full = report(), report(**{name: stated})
    assert measured(empty, empty)[name] == Score(0, 0, 0)
    assert measured(full, empty)[name] == Score(0, 1, 0)
    assert measured(empty, full)[name] == Score(0, 0, 1)
    assert measured(full, full)[name] == Score(1, 1, 1)


@pytest.mark.parametrize("name", ["title", "programme"])
def test_texts_count_without_case_and_white_space(name: str) -> None:
    gold = report(**{name: "120 días por\nun solo IMSS"})
    assert measured(report(**{name: "120 DÍAS por un  solo imss "}), gold)[name].right == 1
    for other in ("120 dias por un solo IMSS", "121 días por un solo IMSS"):
        assert measured(report(**{name: other}), gold)[name] == Score(0, 1, 1)


def test_dates_and_kinds_count_where_they_are_equal() -> None:
    gold = report(published_on=date(2022, 7, 5))
    read = report(published_on=date(2022, 7, 6), bulletin_kind=BulletinKind.BALANCE)
    assert measured(read, gold)["published_on"] == Score(0, 1, 1)
    assert measured(read, gold)["bulletin_kind"] == Score(0, 1, 1)
    assert set(OTHERS) == {
        *("jornadas", "places", "specialties"),
        *("title", "published_on", "bulletin_kind", "programme", "relevant"),
    }


def test_relevance_counts_where_it_is_labelled() -> None:
    irrelevant = report(relevant=False)
    assert measured(irrelevant, report())["relevant"] == Score(0, 1, 1)
    unlabelled = JornadaReport.model_validate(report().model_dump(exclude={"relevant"}))
    assert measured(irrelevant, unlabelled)["relevant"] == Score(0, 0, 0)


def test_how_a_year_is_known_counts_only_where_the_gold_says_it() -> None:
    plain = Jornada.model_validate(JORNADA.model_dump(exclude={"year_source"}))
    printed = JORNADA.model_copy(update={"year_source": YearSource.PRINTED})
    inferred = JORNADA.model_copy(update={"year_source": YearSource.INFERRED})

    def with_jornadas(*jornadas: Jornada) -> JornadaReport:
        return report().model_copy(update={"jornadas": jornadas})

    read = with_jornadas(inferred)
    assert measured(read, with_jornadas(plain))["jornadas"] == Score(1, 1, 1)
    assert measured(read, with_jornadas(printed))["jornadas"] == Score(0, 1, 1)
    assert measured(read, with_jornadas(inferred))["jornadas"] == Score(1, 1, 1)


@pytest.mark.parametrize("name", ["jornadas", "places", "specialties", "programme", "title"])
def test_a_field_that_was_not_labelled_counts_nothing_whatever_was_read(name: str) -> None:
    stated = {
        "jornadas": (Jornada(kind=JornadaKind.STATE, subject=True),),
        "places": (PlaceMention(name="Puebla", role=PlaceRole.PARTICIPANT),),
        "specialties": (Specialty(service=Service.SURGERY, name="Urología"),),
        "programme": "120 días",
        "title": "Anuncia IMSS jornada",
    }
    read, empty = report(**{name: stated[name]}), report()
    unlabelled = JornadaReport.model_validate(empty.model_dump(exclude={name}))
    assert measured(read, empty)[name] == Score(0, 1, 0)
    assert measured(read, unlabelled)[name] == Score(0, 0, 0)
