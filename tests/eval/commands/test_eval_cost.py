"""What an eval costs, and its settings as variants, through the command and real servers."""

import functools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from eval.commands import reading
from eval.labels import gold as labels
from examples.fault_server import Options, Serving, serving
from examples.scripted_server import Scripted, running
from pipeline.batch import round  # noqa: A004 - a round of a batch
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.console.exit_status import INTERRUPTED
from tests.batch_jobs import hold
from tests.command import Jornada, Ran, ReadHere, jornada_here
from tests.eval.small_gold import BULLETINS, answer_from, write_gold

pytestmark = pytest.mark.slow
PRICES = "[{model}]\ninput = 1.0\noutput = 4.0\nbatch_discount = 0.5\n"
TWO = ("--prompt", "quoted-v2", "--prompt", "anchored-v2")


class Evals(NamedTuple):
    """A folder with gold, and a server of the given model that knows it."""

    folder: Path
    base_url: str
    model: str

    @property
    def jornada(self) -> Jornada:
        return jornada_here(self.folder)

    def eval(self, *arguments: str) -> Ran:
        asked = ("--base-url", self.base_url, "--model", self.model, "--gold", "gold")
        return self.jornada("eval", *asked, *arguments)

    def eval_json(self, *arguments: str) -> Any:  # noqa: ANN401 - any JSON
        ran = self.eval(*arguments, "--json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def query(self, sql: str) -> Any:  # noqa: ANN401 - any JSON
        asked = self.jornada("query", "--db", "eval.duckdb", "--json", sql)
        return json.loads(asked.stdout)[0]["n"]


@pytest.fixture(scope="module", autouse=True)
def _texts_are_read_once() -> Iterator[None]:
    """Read the texts once: it takes a process each time."""
    read_once = functools.cache(labels.read_texts)

    def read(folder: Path, paths: Sequence[Path], texts: Sequence[Path]) -> labels.GoldTexts:
        return read_once(folder.resolve(), tuple(paths), tuple(texts))

    with pytest.MonkeyPatch.context() as change:
        change.setattr(labels, "read_texts", read)
        yield


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gold(tmp_path_factory.mktemp("gold"))


@pytest.fixture
def server(gold: Path) -> Iterator[Scripted]:
    with running(answer_from(gold)) as scripted:
        yield scripted


@pytest.fixture
def evals(tmp_path: Path, gold: Path, server: Scripted) -> Evals:
    (tmp_path / "gold").symlink_to(gold)
    (tmp_path / "prices.toml").write_text(PRICES.format(model="scripted"))
    return Evals(tmp_path, server.base_url, "scripted")


def test_an_estimate_asks_nobody_and_what_is_read_then_costs_no_more(
    evals: Evals, server: Scripted
) -> None:
    options = (*TWO, "--reader", "llm", "--reader", "baseline", "--prices", "prices.toml")
    told = evals.eval_json(*options, "--estimate", "--budget", "1")
    assert server.requests == []
    assert not (evals.folder / "eval.duckdb").exists()
    *models, baseline = told["estimate"]
    assert (baseline["name"], baseline["usd"], told["budget"]) == ("baseline", 0, 1)
    found = evals.eval_json(*options)["variants"]
    for expected, variant in zip(models, found[:2], strict=True):
        assert expected["name"] == variant["name"]
        assert expected["to_come"] == variant["readings"] == BULLETINS
        # On the safe side, and of the right size.
        assert 0.3 * expected["usd"] < variant["cost_usd"] <= expected["usd"]
        assert variant["output_tokens"] <= expected["output_tokens"]
    asked = len(server.requests)
    again = evals.eval(*options, "--estimate")
    assert "Expected cost of all together: about $0.00." in again.stdout
    assert "all is read, and costs nothing" in again.stdout
    assert len(server.requests) == asked


def test_each_value_is_a_variant_that_is_asked_for_so_and_named_apart(
    evals: Evals, server: Scripted
) -> None:
    varied = ("--vary", "temperature=0,1", "--vary", "max_output_tokens=4000,null")
    refused = evals.eval("--prompt", "quoted-v2", *varied)
    assert refused.returncode == 2
    assert refused.stderr.startswith("--vary max_output_tokens=null: ")
    varied = ("--vary", "temperature=0,1", "--vary", "max_output_tokens=4000,5000")
    found = evals.eval_json("--prompt", "quoted-v2", *varied)
    assert [variant["name"] for variant in found["variants"]] == [
        f"quoted-v2 · scripted (max_output_tokens {room}, temperature {temperature})"
        for temperature in (0, 1)
        for room in (4000, 5000)
    ]
    assert len(server.requests) == 4 * BULLETINS
    sent = {(one["temperature"], one["max_tokens"]) for one in server.requests}
    assert sent == {(temperature, room) for temperature in (0, 1) for room in (4000, 5000)}
    assert [point["name"] for point in found["tradeoffs"]] == [
        variant["name"] for variant in found["variants"]
    ]
    for variant in found["variants"]:
        assert variant["scores"]["quote"]["f1"] == variant["quotes"]["overlap"] == 1
        assert variant["quotes"]["characters"] == variant["quotes"]["gold_characters"] > 0
    stored = "FROM eval_scores WHERE slice = 'quotes' AND correct = gold AND f1 = 1"
    assert evals.query(f"SELECT count(*) AS n {stored}") == 4
    assert evals.query("SELECT min(f1) AS n FROM eval_scores WHERE measure = 'quote'") == 1
    printed = evals.eval("--prompt", "quoted-v2", *varied)
    assert len(server.requests) == 4 * BULLETINS
    assert "unbeaten" in printed.stdout
    assert "quotes of" in printed.stdout
    quirks = ("--param", "quirk=0", "--vary", "quirk=1,2", "--estimate")
    named = evals.eval("--prompt", "quoted-v2", *quirks)
    assert "quoted-v2 · scripted (quirk 2)" in named.stdout


def test_a_budget_is_for_all_repeats_together_and_nothing_is_asked_twice(
    evals: Evals, server: Scripted
) -> None:
    thrice = (*TWO, "--repeat", "3", "--prices", "prices.toml", "--concurrency", "1")
    # The worst case of a call is the room of its answer; the rest is what some calls cost.
    small = evals.eval(*thrice, "--max-output-tokens", "2000", "--budget", "0.06")
    assert small.returncode == 1, small.stderr
    assert "nothing is scored of a part" in small.stderr
    first = len(server.requests)
    assert BULLETINS < first < 6 * BULLETINS
    assert 0 < evals.query("SELECT sum(cost_usd) AS n FROM readings") <= 0.06
    whole = evals.eval_json(*thrice, "--max-output-tokens", "2000", "--budget", "9")
    assert len(server.requests) == 6 * BULLETINS
    assert [variant["readings"] for variant in whole["variants"]] == [3 * BULLETINS] * 2
    assert evals.query("SELECT count(*) AS n FROM readings") == 6 * BULLETINS


def test_a_price_that_lacks_is_told_before_the_first_variant_is_paid_for(
    evals: Evals, server: Scripted
) -> None:
    both = ("--model", "unpriced", "--prompt", "quoted-v2", "--prices", "prices.toml")
    ran = evals.eval(*both, "--budget", "1")
    assert ran.returncode == 2
    assert "a budget needs a price, and none is known for unpriced" in ran.stderr
    assert server.requests == []


def test_variants_that_ask_one_server_keep_to_its_limits_together(
    evals: Evals, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []

    class Noted(RateLimiter):
        def take(self, tokens: int) -> None:
            taken.append(id(self))
            super().take(tokens)

    monkeypatch.setattr(reading, "RateLimiter", Noted)
    evals.eval_json(*TWO, "--rpm", "6000")
    assert len(taken) == len(server.requests) == 2 * BULLETINS
    assert len(set(taken)) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--batch", "--repeat", "2", "--prompt", "quoted-v2"), "leave out --repeat"),
        (("--batch", "--reader", "baseline"), "--batch needs a model"),
        (("--vary", "temperature=0,1", "--reader", "baseline"), "--vary is for models"),
        (("--vary", "temprature=0,1"), "did you mean temperature?"),
        (("--stored", "eval.duckdb", "--vary", "temperature=0,1"), "leave out what says how"),
        (("--stored", "eval.duckdb", "--estimate"), "leave out what says how"),
    ],
)
def test_what_cannot_be_is_one_line(
    arguments: tuple[str, ...], told: str, tmp_path: Path, gold: Path
) -> None:
    (tmp_path / "gold").symlink_to(gold)
    asked = ("--base-url", "http://127.0.0.1:9/v1") if "--stored" not in arguments else ()
    named = ("--model", "m") if asked and "baseline" not in arguments else ()
    ran = jornada_here(tmp_path)("eval", "--gold", "gold", *asked, *named, *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert told in line


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setattr(round, "Workers", ReadHere)
    with serving(Options(batch_seconds=0.02)) as serving_batches:
        yield serving_batches


@pytest.fixture
def batched(tmp_path: Path, gold: Path, batches: Serving) -> Evals:
    (tmp_path / "gold").symlink_to(gold)
    (tmp_path / "prices.toml").write_text(PRICES.format(model="faulty"))
    return Evals(tmp_path, batches.base_url, "faulty")


BY_BATCH = ("--batch", "--poll", "0.1", "--prices", "prices.toml")
BATCH = (*TWO, *BY_BATCH)


def test_gold_is_read_in_batches_for_half_the_price_and_then_scored(
    batched: Evals, batches: Serving
) -> None:
    one = ("--prompt", "quoted-v2", *BY_BATCH)
    found = batched.eval_json(*one, "--reader", "llm", "--reader", "baseline")
    assert [variant["readings"] for variant in found["variants"]] == [BULLETINS] * 2
    assert {variant["failed"] for variant in found["variants"]} == {0}
    variant = found["variants"][0]
    tokens = variant["input_tokens"] + 4 * variant["output_tokens"]
    assert variant["cost_usd"] == pytest.approx(tokens / 2e6)
    # Nobody waited for a single one of them.
    assert variant["p95_seconds_a_reading"] is variant["seconds_a_reading"] is None
    assert found["tradeoffs"][0]["p95_seconds"] is None
    asked = batches.log()["answers"]
    assert len(asked) == BULLETINS
    again = batched.eval(*one)
    assert again.stderr.count(f"{BULLETINS} of {BULLETINS} were read before") == 1
    assert batches.log()["answers"] == asked


def test_what_is_out_is_asked_for_once_whoever_goes_on_with_it(
    batched: Evals, batches: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = hold(batches)
    with monkeypatch.context() as change:
        change.setattr(reading, "_wait_for_batches", lambda *_: INTERRUPTED)  # as by Ctrl-C
        assert batched.eval(*BATCH).returncode == INTERRUPTED
    expected = batched.eval_json(*BATCH, "--estimate")["estimate"]
    assert [one["to_come"] for one in expected] == [0, 0]
    online = batched.eval_json(*TWO, "--estimate")["estimate"]
    assert [one["to_come"] for one in online] == [BULLETINS, BULLETINS]
    assert batched.query("SELECT count(*) AS n FROM readings") == 0
    go()
    at = ("--base-url", batched.base_url, "--prices", "prices.toml", "--db", "eval.duckdb")
    collected = batched.jornada("batch", "collect", "--wait", "--poll", "0.1", *at)
    assert collected.returncode == 0, collected.stderr
    found = batched.eval_json(*BATCH)
    assert [variant["readings"] for variant in found["variants"]] == [BULLETINS] * 2
    assert {variant["failed"] for variant in found["variants"]} == {0}
    assert len(batches.log()["answers"]) == 2 * BULLETINS
    assert all(len(one["times"]) == 1 for one in batches.log()["answers"])


def test_a_budget_holds_for_the_batches_of_all_variants_together(
    batched: Evals, batches: Serving
) -> None:
    # One answer at its longest costs 8192 tokens of 2 dollars a million, and what it is told.
    for budget, out in (("0.001", 0), ("0.12", BULLETINS)):
        ran = batched.eval(*BATCH, "--budget", budget)
        assert ran.returncode == 1, ran.stderr
        assert "the budget is reached" in ran.stderr
        assert batched.query("SELECT count(*) AS n FROM eval_runs") == 0
        planned = batched.query("SELECT count(*) AS n FROM batch_requests")
        assert planned >= out
        assert planned < 2 * BULLETINS
    found = batched.eval_json(*BATCH, "--budget", "1")
    assert [variant["readings"] for variant in found["variants"]] == [BULLETINS] * 2
    assert all(len(one["times"]) == 1 for one in batches.log()["answers"])
