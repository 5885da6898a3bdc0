"""Whole evals through the real command, against the server that answers in place of a model."""

import functools
import io
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import html

from eval.commands import evaluate
from eval.gates.judging import GateResult
from eval.labels import gold
from eval.labels.gold import load_gold, locate_gold
from eval.report.score_json import show_evaluation_json
from eval.report.score_tables import show_evaluation
from eval.runs.evaluation import Evaluation
from examples.scripted_server import Scripted, known_gold, running
from pipeline.forms import FORMS
from pipeline.llm import retry
from pipeline.pages.text import unpack
from tests.command import Jornada, Ran, jornada_here, jornada_in, start
from tests.eval.labels.gold_folder import SURGERIES, TEXT, put

ROOT = Path(__file__).parents[3]
QUOTED = ROOT / "prompts" / "quoted-v1.md"
pytestmark = pytest.mark.slow
GLOB = "4[14589]*"
FEW = ("--only", GLOB)
BULLETINS = 5  # in the gold by that name, of every kind, one without a figure


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with running(Scripted(known_gold())) as scripted:
        yield scripted


class EvalFolder(NamedTuple):
    """A folder to work in, and the server to ask."""

    folder: Path
    server: Scripted

    @property
    def jornada(self) -> Jornada:
        return jornada_in(self.folder)

    @property
    def here(self) -> Jornada:
        return jornada_here(self.folder)

    def eval(self, *arguments: str, only: tuple[str, ...] = FEW) -> Ran:
        return self.jornada("eval", *arguments, *only, *self.asked())

    def eval_here(self, *arguments: str, only: tuple[str, ...] = FEW) -> Ran:
        return self.here("eval", *arguments, *only, *self.asked())

    def asked(self) -> tuple[str, ...]:
        return "--base-url", self.server.base_url, "--model", "scripted"

    def eval_json(self, *arguments: str, only: tuple[str, ...] = FEW) -> Any:  # noqa: ANN401 - any JSON
        return told(self.eval_here(*arguments, "--json", only=only))

    def query(self, sql: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = told(self.here("query", "--db", "eval.duckdb", "--json", sql))
        return found

    def prompt(self, name: str, *without: str, old: str = "", new: str = "") -> str:
        """Write a copy of quoted-v1 under another name, without the lines that hold these."""
        text = QUOTED.read_text("utf-8").replace("name: quoted-v1", f"name: {name}")
        lines = [
            line.replace(old, new) if old else line
            for line in text.splitlines()
            if not any(word in line for word in without)
        ]
        (self.folder / f"{name}.md").write_text("\n".join(lines) + "\n", "utf-8")
        return f"{name}.md"


def told(ran: Ran) -> Any:  # noqa: ANN401 - any JSON
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def f1_of(variant: dict[str, Any]) -> float:
    value: float = variant["scores"]["strict"]["f1"]
    return value


@pytest.fixture(scope="module", autouse=True)
def _texts_are_read_once() -> Iterator[None]:
    """Read folders of texts once for all evals of this process: PDFs and the like take long."""
    read_once = functools.cache(gold.read_texts)

    def read(folder: Path, labels: Sequence[Path], texts: Sequence[Path]) -> gold.GoldTexts:
        return read_once(folder, tuple(labels), tuple(texts))

    with pytest.MonkeyPatch.context() as change:
        change.setattr(gold, "read_texts", read)
        yield


@pytest.fixture
def evals(tmp_path: Path, server: Scripted) -> EvalFolder:
    return EvalFolder(tmp_path, server)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, server: Scripted) -> tuple[EvalFolder, Ran]:
    """Give one eval of both prompts; what is done with it must leave it as it is."""
    at = EvalFolder(tmp_path_factory.mktemp("eval"), server)
    return at, at.eval("--prompt", "quoted-v1", "--prompt", "anchored-v1", "--html", "report.html")


