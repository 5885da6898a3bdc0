"""Options of the command line and the settings' file, through whole commands."""

import inspect
import json
from pathlib import Path
from typing import Annotated

import duckdb
import pytest
import typer

from examples.fault_server import Options, serving
from pipeline.commands.options import LimitOptions, ReachOptions, is_given, with_options
from tests.batch_jobs import texts
from tests.command import Jornada, Model, Ran, lay_out, right_answer, sound
from tests.llm_server import answer, serve

SECRET = "sk-very-secret"  # noqa: S105 - it must not come out
FILE = """
model = "scripted"
reasks = 0

[profiles.here]
base_url = "{url}"
key_env = "MY_KEY"
headers = {{ X-Team = "health", X-Api-Key = {{ env = "MY_KEY" }} }}
params = {{ temperature = 0, seed = 7 }}
"""


def line_of(ran: Ran) -> str:
    assert ran.returncode == 2, ran.stderr
    (line,) = ran.stderr.splitlines()
    return line


def parameters(folder: Path) -> dict[str, object]:
    """Give what a reading is on record to depend on."""
    with duckdb.connect(folder / "jornada.duckdb", read_only=True) as connection:
        (row,) = connection.sql("SELECT DISTINCT parameters FROM readings").fetchall()
    found: dict[str, object] = json.loads(row[0])
    return found


def test_options_of_a_class_stand_in_the_signature_of_a_command() -> None:
    @with_options
    def command(
        what: str, *, reach: ReachOptions, once: Annotated[bool, typer.Option()] = False
    ) -> tuple[str, ReachOptions, bool]:
        return what, reach, once

    names = list(inspect.signature(command).parameters)
    assert names == ["what", "base_url", "header", "timeout", "once"]
    given = command("a", base_url="u", header=None, timeout=3.0, once=True)
    assert given == ("a", ReachOptions("u", None, 3.0), True)
    assert is_given(given[1])
    assert not is_given(ReachOptions(header=[]), LimitOptions())


@pytest.mark.parametrize("command", ["extract", "retry", "batch submit", "eval", "doctor", "show"])
def test_every_command_that_asks_a_model_takes_all_its_options(here: Jornada, command: str) -> None:
    ran = here(*command.split(), "--help")
    assert "Model and server" in ran.stdout
    for option in (
        *("--profile", "--model", "--prompt", "--base-url", "--param", "--header", "--timeout"),
        *("--max-output-tokens", "--reasks", "--token-budget", "--schema-mode"),
    ):
        assert option in ran.stdout


@pytest.mark.parametrize("command", ["extract", "retry", "eval"])
def test_pace_and_money_are_limited_alike(here: Jornada, command: str) -> None:
    told = here(command, "--help").stdout
    for option in ("--concurrency", "--rpm", "--tpm", "--budget", "--prices"):
        assert option in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--param", "temperature"], "--param 'temperature' is no NAME=VALUE"),
        (["--param", "max_tokens=9"], "use --max-output-tokens"),
        (["--param", "stream=true"], "stream cannot be set"),
        (["--header", "X-Team"], "--header is no NAME=VALUE"),
        (["--header", f"Authorization={SECRET}\nx"], "--header Authorization"),
        (["--header", "X-Team=→"], "one line of plain letters"),
        (["--timeout", "0"], "--timeout must be greater than 0"),
        (["--timeout", "nan"], "--timeout must be a finite number"),
        (["--timeout", "soon"], "--timeout"),
        (["--budget", "nan"], "--budget"),
        (["--budget", "inf"], "--budget must be a finite number"),
        (["--rpm", "inf"], "--rpm must be a finite number"),
        (["--max-output-tokens", "0"], "--max-output-tokens"),
        (["--reasks", "-1"], "--reasks"),
        (["--token-budget", "many"], "--token-budget"),
        (["--schema-mode", "loose"], "--schema-mode"),
        (["--profile", "azure"], "there is no jornada.toml in this folder"),
        (["--local", "smollm2", "--header", "X-Team=a"], "leave out --model, --base-url and"),
    ],
)
def test_a_bad_value_is_one_line(
    here: Jornada, tmp_path: Path, given: list[str], told: str
) -> None:
    lay_out(tmp_path / "bulletins", sound(0))
    for command in (["extract", "bulletins"], ["eval"]):
        line = line_of(here(*command, *given))
        assert told in line
        assert SECRET not in line
    assert not list(tmp_path.glob("*.duckdb"))


def test_a_bad_file_is_one_line_whoever_reads(here: Jornada, tmp_path: Path) -> None:
    lay_out(tmp_path / "bulletins", sound(0))
    (tmp_path / "jornada.toml").write_text(f'api_key = "{SECRET}"')
    line = line_of(here("extract", "bulletins"))
    assert line.startswith("jornada.toml: api_key: no key stands in this file")
    assert SECRET not in line


