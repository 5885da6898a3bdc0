"""Make the pictures of the README: the pages as they show the example bulletins.

    python docs/pictures.py             all of them
    python docs/pictures.py document    one

It reads the examples into a database of its own, by the baseline and by the stand-in for a model,
serves the review of it, and takes its pages with Chromium. What is printed of days and times is
today's; all else comes out alike on one machine. Takes what `pip install -e '.[dev]'` installs, and
a Chromium on the path.
"""
# ruff: noqa: INP001, T201 - a script, and it prints

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as NotThere

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
JORNADA = str(Path(sys.executable).with_name("jornada"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REVIEW = ("queue", "document", "comparison")
FILES = ("report", "bulletin")
WIDTH, HEIGHT = 1000, 540
MOST_BYTES = 120_000
SHOWN = "48-nuevo-leon-11a-2022.txt"
"""The bulletin that is opened: small, with a finding, a number set aside, and several places."""


def jornada(folder: Path, *arguments: str) -> str:
    """Run the command in a folder and give what it prints."""
    ran = subprocess.run(  # noqa: PLW1510, S603 - our own command, and how it went is looked at
        [JORNADA, *arguments], cwd=folder, env=environment(), capture_output=True, text=True
    )
    if ran.returncode:
        raise SystemExit(f"jornada {' '.join(arguments)}: {ran.stderr}")
    return ran.stdout


def environment() -> dict[str, str]:
    """Give the environment without what would configure another model or database."""
    mine = ("OPENAI_", "AZURE_OPENAI_", "JORNADA_")
    return {name: value for name, value in os.environ.items() if not name.startswith(mine)}


@contextmanager
def serving(folder: Path, *command: str) -> Iterator[str]:
    """Run a server while the block runs, and give the address that stands in its first line."""
    with subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            yield next(word for word in line.split() if word.startswith("http://"))
        finally:
            server.terminate()


def fill(folder: Path) -> None:
    """Read the examples twice, so that there is something to compare."""
    shutil.copytree(ROOT / "examples" / "bulletins", folder / "bulletins")
    stand_in = (sys.executable, str(ROOT / "examples" / "scripted_server.py"), "--port", "0")
    with serving(folder, *stand_in) as address:
        model = ("--reader", "llm", "--model", "scripted", "--base-url", address)
        jornada(folder, "extract", "bulletins", *model)
    jornada(folder, "extract", "bulletins", "--reader", "baseline")


def take(page: Page, name: str, address: str, wait_for: str, first: str | None = None) -> None:
    """Take one page as it shows itself first, or scrolled to what is to stand first."""
    for _ in range(60):  # a list that is being made says so, and is asked for again
        answer = page.goto(address)
        if answer is not None and not answer.ok:
            raise SystemExit(f"{name}: answered {answer.status}")
        with suppress(NotThere):
            page.wait_for_selector(wait_for, state="attached", timeout=2_000)
            break
    page.evaluate("() => document.fonts.ready")
    if first is not None:
        page.evaluate(
            "(first) => document.querySelector(first).scrollIntoView({ behavior: 'instant' })",
            first,
        )
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size:,} bytes")
    if size > MOST_BYTES:
        raise SystemExit(f"{name}: more than {MOST_BYTES:,} bytes; show less of it")


def take_review(page: Page, folder: Path, names: Collection[str]) -> None:
    """Take pages of the review."""
    sql = f"SELECT document_id FROM sources WHERE path LIKE '%{SHOWN}'"  # noqa: S608 - our own
    document_id = jornada(folder, "query", sql, "--json").split('"')[3]
    with serving(folder, JORNADA, "review", "--no-browser", "--as", "ana") as address:
        review = address.rstrip("/")
        pages = {
            "queue": (f"{review}/", "main a[href*='/document/']"),
            "document": (f"{review}/document/{document_id}", "#text mark"),
            "comparison": (f"{review}/compare/{document_id}", "main .quoted"),
        }
        for name in REVIEW:
            if name in names:
                take(page, name, *pages[name])


def take_files(page: Page, folder: Path, names: Collection[str]) -> None:
    """Take pages that are files."""
    if "report" in names:
        jornada(folder, "report", "--to", "report.html")
        take(page, "report", (folder / "report.html").as_uri(), "figure svg", "main section")
    if "bulletin" in names:
        jornada(folder, "show", f"bulletins/{SHOWN}", "--html", "bulletin.html")
        take(page, "bulletin", (folder / "bulletin.html").as_uri(), "mark")


def main() -> None:
    """Make the pictures that are named, or all."""
    names = sys.argv[1:] or [*REVIEW, *FILES]
    if unknown := set(names) - {*REVIEW, *FILES}:
        raise SystemExit(f"there is no picture {', '.join(sorted(unknown))}")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SystemExit("there is no Chromium on the path")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        fill(Path(name))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        size = {"width": WIDTH, "height": HEIGHT}
        page = browser.new_page(viewport=size, color_scheme="light")
        take_files(page, Path(name), names)
        if set(names) & set(REVIEW):
            take_review(page, Path(name), names)
        browser.close()


if __name__ == "__main__":
    main()