def test_two_prompts_are_compared_and_a_page_is_written(done: tuple[EvalFolder, Ran]) -> None:
    evals, ran = done
    assert ran.returncode == 0, ran.stderr
    for name in ("quoted-v1 · scripted", "anchored-v1 · scripted"):
        assert name in ran.stdout
    assert "95 % interval" in ran.stdout
    assert "anchored-v1 · scripted and quoted-v1 · scripted" in ran.stdout
    page = (evals.folder / "report.html").read_text("utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "anchored-v1 · scripted" in page
    assert "http://" not in page.replace(evals.server.base_url, "")


def _packed(page: Any, name: str) -> Any:  # noqa: ANN401 - an element, and any JSON
    return unpack(page.xpath("//script[@id=$name]", name=name)[0].text)


def test_the_page_has_every_bulletin_its_conversations_and_the_prompts(
    done: tuple[EvalFolder, Ran],
) -> None:
    evals, _ = done
    page = html.document_fromstring((evals.folder / "report.html").read_text("utf-8"))
    lines = _packed(page, "index")["bulletins"]
    assert len(lines) == len(page.xpath("//details[@class='bulletin']")) == BULLETINS
    for number in range(BULLETINS):
        for (said,) in _packed(page, f"talk-{number}"):
            assert said["calls"][-1]["answer"].startswith("{")
            assert "The bulletin stands between the two lines" in said["asked"]
    diff, prompts = (
        page.xpath(f"//section[@id='{name}']")[0] for name in ("prompt-diffs", "prompts")
    )
    assert "The prompt anchored-v1 (" in diff.text_content()
    assert diff.xpath(".//ins")
    assert len(prompts.xpath("./details")) == 2
    assert "[[" not in prompts.text_content()
    assert page.xpath("//section[@id='trend']")


def test_what_was_read_is_scored_again_without_asking(done: tuple[EvalFolder, Ran]) -> None:
    evals, ran = done
    before = len(evals.server.requests)
    again = evals.eval_here("--prompt", "quoted-v1", "--prompt", "anchored-v1")
    assert len(evals.server.requests) == before
    assert figures_of(again) == figures_of(ran)
    assert again.stderr.count(f"{BULLETINS} of {BULLETINS} were read before") == 2


def figures_of(ran: Ran) -> list[list[str]]:
    """Give the cells of all lines but the ID of the run, which is new each time."""
    assert ran.returncode == 0, ran.stderr
    cells = [line.split() for line in ran.stdout.splitlines() if line.strip()]
    return [line[:-1] if line[-1:] and len(line[-1]) == 8 else line for line in cells]


def test_prompts_runs_and_diff_look_back(done: tuple[EvalFolder, Ran]) -> None:
    evals, _ = done
    runs = told(evals.here("eval", "runs", "--json"))
    assert {run["prompt"] for run in runs} == {"quoted-v1", "anchored-v1"}
    assert all(run["bulletins"] == BULLETINS for run in runs)
    listed = {
        one["name"]: one for one in told(evals.here("prompts", "--db", "eval.duckdb", "--json"))
    }
    best = max(run["strict_f1"] for run in runs if run["prompt"] == "quoted-v1")
    assert listed["quoted-v1"]["best"]["strict_f1"] == best
    changes = told(evals.here("eval", "diff", "quoted-v1", "anchored-v1", "--json"))
    assert changes
    assert {change["verdict"] for change in changes} <= {"better", "worse", "other"}
    assert all(change["quote"] for change in changes)
    shown = evals.here("eval", "diff", runs[0]["eval_run_id"][:8], runs[1]["eval_run_id"][:8])
    assert shown.returncode == 0, shown.stderr
    assert f"of {BULLETINS} bulletins" in shown.stdout
    assert "quoted-v1" in evals.here("eval", "runs").stdout


def test_the_database_holds_the_scores_that_were_printed(done: tuple[EvalFolder, Ran]) -> None:
    evals, ran = done
    runs = evals.query("SELECT * FROM eval_runs ORDER BY created_at LIMIT 2")
    for run in runs:
        at = f"WHERE eval_run_id = '{run['eval_run_id']}'"
        (strict,) = evals.query(f"{SCORES} {at} AND slice = 'all' AND measure = 'strict'")
        assert strict["f1"] == run["strict_f1"]
        line = next(line for line in ran.stdout.splitlines() if run["eval_run_id"][:8] in line)
        for column in ("f1", "precision", "recall"):
            assert f"{strict[column]:.3f}" in line
        assert f"{run['strict_f1_low']:.3f} to {run['strict_f1_high']:.3f}" in line
        counts = [{name: strict[name] for name in ("correct", "read", "gold")}]
        assert evals.query(f"{JUDGED} {at}") == counts
        assert evals.query(f"{SUMMED} {at} AND slice = 'document' AND measure = 'strict'") == counts


SCORES = "SELECT * FROM eval_scores"
SUMMED = """
SELECT sum(correct)::BIGINT AS correct, sum("read")::BIGINT AS "read", sum(gold)::BIGINT AS gold
FROM eval_scores
"""
JUDGED = """
SELECT count(*) FILTER (
    outcome = 'right' OR outcome = 'wrong_label'
    AND NOT list_has_any(wrong, ['unit', 'service', 'detail', 'status', 'period'])
) AS correct, count(read_number) AS "read", count(gold_number) AS gold
FROM eval_verdicts
"""


COPIES = (1, 2)
HALF = ("--only", "[56]*")  # of the gold: enough to tell a worse prompt from an equal one


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EvalFolder, Ran, Any]]:
    """Give one eval of quoted-v1, a worse prompt and two equal ones: printed, and as JSON.

    A server of its own, which nobody has asked before, always answers the same. What is scored once
    is shown in both ways.
    """
    as_json: list[str] = []

    def show_both(evaluation: Evaluation, gates: Sequence[GateResult]) -> None:
        show_evaluation(evaluation, gates)
        with redirect_stdout(io.StringIO()) as shown:
            show_evaluation_json(evaluation, gates)
        as_json.append(shown.getvalue())

    evals = EvalFolder(tmp_path_factory.mktemp("judged"), Scripted(known_gold()))
    evals.prompt("worse", "- `status`", "- `detail`")
    copies = [evals.prompt(f"copy{number}", old=".", new="." + " " * number) for number in COPIES]
    asked = ("quoted-v1", "worse.md", *copies)
    prompts = [word for name in asked for word in ("--prompt", name)]
    with running(evals.server):
        with pytest.MonkeyPatch.context() as change:
            change.setattr(evaluate, "show_evaluation", show_both)
            printed = evals.eval_here(*prompts, only=HALF)
        assert printed.returncode == 0, printed.stderr
        yield evals, printed, json.loads(*as_json)


