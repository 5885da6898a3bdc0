"""One thing that `jornada doctor` looked at."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """What was found, in words and as `values` for machines; `well` is None where it is neither."""

    model_config = ConfigDict(frozen=True)

    name: str
    said: str
    well: bool | None = None
    values: Mapping[str, Any] = {}
