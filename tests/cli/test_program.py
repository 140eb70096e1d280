"""The command line as a program of its own: `python main.py` in a process without a display."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from viewer.cli import COMMANDS

CHECKOUT = Path(__file__).parents[2]
BARE = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}


def badia(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "main.py", *arguments]
    return subprocess.run(
        command, cwd=CHECKOUT, env={**BARE, **environ}, capture_output=True, encoding="utf-8", timeout=60
    )


def test_a_command_answers_without_a_display() -> None:
    run = badia("find", "البوكمال", "--json")

    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)[0]["id"] == "abu-kamal"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    run = badia(command, "--help")

    assert run.returncode == 0
    assert run.stderr == ""
    assert f"badia {command}" in run.stdout
    assert f"Example: badia {command}" in " ".join(run.stdout.split())


def test_errors_are_one_line_and_no_traceback() -> None:
    for arguments in (("info", "/no/such/file"), ("events", "--from", "never"), ("show", "x"), ("total",)):
        run = badia(*arguments)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith("badia: ")
        assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX"])
def test_output_is_utf8_whatever_the_locale(locale: str) -> None:
    run = badia("show", "abu-kamal", LC_ALL=locale, PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")

    assert run.returncode == 0
    assert "البوكمال" in run.stdout


def test_a_reader_that_leaves_is_no_error() -> None:
    command = [sys.executable, "main.py", "events", "--format", "json"]
    with subprocess.Popen(command, cwd=CHECKOUT, env=BARE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        complaints = process.stderr.read()
        process.wait(60)

    assert complaints == b""
    assert process.returncode == 141


def test_ctrl_c_ends_in_one_line(tmp_path: Path) -> None:
    # A job in the background is started deaf to Ctrl-C.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    waiting = f"{heard}; import time; from viewer.cli import entry; entry._run = lambda argv: time.sleep(60)"
    command = [sys.executable, "-c", f"{waiting}; print('ready', flush=True); raise SystemExit(entry.run([]))"]
    with subprocess.Popen(command, cwd=CHECKOUT, env=BARE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        complaints = process.stderr.read()
        process.wait(60)

    assert complaints == b"badia: stopped\n"
    assert process.returncode == 130


def test_ctrl_c_while_the_program_is_loaded_ends_in_one_line() -> None:
    program = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from viewer.start import main
class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Pressed())
sys.argv = ["badia", "info"]
sys.exit(main())
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, env=BARE, capture_output=True)
    assert (run.returncode, run.stdout, run.stderr) == (130, b"", b"badia: stopped\n")


def test_the_command_line_loads_no_qt() -> None:
    check = "import sys, viewer.cli; print(*(m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))))"
    run = subprocess.run([sys.executable, "-c", check], cwd=CHECKOUT, env=BARE, capture_output=True, text=True)

    assert (run.returncode, run.stdout) == (0, "\n")