@pytest.mark.timeout(300)  # the evals that it shares are made for the first
def test_a_prompt_made_worse_is_shown_to_be_worse(judged: tuple[EvalFolder, Ran, Any]) -> None:
    _, printed, found = judged
    comparison = found["comparisons"][0]
    strict = comparison["differences"]["strict"]
    low, high = strict["interval"]
    assert low < strict["estimate"] < high < 0
    assert strict["p"] < 0.01
    assert comparison["variants_compared"] == 1 + len(COPIES)
    assert comparison["differences"]["status"]["interval"][1] < 0
    assert strict["more"] == 0
    assert "worse · scripted is worse than quoted-v1 · scripted" in printed.stdout


@pytest.mark.timeout(300)  # the evals that it shares are made for the first
def test_equal_prompts_are_not_told_apart(judged: tuple[EvalFolder, Ran, Any]) -> None:
    """Each is answered with other mistakes; intervals and p are for all of them at once."""
    _, printed, found = judged
    assert len({variant["prompt_hash"] for variant in found["variants"]}) == 2 + len(COPIES)
    alike = found["comparisons"][1:]
    strict = [comparison["differences"]["strict"] for comparison in alike]
    assert len({one["estimate"] for one in strict}) == len(COPIES)
    assert all(one["interval"][0] < 0 < one["interval"][1] and one["p"] > 0.05 for one in strict)
    # Two of the bulletins are one release.
    assert {(one["documents"], one["reposts"]) for one in strict} == {(27, 1)}
    assert "27 bulletins of 26 releases" in printed.stdout
    assert printed.stdout.count("are not told apart") == len(COPIES)
    assert "more gold bulletins would show a difference of this size, these show one of" in (
        printed.stdout
    )


