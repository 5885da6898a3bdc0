"""Why a tuning ends before it has tried all that it may."""

from typing import Literal

from pipeline.errors import JornadaError

Why = Literal["budget", "interrupted", "refused"]


class Ended(JornadaError):  # noqa: N818 - what the search is
    """Nothing more can be tried; what was found stays."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why
