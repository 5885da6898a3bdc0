"""How batches are made: limits, rounds, and what a later command needs to go on."""

from enum import Enum

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from pipeline.settings import LlmSettings, SchemaMode


class Until(Enum):
    """How far a job goes before it returns; the next one goes on from there."""

    SUBMITTED = "what can be submitted now is out"
    COLLECTED = "what is done is collected, and what follows from it is out"
    DONE = "nothing is out any more"


class BatchOptions(BaseModel):
    """How requests are packed, how often they are asked, and how often one looks for answers.

    OpenAI's public reference allows a file 50,000 requests and 200 MB; `file_bytes` leaves a
    margin. `tokens` is what may be enqueued at a time, over all batches; None: the provider will
    say. `rounds` is how many answers a document may get in batches; `online` has those that need
    one more, or got none, asked one by one.
    """

    model_config = ConfigDict(frozen=True)

    requests: int = 50_000
    file_bytes: int = 190_000_000
    tokens: int | None = None
    rounds: int = 3
    online: bool = False
    poll_seconds: float = 60.0
    """The longest time between two looks at what is out."""
    unconfirmed_seconds: float = 600.0
    """So long a batch is looked for that the provider may have made, before it is made again."""


_OF_THE_READER = {
    "prompt",
    "reasks",
    "max_output_tokens",
    "token_budget",
    "timeout_seconds",
    "schema_mode",
    "params",
    "headers",
}


class StoredOptions(BaseModel):
    """What the store has of the options of a batch, and of the reader that asked."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    options: BatchOptions = Field(alias="terms")  # as databases have it
    prompt: str
    reasks: int
    max_output_tokens: int | None
    token_budget: int
    timeout_seconds: float | None = None
    schema_mode: SchemaMode = "auto"
    params: dict[str, JsonValue] = {}
    headers: dict[str, str] = {}

    @classmethod
    def of(cls, options: BatchOptions, llm: LlmSettings) -> "StoredOptions":
        """Take down the options and the settings of a reader."""
        return cls(terms=options, **llm.model_dump(include=_OF_THE_READER))

    def restore(self, llm: LlmSettings) -> LlmSettings:
        """Give the settings of that reader, with the server and key of these."""
        return llm.model_copy(update=self.model_dump(include=_OF_THE_READER))
