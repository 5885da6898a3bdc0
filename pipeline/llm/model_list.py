"""The models that a server lists, asked for as a run would ask it: same client, key and headers."""

import asyncio
from typing import NamedTuple

import httpx2
import openai

from pipeline.errors import TransportError
from pipeline.llm.client import make_client
from pipeline.llm.response_body import read_body
from pipeline.llm.servers import fold_message
from pipeline.redaction import redact
from pipeline.settings import LlmSettings
from pipeline.urls import shown_url


class ListedModel(NamedTuple):
    """One model of a list; `owner` is whose it is, which tells servers of one's own."""

    name: str
    owner: str | None


class ModelList(NamedTuple):
    """What came back: an HTTP status, and the names of models, none where it lists none."""

    status: int
    names: tuple[str, ...]


async def fetch_models(settings: LlmSettings, patience: float) -> ModelList:
    """Ask for the list, and wait no longer than so many seconds.

    Raises `TransportError` where nothing answers.
    """
    try:
        client = make_client(settings)
        try:
            async with asyncio.timeout(patience):
                response = await client.get("/models", cast_to=httpx2.Response)
        finally:
            await client.close()
    except openai.APIStatusError as error:
        return ModelList(error.status_code, ())
    except TimeoutError as error:
        raise _unanswered(settings, f"not within {patience:g} s") from error
    except openai.APIError as error:
        raise _unanswered(settings, str(error.__cause__ or error)) from error
    except ValueError as error:  # a URL or a key that cannot be sent
        raise _unanswered(settings, str(error)) from error
    models = read_models(response.content, response.headers.get("content-type", ""))
    secrets = settings.secrets
    names = (model.name for model in models if model.name)
    shown = (name if name == settings.model else redact(name, secrets) for name in names)
    return ModelList(response.status_code, tuple(shown))


def read_models(content: bytes, content_type: str) -> tuple[ListedModel, ...]:
    """Read the body of a list; what it does not say of a model is "" or None."""
    answer = read_body(content, content_type)
    listed = answer.get("data") if isinstance(answer, dict) else None
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return tuple(
        ListedModel(str(item.get("id") or ""), item.get("owned_by") and str(item["owned_by"]))
        for item in items
    )


def _unanswered(settings: LlmSettings, why: str) -> TransportError:
    said = fold_message(why, settings.secrets)
    where = shown_url(settings.url)
    return TransportError(f"{where} does not answer: {said}", "no connection")
