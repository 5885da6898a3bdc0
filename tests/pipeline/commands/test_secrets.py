"""No secret is shown or stored, whatever a hostile server makes of what it is sent."""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from pipeline.llm import retry
from tests.command import contradictory, environment, jornada_here, lay_out, sound
from tests.echo_server import STATUSES, WRITTEN, find_written, serve_echo
from tests.processes import run_program

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    # What the HTTP library says of its own way to a proxy that asks for a password.
    pytest.mark.filterwarnings("ignore:.*encode_basic_auth"),
]

JORNADA = (sys.executable, "-c", "from pipeline.cli import main; main()")
SECRETS = {
    "key": "sk-env-8h2Kq/Zp+71mVxT",
    "gateway_key": "gk-prof-Wc93uR7hfL0aEy",
    "name": "usr-nm4TqXw81z",
    "password": "pw\"d-'K7%rT&e_5sNb",
    "query": "q-3v/Yh+8mLkR2c=J5",
    "header": "hd-Tn6bQ2xV9sG4pD",
    "other_header": "hp-Zr1mC8kW5yF3jL",
    "proxy_name": "prx-us-6dH2vB9q",
    "proxy_password": "prx-pw-X4nS7gM1t",
}
QUOTED = {name: quote(secret, safe="") for name, secret in SECRETS.items()}
FILE = """
model = "scripted"
[profiles.own]
headers = { X-Team-Token = { env = "HEADER_KEY" } }
[profiles.gateway]
base_url = "http://gateway.invalid/v1"
key_env = "GATEWAY_KEY"
headers = { X-Other-Key = { env = "OTHER_KEY" } }
"""
COMMANDS = {
    "extract": "extract bulletins --profile own --workers 2 --reader llm --concurrency 2",
    "extract refused": "--debug extract odd --profile gateway --reader llm --json",
    "doctor": "doctor --profile own",
    "doctor in JSON": "doctor --profile gateway --json",
    "doctor with the key": "--debug doctor --base-url http://plain.invalid/v1 --json",
    "batch submit": "batch submit batch --profile own --db batch.duckdb",
    "batch collect": "batch collect --profile own --db batch.duckdb",
    "batch status": "batch status --json --db batch.duckdb",
    "batch refused": "--debug batch submit batch --profile gateway --db refused.duckdb",
    "eval": "eval --gold gold --profile own --reader llm --html eval.html",
    "eval runs": "eval runs --json",
    "status": "status --json",
    "runs": "runs --json",
    "retry": "retry --partial --profile own",
    "show": "show bulletins/00.txt --json",
    "debug": "--debug extract bulletins --profile own --reader llm --db /dev/null/no.duckdb",
    "a URL that is none": "--debug extract bulletins --reader llm --base-url ftp://{name}:{password}@h?c={query}",
}
AS_PROCESSES = ("extract",)
"""Most of what a process costs is its start; the others run in this one."""
LABELS = {
    **dict.fromkeys(("title", "published_on", "programme")),
    "bulletin_kind": "results",
    "jornadas": [],
    "figures": [],
}
PLACES = (*COMMANDS, "files", "databases", "files while it runs", "command lines")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, _empty_database: Path) -> Mapping[str, str]:
    """Give all that the commands leave, by where: one run of them all."""
    folder = tmp_path_factory.mktemp("secrets")
    _lay_out(folder)
    for name in ("jornada", "batch", "refused"):
        shutil.copyfile(_empty_database, folder / f"{name}.duckdb")
    found: dict[str, str] = {}
    seen: dict[str, set[str]] = {"files while it runs": set(), "command lines": set()}

    def watch() -> None:
        seen["files while it runs"] |= {
            _read(path) for path in _files(folder) if path.suffix != ".duckdb"
        }
        seen["command lines"] |= {_read(path) for path in Path("/proc").glob("[0-9]*/cmdline")}

    with serve_echo() as server, pytest.MonkeyPatch.context() as change:
        change.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)
        server.watch = watch
        variables = _variables(server.base_url.removesuffix("/v1"))
        for name, command in COMMANDS.items():
            arguments = command.format(**QUOTED).split()
            if name in AS_PROCESSES:
                env = environment(**variables, OPENAI_LOG="debug")
                ran = run_program([*JORNADA, *arguments], check=False, cwd=folder, env=env)
            else:
                ran = jornada_here(folder)(*arguments, **variables)
            found[name] = f"exit status {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
        said = server.said
    databases = list(folder.glob("*.duckdb"))
    assert databases
    found["databases"] = "\n".join(map(_read_database, databases))
    found["files"] = "\n".join(map(_read, _files(folder)))
    found |= {place: "\n".join(texts) for place, texts in seen.items()}
    return {"the server": "\n".join(said), **found}


def _lay_out(folder: Path) -> None:
    lay_out(folder / "bulletins", sound(0), contradictory(1), f"{sound(2)}\nESTADO MALO\n")
    lay_out(folder / "odd", *(f"{sound(3)}\nESTADO {word}\n" for word in STATUSES))
    lay_out(folder / "batch", sound(0), f"{sound(1)}\nESTADO MALO\n", f"{sound(2)}\nESTADO ROTO\n")
    lay_out(folder / "gold", sound(0))
    (folder / "gold/00.gold.json").write_text(json.dumps(LABELS))
    (folder / "jornada.toml").write_text(FILE)


def _variables(server: str) -> dict[str, str]:
    host = server.removeprefix("http://")
    return {
        "NO_PROXY": "",
        "HTTP_PROXY": "http://{proxy_name}:{proxy_password}@{host}".format(host=host, **QUOTED),
        "OPENAI_BASE_URL": "http://{name}:{password}@models.invalid/v1?code={query}".format(
            **QUOTED
        ),
        "OPENAI_API_KEY": SECRETS["key"],
        "GATEWAY_KEY": SECRETS["gateway_key"],
        "HEADER_KEY": SECRETS["header"],
        "OTHER_KEY": SECRETS["other_header"],
    }


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().replace(bytes(64), b"").decode("latin-1")
    except OSError:  # it is gone
        return ""


def _read_database(path: Path) -> str:
    with duckdb.connect(str(path), read_only=True) as con:
        tables = con.sql("SELECT table_name FROM duckdb_tables()").fetchall()
        return "\n".join(str(con.table(name).fetchall()) for (name,) in tables)


@pytest.mark.parametrize("name", SECRETS)
def test_the_server_writes_back_every_secret(left: Mapping[str, str], name: str) -> None:
    assert len(find_written(SECRETS[name], left["the server"])) > len(WRITTEN) / 2


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_is_left(left: Mapping[str, str], place: str) -> None:
    found = {name: find_written(secret, left[place]) for name, secret in SECRETS.items()}
    assert {name: ways for name, ways in found.items() if ways} == {}


def test_what_was_read_is_stored(left: Mapping[str, str]) -> None:
    """Else nothing would have been there to be hidden."""
    assert "answered 400" in left["databases"]
    assert "100 consultas" in left["databases"]
    assert "***" in left["databases"]
    assert "</html>" in left["files"]
    assert all(sound(0).splitlines()[-1] in left[place] for place in ("files", "databases"))
