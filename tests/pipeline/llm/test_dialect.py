"""What is learnt of a server, and said once, while documents are read from it."""

import asyncio

import pytest

from pipeline.calls.gateway import LocalGateway
from pipeline.forms import prompts
from pipeline.llm import retry
from pipeline.llm.reader import LlmReader
from pipeline.settings import LlmSettings
from schemas.document import Document, Metadata
from schemas.reading import Reading, ReadingStatus
from tests.llm_server import LlmServer, Reply, answer, failure, serve

TEXT = "Se otorgaron 58 mil 610 consultas."
RIGHT = (
    '{"title": null, "published_on": null, "bulletin_kind": "results", "programme": null, '
    '"jornadas": [], "figures": [{"quote": "58 mil 610 consultas", "value": 58610, '
    '"unit": "count", '
    '"service": "consultation", "detail": [], "status": "performed", "period": "other", '
    '"edition": null, "starts_on": null, "ends_on": null, "place": "national", '
    '"approximate": false, "basis": null}], "set_aside": [], "specialties": [], "places": []}'
)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)


def read(server: LlmServer, times: int = 1, **settings: object) -> tuple[list[Reading], list[str]]:
    """Read one text several times; give the readings, and what was said of the server."""

    async def run() -> tuple[list[Reading], list[str]]:
        given = {"model": "m", "base_url": server.base_url, **settings}
        gateway = LocalGateway()
        prompt = prompts.load_prompt("quoted-v1")
        reader = LlmReader(LlmSettings.model_validate(given), prompt, gateway)
        document = Document(id="0" * 64, text=TEXT, metadata=Metadata(format="txt"))
        try:
            return [await reader.read(document) for _ in range(times)], gateway.notes
        finally:
            await reader.aclose()

    return asyncio.run(run())


def kinds(server: LlmServer) -> list[str | None]:
    """Tell how the schema was sent in each request."""
    sent = [request.get("response_format", {}) for request in server.requests]
    return [
        "strict" if one.get("json_schema", {}).get("strict") else one.get("type") for one in sent
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        failure(400, "the grammar cannot be made"),
        failure(422, "I do not like it"),
        failure(500, "cannot convert the JSON schema"),
    ],
)
def test_a_schema_that_is_refused_is_sent_more_plainly_and_so_from_then_on(refusal: Reply) -> None:
    with serve(refusal, refusal, answer(RIGHT), answer(RIGHT)) as server:
        readings, notes = read(server, times=2)
    assert kinds(server) == ["strict", "json_schema", "json_object", "json_object"]
    assert [reading.status for reading in readings] == [ReadingStatus.OK, ReadingStatus.OK]
    assert [one.schema_mode for one in readings[0].attempts] == [None, None, "json"]
    (note,) = notes
    assert "with the schema in the prompt" in note


def test_a_status_500_that_says_nothing_is_put_down_to_the_schema_after_three() -> None:
    broken = failure(500, "oops")
    with serve(broken, broken, broken, answer(RIGHT)) as server:
        (reading,), _ = read(server)
    assert kinds(server) == ["strict", "strict", "strict", "json_schema"]
    assert reading.status is ReadingStatus.OK


def test_after_an_answer_a_status_500_is_none_of_the_schema() -> None:
    broken = failure(500, "oops")
    with serve(answer(RIGHT), *[broken] * 4, answer(RIGHT)) as server:
        readings, notes = read(server, times=2)
    assert set(kinds(server)) == {"strict"}
    assert (readings[1].status, notes) == (ReadingStatus.OK, [])


def test_a_bulletin_that_is_refused_for_itself_changes_nothing_for_the_others() -> None:
    no = failure(400, "not this one")
    with serve(no, no, no, no, answer(RIGHT)) as server:
        readings, notes = read(server, times=2)
    assert kinds(server) == ["strict", "json_schema", "json_object", None, "strict"]
    assert [one.status for one in readings] == [ReadingStatus.FAILED, ReadingStatus.OK]
    assert "not this one" in (readings[0].error or "")
    assert notes == []


@pytest.mark.parametrize(
    ("mode", "kind"), [("strict", "strict"), ("json", "json_object"), ("none", None)]
)
def test_a_mode_that_is_asked_for_is_kept_to(mode: str, kind: str | None) -> None:
    with serve(failure(400, "no schema here"), answer(RIGHT)) as server:
        readings, _ = read(server, times=2, schema_mode=mode)
    assert kinds(server) == [kind, kind]
    assert [one.status for one in readings] == [ReadingStatus.FAILED, ReadingStatus.OK]


def test_a_parameter_of_the_users_that_is_refused_is_named() -> None:
    with serve(failure(400, "temperature must be 1 for this model")) as server:
        (reading,), _ = read(server, params={"temperature": 0})
    assert len(server.requests) == 1
    assert "--param temperature" in (reading.error or "")
    assert reading.cause is not None


