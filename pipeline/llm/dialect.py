"""In what way a server is asked, which differs from one to the next, and is learnt in the run.

A question that is refused is put in another way (`change`), for that question alone; the way that
was answered holds for all that come after (`ServerFacts.adopt`). So a bulletin that a server will
not have for itself changes nothing for the others.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.errors import ReaderError, TransportError
from pipeline.llm.retry import FEW, SERVER_ERROR
from pipeline.llm.room import LEAST_ROOM
from pipeline.llm.servers import (
    RequestRefused,
    RoomNameRefused,
    RoomTooLarge,
    SchemaNotSupported,
    SystemRoleRefused,
)
from pipeline.settings import LlmSettings, SchemaMode

MARKS, STRICT, PLAIN, JSON, NONE = "marks", "strict", "schema", "json", "none"
"""How a server is held to the schema, the firmest way first: by one of the bulletin's own, by one
for all, by one without the keywords that some refuse, by JSON of any shape, by the prompt alone.
In the last two the schema stands in the prompt."""
COMPILE_AT_ONCE = ("llama.cpp", "llamacpp", "vllm")
"""Servers, by whose they say their models are, for which a new schema costs next to nothing."""
MOST_CHANGES = 12
"""So many ways are tried for one question."""
MODES_OF: Mapping[SchemaMode, tuple[str, ...]] = {
    "auto": (STRICT, PLAIN, JSON, NONE),
    "strict": (STRICT,),
    "json": (JSON,),
    "none": (NONE,),
}
"""The modes that are tried for each setting, one after the other."""
_NAMES = ("max_tokens", "max_completion_tokens")
_MARGIN = 1.05  # tokens that a count in characters may be short of
_WORDS = {
    MARKS: "a schema of each bulletin's own",
    STRICT: "a strict schema",
    PLAIN: "a plain schema",
    JSON: "JSON, with the schema in the prompt",
    NONE: "the schema in the prompt alone",
}


class Dialect(NamedTuple):
    """One way of asking.

    `room_name` is the parameter that says how many tokens an answer may have; `most_room` is the
    most that the model writes, `context` what it reads and writes together; `density` is how many
    tokens it takes for one that is estimated.
    """

    mode: str
    room_name: str
    takes_system: bool = True
    most_room: int | None = None
    context: int | None = None
    density: float = 1.0

    def fit(self, room: int, tokens: int) -> int:
        """Give the room of an answer to a request of so many tokens, as estimated."""
        most = room if self.most_room is None else min(room, self.most_room)
        if self.context is None:
            return most
        left = self.context - math.ceil(tokens * self.density * _MARGIN)
        return min(most, max(left, LEAST_ROOM))


class Sent(NamedTuple):
    """How a request was sent that was refused: its way, its room, its tokens as estimated."""

    dialect: Dialect
    room: int
    tokens: int
    calls: int


class ServerFacts:
    """What is known of a server in this run."""

    def __init__(self, settings: LlmSettings) -> None:
        self.modes = MODES_OF[settings.schema_mode]
        self._is_auto = settings.schema_mode == "auto" and settings.base_url is not None
        # Older compatible servers know only the first name, newer models of OpenAI only the second.
        name = _NAMES[0] if settings.base_url else _NAMES[1]
        self.dialect = Dialect(self.modes[0], name)
        self.proven: set[str] = set()

    @property
    def may_take_marks(self) -> bool:
        """Tell whether a schema for each bulletin may be tried."""
        return self._is_auto and self.dialect.mode == STRICT

    def take_marks(self) -> None:
        """Begin with a schema for each bulletin: the server takes one at no cost."""
        self.dialect = self.dialect._replace(mode=MARKS)

    def drop_marks(self, failure: ReaderError) -> bool:
        """Give up schemas of the bulletins' own where one was refused for being a schema.

        Tells whether it did: the question is another one then, to be asked from the beginning.
        """
        is_refused = isinstance(failure, SchemaNotSupported | RequestRefused)
        if not is_refused or self.dialect.mode != MARKS or MARKS in self.proven:
            return False
        self.dialect = self.dialect._replace(mode=STRICT)
        return True

    def change(self, error: ReaderError, sent: Sent) -> Dialect | None:
        """Give another way to ask what was refused; None where none is left."""
        dialect = sent.dialect
        match error:
            case RoomNameRefused():
                (other,) = set(_NAMES) - {dialect.room_name}
                return dialect._replace(room_name=other)
            case RoomTooLarge(left=left) if left.context is not None and left.taken is not None:
                density = max(left.taken / max(sent.tokens, 1), 0.1)
                # A part of the tokens is the server's own; what it counts may not be ours to know.
                room = min(left.room, sent.room - 1)
                fitting = dialect._replace(context=left.context, density=density)
                return (
                    fitting
                    if fitting.fit(sent.room, sent.tokens) <= room
                    else (fitting._replace(density=density * 1.1))
                )
            case RoomTooLarge(left=left):
                return dialect._replace(most_room=min(left.room, sent.room - 1))
            case SystemRoleRefused() if dialect.takes_system:
                return dialect._replace(takes_system=False)
            case SchemaNotSupported() | RequestRefused():
                return self._step_down(dialect)
            case TransportError(cause=cause) if (
                cause == SERVER_ERROR and sent.calls >= FEW and dialect.mode not in self.proven
            ):
                return self._step_down(dialect)
        return None

    def adopt(self, dialect: Dialect, begun: Dialect, why: ReaderError) -> list[str]:
        """Ask in this way from now on, as it was answered; say in a line each what is new.

        `begun` is how the question was put first: what was changed since is taken over.
        """
        before = self.dialect
        pairs = zip(Dialect._fields, begun, dialect, strict=True)
        changed: dict[str, Any] = {name: now for name, was, now in pairs if now != was}
        if before.mode in self.proven:
            changed.pop("mode", None)
        dialect = self.dialect = before._replace(**changed)
        notes = []
        if dialect.mode != before.mode:
            notes.append(f"the server is asked with {_WORDS[dialect.mode]} from now on ({why})")
        if dialect.room_name != before.room_name:
            notes.append(f"the server takes {dialect.room_name} in the place of {before.room_name}")
        if dialect.takes_system != before.takes_system:
            notes.append("the server knows no system message: its text begins the first question")
        if dialect.most_room != before.most_room:
            notes.append(f"the model writes {dialect.most_room:,} tokens at most")
        if dialect.context != before.context:
            notes.append(
                f"the model has a context of {dialect.context:,} tokens: answers have what is left"
            )
        return notes

    def judge(self, mode: str | None, *, is_shaped: bool) -> list[str]:
        """Note whether an answer had the shape that was asked for in this mode.

        A server whose first answer has not, pays no heed to schemas: it gets it in the prompt.
        """
        if mode is None or mode in self.proven:
            return []
        if is_shaped:
            self.proven.add(mode)
            return []
        if mode not in (STRICT, PLAIN) or mode != self.dialect.mode or JSON not in self.modes:
            return []
        self.dialect = self.dialect._replace(mode=JSON)
        return [f"the server does not keep to the schema: it is asked with {_WORDS[JSON]}"]

    def _step_down(self, dialect: Dialect) -> Dialect | None:
        place = self.modes.index(dialect.mode) if dialect.mode in self.modes else -1
        lower = self.modes[place + 1 :]
        return dialect._replace(mode=lower[0]) if place >= 0 and lower else None
