"""The screen is kept on by programs of the system, which end with the briefing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.presenter.showing import WAIT_MS
from viewer.ui.presenter.awake import Awake

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks programs of a Linux desktop")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins that write down what they were asked for, found before any other."""
    for name, rest in (("systemd-inhibit", 'exec cat > /dev/null; echo "ended" >> "$0.log"'), ("xdg-screensaver", "")):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "$@" >> "$0.log"\n{rest.replace("exec ", "")}\n', encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def told(program: Path) -> str:
    log = Path(f"{program}.log")
    return log.read_text(encoding="utf-8") if log.exists() else ""


def test_it_is_asked_for_and_given_back(qtbot: QtBot, programs: Path) -> None:
    inhibit, saver = programs / "systemd-inhibit", programs / "xdg-screensaver"
    awake = Awake()
    awake.begin()
    assert awake.means == (str(inhibit), str(saver))
    qtbot.waitUntil(lambda: "--what=idle:sleep" in told(inhibit) and "reset" in told(saver), timeout=WAIT_MS)
    assert "ended" not in told(inhibit)
    awake.end()
    assert "ended" in told(inhibit)
    awake.end()


def test_without_such_programs_the_briefing_is_shown_all_the_same(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    awake = Awake()
    awake.begin()
    assert awake.means == ()
    awake.end()
