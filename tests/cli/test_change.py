"""`change`: gains, losses and what was held between two days, with the rule they follow from."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.cli.conftest import Ask

pytestmark = pytest.mark.usefixtures("builtin_stays_open")
FIELDS = ("actors", "class", "before_km2", "after_km2", "gained_km2", "lost_km2", "held_km2")
DAYS = ("--from", "2017-01-01", "--to", "2017-11-14")


def test_json_has_the_documented_fields_and_adds_up(ask: Ask) -> None:
    told = ask("change", *DAYS, "--format", "json").json

    assert tuple(told) == ("from", "to", "ground", "rule", "parties", "known_by")
    assert (told["from"], told["to"], told["ground"]) == ("2017-01-01", "2017-11-14", "reach")
    assert told["rule"] == "ground of towns within 40 km, drawn areas before it; schematic"
    for party in told["parties"]:
        assert tuple(party) == FIELDS
        assert party["held_km2"] + party["lost_km2"] == pytest.approx(party["before_km2"], rel=1e-3, abs=1)
        assert party["held_km2"] + party["gained_km2"] == pytest.approx(party["after_km2"], rel=1e-3, abs=1)
    after = [party["after_km2"] for party in told["parties"]]
    assert after == sorted(after, reverse=True)


def test_a_month_is_its_first_day_as_a_and_its_last_as_b(ask: Ask) -> None:
    told = ask("change", "--from", "2017-03", "--to", "2017-03", "--ground", "roads", "--format", "json").json

    assert (told["from"], told["to"]) == ("2017-03-01", "2017-03-31")
    assert told["rule"].startswith("ground of the nearest town however far")


def test_table_and_csv_say_the_same(ask: Ask) -> None:
    told = ask("change", *DAYS, "--format", "json").json["parties"]
    table = ask("change", *DAYS).out.splitlines()
    rows = list(csv.DictReader(io.StringIO(ask("change", *DAYS, "--format", "csv").out)))

    assert len(rows) == len(told) == len(table) - 2
    assert [float(row["gained_km2"]) for row in rows] == [party["gained_km2"] for party in told]
    assert rows[0]["actors"] == "syrian-government"
    assert table[1].split()[:2] == [f"{told[0]['before_km2']:,.0f}", f"{told[0]['after_km2']:,.0f}"]
    assert "Rule: ground of towns within 40 km" in table[-1]


def test_what_is_no_day_is_told_in_a_sentence(ask: Ask) -> None:
    answer = ask("change", "--from", "never", "--to", "2017")

    assert answer.code == 2
    assert answer.err.startswith("badia: ")


def test_a_snapshot_can_compare(ask: Ask, tmp_path: Path, qapp: object) -> None:
    plain, compared = tmp_path / "plain.png", tmp_path / "compared.png"
    for path, more in ((plain, ()), (compared, ("--compare", "2017-01-01"))):
        assert ask("snapshot", "--on", "2017-11-14", "--size", "640x400", *more, "-o", path).code == 0

    one, other = (
        np.frombuffer(QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888).constBits(), np.uint8).astype(int)
        for path in (plain, compared)
    )
    assert (abs(one - other) > 30).mean() > 0.05, "large areas changed hands"


def test_without_a_base_map_it_says_what_that_does_to_ground(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.cli.opening.resources_dir", lambda: tmp_path)
    answer = ask("change", *DAYS)

    assert answer.code == 0
    assert "ground is cut neither by borders nor by rivers" in answer.err


def test_the_numbers_are_those_of_the_land_of_the_base_map(ask: Ask) -> None:
    assert ask("change", *DAYS).err == ""