@pytest.mark.timeout(300)  # the evals that it shares are made for the first
def test_a_gate_against_a_run_passes_an_equal_prompt_and_stops_a_worse_one(
    judged: tuple[EvalFolder, Ran, Any],
) -> None:
    evals, *_ = judged
    gate = ("--gate", "no worse than quoted-v1 by 0.05")
    equal = evals.eval_here("--prompt", "copy2.md", *gate, only=HALF)
    assert equal.returncode == 0, equal.stdout
    assert "all above -0.050" in equal.stdout
    worse = evals.eval_here("--prompt", "worse.md", *gate, only=HALF)
    assert worse.returncode == 1, worse.stdout
    assert "gate NOT passed" in worse.stdout
    assert "not above -0.050" in worse.stdout


def test_an_edited_prompt_is_another_prompt_and_is_read_anew(evals: EvalFolder) -> None:
    file = evals.prompt("mine")
    (first,) = evals.eval_json("--prompt", file)["variants"]
    before = len(evals.server.requests)
    evals.prompt("mine", old="verbatim", new="literal")
    (second,) = evals.eval_json("--prompt", file)["variants"]
    assert first["prompt_hash"] != second["prompt_hash"]
    assert len(evals.server.requests) >= before + BULLETINS
    listed = told(evals.here("prompts", file, "--db", "eval.duckdb", "--json"))
    (mine,) = [one for one in listed if one["name"] == "mine"]
    assert mine["best"]["run"] == second["run"]


def test_repeats_are_asked_for_and_their_spread_is_shown(evals: EvalFolder) -> None:
    before = len(evals.server.requests)
    (variant,) = evals.eval_json("--prompt", "quoted-v1", "--repeat", "2")["variants"]
    assert len(evals.server.requests) >= before + 2 * BULLETINS
    assert variant["bulletins"] == BULLETINS
    assert len(set(variant["f1_of_repeats"])) == 2
    assert variant["deviation_over_repeats"] > 0
    assert 0 < variant["bulletins_that_change"] <= BULLETINS
    before = len(evals.server.requests)
    printed = evals.eval_here("--prompt", "quoted-v1", "--repeat", "2").stdout
    assert "± repeats" in printed
    worth = variant["variances"]["worth_bulletins"]
    assert f"2 repeats of {BULLETINS} are worth {worth:.0f} bulletins read once" in printed
    (once,) = evals.eval_json("--prompt", "quoted-v1")["variants"]
    assert len(evals.server.requests) == before
    # What only one of two runs has asked for is no change.
    assert told(evals.here("eval", "diff", once["run"], variant["run"], "--json")) == []


def test_gates_decide_the_exit_status_and_say_why(done: tuple[EvalFolder, Ran]) -> None:
    evals, _ = done
    passed = evals.eval_here(
        "--prompt", "quoted-v1", "--gate", "strict_f1>=0.5", "--gate", "failed<=0"
    )
    assert passed.returncode == 0
    assert gates(passed) == [
        "gate passed: strict F1 of quoted-v1 ·",
        "gate passed: failed bulletins of quoted-v1 ·",
    ]
    failed = evals.eval_here("--prompt", "quoted-v1", "--gate", "strict_f1>=0.999")
    assert failed.returncode == 1
    assert gates(failed) == ["gate NOT passed: strict F1 of quoted-v1 ·"]


def gates(ran: Ran) -> list[str]:
    found = [line for line in ran.stdout.splitlines() if line.startswith("gate ")]
    return [line.partition(" scripted")[0] for line in found]


def test_a_run_of_two_bulletins_is_no_reference_for_the_gold(evals: EvalFolder) -> None:
    """Told before anything is paid for, and whichever gate asks for it."""
    evals.eval_here("--prompt", "quoted-v1", only=("--only", "4[12]*"))
    before = len(evals.server.requests)
    for gate in ("no worse than quoted-v1 by 0.5", "better than quoted-v1"):
        ran = evals.eval_here("--prompt", "anchored-v1", "--gate", gate, only=())
        assert ran.returncode == 2
        assert "has read 2 of these 50 texts" in lines(ran)[-1]
    assert len(evals.server.requests) == before


