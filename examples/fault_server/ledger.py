"""What the server has done, for tests: what was asked, what went wrong, and what was delivered."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any

from examples.fault_server.answers import Asked
from examples.fault_server.options import Options


@dataclass
class Ledger:
    """Counts everything. An answer counts once its last byte is on its way."""

    options: Options
    requests: int = 0  # for chat completions
    others: int = 0
    delivered: int = 0
    lost: int = 0
    batched: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: Counter[int] = field(default_factory=Counter)
    in_flight: int = 0
    most_in_flight: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    answers: dict[tuple[str, str, int], list[float]] = field(default_factory=dict)
    batches: dict[str, dict[str, int]] = field(default_factory=dict)
    out_twice: int = 0
    _file: IO[str] | None = None

    def came(self) -> None:
        """Note a request for a chat completion."""
        self.requests += 1
        self.seconds[int(time.time())] += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def answered(self, asked: Asked, written: int, fault: str | None, *, batch: bool) -> None:
        """Note a completion that has been delivered, and so is paid for."""
        now = time.time()
        self.batched += batch
        self.delivered += not batch
        self.prompt_tokens += asked.tokens
        self.completion_tokens += written
        key = (asked.document.id, asked.messages, asked.room)
        self.answers.setdefault(key, []).append(now)
        if self.options.log is not None:
            if self._file is None:
                self._file = self.options.log.open("a", encoding="utf-8")
            line = {**_named(key), "at": now, "fault": fault, "batch": batch}
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()

    def charged(self, batch: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Note what an answer in a batch, or one that is made and has none yet, is charged for."""
        charges = self.batches.setdefault(
            batch, {"answers": 0, "prompt_tokens": 0, "completion_tokens": 0}
        )
        charges["answers"] += bool(completion_tokens)
        charges["prompt_tokens"] += prompt_tokens
        charges["completion_tokens"] += completion_tokens

    def told(self) -> dict[str, Any]:
        """Give everything as JSON has it.

        `answers` has, for each question (hex sha256 of the bulletin's text and of all messages, and
        the room for the answer), the Unix times at which an answer to it was delivered. `batches`
        has what each batch is charged for, `out_twice` how many requests were in a new batch while
        an older one that was not over had them, too.
        """
        return {
            "requests": self.requests,
            "others": self.others,
            "delivered": self.delivered,
            "lost": self.lost,
            "batched": self.batched,
            "faults": dict(self.faults),
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "requests_in_second": {str(at): count for at, count in self.seconds.items()},
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "batches": self.batches,
            "out_twice": self.out_twice,
            "answers": [{**_named(key), "times": times} for key, times in self.answers.items()],
        }

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _named(key: tuple[str, str, int]) -> dict[str, object]:
    text, messages, room = key
    return {"text": text, "messages": messages, "room": room}
