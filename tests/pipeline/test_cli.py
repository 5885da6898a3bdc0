"""The command line from outside: what it prints where, and its exit status."""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from tests.command import Jornada, Model, jornada_here, start
from tests.processes import run_program

COMMANDS = ("extract", "show", "query", "export", "findings", "doctor")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_examples(here: Jornada, command: str) -> None:
    ran = here(*command.split(), "--help")
    assert ran.returncode == 0
    assert "Examples" in ran.stdout
    assert f"jornada {command or 'extract'} " in ran.stdout


def test_help_and_version_import_nothing_heavy() -> None:
    code = (
        "import sys, pipeline.cli; pipeline.cli.run_command(['--version']);"
        "heavy = {'duckdb', 'openai', 'instructor', 'pyarrow', 'aiohttp', 'trafilatura', 'docx',"
        " 'pypdfium2', 'openpyxl', 'regex', 'lxml'}; print(sorted(heavy & set(sys.modules)))"
    )
    ran = run_program([sys.executable, "-c", code])
    assert ran.stdout == "jornada 0.1.0\n[]\n"


@pytest.mark.slow
@pytest.mark.usefixtures("begun")
def test_extract_says_which_reader_ran_and_sums_up(
    jornada: Jornada, bulletins: Path, model: Model
) -> None:
    (bulletins / "copy.txt").write_bytes((bulletins / "00.txt").read_bytes())
    ran = jornada("extract", "bulletins", "--model", "scripted", "--base-url", model.base_url)
    assert ran.returncode == 0
    assert "Reader: llm (" in ran.stderr
    assert f"scripted at {model.base_url}" in ran.stderr
    for said in ("12 in 13 sources", "1,200 in, 600 out", "jornada.duckdb"):
        assert said in ran.stdout
    assert "\x1b" not in ran.stdout + ran.stderr


def test_extract_again_does_nothing_and_says_so(
    here: Jornada, bulletins: Path, model: Model
) -> None:
    command = ("extract", bulletins.name, "--model", "scripted", "--base-url", model.base_url)
    assert here(*command).returncode == 0
    asked = model.asked
    ran = here(*command)
    assert ran.returncode == 0
    assert "Nothing to do" in ran.stderr
    assert model.asked == asked


def test_extract_json_is_one_object_and_nothing_else(
    here: Jornada, bulletins: Path, model: Model
) -> None:
    (bulletins / "empty.txt").touch()
    ran = here("extract", "bulletins", "--json", **model.configured)
    assert ran.returncode == 1
    told = json.loads(ran.stdout)
    assert (told["reader"], told["model"], told["prompt"]) == ("llm", "scripted", "anchored-v2")
    assert "a model and a server are set" in told["why"]
    assert (told["read"], told["figures"], told["failed"]) == (12, 12, 1)
    assert told["failures"] == [{"source": "bulletins/empty.txt", "error": "the file is empty"}]


def test_each_failure_is_named_and_the_rest_is_stored(
    here: Jornada, bulletins: Path, model: Model
) -> None:
    (bulletins / "03.txt").write_bytes(b"")
    (bulletins / "04.pdf").write_bytes(b"%PDF-1.4 broken")
    ran = here("extract", "bulletins", "--model", "scripted", "--base-url", model.base_url)
    assert ran.returncode == 1
    failed = [line for line in ran.stderr.splitlines() if line.startswith("failed: ")]
    assert [line.split(":")[1].strip() for line in failed] == [
        "bulletins/03.txt",
        "bulletins/04.pdf",
    ]
    counted = here("query", "SELECT count(*) AS n FROM current_readings", "--json")
    assert json.loads(counted.stdout) == [{"n": 11}]


def test_a_refused_key_stops_the_run_at_once_with_status_2(
    here: Jornada, bulletins: Path, model: Model
) -> None:
    assert bulletins.is_dir()
    model.refusal = 401
    ran = here(
        "extract", "bulletins", "--concurrency", "1", "--model", "m", "--base-url", model.base_url
    )
    assert ran.returncode == 2
    assert "Stopped: " in ran.stderr
    assert "OPENAI_API_KEY" in ran.stderr.splitlines()[-2]
    assert model.asked == 1


