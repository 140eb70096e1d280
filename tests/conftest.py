"""What all tests share: a private home, a small data set in plain sight, the built-in one, and tidiness."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.leftovers import nothing_left
from viewer.domain.records import Records
from viewer.formats.textset import read_text_set
from viewer.geo.basemap import Basemap, read_basemap
from viewer.paths import resources_dir
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.writer import write_store

_HOME = Path(tempfile.mkdtemp(prefix="badia-tests-"))
os.environ.update(
    {
        "QT_QPA_PLATFORM": "offscreen",
        "PROJ_NETWORK": "OFF",
        "HOME": str(_HOME),
        "XDG_CACHE_HOME": str(_HOME / "cache"),
        "XDG_CONFIG_HOME": str(_HOME / "config"),
        "XDG_DATA_HOME": str(_HOME / "data"),
        "XDG_STATE_HOME": str(_HOME / "state"),
    }
)
DATA = Path(__file__).parents[1] / "data"
SMALL_ID = "small"
LONGEST_MS = 30_000
# Neither a slow nor a busy machine fails a test, and what a fixture gives to all examples is read only.
# What is found by chance is found in one of many runs: `--hypothesis-profile thorough` looks longer in one.
settings.register_profile(
    "suite", deadline=None, max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=500)
settings.load_profile("suite")


def pytest_sessionfinish() -> None:
    """The private home goes when the last test is done."""
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def small_records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """A small data set with one of everything that is hard, read from the text below."""
    folder = tmp_path_factory.mktemp("small-text")
    for name, text in SMALL.items():
        (folder / name).write_text(text, encoding="utf-8")
    records, problems = read_text_set(folder)
    assert problems == []
    return records


@pytest.fixture(scope="session")
def small_store(small_records: Records, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small data set as a store; tests that change it work on a copy."""
    path = tmp_path_factory.mktemp("small-store") / "small.gpkg"
    write_store(small_records, path)
    return path


@pytest.fixture(scope="session")
def small(small_store: Path) -> Iterator[DataSet]:
    """The small data set, open."""
    data = open_dataset(small_store)
    yield data
    data.close()


@pytest.fixture(scope="session")
def builtin_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in data set as a store, built once from `data/`."""
    records, _ = read_text_set(DATA)
    path = tmp_path_factory.mktemp("builtin") / "badia.gpkg"
    write_store(records, path)
    return path


@pytest.fixture(scope="session")
def builtin(builtin_store: Path) -> Iterator[DataSet]:
    """The built-in data set, open."""
    data = open_dataset(builtin_store)
    yield data
    data.close()


@pytest.fixture(scope="session")
def basemap() -> Basemap:
    """The shipped base map."""
    return read_basemap(resources_dir() / "basemap.bin")


@pytest.fixture
def open_store(qtbot: Any) -> Callable[[Any, Path | None], bool]:
    """Open a store in a window and let the window live until that is over; whether the store is shown."""

    def opened(window: Any, path: Path | None) -> bool:
        with qtbot.waitSignal(window.opened, timeout=LONGEST_MS) as heard:
            window.open(path)
        return bool(heard.args[0])

    return opened


@pytest.fixture(autouse=True)
def no_leftovers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Windows and threads that a test opens, it closes; those of a window that lasts for a file go with it."""
    if "begin_lasting" in request.fixturenames:
        yield
        return
    with nothing_left():
        yield


