"""What becomes of a question that is not asked now."""

import asyncio
import json
from pathlib import Path

import pytest

from pipeline.batch.ledger import FailedRequest, RequestHistory
from pipeline.batch.options import BatchOptions
from pipeline.batch.spool import Spool, SpoolFile
from pipeline.batch.transport import MODES, TRIES, BatchTransport
from pipeline.calls.budget import Budget, BudgetReached
from pipeline.calls.gateway import LocalGateway
from pipeline.calls.journal import Question
from pipeline.errors import Pending, ReaderError, ServerRefusal
from pipeline.llm.servers import (
    RoomNameRefused,
    RoomTooLarge,
    SchemaNotSupported,
    SystemRoleRefused,
)
from pipeline.llm.transport import Reply, Request
from pipeline.settings import LlmSettings
from schemas.reading import Attempt, AttemptOutcome
from tests.batch_jobs import PRICES

DOCUMENT = "d" * 64
NOTHING = RequestHistory(frozenset(), {}, no_schema=0)
NO_SCHEMA = FailedRequest("no schema", "answered 400: response_format", "400")


class Online:
    """Answers whatever is asked."""

    async def find_owner(self) -> None:
        return None

    async def send(self, _: Request) -> Reply:
        return Reply((Attempt(number=1, outcome=AttemptOutcome.ANSWERED, seconds=0.0),))

    async def aclose(self) -> None:
        pass


class Asking:
    """Questions to a server, and what there is afterwards."""

    def __init__(self, folder: Path, known: RequestHistory = NOTHING, **given: object) -> None:
        self.gateway = LocalGateway(budget=Budget(given.pop("budget", None)))
        self.spool = Spool(folder, BatchOptions())
        self.attempts: list[Attempt] = []
        self.files: list[SpoolFile] = []
        schema_mode = given.pop("schema_mode", "auto")
        settings = LlmSettings(model="faulty", prices=PRICES, schema_mode=schema_mode)
        self.transport = BatchTransport(
            settings,
            BatchOptions(rounds=2),
            known,
            self.spool,
            self.gateway,
            given.pop("online", None),
            wanted=given.pop("wanted", False),
        )

    def ask(
        self,
        number: int = 1,
        mode: str = "strict",
        document: str = DOCUMENT,
        **request: object,
    ) -> None:
        question = Question(document, "key", "reading", number, "question")
        body = {"model": "faulty", **request}
        try:
            reply = asyncio.run(self.transport.send(Request(body, 1000, 500, question, mode)))
        finally:
            self.files += self.spool.seal()
        self.attempts += reply.attempts
        if reply.error is not None:
            raise reply.error


def known(*failed: FailedRequest, no_schema: int = 0) -> RequestHistory:
    return RequestHistory(frozenset(), {(DOCUMENT, "question"): list(failed)}, no_schema)


def unanswered(times: int) -> RequestHistory:
    return known(*[FailedRequest("unanswered", "answered 500", None)] * times)


