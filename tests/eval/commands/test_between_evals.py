"""What is asked between two evals, of one that was run against a server in place of a model."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from examples.scripted_server import Scripted, known_gold, running
from tests.command import Jornada, Ran, environment, jornada_here
from tests.processes import run_program

ROOT = Path(__file__).parents[3]
FEW = ("41-*", "42-*", "43-*")
pytestmark = pytest.mark.slow


class Done(NamedTuple):
    """A folder in which two prompts were evaluated, what that printed, and all that was sent."""

    folder: Path
    printed: str
    requests: list[dict[str, Any]]

    @property
    def jornada(self) -> Jornada:
        return jornada_here(self.folder)

    def eval(self, *arguments: str) -> Ran:
        return self.jornada("eval", *arguments)

    def told(self, *arguments: str) -> Any:  # noqa: ANN401 - any JSON
        ran = self.eval(*arguments, "--json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def query(self, sql: str) -> list[dict[str, Any]]:
        ran = self.jornada("query", "--db", "eval.duckdb", "--json", sql)
        assert ran.returncode == 0, ran.stderr
        rows: list[dict[str, Any]] = json.loads(ran.stdout)
        return rows


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    """Give one eval that all tests of this file look back at; none of them adds to it."""
    folder = tmp_path_factory.mktemp("loop")
    text = (ROOT / "prompts" / "quoted-v1.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if "- `status`" not in line]
    worse = "\n".join(lines).replace("name: quoted-v1", "name: worse")
    (folder / "worse.md").write_text(worse, "utf-8", newline="\r\n")
    with running(Scripted(known_gold(), mistakes=0.25)) as server:
        only = [word for glob in FEW for word in ("--only", glob)]
        prompts = ("--prompt", "quoted-v1", "--prompt", "worse.md")
        asked = ("--base-url", server.base_url, "--model", "scripted")
        ran = jornada_here(folder)("eval", *prompts, *only, *asked)
        assert ran.returncode == 0, ran.stderr
        (folder / "worse.md").rename(folder / "gone.md")
        yield Done(folder, ran.stdout, list(server.requests))


def test_a_prompt_is_had_back_byte_for_byte_though_its_file_be_gone(done: Done) -> None:
    before = (done.folder / "gone.md").read_bytes()
    ran = done.eval("prompt", "worse", "--to", "back.md")
    assert ran.returncode == 0, ran.stderr
    assert (done.folder / "back.md").read_bytes() == before
    again = done.eval("prompt", "worse", "--to", "back.md")
    assert again.returncode == 2
    assert "--force" in again.stderr
    shown = done.eval("prompt", "worse")
    assert shown.stdout.splitlines() == before.decode().splitlines()
    told = done.told("prompt", "worse")
    assert told["text"].encode() == before
    (run,) = done.query("SELECT prompt_hash FROM eval_runs WHERE prompt = 'worse'")
    assert told["prompt_hash"] == run["prompt_hash"]


def test_a_run_without_a_prompt_says_so(done: Done) -> None:
    ran = done.eval("--reader", "baseline", "--only", "41-*", "--db", "base.duckdb")
    assert ran.returncode == 0, ran.stderr
    shown = done.eval("prompt", "baseline", "--db", "base.duckdb")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "baseline reads without a prompt" in shown.stderr
    talk = done.eval("show", "baseline", "41", "--db", "base.duckdb")
    assert "baseline asks no model" in talk.stdout


def test_looking_back_waits_for_nothing_that_only_models_or_scores_need(done: Done) -> None:
    code = (
        "import sys; from pipeline.cli import run_command; "
        "status = run_command(['eval', 'runs']) or run_command(['eval', 'prompt', 'worse']); "
        "heavy = {'openai', 'instructor', 'scipy.stats', 'scipy.optimize'} & set(sys.modules); "
        "print(status, sorted(heavy))"
    )
    ran = run_program([sys.executable, "-c", code], cwd=done.folder, env=environment())
    assert ran.stdout.splitlines()[-1] == "0 []"


def test_a_diff_begins_with_that_of_the_prompts(done: Done) -> None:
    ran = done.eval("diff", "quoted-v1", "worse", "--limit", "2")
    assert ran.returncode == 0, ran.stderr
    first, second, third, *_ = ran.stdout.splitlines()
    assert first.startswith("The prompt worse (")
    assert (second[:13], third[:9]) == ("--- quoted-v1", "+++ worse")
    assert "more lines: jornada eval prompt" in ran.stdout
    assert ran.stdout.index("+++ worse") < ran.stdout.index("quoted-v1 · scripted (")
    whole = done.told("prompt", "quoted-v1", "worse")
    assert any(line.startswith("-- `status`") for line in whole["lines"])
    refused = done.eval("prompt", "quoted-v1", "worse", "--to", "x.md")
    assert refused.returncode == 2


def test_a_diff_lists_what_is_asked_for(done: Done) -> None:
    def changes(*filters: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = done.told("diff", "quoted-v1", "worse", *filters)
        return found

    every = changes()
    assert {one["verdict"] for one in every} == {"worse", "better", "other"}
    assert {one["verdict"] for one in changes("--worse")} == {"worse"}
    assert {one["verdict"] for one in changes("--better", "--worse")} == {"worse", "better"}
    assert {one["bulletin"][:2] for one in changes("--bulletin", "42*")} == {"42"}
    of_status = changes("--label", "status", "--worse")
    assert of_status
    assert all("status" in one["after"]["wrong"] for one in of_status)
    assert changes("--limit", "3") == every[:3]
    for refused in (("--label", "kind"), ("--bulletin", "zz"), ("--stable",)):
        ran = done.eval("diff", "quoted-v1", "worse", *refused)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)


def test_what_is_shown_of_a_bulletin_is_what_was_sent_and_answered(done: Done) -> None:
    """Of all readings, those that were asked twice among them."""
    sent = [request["messages"] for request in done.requests]
    twice = 0
    for prompt in ("quoted-v1", "worse"):
        for glob in FEW:
            found = done.told("show", prompt, glob.removesuffix("*"))
            assert found["notes"] == []
            assert found["messages"] in sent
            for answer in found["answers"][:-1]:
                twice += 1
                reask = {"role": "user", "content": answer["sent_back"]}
                raw = {"role": "assistant", "content": answer["raw_answer"]}
                assert [*found["messages"], raw, reask] in sent
            assert found["figures"]
            named = done.query(
                f"SELECT DISTINCT reading_id FROM eval_verdicts JOIN eval_runs USING (eval_run_id) "  # noqa: S608
                f"WHERE prompt = '{prompt}' AND bulletin = '{found['bulletin']}'"
            )
            assert named == [{"reading_id": found["reading"]["reading_id"]}]
    assert twice


def test_a_bulletin_is_shown_for_a_person(done: Done) -> None:
    ran = done.eval("show", "worse", "41")
    assert ran.returncode == 0, ran.stderr
    for heading in ("── system ──", "── user: few-shot ──", "── answer 1: "):
        assert heading in ran.stdout
    assert "figures are strictly right." in ran.stdout
    unknown = done.eval("show", "worse", "nothing")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)
    assert "41-" in unknown.stderr


def test_what_was_read_for_what_is_told_after_an_eval_and_later(done: Done) -> None:
    assert "status: planned -> performed" in done.printed
    found = done.told("confusions", "worse", "--label", "status")
    assert {one["label"] for one in found["confusions"]} == {"status"}
    counted = done.query(
        "SELECT count(*)::INTEGER AS n FROM eval_verdicts JOIN eval_runs USING (eval_run_id) "
        "WHERE prompt = 'worse' AND list_contains(wrong, 'status')"
    )
    assert sum(one["figures"] for one in found["confusions"]) == counted[0]["n"] > 0
    shown = done.eval("confusions", "worse")
    assert shown.returncode == 0, shown.stderr
    assert "wrong status" in shown.stdout
    refused = done.eval("confusions", "worse", "--label", "kind")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_a_run_that_is_set_against_itself_is_said_to_be(done: Done) -> None:
    same = done.eval("diff", "quoted-v1", "quoted-v1 · scripted")
    assert "quoted-v1 and quoted-v1 · scripted are one run" in same.stderr
    assert "are one run" not in done.eval("diff", "quoted-v1", "worse").stderr


def test_stored_runs_are_compared_without_their_prompts(done: Done) -> None:
    ran = done.eval("compare", "quoted-v1", "worse")
    assert ran.returncode == 0, ran.stderr
    lines = done.printed.splitlines()
    (sentence,) = [one for one in lines if " quoted-v1 · scripted " in one and one.endswith(".")]
    assert sentence in ran.stdout
    stored = done.told("compare", "quoted-v1", "worse")
    gold, texts = ROOT / "eval" / "gold", ROOT / "examples" / "bulletins"
    again = done.told("compare", "quoted-v1", "worse", "--gold", str(gold), "--texts", str(texts))
    assert again["runs"] == stored["runs"]
    assert again["comparisons"] == stored["comparisons"]
    for refused in (("quoted-v1",), ("worse", "worse"), ("worse", "nobody")):
        found = done.eval("compare", *refused)
        assert (found.returncode, found.stdout) == (2, "")


def test_prompts_of_readings_that_were_scored_elsewhere_are_known(done: Done) -> None:
    only = [word for glob in FEW for word in ("--only", glob)]
    ran = done.eval("--stored", "eval.duckdb", "--db", "other.duckdb", *only)
    assert ran.returncode == 0, ran.stderr
    told = done.told("prompt", "worse", "--db", "other.duckdb")
    assert told["text"].encode() == (done.folder / "gone.md").read_bytes()
    ways = ("--db", "other.duckdb", "--stored", "eval.duckdb")
    assert done.told("show", "worse", "41", *ways)["answers"]
    lost = done.told("show", "worse", "41", *ways[:2])
    assert (lost["answers"], len(lost["notes"])) == ([], 1)
