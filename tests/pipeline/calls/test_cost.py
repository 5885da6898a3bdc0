"""Prices: published ones by provider, the user's own, batches, and the worst a call can cost."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.calls.cost import cost_usd, worst_case
from pipeline.calls.prices import Prices, load_prices
from pipeline.errors import UsageError

OPENAI = "https://api.openai.com/v1"
OWN = "http://127.0.0.1:8000/v1"
MILLION = 1_000_000


@pytest.fixture
def prices(tmp_path: Path) -> Prices:
    file = tmp_path / "prices.toml"
    file.write_text(
        """
        [my-model]
        input = 0.20
        output = 0.80
        cached_input = 0.02
        batch_discount = 0.25

        ["org/model-4.1"]
        input = 1
        output = 2
        base_url = "http://127.0.0.1:8000/v1/"

        [gpt-4o-mini]
        input = 7.0
        output = 7.0
        base_url = "http://gateway.local/v1"
        """,
        encoding="utf-8",
    )
    return load_prices(file)


def test_a_published_price_is_known_by_model_and_server() -> None:
    usage = {"input_tokens": MILLION, "output_tokens": MILLION}
    assert cost_usd("gpt-4o-mini", OPENAI, **usage) == pytest.approx(0.75)
    assert cost_usd("gpt-4o-mini", OWN, **usage) is None
    assert cost_usd("no-such-model", OPENAI, **usage) is None


def test_cached_tokens_are_cheaper_and_never_more_than_the_input() -> None:
    usage = {"input_tokens": MILLION, "output_tokens": 0}
    full = cost_usd("gpt-4o-mini", OPENAI, **usage)
    cached = cost_usd("gpt-4o-mini", OPENAI, **usage, cached_tokens=MILLION)
    too_many = cost_usd("gpt-4o-mini", OPENAI, **usage, cached_tokens=9 * MILLION)
    assert full is not None
    assert cached is not None
    assert cached < full
    assert cached == too_many


@pytest.mark.parametrize(("given", "got"), [(None, 5), (5, None), (-1, 5), (5, -1)])
def test_without_a_count_of_tokens_the_cost_is_unknown(given: int | None, got: int | None) -> None:
    usage = {"input_tokens": given, "output_tokens": got}
    assert cost_usd("gpt-4o-mini", OPENAI, **usage) is None
    own = Prices.model_validate({"own": {"m": {"input": 1.0, "output": 1.0}}})
    assert cost_usd("m", OWN, own, **usage) is None


def test_a_batch_costs_what_is_listed_for_batches() -> None:
    usage = {"input_tokens": MILLION, "output_tokens": MILLION}
    assert cost_usd("gpt-4o-mini", OPENAI, **usage, batch=True) == pytest.approx(0.375)
    anthropic = "https://api.anthropic.com/v1"
    online = cost_usd("claude-sonnet-4-5", anthropic, **usage)
    assert online is not None
    assert cost_usd("claude-sonnet-4-5", anthropic, **usage, batch=True) == pytest.approx(
        online / 2
    )


def test_a_batch_at_openai_is_half_the_price_where_none_is_listed() -> None:
    usage = {"input_tokens": MILLION, "output_tokens": MILLION}
    online = cost_usd("o1-mini", OPENAI, **usage)
    assert online is not None
    assert cost_usd("o1-mini", OPENAI, **usage, batch=True) == pytest.approx(online / 2)


def test_elsewhere_a_batch_is_as_dear_as_a_call_where_no_price_is_listed() -> None:
    usage = {"input_tokens": MILLION, "output_tokens": MILLION}
    online = cost_usd("deepseek-chat", "https://api.deepseek.com", **usage)
    assert online is not None
    batch = cost_usd("deepseek-chat", "https://api.deepseek.com", **usage, batch=True)
    assert batch == online


def test_a_price_of_ones_own_is_taken_for_each_kind_of_token(prices: Prices) -> None:
    usage = {"input_tokens": 3 * MILLION, "output_tokens": MILLION, "cached_tokens": MILLION}
    assert cost_usd("my-model", OWN, prices, **usage) == pytest.approx(0.4 + 0.02 + 0.8)
    assert cost_usd("my-model", OWN, prices, **usage, batch=True) == pytest.approx(1.22 * 0.75)


def test_without_a_cached_price_or_a_discount_the_full_price_holds(prices: Prices) -> None:
    usage = {"input_tokens": MILLION, "output_tokens": MILLION, "cached_tokens": MILLION}
    assert cost_usd("org/model-4.1", OWN, prices, **usage) == pytest.approx(3.0)
    assert cost_usd("org/model-4.1", OWN, prices, **usage, batch=True) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("base_url", "known"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("HTTP://user:secret@127.0.0.1:8000/v1/", True),
        ("http://127.0.0.1:8001/v1", False),
        ("https://127.0.0.1:8000/v1", False),
        ("http://127.0.0.1:8000/v2", False),
        ("http://127.0.0.1:port/v1", False),
    ],
)
def test_a_price_can_hold_for_one_server_only(prices: Prices, base_url: str, known: bool) -> None:  # noqa: FBT001
    usage = {"input_tokens": MILLION, "output_tokens": 0}
    assert cost_usd("org/model-4.1", base_url, prices, **usage) == (1.0 if known else None)


def test_on_another_server_the_published_price_holds(prices: Prices) -> None:
    usage = {"input_tokens": MILLION, "output_tokens": MILLION}
    assert cost_usd("gpt-4o-mini", OPENAI, prices, **usage) == pytest.approx(0.75)
    assert cost_usd("gpt-4o-mini", "http://gateway.local:80/v1", prices, **usage) == 14.0


def test_an_answer_of_impossible_length_has_no_price(prices: Prices) -> None:
    usage = {"input_tokens": 10**400, "output_tokens": 1}
    assert cost_usd("my-model", OWN, prices, **usage) is None
    assert cost_usd("gpt-4o-mini", OPENAI, **usage) is None


@settings(deadline=None, max_examples=60)  # the first imports the tables of prices
@given(
    model=st.sampled_from(
        [
            ("gpt-4o-mini", OPENAI),
            ("gpt-5-mini", OPENAI),
            ("gemini-2.5-pro", "https://generativelanguage.googleapis.com/v1beta/openai/"),
            ("own", OWN),
            ("odd", OWN),
        ]
    ),
    room=st.integers(0, 100_000),
    input_tokens=st.integers(0, 500_000),
    used=st.floats(0, 1),
    cached=st.floats(0, 1),
    shorter=st.floats(0, 1),
    batch=st.booleans(),
)
def test_no_answer_costs_more_than_the_worst_case(
    model: tuple[str, str],
    room: int,
    input_tokens: int,
    used: float,
    cached: float,
    shorter: float,
    batch: bool,  # noqa: FBT001
) -> None:
    prices = Prices.model_validate(
        {
            "own": {
                "own": {"input": 0.2, "output": 0.8, "cached_input": 0.02, "batch_discount": 0.5},
                "odd": {"input": 0.2, "output": 0.8, "cached_input": 0.3},
            }
        }
    )
    most = worst_case(*model, prices, input_tokens=input_tokens, room=room, batch=batch)
    asked = int(input_tokens * shorter)
    paid = cost_usd(
        *model,
        prices,
        input_tokens=asked,
        output_tokens=int(room * used),
        cached_tokens=int(asked * cached),
        batch=batch,
    )
    assert most is not None
    assert paid is not None
    assert 0 <= paid <= most * (1 + 1e-12)


def test_the_worst_case_is_unknown_where_the_price_is() -> None:
    assert worst_case("my-model", OWN, input_tokens=10, room=10) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[m]\ninput = 1\n", '["m"] output: Field required'),
        ("[m]\ninput = -1\noutput = 1\n", '["m"] input: '),
        ("[m]\ninput = nan\noutput = 1\n", '["m"] input: '),
        ("[m]\ninput = inf\noutput = 1\n", '["m"] input: '),
        ('[m]\ninput = "1"\noutput = 1\n', '["m"] input: '),
        ("[m]\ninput = true\noutput = 1\n", '["m"] input: '),
        ("[m]\ninput = 1\noutput = 1\nbatch_discount = 1.5\n", '["m"] batch_discount: '),
        ("[m]\ninput = 1\noutput = 1\noutputs = 1\n", '["m"] outputs: '),
        ('[m]\ninput = 1\noutput = 1\nbase_url = "localhost"\n', '["m"] base_url: '),
        ("[gpt-4.1]\ninput = 1\noutput = 1\n", 'needs quotes: ["gpt-4.1"]'),
        ("input = 1\n", "input: must be a table"),
        ("[m\n", "is no TOML"),
    ],
)
def test_a_broken_file_is_named_with_its_key_in_one_line(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_prices(file)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert said in message
    assert "\n" not in message


def test_a_file_that_is_no_text_or_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no TOML"):
        load_prices(file)
    with pytest.raises(UsageError, match="No such file"):
        load_prices(tmp_path / "other.toml")
    with pytest.raises(UsageError, match="directory"):
        load_prices(tmp_path)


def test_an_empty_file_sets_no_price(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text("", encoding="utf-8")
    assert load_prices(file) == Prices()


def test_prices_cannot_be_changed_by_accident(prices: Prices) -> None:
    with pytest.raises(ValueError, match="frozen"):
        prices.own = {}
