"""Which reader runs, and why."""

from typing import NamedTuple

from pipeline.errors import UsageError
from pipeline.settings import Settings
from pipeline.urls import shown_url

READERS = ("auto", "baseline", "llm")


class Choice(NamedTuple):
    """The reader that runs, `baseline` or `llm`, and the reason in words."""

    reader: str
    why: str


def choose(settings: Settings) -> Choice:
    """Choose the reader. Raises `UsageError` where the one asked for cannot run."""
    llm = settings.llm
    reachable = llm.base_url is not None or llm.api_key is not None
    if settings.reader not in READERS:
        raise UsageError(f"--reader is one of {', '.join(READERS)}, not {settings.reader!r}")
    if settings.reader == "baseline":
        return Choice("baseline", "asked for")
    if settings.reader == "llm" and llm.model is None:
        raise UsageError("--reader llm needs a model: set JORNADA_MODEL or give --model")
    if settings.reader == "llm" and not reachable and not llm.obstacles:
        raise UsageError(
            "--reader llm needs a server: set OPENAI_API_KEY, or OPENAI_BASE_URL (--base-url) "
            "for a server of your own"
        )
    if settings.reader == "auto" and llm.model is None:
        return Choice("baseline", "no model is set (JORNADA_MODEL or --model)")
    if settings.reader == "auto" and not reachable and not llm.obstacles:
        return Choice("baseline", "a model is set, but neither OPENAI_API_KEY nor a base URL")
    if llm.base_url is not None and not llm.base_url.startswith(("http://", "https://")):
        raise UsageError(
            f"the base URL must begin with http:// or https://, and "
            f"{shown_url(llm.base_url)!r} does not"
        )
    if llm.obstacles:
        raise UsageError(llm.obstacles[0])
    where = "the OpenAI API" if llm.base_url is None else shown_url(llm.url)
    why = "asked for" if settings.reader == "llm" else "a model and a server are set"
    return Choice("llm", f"{why}: {llm.model} at {where}")