def test_params_and_headers_are_sent_and_no_message_shows_a_secret_one() -> None:
    said = failure(400, "what is hunter2?")
    with serve(said, said, said, said) as server:
        (reading,), _ = read(
            server,
            params={"seed": 7},
            headers={"x-variant": "b"},
            secret_headers={"x-token": "hunter2"},
        )
    assert server.requests[0]["seed"] == 7
    assert server.headers[0]["x-variant"] == "b"
    assert server.headers[0]["x-token"] == "hunter2"
    assert "hunter2" not in reading.model_dump_json()


def test_a_query_in_the_base_url_stays_one_and_the_key_goes_where_it_is_wanted() -> None:
    with serve(answer(RIGHT)) as server:
        url = f"{server.base_url}/deployments/{{model}}?api-version=2024-10-21"
        read(server, base_url=url, api_key="sk-1", key_header="api-key")
    (request,), (headers,) = server.requests, server.headers
    assert request["path"] == "/v1/deployments/m/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == "sk-1"
    assert "authorization" not in headers


def test_organisation_and_project_go_to_their_own_provider_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    with serve(answer(RIGHT)) as server:
        read(server)
    assert not [name for name in server.headers[0] if name.startswith("openai-")]


def test_no_redirection_is_followed_and_the_new_place_is_named() -> None:
    with serve(answer(RIGHT)) as other:
        moved = Reply(b"", status=307, headers={"Location": f"{other.base_url}/chat/completions"})
        with serve(moved) as server:
            (reading,), _ = read(server, secret_headers={"x-token": "hunter2"})
        assert other.requests == []
    assert f"it has moved to {other.base_url}" in (reading.error or "")


def test_a_cut_answer_is_not_asked_for_again_where_no_more_room_can_be_had() -> None:
    little = failure(400, "max_tokens is too large: at most 8192 can be had")
    with serve(answer(RIGHT[:-30], finish_reason="length"), little) as server:
        (reading,), _ = read(server)
    assert [request["max_tokens"] for request in server.requests] == [8192, 16384]
    assert reading.status is ReadingStatus.PARTIAL
    assert reading.cost_usd is None


def test_all_room_that_went_into_thoughts_is_said_with_what_to_set() -> None:
    thought = answer(
        "", finish_reason="length", usage={"prompt_tokens": 100, "completion_tokens": 8192}
    )
    with serve(thought, thought) as server:
        (reading,), _ = read(server)
    assert "--max-output-tokens" in (reading.error or "")
    assert "reasoning_effort" in (reading.error or "")
    assert reading.cause == "the room goes into thoughts"


def test_a_question_is_not_asked_again_that_would_be_answered_alike() -> None:
    wrong = RIGHT.replace("58610", "58611")
    with serve(*[answer(wrong)] * 3) as server:
        read(server, params={"temperature": 0})
        alike = len(server.requests)
    with serve(*[answer(wrong)] * 3) as server:
        read(server)
        otherwise = len(server.requests)
    assert (alike, otherwise) == (2, 3)


def test_a_server_that_reads_a_part_only_is_told_and_not_asked_again() -> None:
    usage = {"prompt_tokens": 2048, "completion_tokens": 2}
    with serve(answer("{}", usage=usage)) as server:
        (reading,), _ = read(server)
    assert len(server.requests) == 1
    assert "larger context" in (reading.error or "")
    (finding,) = [one for one in reading.findings if one.check == "context"]
    assert finding.severity == "error"

    with serve(answer(RIGHT, usage=usage)) as server:
        (reading,), _ = read(server)
    assert [(one.check, one.severity) for one in reading.findings] == [("context", "warning")]


def test_a_key_that_is_refused_ends_the_run_and_a_filter_does_not() -> None:
    with serve(failure(401), failure(402), failure(403, "your input was flagged")) as server:
        readings, _ = read(server, times=3)
    assert [one.ends_run for one in readings] == [True, True, False]


def test_an_answer_that_cannot_be_read_is_not_paid_for_without_end() -> None:
    odd = Reply(b'{"object": "chat.completion", "choices": []}')
    with serve(*[odd] * 9) as server:
        (reading,), _ = read(server)
    assert len(server.requests) == 3
    assert "without a choice" in (reading.error or "")


def test_a_connection_that_breaks_after_the_question_may_have_been_paid_for() -> None:
    broken = Reply(b"x" * 100, drop=0)
    with serve(
        broken, answer(RIGHT, usage={"prompt_tokens": 10, "completion_tokens": 5})
    ) as server:
        prices = {"own": {"m": {"input": 1.0, "output": 10.0}}}
        gateway = LocalGateway()
        given = {"model": "m", "base_url": server.base_url, "prices": prices}

        async def run() -> Reading:
            prompt = prompts.load_prompt("quoted-v1")
            reader = LlmReader(LlmSettings.model_validate(given), prompt, gateway)
            try:
                document = Document(id="0" * 64, text=TEXT, metadata=Metadata(format="txt"))
                return await reader.read(document)
            finally:
                await reader.aclose()

        reading = asyncio.run(run())
    assert reading.status is ReadingStatus.OK
    assert gateway.budget.doubtful > 0
    assert gateway.budget.spent == pytest.approx(reading.cost_usd)
