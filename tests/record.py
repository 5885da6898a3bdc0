"""Record a model's answers to gold, to be judged anew by tests.

python -m tests.record eval.duckdb --prompt anchored-v2 --gold eval/hard
"""

import argparse
from pathlib import Path

from eval.labels.gold import load_gold
from eval.runs.recorded import record, score_recording, write_recording
from eval.runs.summary import summarise
from pipeline.forms import FORMS
from pipeline.forms.prompts import load_prompt
from pipeline.store import Store


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.record", description=__doc__)
    parser.add_argument("db", type=Path, help="what an eval, a run or a batch filled")
    parser.add_argument("--prompt", required=True, help="name of the prompt that was used")
    parser.add_argument("--gold", type=Path, required=True, help="folder of gold labels")
    parser.add_argument("--texts", type=Path, nargs="*", default=(), help="where its texts are")
    parser.add_argument("--to", type=Path, help="else tests/recorded/PROMPT/GOLD.jsonl")
    given = parser.parse_args()
    bulletins = load_gold(given.gold, given.texts)
    recorded = record(Store(given.db), bulletins, given.prompt)
    to = given.to or Path(__file__).parent / "recorded" / given.prompt / f"{given.gold.name}.jsonl"
    write_recording(to, recorded)
    form = FORMS[load_prompt(given.prompt).form]
    found = summarise(score_recording(recorded, bulletins, form, given.prompt))
    print(f"{to}: {len(recorded)} of {len(bulletins)} bulletins")  # noqa: T201 - a script
    for name, score in found.measures.items():
        if score.f1 is not None:
            print(f"{name} = {score.f1:.4f}")  # noqa: T201
    if found.reasks and found.reasks.first:
        print(f"sent_back = {found.reasks.share:.4f}")  # noqa: T201
        needless = found.reasks.needless / found.reasks.first
        print(f"sent_back_needlessly = {needless:.4f}")  # noqa: T201


if __name__ == "__main__":
    main()