ASKING = ["extract", "a.txt", "--model", "m", "--base-url", "http://127.0.0.1:9/v1"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["extract", "nowhere"], "nothing to read: nowhere: no such file or folder"),
        (["extract", "*.pdf"], "no file matches"),
        (["extract"], "Missing argument"),
        (["extract", "a.txt", "--reader", "best"], "--reader is one of auto, baseline, llm"),
        (["extract", "a.txt", "--reader", "llm"], "set JORNADA_MODEL or give --model"),
        (["extract", "a.txt", "--reader", "llm", "--model", "m"], "set OPENAI_API_KEY"),
        (["extract", "a.txt", "--model", "m", "--base-url", "localhost"], "http:// or https://"),
        (["extract", "a.txt", "--model", "m", "--base-url", "http://x", "--prompt", "x"], "prompt"),
        (["extract", "a.txt", "--concurrency", "0"], "concurrency"),
        (["extract", "a.txt", "--batch"], "--batch needs a model"),
        (["extract", "a.txt", "--ray-address", "auto"], "is for --engine ray"),
        (
            [*ASKING, "--batch", "--escalate-to", "n"],
            "--batch does not go with --escalate-to",
        ),
        ([*ASKING, "--budget", "1"], "a budget needs a price"),
        ([*ASKING, "--escalate-to", "m"], "is the model that is asked first"),
        ([*ASKING, "--engine", "ray", "--estimate"], "--estimate needs the local engine"),
        (["extract", "a.txt", "--db", "no/where.duckdb"], "the folder no does not exist"),
        (["extract", "a.txt", "--db", "a.txt"], "is not a DuckDB database"),
        (["show", "zzz"], "there is no such file"),
        (["show", "abc"], "there is no such database"),
        (["query", "SELECT 1"], "there is no such database"),
        (["export", "--to", "a.csv"], "there is no such database"),
        (["export", "--to", "a.pdf"], ".csv, .parquet, .jsonl, .xlsx"),
        (["findings", "--severity", "grave"], "grave"),
        (["bogus"], "bogus"),
        (["query", "SELECT 1", "--json", "--csv"], "not both"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_status_2(
    here: Jornada, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "a.txt").write_text("Se otorgaron 5 consultas")
    ran = here(*arguments)
    assert ran.returncode == 2
    assert said in ran.stderr
    told = [line for line in ran.stderr.splitlines() if not line.startswith("Reader: ")]
    assert len(told) == 1
    assert ran.stdout == ""


def test_debug_shows_where_an_error_comes_from(here: Jornada) -> None:
    ran = here("--debug", "query", "SELECT 1")
    assert ran.returncode == 2
    assert "Traceback" in ran.stderr
    assert ran.stderr.rstrip().endswith("name another with --db")


@pytest.mark.usefixtures("extracted")
def test_query_prints_a_table_json_or_csv(here: Jornada) -> None:
    sql = "SELECT value, quote, NULL AS none FROM current_figures ORDER BY value LIMIT 2"
    assert "100 consultas" in here("query", sql).stdout
    assert json.loads(here("query", sql, "--json").stdout) == [
        {"value": 100, "quote": "100 consultas", "none": None},
        {"value": 101, "quote": "101 consultas", "none": None},
    ]
    assert here("query", sql, "--csv").stdout == (
        "value,quote,none\n100,100 consultas,\n101,101 consultas,\n"
    )


@pytest.mark.usefixtures("extracted")
def test_query_values_of_every_kind_become_json(here: Jornada) -> None:
    sql = """
        SELECT 2.5::DECIMAL(4, 2) AS a, sum(i + 1000000000000000000) AS b, [1.0, 1.5] AS c,
            {'k': DATE '2022-07-02'} AS d, 'nan'::DOUBLE AS e, INTERVAL 1 DAY AS f,
            '\\xff'::BLOB AS g, TIMESTAMPTZ '2022-07-02 00:00:00+00' AS h, MAP {1: true} AS i,
            uuid() IS NULL AS j
        FROM range(20) t(i)
    """
    ran = here("query", sql, "--json")
    assert ran.returncode == 0, ran.stderr
    (row,) = json.loads(ran.stdout)
    assert row.pop("h").startswith("2022-07-0")
    assert row == {
        "a": 2.5,
        "b": 20 * 10**18 + 190,
        "c": [1, 1.5],
        "d": {"k": "2022-07-02"},
        "e": None,
        "f": "1 day, 0:00:00",
        "g": "ff",
        "i": {"1": True},
        "j": False,
    }


@pytest.mark.usefixtures("extracted")
def test_a_long_answer_says_how_much_it_leaves_out(here: Jornada) -> None:
    ran = here("query", "FROM range(1500)")
    assert len(ran.stdout.split()) in range(1000, 1005)
    assert "More rows than these 1,000 are not shown: use --csv or --json" in ran.stderr
    assert len(here("query", "FROM range(1500)", "--csv").stdout.split()) == 1501


@pytest.mark.slow
@pytest.mark.usefixtures("extracted")
def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    with start(tmp_path, "query", "SELECT 1") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141
    for form in ("--csv", "--json"):
        unheard, stdout = os.pipe()
        os.close(unheard)
        pipe = os.fdopen(stdout, "w")
        # More than a pipe holds.
        ran = jornada_here(tmp_path, stdout=pipe)("query", "FROM range(50_000)", form)
        with suppress(BrokenPipeError):
            pipe.close()
        assert (ran.returncode, ran.stderr) == (141, "")


def test_show_a_stored_report_by_file_and_by_id(here: Jornada, extracted: Path) -> None:
    by_file = here("show", f"{extracted.name}/03.txt")
    assert by_file.returncode == 0
    for said in ("103 consultas", "stored ", "llm, scripted, anchored-v2", "Figures (1)"):
        assert said in by_file.stdout
    told = json.loads(here("show", f"{extracted.name}/03.txt", "--json").stdout)
    by_id = json.loads(here("show", told["document_id"][:10], "--json").stdout)
    assert by_id == told
    (source,) = told["sources"]
    assert source.endswith("/bulletins/03.txt")
    assert told["reading"]["report"]["figures"][0]["value"] == 103
    assert told["reading"]["attempts"][0]["number"] == 1


@pytest.mark.usefixtures("extracted")
def test_show_an_ambiguous_id_asks_for_more(here: Jornada) -> None:
    rows = here("query", "SELECT document_id FROM documents", "--csv").stdout.split()[1:]
    firsts = [row[0] for row in rows]
    repeated = next(first for first in firsts if firsts.count(first) > 1)
    ran = here("show", repeated)
    assert ran.returncode == 2
    assert "give more of its path or ID" in ran.stderr


def test_show_reads_a_file_that_is_not_stored_and_stores_nothing(
    here: Jornada, tmp_path: Path, bulletins: Path, model: Model
) -> None:
    ran = here("show", f"{bulletins.name}/05.txt", **model.configured)
    assert ran.returncode == 0, ran.stderr
    assert "read now by llm" in ran.stdout
    assert not (tmp_path / "jornada.duckdb").exists()


def test_bulletin_text_neither_acts_on_the_terminal_nor_is_markup(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    text = (
        "[bold]Nota[/bold] [red]\x9b31m\x1b]0;mio\x07\u202e\nSe otorgaron 7 consultas [/] a \x08.\n"
    )
    (tmp_path / "a\x1b[31m.jsonl").write_text(json.dumps({"text": text}))
    (tmp_path / "b\x1b[31m.txt").touch()
    outputs = [here("extract", ".", **model.configured)]
    outputs.append(
        here("query", "FROM documents JOIN sources USING (document_id)", **model.configured)
    )
    outputs.append(here("query", "SELECT chr(27) || '[31m' || chr(155) AS a", **model.configured))
    outputs.append(here("query", "SELECT chr(27) || '[31m' || chr(155) AS a", "--json"))
    (row,) = here("query", "SELECT document_id FROM documents", "--csv").stdout.split()[1:]
    outputs.append(here("show", row))
    outputs.append(here("show", row, "--json"))
    outputs.append(here("findings"))
    assert "[bold]Nota[/bold]" in outputs[1].stdout
    assert json.loads(outputs[3].stdout) == [{"a": "\x1b[31m\x9b"}]
    for output in outputs:
        assert output.returncode in (0, 1), output.stderr
        assert not set("\x1b\x9b\x07\x08\u202e") & set(output.stdout + output.stderr)


@pytest.mark.usefixtures("extracted")
def test_findings_are_listed_with_their_words_the_gravest_first(
    here: Jornada, tmp_path: Path
) -> None:
    assert "No findings." in here("findings").stdout
    with duckdb.connect(tmp_path / "jornada.duckdb") as con:
        con.execute("""INSERT INTO findings
            SELECT reading_id, document_id, 1, 'sums', 'warning', NULL, 'parts differ', 24, 37
            FROM current_readings WHERE document_id =
                (SELECT document_id FROM sources WHERE path LIKE '%/bulletins/02.txt')
            UNION ALL
            SELECT reading_id, document_id, 1, 'dates', 'error', NULL, 'ends first', NULL, NULL
            FROM current_readings WHERE document_id =
                (SELECT document_id FROM sources WHERE path LIKE '%/bulletins/07.txt')""")
    told = json.loads(here("findings", "--json").stdout)
    assert [(one["severity"], one["check_name"], one["words"]) for one in told] == [
        ("error", "dates", None),
        ("warning", "sums", "102 consultas"),
    ]
    assert told[0]["title"] == "Jornada"
    only = here("findings", "--severity", "warning").stdout
    assert "102 consultas" in only
    assert "1 findings" in only
    assert "ends first" not in only


def test_doctor_without_anything_configured_is_well(jornada: Jornada) -> None:
    ran = jornada("doctor", "--json")
    assert ran.returncode == 0
    told = json.loads(ran.stdout)
    assert told["OPENAI_API_KEY"] == {"said": "not set", "well": None}
    assert told["reader"]["said"].startswith("baseline would run: no model is set")
    assert "does not exist yet" in told["database"]["said"]
    assert "duckdb 2" in told["versions"]["said"]


@pytest.mark.usefixtures("extracted")
def test_doctor_asks_the_server_and_shows_no_secret(here: Jornada, model: Model) -> None:
    secret = "sk-very-secret"  # noqa: S105 - it must not come out
    url = model.base_url.replace("://", f"://user:{secret}@")
    ran = here("doctor", JORNADA_MODEL="scripted", OPENAI_API_KEY=secret, OPENAI_BASE_URL=url)
    assert ran.returncode == 0, ran.stdout
    assert secret not in ran.stdout + ran.stderr
    for said in ("llm would run", "answers and offers scripted", "12 documents, 12 of them read"):
        assert said in ran.stdout
    other = here("doctor", "--model", "other", "--base-url", model.base_url)
    assert other.returncode == 1
    assert "does not list other" in other.stdout


@pytest.mark.parametrize(
    ("refusal", "said"), [(401, "refuses the key"), (404, "HTTP 404"), (503, "HTTP 503")]
)
def test_doctor_says_what_a_server_refuses(
    here: Jornada, model: Model, refusal: int, said: str
) -> None:
    model.refusal = refusal
    ran = here("doctor", "--model", "scripted", "--base-url", model.base_url)
    assert ran.returncode == 1
    assert said in ran.stdout


def test_doctor_says_that_nobody_answers(here: Jornada, tmp_path: Path) -> None:
    (tmp_path / "jornada.duckdb").write_text("junk")
    ran = here("doctor", "--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--json")
    assert ran.returncode == 1
    told = json.loads(ran.stdout)
    assert "does not answer" in told["server"]["said"]
    assert "is not a DuckDB database" in told["database"]["said"]
    assert (told["server"]["well"], told["database"]["well"]) == (False, False)


@pytest.mark.slow
def test_the_baseline_does_without_what_only_models_need(bulletins: Path) -> None:
    code = (
        "import sys; from pipeline.cli import run_command; "
        "status = run_command(['extract', 'bulletins', '--reader', 'baseline']); "
        "sys.exit(status or 'openai' in sys.modules)"
    )
    run_program([sys.executable, "-c", code], cwd=bulletins.parent)
