"""The one tree of errors.

JornadaError
├── UsageError            the command line or environment cannot be used (exit status 2)
├── DocumentError         one source cannot be read; the others can
├── PromptError           a prompt file cannot be used
├── GoldError             hand-made labels, or the text they belong to, cannot be used
├── StoreError            the database cannot be opened or written
└── ReaderError           a reader could not answer
    ├── TransportError    the call may succeed if made again (429, 5xx, time-out, lost connection)
    └── ServerRefusal     it never will (401, unknown model, request refused)
"""


class JornadaError(Exception):
    """Base of all errors that the project raises on purpose; `str()` is one line for a person."""

    retryable = False


class UsageError(JornadaError):
    """The arguments or the environment cannot be used; says what to set."""


class DocumentError(JornadaError):
    """One source cannot be read; says which and why."""


class PromptError(JornadaError):
    """A prompt file cannot be used; names the file."""


class GoldError(JornadaError):
    """Hand-made labels cannot be used; names their file."""


class StoreError(JornadaError):
    """The database cannot be opened, read or written; says what to do."""


class ReaderError(JornadaError):
    """A reader could not answer for one document."""


class TransportError(ReaderError):
    """The server did not answer this time."""

    retryable = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServerRefusal(ReaderError):  # noqa: N818 - a refusal is what it is
    """The server will not answer this request, however often it is asked."""

    def __init__(self, message: str, *, stops_run: bool = False) -> None:
        super().__init__(message)
        self.stops_run = stops_run
