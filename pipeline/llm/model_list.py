"""The models that a server lists, asked for as a run would ask it: same client, key and headers."""

import asyncio
import json
from typing import NamedTuple

import httpx2
import openai

from pipeline.errors import TransportError
from pipeline.llm.client import make_client
from pipeline.llm.servers import fold_message
from pipeline.settings import LlmSettings
from pipeline.urls import mask_password


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
    return ModelList(response.status_code, _names_in(response.content))


def _unanswered(settings: LlmSettings, why: str) -> TransportError:
    secret = settings.api_key.get_secret_value() if settings.api_key else ""
    where = mask_password(settings.url)
    return TransportError(f"{where} does not answer: {fold_message(why, secret)}", "no connection")


def _names_in(content: bytes) -> tuple[str, ...]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return ()
    listed = answer.get("data") if isinstance(answer, dict) else None
    items = listed if isinstance(listed, list) else []
    return tuple(str(item["id"]) for item in items if isinstance(item, dict) and item.get("id"))
