"""The near end of a contestant: starts its process, asks for frames, and ends it."""

from __future__ import annotations

import json
import os
import select
import subprocess
from collections.abc import Sequence
from typing import Any

ANSWER_SECONDS = 300.0


class ContestantFailed(RuntimeError):
    """A contestant ended or answered nothing; the rest of the measurements goes on."""


class Pipe:
    """One line of JSON asks, one line of JSON answers."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )  # fmt: skip

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Ask and wait for the answer."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps({"what": what, **more}).encode() + b"\n")
            process.stdin.flush()
            while True:
                ready, _, _ = select.select([process.stdout], [], [], ANSWER_SECONDS)
                line = process.stdout.readline() if ready else b""
                if not line:
                    raise ContestantFailed(f"no answer to '{what}'")
                if line.startswith(b"{"):  # libraries print what they like
                    return dict(json.loads(line))
        except OSError as error:
            raise ContestantFailed(str(error)) from None

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
