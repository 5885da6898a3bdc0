"""The fault server: its answers hold, each fault is what it is called, and none lasts for ever."""

import asyncio
import functools
import hashlib
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import openai
import pytest

from examples.fault_server import Options, Serving, serving
from examples.fault_server.limits import duration
from examples.fault_server.options import FAULTS, Fault
from examples.make_backlog import bulletins
from pipeline.forms import FORMS, prompts
from pipeline.llm.draft import Draft, judge_answer
from pipeline.llm.feedback import write_correction
from pipeline.rules.reader import read_report
from schemas.document import Document, Metadata
from tests.command import environment
from tests.processes import Process, until

ROOT = Path(__file__).parents[2]
ROOM = 8192
PATIENCE, REASKS = 6, 2
SWIFT = Options(spike=0.01, storm=0.02, drip=0.02, retry_after=0.01)


def document(text: str) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(id=digest, text=text, metadata=Metadata(format="txt"))


@functools.cache
def backlog() -> list[Document]:
    return [document(text.strip()) for _, text in bulletins(40, seed=3)]


load = functools.cache(prompts.load_prompt)


def request(one: Document, prompt: str = "quoted-v1", room: int = ROOM) -> dict[str, Any]:
    return {
        "model": "faulty",
        "max_tokens": room,
        "messages": load(prompt).messages(one),
        "response_format": wanted(load(prompt).form),
    }


@functools.cache
def wanted(form: str) -> dict[str, Any]:
    schema = FORMS[form].answer.model_json_schema()
    return {"type": "json_schema", "json_schema": {"name": "Answer", "schema": schema}}


@functools.cache
def judged(form: str, one: Document, raw: str, cut_after: int | None = None) -> Draft:
    """Judge an answer. The server gives the same one again and again, which takes long to judge."""
    return judge_answer(FORMS[form], one, raw, cut_after=cut_after)


class Got(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def choice(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)["choices"][0]
        return told


async def post(client: aiohttp.ClientSession, server: Serving, asked: dict[str, Any]) -> Got:
    async with client.post(f"{server.base_url}/chat/completions", json=asked) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Got(response.status, headers, await response.read())


def ask(server: Serving, *asked: dict[str, Any]) -> list[Got | Exception]:
    """Ask one after the other."""

    async def run() -> list[Got | Exception]:
        got: list[Got | Exception] = []
        async with aiohttp.ClientSession() as client:
            for one in asked:
                try:
                    got.append(await post(client, server, one))
                except aiohttp.ClientError as error:
                    got.append(error)
        return got

    return asyncio.run(run())


def answered(server: Serving, asked: dict[str, Any]) -> Got:
    (got,) = ask(server, asked)
    assert isinstance(got, Got)
    return got


class Patient:
    """A client as the reader is one: transport faults, wrong answers, cut answers."""

    def __init__(self, server: Serving, prompt: str, client: aiohttp.ClientSession) -> None:
        self.server, self.prompt, self.client = server, prompt, client
        self.form = load(prompt).form

    async def read(self, one: Document) -> Draft | None:
        asked, reasks = request(one, self.prompt), REASKS
        opening = asked["messages"]
        while True:
            got = await self.got(asked)
            if got is None:
                return None
            choice = got.choice()
            raw = choice["message"]["content"]
            cut = ROOM if choice["finish_reason"] == "length" else None
            draft = judged(self.form, one, raw, cut)
            if not draft.faults:
                return draft
            if draft.cut:
                if asked["max_tokens"] > ROOM:
                    return draft
                asked = {**asked, "max_tokens": 2 * ROOM}
            elif reasks:
                reasks -= 1
                told = [
                    {"role": "assistant", "content": raw},
                    {"role": "user", "content": write_correction(draft.breaks or draft.faults)},
                ]
                asked = {**asked, "messages": [*opening, *told]}
            else:
                return draft

    async def got(self, asked: dict[str, Any]) -> Got | None:
        for _ in range(PATIENCE):
            try:
                got = await post(self.client, self.server, asked)
                got.choice()
            except (aiohttp.ClientError, ValueError, KeyError):
                await asyncio.sleep(0.01)
            else:
                return got
        return None


def read_all(
    server: Serving, prompt: str = "quoted-v1", documents: list[Document] | None = None
) -> list[Draft | None]:
    async def run() -> list[Draft | None]:
        async with aiohttp.ClientSession() as client:
            patient = Patient(server, prompt, client)
            return await asyncio.gather(*map(patient.read, documents or backlog()))

    return asyncio.run(run())


@functools.cache
def undisturbed(prompt: str) -> list[Draft | None]:
    with serving() as server:
        return read_all(server, prompt)


def only(kind: Fault, **changes: float) -> Options:
    return replace(SWIFT, faults=1.0, kinds=(kind,), **changes)  # type: ignore[arg-type]


# Without faults


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["quoted-v1", "anchored-v1"])
def test_every_answer_holds_and_says_what_the_baseline_reads(prompt: str) -> None:
    drafts = undisturbed(prompt)
    assert [draft.faults for draft in drafts if draft] == [()] * len(backlog())
    for one, draft in zip(backlog(), drafts, strict=True):
        assert draft is not None
        assert draft.report is not None
        values = Counter(figure.value for figure in draft.report.figures)
        missing = Counter(figure.value for figure in read_report(one).figures) - values
        assert set(missing) <= ({1} if prompt == "anchored-v1" else set())  # an article has no mark
    assert sum(len(draft.report.figures) for draft in drafts if draft and draft.report) > 300


