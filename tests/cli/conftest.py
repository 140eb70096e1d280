"""The command line as a function: arguments in, exit code and both outputs out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from viewer import cli
from viewer.cli import opening
from viewer.session.builtin import open_builtin
from viewer.store.dataset import DataSet


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output as JSON; the command must have gone well."""
        assert (self.code, self.err) == (0, ""), self.err
        return json.loads(self.out)


Ask = Callable[..., Answer]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command of the program in this process."""

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def _opened() -> Iterator[DataSet]:
    data = open_builtin()
    object.__setattr__(data, "close", lambda: None)
    yield data
    DataSet.close(data)


@pytest.fixture
def builtin_stays_open(_opened: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in data are read once for all that only ask them; how a command reads them is tested elsewhere."""
    monkeypatch.setattr(opening, "open_builtin", lambda: _opened)