def test_a_variable_that_is_not_set_is_named_where_a_model_is_asked(
    here: Jornada, tmp_path: Path
) -> None:
    lay_out(tmp_path / "bulletins", sound(0))
    (tmp_path / "jornada.toml").write_text(FILE.format(url="http://127.0.0.1:9/v1"))
    told = line_of(here("extract", "bulletins", "--profile", "here"))
    assert told.startswith("set MY_KEY: ")
    assert here("extract", "bulletins", "--profile", "here", "--reader", "baseline").returncode == 0


def test_what_can_change_an_answer_is_on_record_and_no_secret_is(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    lay_out(tmp_path / "bulletins", sound(0))
    (tmp_path / "jornada.toml").write_text(FILE.format(url=model.base_url))
    ran = here(
        *("extract", "bulletins", "--profile", "here", "--param", "seed=8", "--timeout", "20"),
        *("--header", f"X-Session-Token={SECRET}", "--max-output-tokens", "500"),
        MY_KEY=SECRET,
    )
    assert ran.returncode == 0, ran.stderr
    assert parameters(tmp_path) == {
        "server": model.base_url,
        "schema_mode": "auto",
        "max_output_tokens": 500,
        "token_budget": 100_000,
        "params": {"temperature": 0, "seed": 8},
        "headers": {"x-team": "health"},
        "secret_headers": ["x-api-key", "x-session-token"],
    }
    assert SECRET not in ran.stdout + ran.stderr
    left = [path for path in tmp_path.iterdir() if path.is_file()]
    assert len(left) > 1
    assert [path.name for path in left if SECRET.encode() in path.read_bytes()] == []


def test_settings_of_the_same_effect_are_the_same_reader(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    lay_out(tmp_path / "bulletins", sound(0))
    (tmp_path / "jornada.toml").write_text(FILE.format(url=model.base_url))
    typed = (
        *("--model", "scripted", "--base-url", model.base_url, "--reasks", "0"),
        *("--param", "seed=7", "--param", "temperature=0", "--header", "x-team= health"),
        *("--header", f"X-API-KEY={SECRET}"),
    )
    assert here("extract", "bulletins", "--profile", "here", MY_KEY=SECRET).returncode == 0
    (tmp_path / "jornada.toml").unlink()
    assert "Nothing to do" in here("extract", "bulletins", *typed).stderr
    assert model.asked == 1
    here("extract", "bulletins", *typed, "--param", "seed=9")
    assert model.asked == 2


def test_retry_and_show_take_the_same_file(here: Jornada, tmp_path: Path, model: Model) -> None:
    lay_out(tmp_path / "bulletins", sound(0))
    (tmp_path / "jornada.toml").write_text(
        FILE.format(url=model.base_url) + 'reader = "llm"\n[profiles.none]\nreader = "baseline"\n'
    )
    asked = ("--profile", "here")
    model.refusal = 400
    assert here("extract", "bulletins", *asked, MY_KEY="k").returncode == 1
    model.refusal = None
    assert here("retry", *asked, MY_KEY="k").returncode == 0
    shown = here("show", "bulletins/00.txt", "--reader", "llm", *asked, MY_KEY="k")
    assert "100 consultas" in shown.stdout


def test_the_person_decides_how_often_an_answer_is_sent_back(here: Jornada, tmp_path: Path) -> None:
    lay_out(tmp_path / "bulletins", sound(0))
    nothing = answer(right_answer(sound(0), only=0))
    for reasks in (0, 1):
        with serve(*[nothing] * 3) as server:
            asked = ("--model", "scripted", "--base-url", server.base_url)
            here("extract", "bulletins", *asked, "--reasks", str(reasks))
            assert len(server.requests) == reasks + 1


@pytest.mark.slow
def test_a_batch_goes_on_by_what_is_on_record(here: Jornada, tmp_path: Path) -> None:
    lay_out(tmp_path / "bulletins", *texts(2))
    collect = ("batch", "collect", "--wait", "--poll", "0.1")
    with serving(Options(batch_seconds=0.02)) as server:
        asked = ("--model", "faulty", "--base-url", server.base_url, "--param", "seed=7")
        secret = ("--header", f"X-Key={SECRET}")
        submitted = here("batch", "submit", "bulletins", *asked, "--header", "X-Team=a", *secret)
        assert submitted.returncode == 0, submitted.stderr
        lacking = here(*collect)
        assert lacking.returncode == 2
        assert "secret headers (x-key), which are not stored" in lacking.stderr
        (tmp_path / "jornada.toml").write_text('model = "other"\nparams = { seed = 8 }')
        assert here(*collect, "--base-url", server.base_url, *secret).returncode == 0
    assert parameters(tmp_path)["params"] == {"seed": 7}
    assert parameters(tmp_path)["headers"] == {"x-team": "a"}
