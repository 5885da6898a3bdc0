"""The client of a server: its URL, key and headers."""

from typing import Any

import aiohttp
import httpx2
import openai

from pipeline.settings import LlmSettings
from pipeline.urls import basic_authorization, query_of, without_password, without_query


def make_client(settings: LlmSettings) -> openai.AsyncOpenAI:
    """Make a client of the server of these settings, which repeats nothing by itself.

    It follows no redirection: the key, and what is sent, go nowhere but to that server.
    """
    url = without_password(settings.url)
    # A server of one's own needs no key, but the SDK does.
    key = settings.api_key.get_secret_value() if settings.api_key else "none"
    # The SDK would take them from the environment, for whatever server.
    headers: dict[str, Any] = {
        "OpenAI-Organization": settings.organization or openai.Omit(),
        "OpenAI-Project": settings.project or openai.Omit(),
    }
    hooks = {}
    if settings.key_header != "authorization":
        headers[settings.key_header] = key
        hooks = {"request": [_leave_out_bearer]}  # the SDK insists on it
    headers |= basic_authorization(settings.url)
    headers |= settings.headers
    headers |= {name: it.get_secret_value() for name, it in settings.secret_headers.items()}
    return openai.AsyncOpenAI(
        base_url=without_query(url),
        default_query=query_of(url),
        default_headers=headers,
        api_key=key,
        max_retries=0,
        timeout=settings.patience,
        http_client=openai.DefaultAioHttpClient(
            timeout=settings.patience, follow_redirects=False, event_hooks=hooks
        ),
    )


async def _leave_out_bearer(request: httpx2.Request) -> None:
    request.headers.pop("Authorization", None)


def is_unsent(error: BaseException | None) -> bool:
    """Tell whether a call was lost before a connection was there, and so cost nothing.

    The SDK's names do not: they call a connection that breaks one that timed out in the making.
    """
    while error is not None:
        if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
            return True
        error = error.__cause__ or error.__context__
    return False
