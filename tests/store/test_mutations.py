"""Hundreds of damaged stores: each opens or gives one sentence; none ends the process or raises anything else."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

NUMBER = 250
KINDS = ("bytes", "header", "truncated", "pages", "page headers")

CHILD = """
import faulthandler, sys
from pathlib import Path
faulthandler.enable()
from tests.store.test_mutations import NUMBER, mutated
from viewer.store.dataset import open_dataset
from viewer.store.errors import StoreError

whole = Path(sys.argv[1]).read_bytes()
path = Path(sys.argv[2])
for seed in range(NUMBER):
    kind, raw = mutated(whole, seed)
    path.write_bytes(raw)
    faulthandler.dump_traceback_later(20, exit=True)
    try:
        data = open_dataset(path)
    except StoreError as error:
        assert str(error).startswith(str(path)) and chr(10) not in str(error), str(error)
        print(kind + "\\trefused", flush=True)
        continue
    try:
        for key in data.events.keys:
            data.dossier(key)
        for record in (*data.places.values(), *data.claims, *data.routes):
            data.shape_of(record)
        data.histories, data.finder.find("strike"), data.finder.find("kamal"), list(map(str, data.problems))
        print(kind + "\\topened", flush=True)
    except StoreError:
        print(kind + "\\topened, then refused", flush=True)
    finally:
        data.close()
    assert path.read_bytes() == raw
    assert [p.name for p in path.parent.iterdir()] == [path.name]
"""


def mutated(whole: bytes, seed: int) -> tuple[str, bytes]:
    """The store with one kind of damage; the seed is enough to make it again."""
    chance = random.Random(seed)  # noqa: S311 - damage on purpose, to be made again from its seed
    kind = KINDS[seed % len(KINDS)]
    raw = bytearray(whole)
    page = int.from_bytes(whole[16:18], "big")
    pages = len(raw) // page
    if kind == "bytes":
        for _ in range(chance.choice((1, 4, 30))):
            raw[chance.randrange(100, len(raw))] = chance.randrange(256)
    elif kind == "header":
        for _ in range(chance.randint(1, 3)):
            raw[chance.randrange(16, 100)] = chance.randrange(256)
    elif kind == "truncated":
        del raw[chance.randrange(1, len(raw)) :]
    elif kind == "pages":
        a, b = (chance.randrange(pages) * page for _ in range(2))
        raw[a : a + page], raw[b : b + page] = raw[b : b + page], raw[a : a + page]
    else:
        start = chance.randrange(pages) * page
        for _ in range(chance.randint(1, 4)):
            raw[start + chance.randrange(12)] = chance.randrange(256)
    return kind, bytes(raw)


def test_damaged_stores_never_end_the_process(small_store: Path, tmp_path: Path) -> None:
    (tmp_path / "damaged").mkdir()
    child = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHILD, small_store, tmp_path / "damaged" / "store.gpkg"],
        capture_output=True, text=True, timeout=110, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (child.returncode, child.stderr) == (0, "")
    ends = Counter(line.split("\t")[1] for line in child.stdout.splitlines())
    assert ends.total() == NUMBER
    assert ends["opened"] > NUMBER // 20, "damage that always shows would not test what comes after opening"
    assert ends["refused"] > NUMBER // 4