def test_a_part_that_the_gold_has_not_is_told_before_anything_is_read(tmp_path: Path) -> None:
    ran = jornada_here(tmp_path)("eval", *FEW, "--gate", "strict_f1[kind=recipe]>=0.5")
    assert ran.returncode == 2
    (line,) = lines(ran)
    assert line == (
        "a gate is about kind=recipe, of which these 5 bulletins have none; of kind they have "
        "announcement, balance, results"
    )


def test_who_stops_listening_loses_neither_report_nor_status(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    put(tmp_path, SURGERIES | {"service": "consultation"})
    reading, writing = os.pipe()
    os.close(reading)
    arguments = ("eval", "--gold", ".", "--html", "report.html", "--gate", "strict_f1>=0.9")
    with start(tmp_path, *arguments, pipes={"stdout": writing}) as process:
        os.close(writing)
        _, on_stderr = process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in on_stderr
    assert (tmp_path / "report.html").read_text("utf-8").rstrip().endswith("</html>")
    (run,) = told(jornada_here(tmp_path)("eval", "runs", "--json"))
    assert run["bulletins"] == 1


def test_a_failed_bulletin_counts_as_missed_and_never_drops_out(tmp_path: Path) -> None:
    refused = "48-*"
    lost = sum(len(b.gold.figures) for b in load_gold(*locate_gold()) if b.stem.startswith("48-"))
    with running(Scripted(known_gold(), mistakes=0, refuse=(refused,))) as server:
        found = EvalFolder(tmp_path, server).eval_json("--prompt", "quoted-v1")
    (variant,) = found["variants"]
    strict = variant["scores"]["strict"]
    assert variant["failed"] == 1
    assert variant["bulletins"] == BULLETINS
    (named,) = variant["total_failures"]
    assert (named["bulletin"][:3], named["failed"], named["readings"]) == ("48-", 1, 1)
    assert strict["gold"] == found["figures"]
    assert strict["right"] == strict["read"] == found["figures"] - lost
    assert strict["precision"] == 1


def test_a_bulletin_that_the_prompt_shows_is_not_scored(evals: EvalFolder) -> None:
    bulletin = next(b for b in load_gold(*locate_gold()) if b.stem.startswith("48-"))
    right = FORMS["quoted"].answer_for(bulletin.document, bulletin.gold)
    shot = {"bulletin": bulletin.document.text, "answer": right.model_dump(mode="json")}
    _, _, template = QUOTED.read_text("utf-8").split("---\n", 2)
    head = {"name": "telling", "form": "quoted", "description": "-", "few_shots": [shot]}
    # JSON is YAML.
    (evals.folder / "telling.md").write_text(f"---\n{json.dumps(head)}\n---\n{template}", "utf-8")
    ran = evals.eval_here("--prompt", "quoted-v1", "--prompt", "telling.md", "--json")
    found = told(ran)
    (line,) = found["left_out"]
    assert line == f"{bulletin.stem} is not scored: it is a few-shot of telling"
    assert line in ran.stderr
    assert [variant["bulletins"] for variant in found["variants"]] == [BULLETINS - 1] * 2


def test_the_baseline_needs_no_server(tmp_path: Path) -> None:
    found = told(jornada_here(tmp_path)("eval", *FEW, "--json"))
    (variant,) = found["variants"]
    assert variant["name"] == "baseline"
    assert f1_of(variant) > 0.8
    assert variant["output_tokens"] is None


def lines(ran: Ran) -> list[str]:
    assert ran.stdout == ""
    return ran.stderr.splitlines()


@pytest.mark.parametrize(
    ("arguments", "told_of"),
    [
        (("--prompt", "nothing-v9"), "nothing-v9"),
        (("--prompt", "missing.md"), "missing.md"),
        (("--only", "nothing*"), "nothing*"),
        (("--gold", "nowhere"), "nowhere"),
        (("--gold", "empty"), "empty"),
        (("--gold", "broken"), "one.json"),
        (("--gate", "strict_f2>=1"), "strict_f2"),
        (("--gate", "no worse than never by 0.1"), "eval.duckdb"),
        (("--html", "nowhere/page.html"), "nowhere/page.html"),
        (("--html", "broken/one.json"), "--html broken/one.json: exists already; --force"),
        (("--html", "eval.duckdb"), "--html eval.duckdb: is a file of the database"),
        (("--html", "eval.duckdb.journal"), "is a file of the database"),
        (("--html", "link.html", "--force"), "--html link.html: is a file of the database"),
        (("--html", "broken"), "--html broken: cannot be written: Is a directory"),
        (("--reader", "magic"), "magic"),
        (("--estimate", "--gate", "failed<=0"), "--estimate scores nothing: leave out --gate"),
        (("--estimate", "--html", "page.html"), "--estimate scores nothing"),
    ],
)
def test_what_cannot_be_used_is_one_line_before_anything_is_asked(
    arguments: tuple[str, ...], told_of: str, evals: EvalFolder
) -> None:
    (evals.folder / "empty").mkdir()
    (evals.folder / "broken").mkdir()
    (evals.folder / "broken" / "one.json").write_text('{"figures": 3', "utf-8")
    (evals.folder / "link.html").symlink_to("eval.duckdb.lock")
    before = len(evals.server.requests)
    ran = evals.eval_here(*arguments, only=())
    assert ran.returncode == 2
    (line,) = lines(ran)
    assert told_of in line
    assert len(evals.server.requests) == before
    assert not (evals.folder / "eval.duckdb").exists()


def test_options_in_front_of_a_command_are_not_passed_over(tmp_path: Path) -> None:
    """A gate there is judged by nobody, and the database is another one."""
    jornada = jornada_here(tmp_path)
    ran = jornada("eval", "--db", "other.duckdb", "--gate", "strict_f1>=0.9", "runs", "--json")
    assert ran.returncode == 2
    (line,) = lines(ran)
    assert line.startswith("jornada eval runs has options of its own")
    assert line.endswith("move or leave out --gate, --db")


def test_looking_back_where_no_eval_was_run_is_one_line(tmp_path: Path) -> None:
    here = jornada_here(tmp_path)
    for ran in (here("eval", "runs"), here("eval", "diff", "a", "b")):
        assert ran.returncode == 2
        (line,) = lines(ran)
        assert "jornada eval" in line


def test_a_model_that_the_server_lacks_stops_the_eval(evals: EvalFolder) -> None:
    ran = evals.here(
        "eval",
        "--prompt",
        "quoted-v1",
        "--base-url",
        evals.server.base_url,
        "--model",
        "other",
        *FEW,
    )
    assert ran.returncode == 2
    assert lines(ran)[-1].startswith("Stopped: ")
    assert any("'other'" in line for line in lines(ran))


def test_a_server_that_is_not_there_stops_the_eval_without_a_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)
    asked = ("--base-url", "http://127.0.0.1:9/v1", "--model", "scripted", "--only", "48-*")
    ran = jornada_here(tmp_path)("eval", "--prompt", "quoted-v1", *asked)
    assert ran.returncode == 2
    assert lines(ran)[-1] == "Stopped: quoted-v1 · scripted answered for not one of 1 bulletins."
    assert any("127.0.0.1:9" in line for line in lines(ran))


