"""The driver's answers to what workers ask: of the gateway, and of what is to be read at all."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from hashlib import blake2b
from typing import Any

from pipeline.calls.gateway import LocalGateway
from pipeline.calls.protocol import Call, GatewayServer, Return, Worker, carry_out
from pipeline.errors import JornadaError, StoreError
from pipeline.on_ray.rows import Claim, Row
from pipeline.on_ray.tasks import SUSPECT
from pipeline.store import Store
from schemas.reading import ReaderKey

_GONE_ON = -1


class Coordinator:
    """Answers the questions that come through the relay, and knows which text is whose.

    The first source of a text claims it, and is known by a hash: so it may ask again, when a task
    is repeated after the loss of a machine, and gets the same answer. Some 100 bytes a document.
    """

    def __init__(self, gateway: LocalGateway | None, store: Store, key: ReaderKey) -> None:
        self.fault: JornadaError | None = None
        """What the gateway or the store could not do; the run is at its end."""
        self._server = GatewayServer(gateway)
        self._store = store
        self._key = key
        self._prepared = False
        self._claims: dict[int, int] = {}
        self._in_hand: defaultdict[str, set[str]] = defaultdict(set)
        self._deaths: Counter[str] = Counter()
        self._processes: dict[str, str] = {}
        self._tasks: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._answers: list[Return] = []
        self._sending: asyncio.Task[None] | None = None

    async def idle(self, patience: float) -> None:
        """Wait until no call to a model is under way, but no longer than so many seconds."""
        await self._server.drain(patience)

    async def serve(self, relay: Any) -> None:  # noqa: ANN401 - an actor's handle
        """Answer until cancelled."""
        try:
            while True:
                for call in await relay.take.remote():
                    who = await self._known(call.worker)
                    task = asyncio.create_task(self._reply(call, who, relay))
                    self._tasks[who].add(task)
                    task.add_done_callback(self._tasks[who].discard)
        finally:
            for tasks in [*self._tasks.values(), {self._sending} if self._sending else set()]:
                for left in tasks:
                    left.cancel()

    def arrived(self, row: Row) -> bool:
        """Note a row that has come back; tell whether it is its turn.

        A further source of a text waits until the first one, which has the reading, has come.
        """
        if row.document is None:
            return True
        text = _of_text(row.document.id)
        if row.claim == "twice" and self._claims.get(text) != _GONE_ON:
            return False
        self._claims[text] = _GONE_ON
        self._deaths.pop(row.document.id, None)
        return True

    async def _known(self, worker: Worker | None) -> str:
        """Give the process that asks; what one has left that died in its place is settled."""
        if worker is None:
            return ""
        before = self._processes.get(worker.place)
        self._processes[worker.place] = worker.process
        if before is not None and before != worker.process:
            for task in self._tasks.pop(before, set()):
                task.cancel()
            self._deaths.update(self._in_hand.pop(before, ()))
            await self._server.lose(before)
        return worker.process

    async def _reply(self, call: Call, who: str, relay: Any) -> None:  # noqa: ANN401 - as above
        answer = await carry_out(call, partial(self._answer, who, call.method))
        if isinstance(answer.error, StoreError):
            self.fault = answer.error
        self._answers.append(answer)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(relay))

    async def _send(self, relay: Any) -> None:  # noqa: ANN401 - as above
        """Send answers, together those that come while others are on their way."""
        while self._answers:
            answers, self._answers = self._answers, []
            await relay.answer.remote(answers)

    async def _answer(self, who: str, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - whatever was asked for
        if method == "sift":
            return await self._sift(*arguments)
        if method == "begin":
            return self._begin(who, *arguments)
        if method == "done":
            self._in_hand[who].difference_update(*arguments)
            return None
        return await self._server.ask(who, method, *arguments)

    def _begin(self, who: str, document_ids: Sequence[str]) -> list[int]:
        """Note that a process begins to read documents; tell how many died with each in hand.

        Those of `SUSPECT` deaths are begun one by one, and not together with others.
        """
        alone = len(document_ids) == 1
        self._in_hand[who].update(
            each for each in document_ids if alone or self._deaths[each] < SUSPECT
        )
        return [self._deaths[each] for each in document_ids]

    async def _sift(self, named: Sequence[tuple[str, str]]) -> list[Claim]:
        """Say for each document, which comes with its source, whether it is to be read."""
        had = await asyncio.to_thread(self._had, {document_id for document_id, _ in named})
        return ["had" if each in had else self._claim(each, source) for each, source in named]

    def _had(self, document_ids: set[str]) -> set[str]:
        if not self._prepared:
            self._store.prepare()
            self._prepared = True
        return set(self._store.find_read(document_ids, self._key))

    def _claim(self, document_id: str, source: str) -> Claim:
        mine = _of_source(source)
        return "read" if self._claims.setdefault(_of_text(document_id), mine) == mine else "twice"


def _of_text(document_id: str) -> int:
    return int(document_id[:16], 16)


def _of_source(source: str) -> int:
    digest = blake2b(source.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest)
