"""The one tree of errors.

JornadaError
├── UsageError            the command line or environment cannot be used (exit status 2)
├── DocumentError         one source cannot be read; the others can
├── PromptError           a prompt file cannot be used
├── GoldError             hand-made labels, or the text they belong to, cannot be used
├── StoreError            the database cannot be opened or written
│   └── SqlError          somebody's query cannot be run
├── Pending               an answer will come later: the question waits for a batch
├── Halted                no further call may go out: the run is stopped, or its budget spent
└── ReaderError           a reader could not answer
    ├── GivenUpError      the document takes too long, or too much memory
    ├── TransportError    the call may succeed if made again (429, 5xx, time-out, lost connection)
    └── ServerRefusal     it never will (unknown model, request refused)
        └── AccountRefused    nor will any other (a key that is refused, no credit left)
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


class SqlError(StoreError):
    """A query cannot be run; `pointer` is the line of it that is wrong, with a mark below."""

    def __init__(self, message: str, pointer: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.pointer = pointer


class Pending(JornadaError):  # noqa: N818 - no error, but a question that waits
    """A question that goes out in a batch; the document is read when its answer is there."""


class Halted(JornadaError):  # noqa: N818 - what the run is
    """No further call to a model may go out; what was answered is kept for the next run."""


class ReaderError(JornadaError):
    """A reader could not answer for one document.

    `cause` is set where the document is not to blame, in words that are the same for each document
    that meets it: so many in a row end a run.
    """

    def __init__(self, message: str, cause: str | None = None) -> None:
        super().__init__(message)
        self.cause = cause


class GivenUpError(ReaderError):
    """The document passed the limits of time or memory; says which."""


class TransportError(ReaderError):
    """The server did not answer this time."""

    retryable = True

    def __init__(
        self,
        message: str,
        cause: str | None = None,
        *,
        retry_after: float | None = None,
        throttled: bool = False,
        lost: bool = False,
    ) -> None:
        """Take what the server said of waiting.

        `throttled`: it has too many requests, `lost`: an answer may have been on its way.
        """
        super().__init__(message, cause)
        self.retry_after = retry_after
        self.throttled = throttled
        self.lost = lost


class ServerRefusal(ReaderError):  # noqa: N818 - a refusal is what it is
    """The server will not answer this request, however often it is asked."""


class AccountRefused(ServerRefusal):
    """The server will answer nothing that comes with this key: the run ends."""
