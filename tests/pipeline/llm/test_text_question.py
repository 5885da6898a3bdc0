"""A question that is answered in plain text, over real HTTP."""

import asyncio

import pytest

from pipeline.calls.budget import Budget, BudgetReached
from pipeline.calls.gateway import LocalGateway
from pipeline.calls.prices import OwnPrice, Prices
from pipeline.errors import AccountRefused, ServerRefusal, TransportError, UsageError
from pipeline.llm.text_question import ask_for_text
from pipeline.settings import LlmSettings
from schemas.reading import Attempt, AttemptOutcome
from tests.llm_server import LlmServer, Reply, answer, failure, serve

ASKED = [{"role": "user", "content": "Better?"}]


def ask(server: LlmServer, budget: float | None = None, **changes: object) -> Attempt:
    prices = Prices(own={"m": OwnPrice(input=1.0, output=1.0)})
    settings = LlmSettings.model_validate(
        {"model": "m", "base_url": server.base_url, "prices": prices, "transport_attempts": 1}
        | changes
    )
    gateway = LocalGateway(budget=Budget(budget))
    attempt = asyncio.run(ask_for_text(settings, gateway, ASKED))
    assert gateway.budget.spent == pytest.approx(attempt.cost_usd or 0)
    return attempt


def test_the_answer_comes_as_it_is_with_its_price() -> None:
    with serve(answer("Yes: `this`")) as server:
        attempt = ask(server, params={"temperature": 0.5}, max_output_tokens=77)
    assert attempt.raw_answer == "Yes: `this`"
    assert attempt.cost_usd == pytest.approx(150 / 1_000_000)
    (request,) = server.requests
    assert request["messages"] == ASKED
    assert (request["temperature"], request["max_tokens"]) == (0.5, 77)
    assert "response_format" not in request


def test_what_the_server_calls_the_room_is_found_out() -> None:
    told = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    refused = failure(400, told, code="unsupported_parameter")
    with serve(refused, answer("Yes")) as server:
        assert ask(server).raw_answer == "Yes"
    assert "max_completion_tokens" in server.requests[1]


def test_an_answer_that_was_cut_off_says_so() -> None:
    with serve(answer("Ye", finish_reason="length")) as server:
        assert ask(server).outcome is AttemptOutcome.CUT_OFF


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answer(None, refusal="I will not."), ServerRefusal),
        (failure(401, "bad key", code="invalid_api_key"), AccountRefused),
        (failure(404, "no such model", code="model_not_found"), ServerRefusal),
        (failure(503), TransportError),
    ],
)
def test_no_answer_is_an_error_in_words(reply: Reply, error: type[Exception]) -> None:
    with serve(reply) as server, pytest.raises(error):
        ask(server)


def test_a_question_that_the_budget_cannot_bear_is_not_asked() -> None:
    with serve(answer("Yes")) as server, pytest.raises(BudgetReached):
        ask(server, budget=0.0001)
    assert not server.requests


def test_no_model_is_no_question() -> None:
    with serve(answer("Yes")) as server, pytest.raises(UsageError, match="no model is named"):
        ask(server, model=None)
