"""Importing as its user starts it: a file in UCDP's columns through the command, in a process of its own."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.contestants.pipe import ContestantFailed
from benchmarks.goals import Outcome
from benchmarks.report import Row
from benchmarks.setting import Setting

ROOT = Path(__file__).resolve().parents[1]
HEAD = (
    "rows", "seconds", "rows/s", "reading, microseconds a row", "writing beside", "resident MB", "file MB", "store MB",
)  # fmt: skip
COUNTRY_FILE = 7_473
"""Rows of the largest country file of the region that is in use."""
SMALL = 10_000
TOWNS, SIDES, OFFICES = 600, 40, 60
MAX_SECONDS = 1_800
_RUN = """
import json, resource, sys, time
sys.argv = ["badia", *sys.argv[1:]]
begun = time.perf_counter()
from viewer.cli.entry import run
code = run(sys.argv[1:])
seconds = time.perf_counter() - begun
own, beside = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
# Its own peak: what the system tells of a child begins with that of the process it was forked from. The peaks of the
# reading and of the writing process are added, though they need not come together.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"code": code, "seconds": seconds, "resident": (peak + beside.ru_maxrss) / 1024,
                  "processor": own.ru_utime + own.ru_stime, "beside": beside.ru_utime + beside.ru_stime}))
"""
COLUMNS = (
    "id", "type_of_violence", "side_a", "side_b", "number_of_sources", "source_article", "source_office", "source_date",
    "source_headline", "source_original", "where_prec", "where_coordinates", "adm_1", "adm_2", "latitude", "longitude",
    "country", "event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians",
    "deaths_unknown", "low", "best", "high",
)  # fmt: skip


def write_rows(path: Path, rows: int, seed: int = 1) -> None:
    """A file of so many rows: stacked on some hundred towns, a tenth no better placed than a province."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark's
    towns = [(f"Town {n}", f"Province {n % 30}", chance.uniform(30, 37), chance.uniform(36, 48)) for n in range(TOWNS)]
    sides = ["Government of Iraq", "Government of Syria", "IS", *(f"Group {n}" for n in range(SIDES))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            town, province, lat, lon = towns[min(int(chance.expovariate(1 / 60)), TOWNS - 1)]
            day = f"20{chance.randint(11, 20)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            rough = chance.random() < 0.1
            dead = min(int(chance.expovariate(0.3)), 400)
            a = chance.randint(0, dead)
            office, headline = f"Office {chance.randrange(OFFICES)}", f"Fighting near {town} leaves {dead} dead"
            article = f'"{office},{day},{headline}"'
            writer.writerow(
                (number, chance.choice("1123"), *chance.sample(sides, 2), 1, article, office, day, headline, "Police",
                 "4" if rough else "1", town, f"{province} province", "", f"{lat:.6f}", f"{lon:.6f}",
                 "Iraq", 1, 1, day, day, a, dead - a, 0, 0, dead, dead, dead + 1)
            )  # fmt: skip


def taken_in(rows: int) -> dict[str, Any]:
    """Import so many rows into a new store and say what that took."""
    with tempfile.TemporaryDirectory(prefix="badia-bench-") as folder:
        file, store = Path(folder) / "rows.csv", Path(folder) / "rows.gpkg"
        write_rows(file, rows)
        done = subprocess.run(
            [sys.executable, "-c", _RUN, "import", str(file), "--into", str(store), "--json"], check=False,
            capture_output=True, text=True, cwd=ROOT, timeout=MAX_SECONDS,
        )  # fmt: skip
        lines = done.stdout.strip().splitlines()
        if not lines or done.returncode:
            raise ContestantFailed((done.stderr.strip().splitlines() or ["the import said nothing"])[-1][:160])
        told = json.loads(lines[-1])
        summary = json.loads("\n".join(lines[:-1]))
        if summary["added"] != rows:
            raise ContestantFailed(f"of {rows:,} rows {summary['added']:,} were added")
        return {**told, "file": file.stat().st_size / 1e6, "store": store.stat().st_size / 1e6}


def importing(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """A country's file, and growth from ten thousand rows to the largest."""
    found: dict[int, dict[str, Any]] = {}
    for number in (COUNTRY_FILE, SMALL, setting.large // 10, setting.large):
        told = found[number] = taken_in(number)
        rows.append((
            f"{number:,}", f"{told['seconds']:.1f}", f"{number / told['seconds']:,.0f}",
            f"{1e6 * told['processor'] / number:.0f}", f"{1e6 * told['beside'] / number:.0f}",
            f"{told['resident']:.0f}", f"{told['file']:.0f}", f"{told['store']:.0f}",
        ))  # fmt: skip
    large = found[setting.large]
    per_row = {number: (told["processor"] + told["beside"]) / number for number, told in found.items()}
    note = f"{setting.large:,} rows"
    yield Outcome("import_country", found[COUNTRY_FILE]["seconds"] * 1000, "start of the program included")
    yield Outcome("import_rate", setting.large / large["seconds"], note)
    yield Outcome("import_growth", per_row[setting.large] / per_row[SMALL], "both processes, start included")
    yield Outcome("import_memory", large["resident"], note)
