"""Batches of the Batch API: each runs through its states in a short time."""

import asyncio
import hashlib
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic_core import from_json, to_json

from examples.fault_server.answers import error
from examples.fault_server.batch_manners import SHORT_ENDPOINT, answer_in, lines_in, list_in
from examples.fault_server.chat import Chat, Reply, broken_off
from examples.fault_server.files import Files, page, sent
from examples.fault_server.lines import ENDPOINT, Line, Lines, Result, problem, read, undone
from examples.scripted_server import Refused

_STEPS = 10
_MOST_LISTED = 100
_OVER = ("failed", "completed", "expired", "cancelled")
_MOST_PAIRS, _LONGEST_KEY, _LONGEST_VALUE = 16, 64, 512


@dataclass
class Batch:
    """One batch: what the API tells of it, and the task that does it."""

    told: dict[str, Any]
    tokens: int = 0
    bodies: frozenset[bytes] = frozenset()
    made: float = field(default_factory=time.monotonic)
    results: list[Result] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    def becomes(self, status: str) -> None:
        """Note a new status, and when it began."""
        self.told["status"] = status
        self.told[f"{status}_at"] = int(time.time())

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has called it off."""
        return bool(self.told["status"] == "cancelling")


class Batches:
    """All batches, by ID."""

    def __init__(self, chat: Chat) -> None:
        self.options = chat.options
        self.files = Files(chat.options)
        self._chat = chat
        self._lines = Lines(chat)
        self._batches: dict[str, Batch] = {}

    async def respond(self, request: web.BaseRequest, rest: list[str]) -> web.StreamResponse:
        """Answer a request to /v1/batches/...; `rest` is the path behind it. Raises `Refused`."""
        match request.method, rest:
            case "POST", []:
                return await self._create(request)
            case "GET", [] if "unlisted" not in self.options.batch_manners:
                newest = [batch.told for batch in self._batches.values() if self._shows(batch)][
                    ::-1
                ]
                listed = page(request, newest, _MOST_LISTED)
                return sent(list_in(self.options.batch_manners, listed))
            case "GET", [batch]:
                return sent(answer_in(self.options.batch_manners, self._of(batch).told))
            case "POST", [batch, "cancel"]:
                return sent(self._cancelled(batch))
        raise Refused(404, f"nothing at {request.method} {request.path}")

    async def pause(self, _: Batch, seconds: float) -> None:
        """Spend a batch's time; a test may put its own way in the place of this one."""
        await asyncio.sleep(seconds)

    async def aclose(self) -> None:
        """Stop what is under way."""
        tasks = [batch.task for batch in self._batches.values() if batch.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def _endpoints(self) -> tuple[str, ...]:
        """What a batch may be of, and first what its lines have to be to."""
        is_short = "short-url" in self.options.batch_manners
        return (SHORT_ENDPOINT, ENDPOINT) if is_short else (ENDPOINT,)

    def _of(self, batch: str) -> Batch:
        if batch not in self._batches:
            raise Refused(404, f"No batch found with id '{batch}'.")
        return self._batches[batch]

    def _cancelled(self, name: str) -> dict[str, Any]:
        batch = self._of(name)
        if batch.told["status"] not in ("validating", "in_progress"):
            raise Refused(409, f"a batch that is {batch.told['status']} cannot be cancelled")
        batch.becomes("cancelling")
        return batch.told

    def _shows(self, batch: Batch) -> bool:
        return time.monotonic() - batch.made >= self.options.batch_listed_after

    async def _create(self, request: web.BaseRequest) -> web.StreamResponse:
        """Make a batch, and answer as it is wanted."""
        body = await request.read()
        trouble = self.files.trouble("lost", "broken", "garbled", "unmade")
        if trouble == "unmade":
            return _gone_astray()
        told = answer_in(self.options.batch_manners, self._created(body).told)
        match trouble:
            case "lost":
                return _gone_astray()
            case "broken":
                return await broken_off(request, Reply(to_json(told)))
            case "garbled":
                return web.Response(text="<html>Created</html>", content_type="text/html")
        return sent(told)

    def _created(self, body: bytes) -> Batch:
        asked = _read(body, self._endpoints)
        try:
            content = self.files.content(str(asked["input_file_id"]))
        except Refused as no:
            raise Refused(400, str(no)) from no
        if self.files.is_pending(str(asked["input_file_id"])):
            raise Refused(400, "The input file is pending; a batch takes processed files.")
        now = int(time.time())
        stages = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling")
        told = {
            "id": f"batch_{uuid.uuid4().hex}",
            "object": "batch",
            "endpoint": asked["endpoint"],
            "errors": None,
            "input_file_id": asked["input_file_id"],
            "completion_window": asked["completion_window"],
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": now,
            "expires_at": now + 24 * 3600,
            **dict.fromkeys(f"{stage}_at" for stage in (*stages, "cancelled")),
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            "metadata": asked.get("metadata"),
        }
        bodies = frozenset(_bodies(content))
        live = (one for one in self._batches.values() if one.told["status"] not in _OVER)
        self._chat.ledger.out_twice += sum(len(bodies & one.bodies) for one in live)
        self._chat.ledger.charged(str(told["id"]), 0, 0)
        batch = self._batches[str(told["id"])] = Batch(told, bodies=bodies)
        batch.task = asyncio.create_task(self._run(batch, content))
        return batch

    async def _run(self, batch: Batch, content: bytes) -> None:
        seconds = self.options.batch_seconds
        await self.pause(batch, seconds * 0.1)
        lines = await self._validated(batch, content)
        if lines is None:
            return
        if not batch.is_cancelled:
            batch.becomes("in_progress")
        expires = self.files.trouble("expire") is not None
        steps = _STEPS // 2 if expires else _STEPS
        done = await self._work(batch, lines, steps)
        left = lines[done:]
        if batch.is_cancelled:
            end = "cancelled"
        else:
            end = "expired" if expires else "completed"
            batch.becomes("finalizing")
        await self.pause(batch, seconds * 0.1)
        batch.results += [undone(line, f"batch_{end}") for line in left]
        batch.told["request_counts"]["failed"] += len(left)
        self._write(batch)
        batch.becomes(end)

    async def _validated(self, batch: Batch, content: bytes) -> list[Line] | None:
        """Read a batch's lines; None where it has failed."""
        most = self.options.batch_max_requests
        lines, errors = await asyncio.to_thread(read, content, most, self._endpoints[0])
        if not errors and self.files.trouble("fail"):
            errors = [problem("server_error", "The batch could not be validated. Try again.")]
        batch.tokens = sum(line.tokens for line in lines)
        limit = self.options.batch_max_enqueued_tokens
        others = (one for one in self._batches.values() if one.told["status"] not in _OVER)
        if not errors and limit is not None and sum(one.tokens for one in others) > limit:
            told = (
                f"Enqueued token limit reached for {self.options.model}. Limit: {limit:,} enqueued "
                "tokens. Please try again once some in_progress batches have been completed."
            )
            errors = [problem("token_limit_exceeded", told)]
        if errors:
            batch.told["errors"] = {"object": "list", "data": errors}
            batch.becomes("failed")
            return None
        batch.told["request_counts"]["total"] = len(lines)
        return lines

    async def _work(self, batch: Batch, lines: list[Line], steps: int) -> int:
        """Do lines in steps, until all are done or the batch is called off; return how many."""
        done = 0
        counts = batch.told["request_counts"]
        for step in range(1, steps + 1):
            await self.pause(batch, self.options.batch_seconds * 0.8 / _STEPS)
            for line in lines[done : len(lines) * step // _STEPS]:
                if batch.is_cancelled:
                    return done
                result = self._lines.result(line)
                batch.results.append(result)
                self._chat.ledger.charged(
                    str(batch.told["id"]), result.prompt_tokens, result.completion_tokens
                )
                counts["failed" if result.failed else "completed"] += 1
                done += 1
                await asyncio.sleep(0)  # others are waiting, too
        return done

    def _write(self, batch: Batch) -> None:
        """Write the files of what was done, in no order."""
        random.Random(self.options.seed).shuffle(batch.results)  # noqa: S311 - no secret
        name = batch.told["id"]
        for kind, failed in (("output", False), ("error", True)):
            written = [one.written for one in batch.results if one.failed is failed]
            present = [line for line in written if line is not None]
            if present:
                content = lines_in(self.options.batch_manners, present)
                file = self.files.add(f"{name}_{kind}.jsonl", content, "batch_output")
                batch.told[f"{kind}_file_id"] = file["id"]
        batch.results.clear()


def _gone_astray() -> web.Response:
    told = error("the upstream server did not answer in time", None, "server_error")
    return web.Response(body=told, status=504, content_type="application/json")


def _bodies(content: bytes) -> Iterator[bytes]:
    """Give what each line of a file asks, by its hash."""
    for line in content.splitlines():
        with suppress(ValueError):
            told = from_json(line)
            body = told.get("body") if isinstance(told, dict) else told
            yield hashlib.blake2b(to_json(body), digest_size=16).digest()


def _read(body: bytes, endpoints: tuple[str, ...]) -> dict[str, Any]:
    """Read what a batch is asked to be. Raises `Refused`."""
    try:
        asked = from_json(body)
    except ValueError as error:
        raise Refused(400, f"the request is no JSON: {error}") from error
    wanted = {"endpoint": endpoints, "completion_window": ("24h",)}
    if not isinstance(asked, dict) or "input_file_id" not in asked:
        raise Refused(400, "'input_file_id' is required")
    for name, values in wanted.items():
        if asked.get(name) not in values:
            raise Refused(400, f"{name!r} must be {values[0]!r}")
    metadata = asked.get("metadata") or {}
    if (
        not isinstance(metadata, dict)
        or len(metadata) > _MOST_PAIRS
        or any(
            not isinstance(value, str) or len(key) > _LONGEST_KEY or len(value) > _LONGEST_VALUE
            for key, value in metadata.items()
        )
    ):
        raise Refused(400, "'metadata' has 16 pairs of 64 and 512 characters at most")
    return asked