def test_what_a_run_has_read_is_scored_without_asking(evals: EvalFolder) -> None:
    paths = sorted(map(str, (ROOT / "examples" / "bulletins").glob(GLOB)))
    backlog = ("extract", *paths, "--db", "backlog.duckdb")
    evals.here(*backlog, "--reader", "baseline")
    evals.here(*backlog, "--reader", "llm", "--prompt", "anchored-v1", *evals.asked())
    asked = len(evals.server.requests)
    found = told(evals.here("eval", "--stored", "backlog.duckdb", *FEW, "--json"))
    assert len(evals.server.requests) == asked
    baseline, anchored = found["variants"]
    assert (baseline["name"], anchored["name"]) == ("baseline", "anchored-v1 · scripted")
    assert anchored["bulletins"] == anchored["reasks"]["first_answers"] == BULLETINS
    assert baseline["reasks"] is None
    assert f1_of(anchored) > 0.5
    (run, _) = told(evals.here("eval", "runs", "--json"))
    assert run["strict_f1"] is not None
    assert run["place_f1"] is not None
    page = ("--html", "report.html")
    printed = evals.here("eval", "--stored", "backlog.duckdb", *FEW, *page).stdout
    assert "place F1" in printed
    assert "days F1" in printed
    assert f"of {BULLETINS}" in printed
    report = html.document_fromstring((evals.folder / "report.html").read_text("utf-8"))
    rules, model = _packed(report, "talk-0")
    assert rules[0]["calls"] == []
    assert model[0]["calls"][0]["answer"].startswith("{")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--prompt", "quoted-v1"), "leave out what says how to read"),
        ((), "has no reading of these"),
    ],
)
def test_stored_readings_that_cannot_be_scored_are_refused(
    evals: EvalFolder, arguments: tuple[str, ...], why: str
) -> None:
    text = evals.folder / "a.txt"
    text.write_text("Se hicieron 90 cirugías.", encoding="utf-8")
    evals.here("extract", str(text), "--db", "backlog.duckdb", "--reader", "baseline")
    ran = evals.here("eval", "--stored", "backlog.duckdb", *FEW, *arguments)
    assert ran.returncode == 2
    assert why in ran.stderr


