"""The options of the command line that are about batches."""

from enum import StrEnum
from typing import Annotated

import typer


class Stragglers(StrEnum):
    """What becomes of documents that the last round left."""

    LEAVE = "leave"
    ONLINE = "online"


Rounds = Annotated[
    int, typer.Option("--rounds", min=1, help="Answers that a document may get in batches.")
]
StragglersAre = Annotated[
    Stragglers,
    typer.Option("--stragglers", help="After the last round: ask online, or leave as it is."),
]
BatchRequests = Annotated[
    int, typer.Option("--batch-requests", min=1, max=50_000, help="Requests in a batch, at most.")
]
BatchMegabytes = Annotated[
    float,
    typer.Option("--batch-megabytes", min=0.1, max=200, help="Size of a batch's file, at most."),
]
BatchTokens = Annotated[
    int | None,
    typer.Option(
        "--batch-tokens", min=1, help="Tokens that the account may have enqueued, in all batches."
    ),
]
Poll = Annotated[
    float,
    typer.Option("--poll", min=0.05, metavar="SECONDS", help="Longest time between two looks."),
]
