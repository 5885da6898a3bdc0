"""Worker processes: Ctrl-C on a terminal, which reaches them all, is the parent's to answer."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipeline.isolation.process import start_process
from tests.processes import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no signals to speak of")

_PRELOADS = """
import signal
from pipeline.isolation.process import preload, start_process
preload("stopped_while_loading")
process = start_process(signal.raise_signal, (signal.SIGINT,))
process.join()
print(process.exitcode)
"""


def test_ctrl_c_while_processes_are_started_is_not_theirs(tmp_path: Path) -> None:
    (tmp_path / "stopped_while_loading.py").write_text(
        "import signal\nsignal.raise_signal(signal.SIGINT)\n"
    )
    done = subprocess.run(  # noqa: S603 - the text above
        [sys.executable, "-c", _PRELOADS],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_the_parent_has_its_own_ctrl_c_again_after_a_start() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    start_process(threading.get_ident, ()).join()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