PROFILES = """
model = "scripted"
prompt = "quoted-v1"
profiles.one = {{ base_url = "{one}" }}
profiles.two = {{ base_url = "{two}" }}
profiles.cold = {{ base_url = "{two}", params = {{ temperature = 0 }} }}
"""


def test_each_profile_is_a_variant_and_servers_are_not_mixed(evals: EvalFolder) -> None:
    wrong = Scripted(known_gold(), mistakes=0.9)
    with running(wrong):
        urls = {"one": evals.server.base_url, "two": wrong.base_url}
        (evals.folder / "jornada.toml").write_text(PROFILES.format(**urls), "utf-8")
        profiles = ("--profile", "one", "--profile", "two", "--profile", "one")
        right, poor = told(evals.here("eval", *profiles, *FEW, "--json"))["variants"]
        assert [one["server"] for one in (right, poor)] == list(urls.values())
        assert f1_of(right) > f1_of(poor) + 0.2
        printed = evals.here("eval", *profiles, *FEW)
        assert f"{BULLETINS} of {BULLETINS} were read before" in printed.stderr
        for name, url in (("one", evals.server.base_url), ("two", wrong.base_url)):
            short = url.removeprefix("http://").removesuffix("/v1")
            assert f"quoted-v1 · scripted @ {short}" in printed.stdout, name
        asked = len(wrong.requests)
        again = told(evals.here("eval", "--profile", "two", *FEW, "--json"))["variants"][0]
        assert (again["name"], f1_of(again)) == ("quoted-v1 · scripted", f1_of(poor))
        assert len(wrong.requests) == asked
        cold = evals.here("eval", "--profile", "two", "--profile", "cold", "--estimate", *FEW)
        assert "quoted-v1 · scripted (temperature 0)" in cold.stdout
    mixed = evals.here("eval", "diff", "quoted-v1", "baseline")
    assert mixed.returncode == 2
    assert "are of several servers" in mixed.stderr


def test_a_budget_is_for_all_variants_together(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[scripted]\ninput = 1\noutput = 1", "utf-8")
    both = ("--prompt", "quoted-v1", "--prompt", "anchored-v1", "--prices", "prices.toml")
    with running(Scripted(known_gold(), mistakes=0)) as server:
        evals = EvalFolder(tmp_path, server)
        ran = evals.eval_here(*both, "--budget", "0.04", "--concurrency", "1")
    assert ran.returncode == 1
    assert "nothing is scored of a part" in ran.stderr
    stored = evals.query("SELECT prompt, cost_usd AS usd FROM readings WHERE cost_usd > 0")
    read = Counter(reading["prompt"] for reading in stored)
    assert read["quoted-v1"] == BULLETINS
    assert 0 < read["anchored-v1"] < BULLETINS
    assert sum(reading["usd"] for reading in stored) <= 0.04
    assert evals.query("SELECT count(*) AS n FROM eval_runs")[0]["n"] == 0
