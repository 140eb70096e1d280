"""The text files: every kind of bad row is named with file and row, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from viewer.domain.records import Problem, Records
from viewer.formats.textset import read_text_set

GOOD = """
[[source]]
key = "s"
publisher = "P"

[[event]]
key = "good"
title = "T"
type = "strike"
date = "2017-12"
sources = [{ source = "s" }]
"""
DEEP = "(" * 20 + "1 2" + ")" * 20


def read(folder: Path, **files: str) -> tuple[Records, list[Problem]]:
    (folder / "meta.toml").write_text('store_id = "t"\ntitle = "T"\n')
    (folder / "good.toml").write_text(GOOD)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return read_text_set(folder)


def event(line: str, **fields: str) -> str:
    stated = {"key": '"bad"', "title": '"T"', "type": '"strike"', **fields}
    return "[[event]]\n" + "\n".join(f"{k} = {v}" for k, v in stated.items()) + f"\n{line}\n"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (event('date = "whenever"'), "bad.toml event 'bad'", "'whenever' is no EDTF date"),
        (event('date = "2018/2017"'), "bad.toml event 'bad'", "ends before it starts"),
        (event('date = "2017-02-30"'), "bad.toml event 'bad'", "no day of the calendar"),
        (event("", type='"party"'), "bad.toml event 'bad'", "'party' is none of"),
        (event("", title='""'), "bad.toml event 'bad'", "title is empty"),
        (event("", title="7"), "bad.toml event 'bad'", "7 is no text"),
        (event("", key='"two words"'), "bad.toml event 'two words'", "is no key"),
        (event("colour = 3"), "bad.toml event 'bad'", "'colour' is no field of event"),
        (event("", key='"good"'), "good' is defined twice", ""),
        (event('part_of = "nobody"'), "event 'bad'", "unknown event 'nobody'"),
        (event('actors = [{ actor = "nobody", role = "target" }]'), "event_actor 'bad'", "unknown actor 'nobody'"),
        (event('counts = [{ measure = "killed", value = "many" }]'), "event 'bad' counts 1", "'many' is no number"),
        (event('counts = [{ measure = "killed", value = nan }]'), "counts 1", "no finite number"),
        (event('counts = [{ measure = "killed", value = 1e400 }]'), "counts 1", "no finite number"),
        (event('counts = [{ measure = "apples", value = 1 }]'), "counts 1", "'apples' is none of"),
        ('[[place]]\nkey = "p"\nname = "P"\nlon = inf\nlat = 3\n', "bad.toml place 'p'", "no finite number"),
        ('[[place]]\nkey = "p"\nname = "P"\ngeometry = "POINT (500 3)"\n', "bad.toml place 'p'", "geometry"),
        ('[[place]]\nkey = "p"\nname = "P"\ngeometry = "CIRCLE 3"\n', "bad.toml place 'p'", "no WKT"),
        (f'[[place]]\nkey = "p"\nname = "P"\ngeometry = "POLYGON {DEEP}"\n', "bad.toml place 'p'", "nested too deep"),
        ('[[place]]\nkey = "p"\nname = "P"\nschematic = "maybe"\n', "bad.toml place 'p'", "is no flag"),
        ("event = [1]\n", "bad.toml event 1", "1 is no event"),
        (event('places = ["raqqa"]'), "bad.toml event 'bad' places 1", "'raqqa' is no event_place"),
        (event('places = "raqqa"'), "bad.toml event 'bad' places 1", "'raqqa' is no event_place"),
        (event("places = 3"), "bad.toml event 'bad' places 1", "3 is no event_place"),
        ('[[place]]\nkey = "p"\nname = "P"\nwithin = [1]\n', "bad.toml place 'p'", "within: 1 is no text"),
        (event("date = 2017-12-22T10:00:00"), "bad.toml event 'bad'", "is no text"),
        (f"[[place]]\nkey = 'p'\nname = 'P'\nlon = 1{'0' * 400}\n", "bad.toml place 'p'", "is no number"),
        (event("note = " + "[" * 5000 + "]" * 5000), "bad.toml", "cannot be read"),
        ('[[party]]\nkey = "p"\n', "bad.toml", "'party' is no table"),
        ("this is no toml", "bad.toml", "cannot be read"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_the_rest_is_read(tmp_path: Path, text: str, where: str, what: str) -> None:
    records, problems = read(tmp_path, bad__toml=text)

    assert len(problems) == 1, problems
    assert where in str(problems[0])
    assert what in str(problems[0])
    assert "\n" not in str(problems[0])
    assert [e.key for e in records.of("event")][-1:] == ["good"] or "good" in {e.key for e in records.of("event")}


@pytest.mark.parametrize(
    ("name", "text", "where", "what"),
    [
        ("count__csv", "event,measure,value\ngood,killed,7\ngood,killed,x\n", "count.csv row 3", "'x' is no number"),
        ("count__csv", "event,apples\ngood,7\n", "count.csv row 2", "'apples' is no field of count"),
        ("count__csv", "event,measure,value\ngood,killed,7,8\n", "count.csv row 2", "no field"),
        ("party__csv", "a\n1\n", "party.csv", "'party' is no table"),
        ("count__csv", 'event,measure,value\ngood,"killed,7\n', "count.csv", "cannot be read"),
    ],
)
def test_a_bad_line_of_csv_is_named(tmp_path: Path, name: str, text: str, where: str, what: str) -> None:
    records, problems = read(tmp_path, **{name: text})

    assert len(problems) == 1, problems
    assert where in str(problems[0])
    assert what in str(problems[0])
    assert [e.key for e in records.of("event")] == ["good"]


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "bad.toml").write_bytes(b'[[event]]\nkey = "\xff\xfe"\n')
    records, problems = read_text_set(tmp_path)

    assert [problem.where for problem in problems] == ["bad.toml"]
    assert len(records.of("event")) == 1


def test_a_missing_meta_file_is_named(tmp_path: Path) -> None:
    _, problems = read_text_set(tmp_path)

    assert [problem.where for problem in problems] == ["meta.toml"]


def test_rows_inside_a_record_belong_to_it(tmp_path: Path) -> None:
    records, problems = read(tmp_path)

    assert problems == []
    assert [(row.event, row.source) for row in records.of("event_source")] == [("good", "s")]


def test_where_a_record_stands_does_not_matter(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir()
    (second / "deep").mkdir(parents=True)
    records, _ = read(first)
    read(second)
    (second / "good.toml").rename(second / "deep" / "z.toml")
    moved, problems = read_text_set(second)

    assert problems == []
    assert moved == records


def test_a_toml_day_is_its_iso_text(tmp_path: Path) -> None:
    records, problems = read(tmp_path, more__toml=event("date = 2017-12-22", key='"more"'))
    (tmp_path / "meta.toml").write_text('store_id = "t"\ntitle = "T"\nas_of = 2021-02-28\n')

    assert problems == []
    assert {e.key: e.date.edtf for e in records.of("event")}["more"] == "2017-12-22"
    assert read_text_set(tmp_path)[0].meta.as_of == "2021-02-28"


def test_a_wrong_value_in_the_meta_file_is_named(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "meta.toml").write_text('store_id = "t"\ntitle = 5\n')
    records, problems = read_text_set(tmp_path)

    assert [problem.where for problem in problems] == ["meta.toml"]
    assert "title: 5 is no text" in str(problems[0])
    assert len(records.of("event")) == 1


def test_lines_of_a_quoted_cell_stay_apart(tmp_path: Path) -> None:
    text = 'key,publisher,note\nm,P,"one\ntwo\n\nthree"\n'
    records, problems = read(tmp_path, source__csv=text)

    assert problems == []
    assert {s.key: s.note for s in records.of("source")}["m"] == "one\ntwo\n\nthree"
