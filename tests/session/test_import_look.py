"""What is seen of a file and a store before anything is tried, and the words for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from viewer.domain.actors import Actor, ActorName
from viewer.domain.marks import Mark
from viewer.formats.infile import ReadError
from viewer.session.handing_over import clash_words
from viewer.session.import_look import Look, look_at
from viewer.session.import_names import Directory
from viewer.session.import_words import answer_words
from viewer.session.importing import SAVED, Order, keep_mapping
from viewer.store.intake.known import KnownRecord
from viewer.store.intake.names import Match, by_every_name

HEAD = "date,where,lat,lon,who knows"
ROWS = "2017-02-03,Hajin,34.69,40.83,Black Flags\n2017-02-04,Hajin,34.69,40.83,Black Flags\n"
ISLAMIC = Actor(key="is", name="Islamic State")
WELL_KNOWN = by_every_name([ISLAMIC], [ActorName(actor="is", name="Daesh"), ActorName(actor="is", name="داعش")])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    for room in ("importing", "import_look"):
        monkeypatch.setattr(f"viewer.session.{room}.config_dir", lambda: folder)
    return folder


def written(path: Path, head: str = HEAD, rows: str = ROWS) -> Path:
    path.write_text(f"{head}\n{rows}", encoding="utf-8")
    return path


def seen(file: Path, options: dict[str, str] | None = None) -> Look:
    return look_at(Order(file, file.with_suffix(".gpkg"), "2026-01-01", options=options or {}), {})


def test_kept_columns_are_used_for_the_same_header_and_offered_for_one_that_has_them(
    tmp_path: Path, home: Path
) -> None:
    first = written(tmp_path / "first.csv")
    assert (seen(first).kept, seen(first).used) == ((), "")
    keep_mapping(Order(first, tmp_path / "s.gpkg", "2026-01-01", options={"actor": "who knows"}), "ours")
    again = seen(written(tmp_path / "second.csv"))
    assert (again.kept, again.used) == (("ours",), "ours")
    assert again.preview.shape.mapping["actor"] == "who knows"
    wider = seen(written(tmp_path / "wider.csv", f"{HEAD},more", ROWS.replace("\n", ",x\n")))
    assert (wider.kept, wider.used) == (("ours",), "")
    assert seen(first, {SAVED: ""}).used == ""
    other = seen(written(tmp_path / "other.csv", "date,where,lat,lon", "2017-02-03,Hajin,34.69,40.83\n"))
    assert other.kept == ()


def test_a_hand_over_is_no_file_to_import(tmp_path: Path) -> None:
    (tmp_path / "theirs.badia.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(ReadError, match="is a hand-over; open it"):
        seen(tmp_path / "theirs.badia.zip")


def test_a_feed_is_called_by_the_file_and_a_new_store_has_none(tmp_path: Path, home: Path) -> None:
    look = seen(written(tmp_path / "Reports of 2017.csv"))
    assert (look.feed, look.feeds, look.likely) == ("reports-of-2017", (), "")


RECORDS = (
    KnownRecord("actor", "sdf", "Syrian Democratic Forces", "alliance", ("Syrian Democratic Forces", "QSD")),
    KnownRecord("actor", "jaysh-islam", "Jaysh al-Islam", "armed group", ("Jaysh al-Islam",)),
    KnownRecord("place", "abu-kamal", "Abu Kamal", "town, SY", ("Abu Kamal", "البوكمال")),
)


@pytest.mark.parametrize(("table", "text", "key"), [
    ("actor", "qsd", "sdf"), ("actor", "democratic", "sdf"), ("actor", "jaish al islaam", "jaysh-islam"),
    ("actor", "داعش", "is"), ("place", "البوكمال", "abu-kamal"), ("place", "abu-k", "abu-kamal"),
    ("actor", "Syrian Demokratic Force", "sdf"),
])  # fmt: skip
def test_a_record_is_found_by_any_of_its_names(table: str, text: str, key: str) -> None:
    assert [one.key for one in Directory(RECORDS, WELL_KNOWN).find(table, text)][:1] == [key]


def test_names_that_begin_so_come_before_those_that_hold_it_or_sound_so() -> None:
    more = [KnownRecord("actor", key, name, "", (name,)) for key, name in (
        ("army", "Jaish al-Fath"), ("old", "The Old Jaish"))]  # fmt: skip
    found = Directory([*RECORDS, *more], {}).find("actor", "jaish")
    assert [one.key for one in found] == ["army", "old", "jaysh-islam"]


def test_a_name_says_what_it_was_taken_for() -> None:
    directory = Directory(RECORDS, WELL_KNOWN)
    told = [
        directory.words(Match("actor", "QSD", "sdf", False)),
        directory.words(Match("actor", "Daesh", "is", True)),
        directory.words(Match("actor", "Jaish al-Islaam", "jaish-islaam", True)),
        directory.words(Match("actor", "Nobody Knows", "nobody-knows", True)),
    ]
    assert told == [
        "Syrian Democratic Forces \u00b7 sdf \u00b7 alliance",
        "Islamic State \u00b7 is \u00b7 well known, new to this store",
        "a new record (alike: Jaysh al-Islam)", "a new record",
    ]  # fmt: skip


@pytest.mark.parametrize(("question", "words"), [
    ("", ""), ("swap", "exchanged"), ("set order=month", "The month"), ("set rest=note", "Keep them in the note"),
    ("set saved=", "Guessed from the names"), ("set 'type:SAF=TYPE'", "command line"),
])  # fmt: skip
def test_a_remark_says_where_its_answer_is_chosen(question: str, words: str) -> None:
    assert words in answer_words(question)
    assert bool(words) == bool(answer_words(question))


def test_marks_that_contradict_each_other_are_named() -> None:
    def mark(by: str, status: str) -> Mark:
        return Mark("event", "e1", status, by, "2026-01-01T00:00:00Z")

    assert clash_words(()) == []
    both = (mark("AB", "reviewed"), mark("CD", "disputed"))
    assert clash_words((both,)) == [
        "event e1: AB says reviewed, CD says disputed", "that mark contradicts yours; yours counts, both are kept",
    ]  # fmt: skip
    many = clash_words((both,) * 12)
    assert len(many) == 11 and many[-1].startswith("12 marks") and many[-1].endswith("2 of them not listed")
