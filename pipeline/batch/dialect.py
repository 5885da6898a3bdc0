"""What providers of the Batch API differ in, known by their URLs and by their words. Pure."""

import re
from urllib.parse import urlsplit

LONG_ENDPOINT = "/v1/chat/completions"
SHORT_ENDPOINT = "/chat/completions"
PURPOSES = ("batch", "batch-api")
"""What providers call the purpose of a file of requests, the usual first."""
_AZURE = re.compile(r"(?:^|\.)(?:openai|services\.ai|cognitiveservices)\.azure\.(?:com|us|cn)$")
_DEPLOYMENT = re.compile(r"/deployments/[^/]+/*$")
_ENDPOINT = re.compile(r"(?<![a-z])urls?(?![a-z])|end[ _-]?point|/chat/completions", re.IGNORECASE)
_NOT_READY = re.compile(
    r"(?<![a-z])(?:pending|queued|uploading|importing|validating|in_progress|not_?running)(?![a-z])"
    r"|(?:not|n't)[ _](?:yet |been |fully |finished )*"
    r"(?:ready|processed|processing|available|uploaded|validated|imported)(?![a-z])"
    r"|(?:still|being|is|currently) (?:being )?(?:process|validat|upload|import|prepar)(?:ing|ed)",
    re.IGNORECASE,
)


def batch_url(base_url: str) -> str:
    """Give the URL below which files and batches are.

    It is that of the models, unless each deployment of a model has one of its own, as in Azure's
    classic API. A query in it stays.
    """
    parts = urlsplit(base_url)
    return parts._replace(path=_DEPLOYMENT.sub("", parts.path)).geturl()


def first_endpoint(base_url: str) -> str:
    """Give the URL of requests in batches with which a server is asked first."""
    host = urlsplit(base_url).hostname or ""
    return SHORT_ENDPOINT if _AZURE.search(host) else LONG_ENDPOINT


def other_endpoint(endpoint: str) -> str:
    """Give the other of the two URLs that requests may have."""
    return SHORT_ENDPOINT if endpoint == LONG_ENDPOINT else LONG_ENDPOINT


def names_endpoint(said: str) -> bool:
    """Tell whether what is said against a batch is about the URL of its requests."""
    return _ENDPOINT.search(said) is not None


def says_not_ready(said: str) -> bool:
    """Tell whether a refusal says that a file will be ready later."""
    return _NOT_READY.search(said) is not None