def test_a_new_question_is_spooled_as_a_call_would_send_it(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    with pytest.raises(Pending):
        asking.ask(max_tokens=500)
    (file,) = asking.files
    assert json.loads(file.path.read_text())["body"] == {"model": "faulty", "max_tokens": 500}
    assert (file.round, file.tokens, file.usd) == (1, 1000, pytest.approx(0.0015))


def test_a_question_that_is_out_is_not_spooled_again(tmp_path: Path) -> None:
    asking = Asking(tmp_path, NOTHING._replace(out=frozenset({bytes.fromhex(DOCUMENT)})))
    with pytest.raises(Pending):
        asking.ask()
    assert asking.files == []


def test_a_question_that_is_asked_again_by_another_process_is_spooled_once(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    for _ in range(2):
        with pytest.raises(Pending):
            asking.ask()
    assert [file.requests for file in asking.files] == [1]


def test_a_refusal_is_met_again(tmp_path: Path) -> None:
    asking = Asking(tmp_path, known(FailedRequest("refused", "answered 400", "400")))
    with pytest.raises(ServerRefusal, match="answered 400") as refused:
        asking.ask()
    assert refused.value.cause == "400"
    assert [attempt.outcome for attempt in asking.attempts] == ["rejected"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("max_tokens is unsupported: use max_completion_tokens instead", RoomNameRefused),
        ("max_tokens is too large: at most 300 can be had", RoomTooLarge),
        ("system messages are not supported", SystemRoleRefused),
    ],
)
def test_what_is_refused_for_how_it_was_put_goes_out_in_another_way(
    tmp_path: Path, said: str, kind: type[ServerRefusal]
) -> None:
    failed = FailedRequest("refused", f"answered 400 in a batch: {said}", f"400: {said}")
    asking = Asking(tmp_path, known(failed))
    with pytest.raises(kind):
        asking.ask()
    with pytest.raises(Pending):
        asking.ask(put="otherwise")
    (file,) = asking.files
    assert json.loads(file.path.read_text())["body"]["put"] == "otherwise"


@pytest.mark.parametrize("refused", range(4))
def test_a_server_is_asked_in_the_first_mode_that_it_has_not_refused(
    tmp_path: Path, refused: int
) -> None:
    asking = Asking(tmp_path, known(*[NO_SCHEMA] * refused, no_schema=refused))
    for mode in MODES[:refused]:
        with pytest.raises(SchemaNotSupported, match=mode):
            asking.ask(mode=mode)
    with pytest.raises(Pending):
        asking.ask(mode=MODES[refused])
    assert [file.requests for file in asking.files] == [1]


def test_what_others_were_refused_is_not_asked_of_a_new_question(tmp_path: Path) -> None:
    asking = Asking(tmp_path, NOTHING._replace(no_schema=2))
    with pytest.raises(SchemaNotSupported):
        asking.ask(mode="schema")
    with pytest.raises(Pending):
        asking.ask(mode="json")


@pytest.mark.parametrize("mode", ["json", "none", "strict"])
def test_a_mode_that_was_set_and_refused_is_not_asked_for_again(tmp_path: Path, mode: str) -> None:
    asking = Asking(tmp_path, known(NO_SCHEMA, no_schema=1), schema_mode=mode)
    with pytest.raises(ServerRefusal):
        asking.ask(mode=mode)
    assert asking.files == []


def test_a_question_without_answer_goes_out_again_so_many_times(tmp_path: Path) -> None:
    with pytest.raises(Pending):
        Asking(tmp_path, unanswered(TRIES - 1)).ask()
    given_up = Asking(tmp_path, unanswered(TRIES))
    with pytest.raises(ReaderError, match="no answer in 5 batches: answered 500") as error:
        given_up.ask()
    assert error.value.cause == "no answer in batches"
    assert [attempt.outcome for attempt in given_up.attempts] == ["unanswered"] * TRIES


@pytest.mark.parametrize(
    "failed",
    [unanswered(TRIES), known(FailedRequest("refused", "answered 429: no credit", "no credit"))],
)
def test_what_no_bulletin_is_to_blame_for_goes_out_again_when_it_is_wanted(
    tmp_path: Path, failed: RequestHistory
) -> None:
    with pytest.raises(ReaderError):
        Asking(tmp_path, failed).ask()
    wanted = Asking(tmp_path, failed, wanted=True)
    with pytest.raises(Pending):
        wanted.ask()
    assert [file.requests for file in wanted.files] == [1]


def test_what_a_bulletin_is_to_blame_for_is_met_again_even_when_it_is_wanted(
    tmp_path: Path,
) -> None:
    with pytest.raises(ServerRefusal, match="too long"):
        Asking(tmp_path, known(FailedRequest("refused", "too long", None)), wanted=True).ask()


def test_a_server_that_takes_no_question_with_or_without_schema_refuses(tmp_path: Path) -> None:
    asking = Asking(tmp_path, known(*[NO_SCHEMA] * 4, no_schema=4))
    with pytest.raises(ServerRefusal, match="response_format"):
        asking.ask(mode="none")
    assert asking.files == []


def test_after_the_last_round_nothing_goes_out(tmp_path: Path) -> None:
    with pytest.raises(Pending):
        Asking(tmp_path).ask(2)
    with pytest.raises(ReaderError, match="2 rounds did not hold"):
        Asking(tmp_path).ask(3)


@pytest.mark.parametrize(("number", "failed"), [(3, NOTHING), (1, unanswered(TRIES))])
def test_stragglers_go_online(tmp_path: Path, number: int, failed: RequestHistory) -> None:
    asking = Asking(tmp_path, failed, online=Online())
    asking.ask(number)
    assert [attempt.outcome for attempt in asking.attempts] == ["answered"]
    assert asking.files == []


def test_what_does_not_fit_the_budget_stays_pending_or_ends_the_run(tmp_path: Path) -> None:
    asking = Asking(tmp_path, budget=0.002)
    for number in range(3):
        with pytest.raises(Pending):
            asking.ask(document=f"{number:064x}")
    assert [file.requests for file in asking.files] == [1]
    assert asking.transport.shortage == (
        "the budget is reached: $0.00 spent, batches may cost up to $0.0015 more, and the next "
        "question $0.0015"
    )
    wanted = Asking(tmp_path, budget=0.0, wanted=True)
    with pytest.raises(BudgetReached, match="the budget is reached"):
        wanted.ask()
    assert wanted.gateway.halted is not None
