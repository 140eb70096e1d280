"""MBTiles files of strangers: what is in them, and every one that cannot be drawn refused in one sentence."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.mbtiles import ABOUT, TABLE, as_view, write
from viewer.store.errors import StoreError
from viewer.store.tiles import (
    DEEPEST,
    LATE,
    MAX_TILE_BYTES,
    NO_BLOB,
    TOO_LARGE,
    WHOLE_WORLD,
    LateError,
    NoTileSetError,
    TileError,
    TileSet,
    open_tiles,
)

TILES = {(0, 0, 0): b"top", (6, 38, 25): b"north", (6, 38, 26): b"south"}
TWICE = "SELECT map.zoom_level, map.tile_column, map.tile_row, images.tile_data FROM map JOIN images USING (tile_id)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "my.mbtiles"


def tile(found: TileSet, level: int, column: int, row: int) -> bytes | None:
    with found.reading(60) as reader:
        return reader.tile(level, column, row)


def execute(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)
    return path


def test_rows_are_counted_from_the_north(path: Path) -> None:
    found = open_tiles(write(path, TILES))

    assert found.levels == (0, 6)
    assert (tile(found, 6, 38, 25), tile(found, 6, 38, 26), tile(found, 6, 38, 27)) == (b"north", b"south", None)


def test_rows_that_the_file_counts_from_the_north_are_not_turned(path: Path) -> None:
    found = open_tiles(write(path, TILES, {**ABOUT, "scheme": "xyz"}))

    assert tile(found, 6, 38, 63 - 25) == b"north"


def test_what_it_says_of_itself_is_plain_words(path: Path) -> None:
    found = open_tiles(write(path, TILES, {**ABOUT, "bounds": "36, 32,45,38"}))

    assert (found.name, found.attribution) == ("A test", "(c) The testers & co")
    assert found.bounds == (36, 32, 45, 38)
    assert found.notices == ()


def test_tiles_in_a_plain_view_are_read(path: Path) -> None:
    assert tile(open_tiles(as_view(write(path, TILES))), 6, 38, 25) == b"north"


def test_tiles_in_the_usual_view_over_two_tables_are_read(path: Path) -> None:
    execute(
        path, "CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id)",
        "CREATE TABLE images (tile_data BLOB, tile_id TEXT)", "INSERT INTO map VALUES (6, 38, 38, 'a')",
        "INSERT INTO images VALUES (x'6e6f', 'a')", f"CREATE VIEW tiles AS {TWICE}",
    )  # fmt: skip

    assert tile(open_tiles(path), 6, 38, 25) == b"no"


@pytest.mark.parametrize(
    "select",
    [
        "SELECT zoom_level, tile_column, tile_row, upper(tile_data) AS tile_data FROM map",
        "SELECT zoom_level, tile_column, tile_row, load_extension('x') AS tile_data FROM map",
        "SELECT zoom_level, tile_column, tile_row, randomblob(900000000) AS tile_data FROM map",
        "SELECT 1 AS zoom_level, 0 AS tile_column, 0 AS tile_row, value AS tile_data FROM generate_series(1, 9)",
        "SELECT 1 AS zoom_level, 0 AS tile_column, 0 AS tile_row, name AS tile_data FROM pragma_database_list",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT x AS zoom_level, x AS tile_column, x AS tile_row, x AS tile_data FROM n",
        "SELECT * FROM map WHERE tile_data MATCH 'x'",
        "SELECT * FROM looped",
        "SELECT * FROM nowhere",
    ],
)
def test_a_view_that_does_more_than_look_up_is_refused(path: Path, select: str) -> None:
    as_view(write(path, TILES), select)
    execute(path, "CREATE VIEW looped AS SELECT * FROM tiles")

    with pytest.raises(StoreError) as refusal:
        open_tiles(path)
    assert str(refusal.value).startswith(f"{path}: ")


def test_hostile_metadata_are_done_without(path: Path) -> None:
    write(path, TILES, about=None)
    execute(path, "CREATE VIEW metadata AS SELECT 'name' AS name, hex(randomblob(99)) AS value")
    found = open_tiles(path)

    assert found.name == "my"
    assert "has metadata that cannot be read" in found.notices[0].message


def test_a_virtual_table_is_never_asked(path: Path) -> None:
    execute(path, "CREATE VIRTUAL TABLE tiles USING fts5 (zoom_level, tile_column, tile_row, tile_data)")

    with pytest.raises(NoTileSetError, match="has no tiles"):
        open_tiles(path)


def test_a_file_that_would_stall_ends_in_a_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.store.tiles.LOOK_SECONDS", 0.2)
    write(path, {(1, column, 0): b"x" for column in range(300)}, schema=(TABLE,))
    as_view(path, "SELECT a.* FROM map a, map b, map c, map d WHERE a.tile_column + b.tile_row + c.tile_row > 999")

    with pytest.raises(StoreError, match="takes too long to look through"):
        open_tiles(path)


@pytest.mark.parametrize("form", ["pbf", "PBF", "mvt"])
def test_vector_tiles_are_refused(path: Path, form: str) -> None:
    with pytest.raises(StoreError, match=r"holds vector tiles \(pbf\); choose a file with raster tiles"):
        open_tiles(write(path, TILES, {**ABOUT, "format": form}))


def test_vector_tiles_are_known_by_their_first_bytes(path: Path) -> None:
    with pytest.raises(StoreError, match="vector tiles"):
        open_tiles(write(path, {(3, 1, 1): b"\x1f\x8b\x08\x00"}, {}))


def _text(path: Path) -> None:
    path.write_text("no tiles here", encoding="utf-8")


def _torn(path: Path) -> None:
    write(path, {(6, 38, row): bytes(9000) for row in range(9)})
    path.write_bytes(path.read_bytes()[:20_000])


def _journal(path: Path) -> None:
    write(path, TILES).with_name("my.mbtiles-wal").write_bytes(b"unfinished")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no such file"),
        (_text, "is no SQLite file, so no tile set; choose an MBTiles file"),
        (Path.touch, "is empty; copy the tile set again"),
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "is a pipe or device"),
        (_torn, "is damaged"),
        (_journal, "has unfinished changes beside it"),
        (lambda path: execute(path, "CREATE TABLE metadata (name, value)"), "has no tiles; choose an MBTiles file"),
        (lambda path: write(path, {}), "holds no tile from level 0 to 24"),
        (lambda path: write(path, {(DEEPEST + 1, 5, 5): b"x"}), "holds no tile from level 0 to 24"),
        (lambda path: execute(path, "CREATE TABLE tiles (a, b)", "CREATE TABLE metadata (a)"), "cannot be read"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(path: Path, make: Callable[[Path], object], said: str) -> None:
    make(path)

    with pytest.raises(StoreError) as refusal:
        open_tiles(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "bounds", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "50,0,40,1", "0,60,1,50", "-999,-999,999,999", "1e999,0,2,3"]
)
def test_bounds_that_are_none_are_the_whole_world_and_told(path: Path, bounds: str) -> None:
    found = open_tiles(write(path, TILES, {**ABOUT, "bounds": bounds}))

    assert found.bounds == WHOLE_WORLD
    assert len(found.notices) == (1 if bounds else 0)


def test_without_metadata_the_file_gives_the_name(path: Path) -> None:
    found = open_tiles(write(path, TILES, None))

    assert (found.name, found.attribution, found.bounds) == ("my", "", WHOLE_WORLD)
    assert [notice.where for notice in found.notices] == ["my.mbtiles"]


def test_metadata_of_another_shape_are_done_without(path: Path) -> None:
    found = open_tiles(execute(write(path, TILES, None), "CREATE TABLE metadata (key, content)"))

    assert found.name == "my"
    assert "has metadata that cannot be read" in found.notices[0].message


def test_tiles_beyond_the_map_are_told(path: Path) -> None:
    found = open_tiles(execute(write(path, TILES), "INSERT INTO tiles VALUES (2, 99, -7, x'00')"))

    assert [notice.message for notice in found.notices] == ["has tiles beyond the map at level 2; they are left out"]


@pytest.mark.parametrize(
    ("content", "said"), [(bytes(MAX_TILE_BYTES + 1), TOO_LARGE), ("words", NO_BLOB), (7, NO_BLOB)]
)
def test_a_tile_that_is_none_says_why(path: Path, content: object, said: str) -> None:
    found = open_tiles(write(path, {**TILES, (6, 38, 25): content}))

    with pytest.raises(TileError) as why:
        tile(found, 6, 38, 25)
    assert str(why.value) == said
    assert tile(found, 6, 38, 26) == b"south"


@pytest.mark.parametrize("nothing", [None, b""])
def test_a_tile_of_nothing_is_none(path: Path, nothing: bytes | None) -> None:
    assert tile(open_tiles(write(path, {**TILES, (6, 38, 25): nothing})), 6, 38, 25) is None


def test_tiles_that_come_too_late_are_not_waited_for(path: Path) -> None:
    found = open_tiles(write(path, TILES))

    with pytest.raises(LateError, match=LATE), found.reading(-1) as reader:
        reader.tile(6, 38, 25)


def test_nothing_is_written_and_nothing_lies_beside_it(path: Path) -> None:
    write(path, TILES)
    execute(path, "PRAGMA journal_mode = WAL", "PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    assert tile(open_tiles(path), 6, 38, 25) == b"north"

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_was_replaced_is_noticed(path: Path) -> None:
    found = open_tiles(write(path, TILES))
    assert not found.changed
    os.utime(path, (1, 1))
    assert found.changed
    path.unlink()
    assert found.changed


@pytest.mark.parametrize("view", [False, True])
def test_mutated_files_open_or_are_refused(path: Path, view: bool) -> None:
    write(path, {(6, 38, row): bytes([row]) * 500 for row in range(40)})
    whole = (as_view(path) if view else path).read_bytes()
    opened = 0
    for seed in range(150):
        chance = random.Random(seed)  # noqa: S311 - damage on purpose, to be made again from its seed
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            raw[chance.randrange(16, len(raw))] = chance.randrange(256)
        path.write_bytes(raw)
        try:
            with open_tiles(path).reading(5) as reader:
                for row in range(40):
                    try:
                        reader.tile(6, 38, row)
                    except TileError:
                        continue
            opened += 1
        except StoreError as refusal:
            assert str(refusal).startswith(f"{path}: ")
    assert opened > 10
