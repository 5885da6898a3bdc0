"""Chat completions, and what goes wrong with them."""

import asyncio
import json
import math
import random
import socket
import struct
from typing import NamedTuple

from aiohttp import web
from pydantic_core import to_json

from examples.fault_server import manners, spoil
from examples.fault_server.answers import Answers, Asked, asked, completion, error
from examples.fault_server.faults import Faults
from examples.fault_server.ledger import Ledger
from examples.fault_server.limits import Limits
from examples.fault_server.options import Fault, LineFault, Manner, Options
from examples.scripted_server import Refused

_PIECES = 20
_PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"
_REFUSED_CODES = {401: "invalid_api_key", 403: "forbidden", 404: "model_not_found"}


class Reply(NamedTuple):
    """What goes back: a body, and how."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    written: int | None = None  # tokens, where it is a completion


class Chat:
    """Answers requests for chat completions."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.answers = Answers(options.cache)
        self.faults = Faults(options)
        self.limits = Limits(options)
        self.ledger = Ledger(options)
        self.met: set[tuple[str, Manner]] = set()

    def _draw_manner(self, body: bytes) -> Manner | None:
        """Draw the manner of a request, by the seed and by how many there were."""
        if not self.options.manners:
            return None
        known = f"{self.options.seed} {self.ledger.requests} {len(body)}"
        chance = random.Random(known)  # noqa: S311 - no secret
        return chance.choice(self.options.manners)

    async def _answer_so(
        self, request: web.BaseRequest, question: Asked, manner: Manner
    ) -> web.StreamResponse:
        """Answer in a manner; an error passes once a question has met it."""
        said = manners.pass_by(manner)
        if said is not None and (question.key, manner) not in self.met:
            self.met.add((question.key, manner))
            return await self._send(request, Reply(*said))
        content = self.answers.to(question.form, question.document)
        told = completion(question, self.options.model, content, "stop", self.ledger.requests)
        said = manners.dress(manner, told)
        written = manners.charge(told["usage"])
        response = await self._send(request, Reply(*said))
        self.ledger.answered(question, written, None, batch=False)
        return response

    def forget(self) -> None:
        """Begin a new book."""
        self.ledger.close()
        self.ledger = Ledger(self.options, in_flight=self.ledger.in_flight)

    async def respond(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, or fail to."""
        self.ledger.came()
        try:
            body = await request.read()
            refused = self.refused()
            if refused is not None:
                return await self._send(request, refused)
            manner = self._draw_manner(body)
            if manner is not None and (said := manners.refuse(manner, json.loads(body))):
                return await self._send(request, Reply(*said))
            try:
                question = self.asked(body)
            except Refused as no:
                return await self._send(request, Reply(error(str(no)), no.status))
            if manner is not None:
                return await self._answer_so(request, question, manner)
            return await self._answer(request, question)
        finally:
            self.ledger.in_flight -= 1

    async def pause(self, seconds: float) -> None:
        """Wait before an answer; a test may put its own way in the place of this one."""
        if seconds:
            await asyncio.sleep(seconds)

    def refused(self) -> Reply | None:
        """Refuse everybody, where that was asked for and its time has come."""
        status = self.options.refuse_all
        if status is None or self.ledger.requests + self.ledger.others <= self.options.after:
            return None
        code = _REFUSED_CODES.get(status)
        return Reply(error(f"this server was told to answer {status}", code), status)

    def asked(self, body: bytes) -> Asked:
        """Read a request. Raises `Refused`."""
        question = asked(body, self.options.model)
        for words in self.options.refuse:
            if words in question.document.text:
                raise Refused(400, f"bulletins that hold {words!r} are refused")
        return question

    async def _answer(self, request: web.BaseRequest, question: Asked) -> web.StreamResponse:
        storm = self.faults.storm_seconds(question)
        if storm is not None:
            self.ledger.faults["storm"] += 1
            return await self._send(request, _too_many(max(storm, self.options.retry_after)))
        content = self.answers.to(question.form, question.document)
        over = self.limits.take(question.tokens + len(content) // 4)
        if over is not None:
            return await self._send(request, self._over(*over))
        fault, chance = self.faults.draw(question)
        if fault is not None:
            self.ledger.faults[fault] += 1
        waiting = self.options.latency
        if self.options.jitter:
            waiting += self.options.jitter * random.random()  # noqa: S311 - no secret
        if fault == "latency":
            waiting += self.options.spike
        await self.pause(waiting)
        return await self._fail(request, question, content, fault, chance)

    async def _fail(
        self,
        request: web.BaseRequest,
        question: Asked,
        content: str,
        fault: Fault | None,
        chance: random.Random,
    ) -> web.StreamResponse:
        match fault:
            case "429":
                return await self._send(request, _too_many(self.options.retry_after))
            case "500":
                return await self._send(request, _broken(chance))
            case "garbage":
                return await self._send(request, _garbage(chance))
            case "reset" if chance.random() < 1 / 2:
                return self._reset(request)
        reply = self.completion(question, content, fault, chance)
        if fault == "reset":
            return await self._break_off(request, reply)
        response = await self._send(request, reply, drip=fault == "drip")
        if request.transport is None or request.transport.is_closing():
            self.ledger.lost += 1
        else:
            self.ledger.answered(question, reply.written or 0, fault, batch=False)
        return response

    def completion(
        self, question: Asked, content: str, fault: Fault | LineFault | None, chance: random.Random
    ) -> Reply:
        """Write the completion: right, cut, or spoilt."""
        finish = "stop"
        if fault == "half":
            content, finish = spoil.half(content), "length"
        elif fault == "json":
            content = spoil.no_json(question, content, chance)
        elif fault == "invented":
            content = spoil.untrue(question, content, chance)
        told = completion(question, self.options.model, content, finish, self.ledger.requests)
        return Reply(to_json(told), written=told["usage"]["completion_tokens"])

    def _over(self, limit: str, seconds: float) -> Reply:
        if math.isinf(seconds):
            told = f"the request is larger than the limit on {limit} per min"
            return Reply(error(told, "rate_limit_exceeded", limit), 429)
        reply = _too_many(seconds)
        told = f"Rate limit reached on {limit} per min. Please try again in {seconds:.3f}s."
        return reply._replace(body=error(told, "rate_limit_exceeded", limit))

    # On the wire

    async def _send(
        self, request: web.BaseRequest, reply: Reply, *, drip: bool = False
    ) -> web.StreamResponse:
        self.ledger.statuses[reply.status] += 1
        headers = {"x-request-id": f"req-{self.ledger.requests}", **self.limits.headers()}
        headers.update(reply.headers)
        headers["Content-Type"] = reply.content_type
        if not drip:
            whole = web.Response(body=reply.body, status=reply.status, headers=headers)
            await whole.prepare(request)
            await whole.write_eof()
            return whole
        response = web.StreamResponse(status=reply.status, headers=headers)
        response.content_length = len(reply.body)
        await response.prepare(request)
        size = -(-len(reply.body) // _PIECES)
        for start in range(0, len(reply.body), size):
            if start:
                await asyncio.sleep(self.options.drip / _PIECES)
            await response.write(reply.body[start : start + size])
        await response.write_eof()
        return response

    def _reset(self, request: web.BaseRequest) -> web.StreamResponse:
        _abort(request)
        return web.Response()

    async def _break_off(self, request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
        self.ledger.lost += 1
        return await broken_off(request, reply)


async def broken_off(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    """Announce a body, send half of it, and break the connection."""
    response = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.content_type})
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    _abort(request)
    return response


def _abort(request: web.BaseRequest) -> None:
    """Break a connection so that the other side gets a reset."""
    transport = request.transport
    if transport is None:
        return
    plain = transport.get_extra_info("socket")
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _too_many(seconds: float) -> Reply:
    shown = f"{math.ceil(seconds) if seconds >= 1 else round(seconds, 3):g}"
    headers = (("Retry-After", shown), ("retry-after-ms", str(math.ceil(seconds * 1000))))
    told = f"Rate limit reached. Please try again in {seconds:.3f}s."
    return Reply(error(told, "rate_limit_exceeded", "requests"), 429, headers)


def _broken(chance: random.Random) -> Reply:
    status = chance.choice((500, 502, 503))
    if status == 502:  # noqa: PLR2004 - a gateway's
        page = _PAGE % (b"502 Bad Gateway", b"Bad Gateway")
        return Reply(page, status, content_type="text/html")
    return Reply(error("the server had an error", None, "server_error"), status)


def _garbage(chance: random.Random) -> Reply:
    if chance.random() < 1 / 2:
        page = _PAGE % (b"Portal", b"Inicie sesi&oacute;n")
        return Reply(page, content_type="text/html; charset=utf-8")
    return Reply(b"\x00\xff\xfe\x9c" + chance.randbytes(200))
