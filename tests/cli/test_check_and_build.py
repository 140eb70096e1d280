"""`build` and `check`, and what is said of files that are no stores."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Ask


@pytest.fixture
def text_set(tmp_path: Path) -> Path:
    """A data set of one event, as text."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "meta.toml").write_text('store_id = "tiny"\ntitle = "Tiny"\n')
    (folder / "a.toml").write_text(
        '[[source]]\nkey = "s"\npublisher = "P"\n'
        '[[event]]\nkey = "e"\ntitle = "T"\ntype = "strike"\ndate = "2017-12"\nsources = [{source = "s"}]\n'
    )
    return folder


def test_two_builds_are_identical_and_clean(ask: Ask, tmp_path: Path) -> None:
    one, two = tmp_path / "one.gpkg", tmp_path / "two.gpkg"
    answers = [ask("build", "-o", path) for path in (one, two)]

    assert [answer.code for answer in answers] == [0, 0], answers[0].err
    digest = hashlib.sha256(one.read_bytes()).hexdigest()
    assert answers[0].out == f"{one}\nsha256 {digest}\n"
    assert one.read_bytes() == two.read_bytes()
    assert ask("check", one, "--json").json == {"store": str(one), "problems": []}
    assert one.read_bytes() == two.read_bytes(), "looking at a store changes it"


def test_a_bad_row_is_named_and_the_rest_is_built(ask: Ask, text_set: Path, tmp_path: Path) -> None:
    with (text_set / "a.toml").open("a") as file:
        file.write('[[event]]\nkey = "bad"\ntitle = "T"\ntype = "strike"\ndate = "whenever"\n')
    answer = ask("build", "--data", text_set, "-o", tmp_path / "out.gpkg")

    assert answer.code == 1
    assert "a.toml event 'bad'" in answer.err
    assert "whenever" in answer.err
    assert ask("info", tmp_path / "out.gpkg", "--json").json["counts"]["event"] == 1


def test_a_build_never_writes_over_another_file(
    ask: Ask, text_set: Path, small_store: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "notes.txt"
    precious.write_text("precious")
    foreign = tmp_path / "foreign.db"
    with contextlib.closing(sqlite3.connect(foreign)) as db:
        db.execute("CREATE TABLE t (a)")
    evidence = shutil.copy(small_store, tmp_path / "evidence.gpkg")
    before = foreign.read_bytes(), evidence.read_bytes()

    for path in (precious, foreign, evidence, tmp_path, tmp_path / "no" / "such.gpkg"):
        answer = ask("build", "--data", text_set, "-o", path)
        assert answer.code == 2
        assert answer.err.count("\n") == 1
    assert precious.read_text() == "precious"
    assert (foreign.read_bytes(), evidence.read_bytes()) == before


def test_a_build_writes_over_its_own_older_self(ask: Ask, text_set: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert ask("build", "--data", text_set, "-o", tmp_path / "again.gpkg").code == 0


def test_check_lists_each_problem_by_table_and_row(ask: Ask, text_set: Path, tmp_path: Path) -> None:
    store = tmp_path / "bad.gpkg"
    assert ask("build", "--data", text_set, "-o", store).code == 0
    with sqlite3.connect(store) as db:
        db.execute("INSERT INTO event (key, title, type, date_edtf) VALUES ('x', 'X', 'party', '2017')")
    db.close()
    before = store.read_bytes()
    answer = ask("check", store)

    assert answer.code == 1
    assert "event row 2: type 'party' is none of the known terms" in answer.out
    lines = answer.out.splitlines()
    assert lines[-1].startswith(f"{store}: {len(lines) - 1} problem")
    assert ask("check", store, "--json").out.count('"row": 2') == 1
    assert store.read_bytes() == before


def no_store(kind: str, folder: Path, builtin_store: Path) -> Path:
    path = folder / f"{kind}.gpkg"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("not a store " * 100)
    elif kind == "foreign":
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE t (a)")
        db.close()
    elif kind == "truncated":
        path.write_bytes(builtin_store.read_bytes()[:20_000])
    elif kind == "newer":
        shutil.copyfile(builtin_store, path)
        with sqlite3.connect(path) as db:
            db.execute("UPDATE badia_meta SET value = '99' WHERE name = 'schema_version'")
        db.close()
    return path


@pytest.mark.parametrize("command", ["info", "events", "check"])
@pytest.mark.parametrize("kind", ["missing", "folder", "fifo", "empty", "text", "foreign", "truncated", "newer"])
def test_what_is_no_store_gets_one_sentence(
    ask: Ask, tmp_path: Path, builtin_store: Path, command: str, kind: str
) -> None:
    path = no_store(kind, tmp_path, builtin_store)
    answer = ask(command, path)

    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith(f"badia: {path}: ")
    assert answer.err.count("\n") == 1


def test_a_name_with_control_characters_cannot_take_over_the_terminal(ask: Ask, tmp_path: Path) -> None:
    answer = ask("info", tmp_path / "a\x1b[2Jb\n\u202ec.gpkg")

    assert answer.code == 2
    assert "\x1b" not in answer.err
    assert "\u202e" not in answer.err
    assert answer.err.count("\n") == 1