SMALL = {
    "meta.toml": """
store_id = "small"
title = "A small data set"
as_of = "2019-03"
opens_on = "2017-11-17"
lanes = "mosul nowhere"
licence = "MIT"
note = "Made up for the tests, on the ground of the real one."
""",
    "source.csv": """key,publisher,title,published,published_basis,reliability,alignment
n1,A news agency,Strikes in a week,2017-12-29,stated,B,
n2,A monitor,Tolls of May,2017-06-15,inferred,C,
n3,An army paper,Victories,../2019-01-30,bounded,E,gov
""",
    "actor.toml": """
[[actor]]
key = "gov"
name = "Government forces"
kind = "state"
bloc = "government"
colour = "#c03030"
code = "G"

[[actor]]
key = "militia"
name = "Allied militia"
relations = [{ kind = "part of", other = "gov", source = "n3" }]

[[actor]]
key = "brigade"
name = "River Brigade"
relations = [{ kind = "branch of", other = "militia", source = "n3" }]

[[actor]]
key = "is"
name = "Islamic State"
pattern = "cross"
names = [{ name = "ISIS", source = "n1" }, { name = "IS" }, { name = "داعش", language = "ar" }]

[[actor]]
key = "sdf"
name = "Syrian Democratic Forces"
kind = "alliance"
names = [{ name = "SDF", source = "n1" }]

[[actor]]
key = "coalition"
name = "US-led coalition"
kind = "alliance"

[[actor]]
key = "russia"
name = "Russia"
kind = "state"
relations = [{ kind = "backed by", other = "gov", date = "2015-09-30/..", source = "n1" }]
""",
    "place.toml": """
[[place]]
key = "syria"
name = "Syria"
kind = "country"
precision = "country"

[[place]]
key = "dz-province"
name = "Deir ez-Zor"
kind = "province"
within = "syria"
precision = "province"
lon = 40.5
lat = 35.0
radius_m = 90000
schematic = true
geometry = "POLYGON ((39 34.4, 41.3 34.4, 41.3 36, 39 36, 39 34.4), (40 35, 40 35.2, 40.2 35.2, 40.2 35, 40 35))"
names = [{ name = "Deir Ezzor", source = "n1" }, { name = "محافظة دير الزور", script = "arabic", language = "ar" }]

[[place]]
key = "dz"
name = "Deir ez-Zor"
kind = "city"
within = "dz-province"
lon = 40.1408
lat = 35.3359
names = [{ name = "Deir Ezzor", source = "n1" }, { name = "دير الزور", script = "arabic", language = "ar" }]

[[place]]
key = "mayadin"
name = "Al-Mayadin"
within = ["dz-province", "river"]
lon = 40.4503
lat = 35.0197
names = [{ name = "Mayadeen", source = "n2" }, { name = "الميادين", script = "arabic", language = "ar" }]

[[place]]
key = "abu-kamal"
name = "Abu Kamal"
within = "dz-province"
lon = 40.9176
lat = 34.4506
names = [
  { name = "Albukamal", source = "n1" }, { name = "Al-Boukamal" },
  { name = "البوكمال", script = "arabic", language = "ar" },
]

[[place]]
key = "mosul"
name = "Mosul"
kind = "city"
lon = 43.13
lat = 36.34
names = [{ name = "الموصل", script = "arabic", language = "ar" }]

[[place]]
key = "river"
name = "Euphrates valley"
kind = "area"
precision = "area"
schematic = true
geometry = "MULTIPOLYGON (((40 35.3, 40.2 35.3, 40.2 35.5, 40 35.3)), ((40.4 34.9, 40.6 34.9, 40.6 35.1, 40.4 34.9)))"

[[place]]
key = "somewhere"
name = "An unnamed village"
kind = "village"
precision = "unknown"
""",
    "event.toml": """
[[event]]
key = "week"
title = "Coalition strikes of one week"
type = "strike"
form = "tally"
date = "2017-12-22/2017-12-28"
date_basis = "relative"
date_wording = "last week"
date_anchor = "2017-12-29"
summary = "Strikes in Syria and Iraq, counted by the coalition."
places = [{ place = "syria", precision = "country" }]
actors = [{ actor = "coalition", role = "perpetrator" }, { actor = "is", role = "target" }]
sources = [{ source = "n1", locator = "par. 1" }]
counts = [{ measure = "strikes", value = 34, source = "n1", reporter = "coalition" }]

[[event]]
key = "week-iraq"
title = "Strikes in Iraq"
type = "strike"
form = "tally"
date = "2017-12-22/2017-12-28"
part_of = "week"
places = [{ place = "mosul", role = "near", radius_m = 15000 }]
actors = [{ actor = "coalition", role = "perpetrator" }]
sources = [{ source = "n1" }]
counts = [{ measure = "strikes", value = 6, source = "n1", reporter = "coalition" }]

[[event]]
key = "week-syria"
title = "Strikes in Syria"
type = "strike"
form = "tally"
date = "2017-12-22/2017-12-28"
part_of = "week"
places = [{ place = "abu-kamal", role = "near", spelled = "Albukamal" }]
actors = [{ actor = "coalition", role = "perpetrator" }]
sources = [{ source = "n1" }]
counts = [{ measure = "strikes", value = 28, source = "n1", reporter = "coalition" }]

[[event]]
key = "week-syria-town"
title = "Strikes around the border town"
type = "strike"
form = "tally"
date = "2017-12-22/2017-12-28"
part_of = "week-syria"
places = [{ place = "abu-kamal", role = "near" }]
sources = [{ source = "n1" }]
counts = [{ measure = "strikes", value = 27, qualifier = "derived", source = "n1", reporter = "coalition" }]

[[event]]
key = "may-strikes"
title = "Strikes on Mayadin"
type = "strike"
actuality = "disputed"
date = "2017-05-25/2017-05-26"
summary = "Activists name the coalition; Russia says it struck there. Families of fighters died."
places = [{ place = "mayadin" }, { place = "dz", role = "reported-as", certainty = "disputed" }]
actors = [
  { actor = "coalition", role = "perpetrator", certainty = "alleged", claimed_by = "activists", source = "n2" },
  { actor = "russia", role = "perpetrator", certainty = "claimed", claimed_by = "Russian ministry", source = "n3" },
]
sources = [{ source = "n2" }, { source = "n3", says = "names another day" }]
dates = [{ date = "2017-05-27", source = "n3" }]
counts = [
  { measure = "killed", value = 202, reporter = "monitor", source = "n2" },
  { measure = "killed", value = 20, partition = "by-place", group = "homes", reporter = "monitor" },
  { measure = "killed", value = 182, partition = "by-place", group = "district", reporter = "monitor" },
  { measure = "killed", value = 28, partition = "by-kind", within = "district", group = "families" },
  { measure = "killed", value = 154, partition = "by-kind", within = "district", group = "civilians" },
  { measure = "killed", value = 68, partition = "part", group = "children" },
  { measure = "killed", value = 0, qualifier = "claimed-none", reporter = "coalition" },
]

[[event]]
key = "may-strikes-again"
title = "Bombs on the river town"
type = "strike"
date = "2017-05-26"
places = [{ place = "mayadin" }]
sources = [{ source = "n3" }]
links = [{ kind = "same as", other = "may-strikes" }]
counts = [{ measure = "killed", min = 80, qualifier = "at-least", reporter = "army", source = "n3" }]

[[event]]
key = "undated"
title = "A raid nobody dates"
type = "raid"
date_basis = "unknown"
places = [{ place = "dz" }]
actors = [{ actor = "brigade", role = "perpetrator" }]
sources = [{ source = "n3" }]

[[event]]
key = "unplaced"
title = "Assassinations in December"
type = "killing"
form = "tally"
date = "2017-12"
places = [{ place = "somewhere" }]
actors = [{ actor = "is", role = "perpetrator", certainty = "alleged" }]
sources = [{ source = "n1" }]
counts = [{ measure = "killed", word = "dozens", min = 24, qualifier = "dozens" }]

[[event]]
key = "highway"
title = "Attacks on the highway"
type = "ambush"
form = "recurring"
date = "../2019-01-30~"
date_basis = "bounded"
places = [{ place = "mayadin", role = "near" }]
actors = [{ actor = "is", role = "perpetrator" }, { actor = "militia", role = "target" }]
sources = [{ source = "n3" }]

[[event]]
key = "sweep"
title = "A sweep of the desert is planned"
type = "plan"
form = "plan"
actuality = "planned"
date = "2017-06~/.."
actors = [{ actor = "gov", role = "mover" }]
sources = [{ source = "n2" }]

[[event]]
key = "speech"
title = "The war is said to be won"
type = "statement"
form = "statement"
date = "2017-12-09"
places = [{ place = "dz" }]
sources = [{ source = "n1" }]
links = [{ kind = "contradicts", other = "highway" }]

[[event]]
key = "month"
title = "Fighting for the border town"
type = "battle"
date = "2017-11"
places = [{ place = "abu-kamal" }]
actors = [{ actor = "gov", role = "party" }, { actor = "is", role = "party" }]
sources = [{ source = "n1" }]
""",
    "control.toml": """
[[control_claim]]
key = "m1"
actors = "is"
control = "control"
phase = "begins"
place = "mayadin"
date = "2014-07-14"
source = "n1"

[[control_claim]]
key = "m2"
actors = "is"
control = "control"
phase = "holds"
place = "mayadin"
date = "2017-06-15"
source = "n2"

[[control_claim]]
key = "m3"
actors = "gov"
control = "control"
phase = "begins"
place = "mayadin"
date = "2017-10-14/2017-10-20"
status = "inferred"
source = "n1"

[[control_claim]]
key = "m4"
actors = "is"
control = "hidden"
phase = "holds"
place = "mayadin"
date = "2019-01"
source = "n3"

[[control_claim]]
key = "m5"
actors = "sdf"
control = "control"
phase = "begins"
place = "mayadin"
date = "2017-10-10"
use = "outlier"
source = "n3"

[[control_claim]]
key = "d1"
actors = "gov"
control = "besieged"
phase = "holds"
place = "dz"
date = "2015-01"
source = "n1"

[[control_claim]]
key = "d2"
actors = "is"
control = "contested"
phase = "begins"
place = "dz"
date = "2015-05"
source = "n1"

[[control_claim]]
key = "d3"
actors = "is"
control = "contested"
phase = "ends"
place = "dz"
date = "2017-11-03"
source = "n1"

[[control_claim]]
key = "k1"
actors = ["gov", "sdf"]
control = "mixed"
phase = "begins"
place = "abu-kamal"
date = "2019-10"
source = "n1"

[[control_claim]]
key = "k2"
actors = "sdf"
control = "mixed"
phase = "ends"
place = "abu-kamal"
date = "2020-01-01"
source = "n1"

[[control_claim]]
key = "a1"
actors = "is"
control = "control"
phase = "holds"
date = "2019-01"
schematic = true
geometry = "POLYGON ((40.8 34.4, 41 34.4, 41 34.6, 40.8 34.4))"
source = "n3"
""",
    "rest.toml": """
[[route]]
key = "road"
name = "River road"
kind = "highway"
from_place = "dz"
to_place = "abu-kamal"
geometry = "LINESTRING (40.14 35.33, 40.45 35.02, 40.92 34.45)"
status = "contested"
date = "2019-01"
source = "n3"

[[route]]
key = "supply"
name = "Supply line across the desert"
kind = "supply"
actor = "is"
source = "n1"

[[quantity]]
key = "area"
what = "Size of the desert"
value = 500000
unit = "km2"
place = "syria"
qualifier = "about"
source = "n1"

[[caveat]]
key = "one-strike"
text = "One strike may be several engagements by aircraft, drone or artillery."
affects = "event:week event:week-iraq event:week-syria"
source = "n1"
""",
}