def test_the_sdk_is_answered_and_told_the_tokens() -> None:
    with serving(Options(model="other")) as server:
        with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as client:
            asked = {**request(backlog()[0]), "model": "other"}
            completion = client.chat.completions.create(**asked)
            models = [model.id for model in client.models.list()]
            with pytest.raises(openai.NotFoundError, match="no model here"):
                client.chat.completions.create(**request(backlog()[0]))
        log = server.log()
    said = completion.choices[0].message.content or ""
    assert judge_answer(FORMS["quoted"], backlog()[0], said).faults == ()
    assert completion.usage is not None
    sent = sum(len(one["role"] + one["content"]) for one in asked["messages"])
    assert completion.usage.prompt_tokens == pytest.approx(sent / 4, rel=0.01)
    assert completion.usage.completion_tokens == len(said) // 4
    assert models == ["other"]
    assert (log["requests"], log["delivered"]) == (2, 1)
    assert log["completion_tokens"] == completion.usage.completion_tokens


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[1]", 400),
        (b'{"model": "faulty"}', 400),
        (b'{"model": "faulty", "messages": [{"role": "user", "content": "?"}]}', 400),
        (b'{"model": "gpt-5"}', 404),
    ],
)
def test_what_is_no_request_is_refused(body: bytes, status: int) -> None:
    async def send(server: Serving) -> int:
        url = f"{server.base_url}/chat/completions"
        async with aiohttp.ClientSession() as client, client.post(url, data=body) as response:
            assert (await response.json())["error"]["message"]
            return response.status

    with serving() as server:
        assert asyncio.run(send(server)) == status


def test_answers_wait_and_all_wait_at_once() -> None:
    async def run(server: Serving) -> None:
        async with aiohttp.ClientSession() as client:
            asked = [asyncio.create_task(post(client, server, request(one))) for one in backlog()]
            await until(lambda: server.log()["in_flight"] == len(backlog()))
            assert server.log()["delivered"] == 0
            for one in asked:
                one.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    with serving(Options(latency=600)) as server:
        asyncio.run(run(server))
        assert server.log()["most_in_flight"] == len(backlog())


# Each fault


def test_a_spike_delays_the_answer() -> None:
    with serving(only("latency", spike=0.05)) as server:
        got = answered(server, request(backlog()[0]))
        assert server.log()["faults"] == {"latency": 1}
    assert got.status == 200


def test_a_429_says_when_to_come_back() -> None:
    with serving(only("429", retry_after=3.0)) as server:
        got = answered(server, request(backlog()[0]))
    assert (got.status, got.headers["retry-after"]) == (429, "3")
    assert json.loads(got.body)["error"]["code"] == "rate_limit_exceeded"


def test_in_a_storm_everybody_gets_429() -> None:
    """The first begins it; those that are drawn nothing at all get 429 as well."""
    with serving(only("storm", storm=30.0)) as server:
        got = ask(server, *map(request, backlog()[:10]))
        log = server.log()
    assert {one.status for one in got if isinstance(one, Got)} == {429}
    assert log["faults"] == {"429": 1, "storm": 9}


