"""The commands of a reviewer: the log of his marks, and the marks of another joined with them."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from viewer.domain.marks import Mark
from viewer.session.keeping import Keeping, workspace_file
from viewer.store.workspace import Workspace


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr("viewer.session.keeping.user_dir", lambda: folder)
    return folder


def mark(key: str, status: str, by: str = "ab", at: int = 1) -> Mark:
    return Mark("event", key, status, by, f"2026-03-01T08:00:{at:02d}.000+00:00", "a note")


def keep(path: Path, *marks: Mark) -> None:
    with closing(Workspace(path, "small")) as own:
        assert own.add(marks)


def test_the_log_is_of_the_records_that_are_asked_for(ask: Ask, home: Path, small_store: Path, tmp_path: Path) -> None:
    keep(workspace_file("small"), mark("week", "reviewed"), mark("month", "disputed", at=2))
    out = tmp_path / "log.csv"
    told = ask("review-log", out, small_store, "--type", "strike", "--json").json
    assert (told["changes"], told["records"], told["selection"]) == (1, 1, "type strike")
    with out.open(newline="", encoding="utf-8") as file:
        assert [row["record"] for row in csv.DictReader(file)] == ["week"]
    assert ask("review-log", out, small_store, "--status", "disputed").code == 0
    with out.open(newline="", encoding="utf-8") as file:
        assert [(row["record"], row["selection"]) for row in csv.DictReader(file)] == [("month", "disputed now")]


def test_the_log_as_pdf_and_under_a_name_that_says_nothing(
    ask: Ask, home: Path, small_store: Path, tmp_path: Path, qapp: object
) -> None:
    answer = ask("review-log", tmp_path / "log.pdf", small_store)
    assert (answer.code, answer.out) == (0, f"0 changes written to {tmp_path / 'log.pdf'}: everything\n")
    assert (tmp_path / "log.pdf").read_bytes().startswith(b"%PDF")
    assert ask("review-log", tmp_path / "log", small_store).code == 2


def test_the_marks_of_another_reviewer_are_looked_at_and_then_joined(
    ask: Ask, home: Path, small_store: Path, tmp_path: Path
) -> None:
    keep(workspace_file("small"), mark("week", "reviewed"))
    theirs = tmp_path / "theirs.workspace"
    keep(theirs, mark("week", "disputed", "cd", 2), mark("month", "reviewed", "cd", 3), mark("gone", "reviewed", "cd"))
    before, content = workspace_file("small").read_bytes(), theirs.read_bytes()
    trial = ask("merge", theirs, "--into", small_store, "--dry-run")
    assert trial.code == 1
    assert "3 marks of 3 records by cd would join" in trial.out
    assert "1 record is not in your store" in trial.out
    assert "ab says reviewed, cd says disputed" in trial.err
    assert workspace_file("small").read_bytes() == before
    assert ask("merge", theirs, "--into", small_store).code == 1
    with closing(Keeping("small")) as keeping:
        marks = keeping.marks()
        assert {one.key: one.status for one in marks.every()} == {
            "week": "reviewed", "month": "reviewed", "gone": "reviewed",
        }  # fmt: skip
        assert [(one.by, one.status) for one in marks.against("event", "week")] == [("cd", "disputed")]
    again = ask("merge", theirs, "--into", small_store)
    assert (again.code, again.out) == (0, "It holds no mark that you do not have.\n1 record is not in your store; "
                                          "the marks are kept.\n")  # fmt: skip
    assert theirs.read_bytes() == content


def test_what_is_no_workspace_is_refused_in_a_sentence(ask: Ask, home: Path, small_store: Path, tmp_path: Path) -> None:
    (tmp_path / "x.workspace").write_text("Dear reader")
    answer = ask("merge", tmp_path / "x.workspace", "--into", small_store)
    assert answer.code == 2
    assert "no SQLite file" in answer.err
    assert not workspace_file("small").exists()


def test_no_log_is_written_of_marks_that_cannot_be_read(
    ask: Ask, home: Path, small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.store.workspace.WAIT_SECONDS", 0.05)
    keep(workspace_file("small"), mark("week", "reviewed"))
    out = tmp_path / "log.csv"
    with closing(sqlite3.connect(workspace_file("small"), isolation_level=None)) as other_program:
        other_program.execute("BEGIN EXCLUSIVE")
        answer = ask("review-log", out, small_store)

    assert answer.code not in (0, 1)
    assert "cannot be read (database is locked); close the other program" in answer.err
    assert not out.exists()
