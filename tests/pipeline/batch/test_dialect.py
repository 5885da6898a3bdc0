"""What providers differ in, known by URLs and words."""

import pytest

from pipeline.batch.dialect import (
    LONG_ENDPOINT,
    SHORT_ENDPOINT,
    batch_url,
    first_endpoint,
    names_endpoint,
    other_endpoint,
    says_not_ready,
)


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        (
            "https://x.openai.azure.com/openai/deployments/gpt/?api-version=2024-10-21",
            "https://x.openai.azure.com/openai?api-version=2024-10-21",
        ),
        (
            "https://x.openai.azure.com/openai/deployments/gpt",
            "https://x.openai.azure.com/openai",
        ),
        ("https://x.openai.azure.com/openai/v1/", "https://x.openai.azure.com/openai/v1/"),
        (
            "http://u:p@127.0.0.1:8080/deployments/a/v1",
            "http://u:p@127.0.0.1:8080/deployments/a/v1",
        ),
    ],
)
def test_batches_are_not_below_a_deployment(base_url: str, url: str) -> None:
    assert batch_url(base_url) == url


@pytest.mark.parametrize(
    ("base_url", "endpoint"),
    [
        ("https://x.openai.azure.com/openai/v1", SHORT_ENDPOINT),
        ("https://x.services.ai.azure.com/openai/v1", SHORT_ENDPOINT),
        ("https://api.openai.com/v1", LONG_ENDPOINT),
        ("https://openai.azure.com.example.org/v1", LONG_ENDPOINT),
        ("http://127.0.0.1:8080/azure/v1", LONG_ENDPOINT),
    ],
)
def test_hosts_of_azure_begin_with_the_short_endpoint(base_url: str, endpoint: str) -> None:
    assert first_endpoint(base_url) == endpoint
    assert other_endpoint(other_endpoint(endpoint)) == endpoint


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ("invalid_url The URL provided is not supported for this batch", True),
        ("url_mismatch", True),
        ("Unsupported endpoint.", True),
        ("requests must go to /chat/completions", True),
        ("The file could not be curled", False),
        ("too_many_tasks A batch may hold 2 requests at most.", False),
    ],
)
def test_a_fault_of_the_url_is_known_by_its_words(said: str, *, is_so: bool) -> None:
    assert names_endpoint(said) is is_so


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ("The input file 'file-1' is in 'pending' state", True),
        ("File is not in a valid state for batch processing: pending", True),
        ("The file is not ready yet", True),
        ("file has not yet been processed", True),
        ("The file is still being processed, try again later", True),
        ("file isn't available", True),
        ("status: notRunning", True),
        ("The input file is in 'error' state. Only files with status 'Processed' are taken", False),
        ("No such File object: file-1", False),
        ("'completion_window' must be '24h'", False),
        ("the request could not be processed", False),
    ],
)
def test_a_file_that_will_be_ready_later_is_known_by_the_words(said: str, *, is_so: bool) -> None:
    assert says_not_ready(said) is is_so
