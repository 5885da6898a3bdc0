"""What an eval is expected to cost, before anybody is asked."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.labels.gold import GoldBulletin
from eval.report.estimate_table import show_estimate
from eval.runs.estimate import ExpectedCost, expect_cost
from eval.runs.plan import PlannedVariant, plan_variants
from pipeline.calls.estimate import FEWEST
from pipeline.calls.prices import OwnPrice, Prices
from pipeline.llm.reader import reader_key
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store, new_run
from schemas.document import Document
from schemas.reading import ReaderKey, ReadingStatus
from tests.eval.small_gold import BULLETINS, load
from tests.readings import a_reading, put

PRICES = Prices(own={"m": OwnPrice(input=1.0, output=10.0, batch_discount=0.5)})


def variant(prompt: str = "quoted-v2", **changes: object) -> PlannedVariant:
    fields = {"model": "m", "base_url": "http://127.0.0.1:9/v1", "prices": PRICES, **changes}
    settings = Settings(reader="llm", llm=LlmSettings.model_validate(fields))
    (planned,) = plan_variants([settings], ["llm"], [prompt], [])
    return planned


def key_of(planned: PlannedVariant) -> ReaderKey:
    assert planned.prompt is not None
    return reader_key(planned.settings.llm, planned.prompt)


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> tuple[GoldBulletin, ...]:
    return load(tmp_path_factory.mktemp("gold"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "e.duckdb")


def keep(
    store: Store,
    bulletins: Sequence[GoldBulletin],
    key: ReaderKey,
    tokens: tuple[int | None, int | None] = (1000, 100),
    status: ReadingStatus = ReadingStatus.OK,
) -> None:
    store.prepare()
    for bulletin in bulletins:
        reading = a_reading(bulletin.document, status, key=key)
        changes = {"input_tokens": tokens[0], "output_tokens": tokens[1], "cost_usd": None}
        put(store, new_run(key), (bulletin.document, reading.model_copy(update=changes)))


def test_nothing_read_is_told_from_prompt_and_gold(
    gold: tuple[GoldBulletin, ...], store: Store
) -> None:
    found = expect_cost(variant(), gold, store, 1)
    assert (found.readings, found.read_before, found.to_come) == (BULLETINS, 0, BULLETINS)
    assert found.usd == pytest.approx(found.input_tokens / 1e6 + found.output_tokens / 1e5)
    assert (found.past, found.low, found.high) == (0, None, None)
    assert not store.path.exists()
    # The form that has numbers marked has fewer words written.
    assert expect_cost(variant("anchored-v2"), gold, store, 1).output_tokens < found.output_tokens
    longer = [one._replace(document=with_text(one, one.document.text * 9)) for one in gold]
    assert expect_cost(variant(), longer, store, 1).input_tokens > found.input_tokens


def with_text(bulletin: GoldBulletin, text: str) -> Document:
    return bulletin.document.model_copy(update={"text": text})


def test_repeats_cost_as_often_and_what_was_read_is_free(
    gold: tuple[GoldBulletin, ...], store: Store
) -> None:
    once, thrice = (expect_cost(variant(), gold, store, times) for times in (1, 3))
    assert (thrice.input_tokens, thrice.readings) == (3 * once.input_tokens, 3 * BULLETINS)
    keep(store, gold[:2], key_of(variant()))
    found = expect_cost(variant(), gold, store, 3)
    assert (found.read_before, found.to_come) == (2, 3 * BULLETINS - 2)
    assert found.input_tokens < thrice.input_tokens
    # A reading by another reader is none of this one.
    other = variant(params={"temperature": 0})
    assert expect_cost(other, gold, store, 1).read_before == 0


def test_where_all_is_read_nothing_is_paid_though_no_price_is_known(
    gold: tuple[GoldBulletin, ...], store: Store
) -> None:
    unpriced = variant(prices=Prices(own={}))
    assert expect_cost(unpriced, gold, store, 1).usd is None
    keep(store, gold, key_of(unpriced))
    found = expect_cost(unpriced, gold, store, 1)
    assert (found.to_come, found.input_tokens, found.usd) == (0, 0, 0.0)


def test_a_failed_answer_is_not_asked_for_again_and_a_call_without_one_is(
    gold: tuple[GoldBulletin, ...], store: Store
) -> None:
    keep(store, gold[:1], key_of(variant()), status=ReadingStatus.FAILED)
    silent = a_reading(gold[1].document, ReadingStatus.FAILED, key=key_of(variant()))
    put(store, new_run(silent.key), (gold[1].document, silent.model_copy(update={"attempts": ()})))
    assert expect_cost(variant(), gold, store, 1).read_before == 1


def test_enough_readings_by_the_same_reader_tell_it_better(
    gold: tuple[GoldBulletin, ...], store: Store
) -> None:
    assert len(gold) >= FEWEST
    keep(store, gold, key_of(variant()), (2000, 300))
    found = expect_cost(variant(), gold, store, 3)
    assert (found.past, found.to_come) == (BULLETINS, 2 * BULLETINS)
    assert (found.input_tokens, found.output_tokens) == (20_000, 3000)
    assert found.usd == pytest.approx(0.02 + 0.03)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.usd <= found.high
    half = expect_cost(variant(), gold, store, 3, batch=True)
    assert half.usd == pytest.approx(found.usd / 2)


def test_thoughts_are_owned_up_to(gold: tuple[GoldBulletin, ...], store: Store) -> None:
    thinking = variant(model="o3-mini")
    assert expect_cost(thinking, gold, store, 1).thoughts
    assert not expect_cost(variant(), gold, store, 1).thoughts


def test_the_baseline_costs_nothing(gold: tuple[GoldBulletin, ...], store: Store) -> None:
    (planned,) = plan_variants([Settings()], ["baseline"], [], [])
    found = expect_cost(planned, gold, store, 2)
    assert (found.readings, found.input_tokens, found.usd) == (2 * BULLETINS, 0, 0.0)


def test_what_all_cost_is_not_told_where_one_is_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = ExpectedCost("a", 5, 0, 100, 10, 0.25)
    show_estimate([known, known._replace(name="b", usd=None)], None)
    assert "no price is known" in capsys.readouterr().out
    show_estimate([known, known._replace(name="b", past=7, low=0.2, high=0.3)], 0.4)
    shown = capsys.readouterr().out
    assert "about $0.50. The budget of $0.40 is not enough." in shown
    assert "b: told from 7 readings by the same reader, 95 % interval $0.20 to $0.30." in shown
