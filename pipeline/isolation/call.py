"""One call in a process of its own, within limits: what it breaks is that process alone."""

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import NamedTuple, ParamSpec, TypeVar

from pipeline.errors import DocumentError
from pipeline.isolation.limits import Limits, hold_memory
from pipeline.isolation.process import begin_work, silence_libraries, start_process
from pipeline.isolation.slot import Slot

P = ParamSpec("P")
T = TypeVar("T")

_MOST_AT_ONCE = 2
_turns = threading.BoundedSemaphore(_MOST_AT_ONCE)
_BROKEN = "broken file: open it in its program and save it again"


class _Refused(NamedTuple):
    """Why there is no answer."""

    reason: str


class _OutOfMemory(NamedTuple):
    """There was not enough of it."""


def call_within(limits: Limits, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of a module in another process, and give its answer; both are pickled.

    To be called from any thread; of many calls, a few are made at once. Raises `DocumentError`
    where the call does, where what it works on is broken, and where it passes the limits.
    """
    slot = Slot()
    with _turns:
        line, theirs = Pipe()
        with closing(line):
            with closing(theirs):
                process = start_process(_serve, (theirs, slot, limits, call, args, kwargs))
            try:
                answer = line.recv()
            except (EOFError, OSError):
                process.join()
                raise DocumentError(limits.explain(process.exitcode)) from None
            finally:
                process.kill()
                process.join()
    if isinstance(answer, _OutOfMemory):
        raise DocumentError(limits.large())
    if isinstance(answer, _Refused):
        raise DocumentError(answer.reason)
    result: T = answer
    return result


def _serve(
    parent: Connection,
    slot: Slot,
    limits: Limits,
    call: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    begin_work()
    silence_libraries()
    hold_memory(limits)
    slot.begin(1, "", limits.seconds)
    answer: object
    try:
        answer = call(*args, **kwargs)
    except MemoryError:
        answer = _OutOfMemory()
    except DocumentError as error:
        answer = _Refused(str(error))
    except FileNotFoundError:
        answer = _Refused("is not there any more")
    except PermissionError:
        answer = _Refused("no permission to read it")
    except OSError as error:
        answer = _Refused(f"cannot be read: {error.strerror or type(error).__name__}")
    except Exception:  # noqa: BLE001 - parsers of untrusted files raise whatever they meet
        answer = _Refused(_BROKEN)
    slot.end()
    with suppress(OSError):
        parent.send(answer)