def test_broken_servers_answer_in_their_ways() -> None:
    with serving(only("500")) as server:
        got = ask(server, *map(request, backlog()[:30]))
    statuses = {one.status: one for one in got if isinstance(one, Got)}
    assert statuses.keys() == {500, 502, 503}
    assert "text/html" in statuses[502].headers["content-type"]


def test_half_an_answer_says_that_it_was_cut() -> None:
    with serving(only("half")) as server:
        cut, whole = ask(server, request(backlog()[0]), request(backlog()[0], room=2 * ROOM))
    assert isinstance(cut, Got)
    assert isinstance(whole, Got)
    assert cut.choice()["finish_reason"] == "length"
    assert whole.choice()["finish_reason"] == "stop"
    full, half = (one.choice()["message"]["content"] for one in (whole, cut))
    assert half == full[: len(full) // 2]


def test_garbage_comes_with_status_200() -> None:
    with serving(only("garbage")) as server:
        got = [one for one in ask(server, *map(request, backlog()[:20])) if isinstance(one, Got)]
    assert {one.status for one in got} == {200}
    assert {one.headers["content-type"].partition(";")[0] for one in got} == {
        *("text/html", "application/json")
    }
    for one in got:
        with pytest.raises(ValueError):  # noqa: PT011 - of syntax or of encoding
            json.loads(one.body)


@pytest.mark.parametrize("prompt", ["quoted-v1", "anchored-v1"])
@pytest.mark.parametrize("kind", ["json", "invented"])
def test_a_spoilt_answer_is_noticed_twice_and_right_the_third_time(
    kind: Fault, prompt: str
) -> None:
    form = load(prompt).form
    with serving(only(kind)) as server:
        for one in backlog()[:15]:
            asked, noticed = request(one, prompt), 0
            opening = asked["messages"]
            for _ in range(3):
                raw = answered(server, asked).choice()["message"]["content"]
                draft = judged(form, one, raw)
                noticed += bool(draft.faults)
                told = [
                    {"role": "assistant", "content": raw},
                    {"role": "user", "content": write_correction(draft.faults)},
                ]
                asked = {**asked, "messages": [*opening, *told]}
            assert noticed == 2
            assert draft.faults == ()


def test_an_answer_of_no_json_keeps_the_shape_of_no_answer() -> None:
    with serving(only("json")) as server:
        for one in backlog()[:20]:
            raw = answered(server, request(one)).choice()["message"]["content"]
            assert judge_answer(FORMS["quoted"], one, raw).breaks


def test_an_untrue_answer_is_of_the_right_shape() -> None:
    with serving(only("invented")) as server:
        fields: Counter[str] = Counter()
        for one in backlog()[:40]:
            raw = answered(server, request(one)).choice()["message"]["content"]
            draft = judged("quoted", one, raw)
            assert draft.breaks == ()
            fields.update(re.sub(r"\[\d+\]", "", fault.field) for fault in draft.faults)
    assert {"figures.value", "figures.quote", "figures"} <= fields.keys()


def test_a_reset_comes_before_the_answer_or_in_the_middle_of_it() -> None:
    with serving(only("reset")) as server:
        got = ask(server, *map(request, backlog()[:20]))
        log = server.log()
    kinds = {type(one) for one in got}
    assert aiohttp.ClientPayloadError in kinds
    assert len(kinds) > 1
    assert Got not in kinds
    assert log["delivered"] == 0


def test_a_drip_comes_in_small_pieces_and_whole() -> None:
    async def pieces(server: Serving) -> tuple[int, bytes]:
        url, asked = f"{server.base_url}/chat/completions", request(backlog()[0])
        async with aiohttp.ClientSession() as client, client.post(url, json=asked) as response:
            got = [piece async for piece, _ in response.content.iter_chunks()]
        return len(got), b"".join(got)

    with serving(only("drip", drip=0.4)) as server:
        count, whole = asyncio.run(pieces(server))
        assert server.log()["delivered"] == 1
    assert count > 5
    assert json.loads(whole)["choices"]


# All of them


@pytest.mark.parametrize("kind", FAULTS)
def test_no_fault_lasts_longer_than_patience(kind: Fault) -> None:
    with serving(only(kind)) as server:
        drafts = read_all(server, documents=backlog()[:12])
    assert [draft.faults for draft in drafts if draft] == [()] * 12


@pytest.mark.parametrize(
    ("share", "prompt"), [(0.3, "quoted-v1"), (1.0, "quoted-v1"), (1.0, "anchored-v1")]
)
def test_with_patience_the_figures_are_those_without_faults(share: float, prompt: str) -> None:
    # A storm takes the place of other faults, of more of them the slower the machine is.
    others = tuple(kind for kind in FAULTS if kind != "storm")
    for kinds in (tuple(FAULTS), others):
        with serving(replace(SWIFT, faults=share, kinds=kinds)) as server:
            drafts = read_all(server, prompt)
            log = server.log()
        assert drafts == undisturbed(prompt)
    assert len(set(others) & log["faults"].keys()) > (len(others) - 1 if share == 1 else 4)


def test_no_question_that_was_answered_is_counted_twice_by_a_client_that_asks_once() -> None:
    with serving(replace(SWIFT, faults=0.5)) as server:
        read_all(server)
        log = server.log()
    assert {len(one["times"]) for one in log["answers"]} == {1}
    assert {one["text"] for one in log["answers"]} == {one.id for one in backlog()}
    assert len(log["answers"]) == log["delivered"] > len(backlog())


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_the_share_of_faults_is_about_what_was_asked_for(share: float) -> None:
    kinds: tuple[Fault, ...] = ("429", "500", "half", "garbage", "json")
    with serving(replace(SWIFT, faults=share, kinds=kinds)) as server:
        ask(server, *[request(one) for one in backlog()[:20] for _ in range(20)])
        log = server.log()
    assert log["requests"] == 400
    assert sum(log["faults"].values()) / log["requests"] == pytest.approx(share, rel=0.3)


def test_the_same_seed_makes_the_same_faults_and_another_others() -> None:
    def first(seed: int) -> list[tuple[int, int] | str]:
        kinds: tuple[Fault, ...] = ("429", "500", "half", "json", "reset")
        with serving(replace(SWIFT, faults=0.5, kinds=kinds, seed=seed)) as server:
            asked = [request(one) for one in backlog()[:30] for _ in range(2)]
            return [
                (one.status, len(one.body)) if isinstance(one, Got) else "reset"
                for one in ask(server, *asked)
            ]

    def without_numbers(got: list[tuple[int, int] | str]) -> list[object]:
        return [one if isinstance(one, str) else one[0] for one in got]

    assert without_numbers(first(1)) == without_numbers(first(1)) != without_numbers(first(2))


# Limits and refusals


def standing(server: Serving) -> Callable[[float], None]:
    """Stop the clock of the server's limits; give what moves it on."""
    limits, at = server.server.chat.limits, time.monotonic()

    def move(seconds: float) -> None:
        nonlocal at
        at += seconds

    limits.clock = lambda: at
    return move


def test_over_the_limit_of_requests_one_is_told_when_to_come_back() -> None:
    with serving(Options(rpm=60, burst=3)) as server:
        standing(server)
        got = ask(server, *[request(backlog()[0])] * 5)
        assert server.log()["statuses"] == {"200": 3, "429": 2}
    last = got[-1]
    assert isinstance(last, Got)
    assert 0.5 < float(last.headers["retry-after"]) <= 1
    assert last.headers["x-ratelimit-limit-requests"] == "60"
    assert last.headers["x-ratelimit-remaining-requests"] == "0"
    assert re.fullmatch(r"(\d+m)?[\d.]+m?s", last.headers["x-ratelimit-reset-requests"])
    assert "requests per min" in json.loads(last.body)["error"]["message"]


def test_the_bucket_fills_again() -> None:
    with serving(Options(rpm=60, burst=0.1)) as server:
        move = standing(server)
        statuses = []
        for seconds in (0, 0.5, 1):  # more than due at last: a tenth would not add up exactly
            move(seconds)
            statuses.append(answered(server, request(backlog()[0])).status)
    assert statuses == [200, 429, 200]


def test_tokens_are_limited_too_and_a_request_too_large_never_goes_through() -> None:
    with serving() as server:
        usage = json.loads(answered(server, request(backlog()[0])).body)["usage"]["total_tokens"]
    with serving(Options(tpm=int(usage * 1.5))) as server:
        standing(server)
        first, second = ask(server, *[request(backlog()[0])] * 2)
    assert isinstance(first, Got)
    assert isinstance(second, Got)
    assert (first.status, second.status) == (200, 429)
    assert int(first.headers["x-ratelimit-remaining-tokens"]) == pytest.approx(usage / 2, rel=0.05)
    with serving(Options(tpm=usage - 1)) as server:
        too_large = answered(server, request(backlog()[0]))
    assert too_large.status == 429
    assert "retry-after" not in too_large.headers


def test_without_limits_no_header_speaks_of_them() -> None:
    with serving() as server:
        got = answered(server, request(backlog()[0]))
    assert not [name for name in got.headers if name.startswith("x-ratelimit")]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0ms"), (0.02, "20ms"), (1, "1s"), (8.64, "8.64s"), (360, "6m0s"), (3661.5, "1h1m1.5s")],
)
def test_times_are_written_as_the_reference_writes_them(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_everybody_is_refused_from_a_request_on() -> None:
    with serving(Options(refuse_all=401, after=2)) as server:
        got = ask(server, *map(request, backlog()[:4]))
    assert [one.status for one in got if isinstance(one, Got)] == [200, 200, 401, 401]
    assert isinstance(got[3], Got)
    assert json.loads(got[3].body)["error"]["code"] == "invalid_api_key"


def test_bulletins_that_hold_certain_words_are_refused() -> None:
    words = backlog()[1].text.split("\n")[0]
    with serving(Options(refuse=(words,))) as server:
        got = ask(server, *map(request, backlog()[:3]))
    assert [one.status for one in got if isinstance(one, Got)] == [200, 400, 200]


# The book


def test_the_log_can_be_fetched_and_reset() -> None:
    with serving() as server:
        url = server.base_url.removesuffix("/v1") + "/log"

        async def run() -> list[dict[str, Any]]:
            async with aiohttp.ClientSession() as client:
                await post(client, server, request(backlog()[0]))
                async with client.get(url) as before, client.post(f"{url}/reset") as after:
                    return [await before.json(), await after.json()]

        before, after = asyncio.run(run())
    assert (before["requests"], before["delivered"]) == (1, 1)
    assert sum(before["requests_in_second"].values()) == 1
    assert (after["requests"], after["answers"]) == (0, [])


def test_an_answer_that_nobody_waited_for_is_not_delivered() -> None:
    async def give_up(server: Serving) -> None:
        async with aiohttp.ClientSession() as client:
            asked = asyncio.create_task(post(client, server, request(backlog()[0])))
            await until(lambda: server.log()["in_flight"] == 1)
            asked.cancel()
            await until(lambda: server.log()["in_flight"] == 0)

    with serving() as server:
        ask(server, request(backlog()[0]))
        server.server.chat.options = replace(server.server.options, latency=600)
        asyncio.run(give_up(server))
        server.server.chat.options = server.server.options
        ask(server, request(backlog()[1]))
        log = server.log()
    assert (log["requests"], log["delivered"], log["in_flight"]) == (3, 2, 0)


def test_delivered_answers_are_kept_in_a_file_over_a_restart(tmp_path: Path) -> None:
    options = Options(log=tmp_path / "answers.jsonl")
    for one in backlog()[:2]:
        with serving(options) as server:
            ask(server, request(one))
    lines = (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == [one.id for one in backlog()[:2]]


# As a process


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[list[str], Process]]:
    (tmp_path / "one.txt").write_text(backlog()[0].text, encoding="utf-8")
    options = ["--port", "0", "--prepare", str(tmp_path), "--refuse", "x", "--fault", "429,json"]
    command = [sys.executable, "-m", "examples.fault_server", *options]
    with Process(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment()) as running:
        yield [running.line().strip() for _ in range(2)], running
        running.kill()


@pytest.mark.slow
def test_the_command_prepares_answers_then_says_where_it_is_and_that_it_is_no_model(
    process: tuple[list[str], Process],
) -> None:
    (prepared, where), running = process
    assert prepared == "1 answers are prepared"
    assert re.match(r"http://127\.0\.0\.1:\d+/v1 serves 'faulty', no model", where)
    running.send_signal(signal.SIGINT)
    assert running.wait() == 0
