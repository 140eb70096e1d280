"""Filters of ground, parts, responsibility and publication, wherever the command line takes filters."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Ask
from viewer.domain.dates import parse
from viewer.geo.basemap import Basemap
from viewer.session.ground_words import within_of
from viewer.session.selectors import filter_mask
from viewer.session.state import Filters
from viewer.session.totals import total_of
from viewer.store.dataset import DataSet

pytestmark = pytest.mark.usefixtures("builtin_stays_open")
OCTOBER = parse("2017-10-30").latest or 0
GROUND = ("20 km of Raqqa", "province Homs", "10 km along Euphrates", "polygon 38,33 42,33 42,37")


def keys(data: DataSet, filters: Filters) -> list[str]:
    return [data.events.keys[row] for row in np.flatnonzero(filter_mask(data, filters)).tolist()]


@pytest.mark.parametrize("ground", GROUND)
def test_events_on_ground_are_those_of_the_window(
    ask: Ask, builtin: DataSet, basemap: Basemap, ground: str
) -> None:
    filters = Filters(within=within_of(builtin, basemap, ground))
    answer = ask("events", "--within", ground, "--format", "json")
    assert [event["id"] for event in json.loads(answer.out)] == keys(builtin, filters)
    table = ask("events", "--within", ground)
    assert "Records within" in table.out or "Records inside" in table.out
    assert table.err.endswith("have no place; list them without --within\n")


@pytest.mark.parametrize(
    ("options", "filters"),
    [
        (("--actor", "is", "--responsible", "certainly"), Filters(actors=("is",), responsible="certainly")),
        (("--actor", "is", "--responsible", "possibly"), Filters(actors=("is",), responsible="possibly")),
        (("--actor", "is", "--no-parts"), Filters(actors=("is",), parts=False)),
        (("--actor", "is", "--parts"), Filters(actors=("is",))),
        (("--known-by", "2017-10-30"), Filters(known_by=OCTOBER)),
        (("--known-by", "2017-10", "--type", "strike"), Filters(known_by=OCTOBER + 1, types=("strike",))),
    ],
)
def test_events_total_and_export_take_the_same_filters(
    ask: Ask, builtin: DataSet, tmp_path: Path, options: tuple[str, ...], filters: Filters
) -> None:
    expected = keys(builtin, filters)
    assert [event["id"] for event in json.loads(ask("events", *options, "--format", "json").out)] == expected
    told = json.loads(ask("total", "--measure", "killed", *options, "--json").out)
    assert told["low"] == total_of(builtin, "killed", filters, None, None).figure.low
    assert told["selection"].startswith("Records ")
    file = tmp_path / "out.json"
    written = json.loads(ask("export", file, *options, "--json").out)
    assert written["events"] == len(expected)
    assert [event["id"] for event in json.loads(file.read_text())["events"]] == expected


def test_claims_go_along_with_ground(ask: Ask, tmp_path: Path, builtin: DataSet) -> None:
    def claimed(*options: str) -> set[str]:
        file = tmp_path / "out.json"
        file.unlink(missing_ok=True)
        ask("export", file, "--claims", *options)
        claims = json.loads(file.read_text())["control_claims"]
        return {claim["place"]["id"] for claim in claims if claim["place"] is not None}

    near = claimed("--within", "30 km of Raqqa")
    assert "raqqa" in near
    assert "mosul" not in near
    assert claimed("--within", "province Homs") < claimed()


def test_what_has_no_date_of_publication_is_told(ask: Ask, builtin: DataSet) -> None:
    answer = ask("events", "--known-by", "2017-10-30", "--format", "json")
    assert answer.code == 0
    assert answer.err.endswith("no date of publication; list them without --known-by\n")
    assert ask("total", "--measure", "killed", "--known-by", "2017-10-30").err == answer.err


def test_control_and_change_know_the_second_clock(ask: Ask) -> None:
    fallen = ("control", "--on", "2017-11-30", "--place", "mayadin", "--format", "json")
    now, then = (ask(*fallen, *more).json for more in ((), ("--known-by", "2017-06-30")))
    assert [claim["actors"][0]["id"] for claim in then] == ["is"]
    assert now != then
    days = ("change", "--from", "2017-01-01", "--to", "2017-11-14", "--format", "json")
    one, other = (ask(*days, *more).json for more in ((), ("--known-by", "2017-06-30")))
    assert (one["known_by"], other["known_by"]) == (None, "2017-06-30")
    assert one["parties"] != other["parties"]


def test_a_picture_takes_the_filters_and_says_so(ask: Ask, tmp_path: Path, qapp: object) -> None:
    def drawn(name: str, *options: str) -> np.ndarray:
        file = tmp_path / f"{name}.png"
        assert ask("snapshot", "--on", "2017-11-14", "--size", "700x500", "-o", file, *options).code == 0
        return np.asarray(Image.open(file).convert("RGB")).astype(int)

    plain, known = drawn("plain"), drawn("known", "--known-by", "2017-06-30")
    ground = drawn("ground", "--within", "100 km of Raqqa", "--type", "strike")
    assert (plain[:120, :400] != known[:120, :400]).any()
    purple = np.array([0x7A, 0x2A, 0x86])
    assert (np.abs(ground - purple).sum(axis=2) < 60).sum() > 200 > (np.abs(plain - purple).sum(axis=2) < 60).sum()


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--within", "nowhere at all"), "asks for no ground; write '20 km of Raqqa'"),
        (("--within", "province Nowhere"), "the base map has no province called 'Nowhere'"),
        (("--within", "0 km of Raqqa"), "is no distance"), (("--known-by", "soon"), "soon"),
        (("--responsible", "certainly"), "are about --actor; name one"),
        (("--no-parts",), "are about --actor; name one"), (("--actor", "is", "--responsible", "maybe"), "maybe"),
    ],
)  # fmt: skip
def test_a_wrong_word_gets_one_sentence(ask: Ask, options: tuple[str, ...], part: str) -> None:
    for command in (("events",), ("total", "--measure", "killed")):
        answer = ask(*command, *options)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
        assert part in answer.err


ASKING = ("--within", "--text", "--known-by", "--from", "--to", "--actor", "--type", "--place", "--bbox")


@pytest.mark.parametrize("option", ASKING)
@pytest.mark.parametrize("empty", ["", "  "])
def test_an_option_with_nothing_behind_it_does_not_ask_for_everything(ask: Ask, option: str, empty: str) -> None:
    for answer in (ask("events", option, empty), ask("events", f"{option}={empty}")):
        assert (answer.code, answer.out) == (2, "")
        assert answer.err == (
            f"badia: argument {option}: nothing is written behind it; say what to ask for, or leave the option out; "
            "see badia events --help\n"
        )


@pytest.mark.parametrize(("command", "option"), [
    (("control", "--on", ""), "--on"), (("show", "raqqa", "--on", ""), "--on"),
    (("change", "--from", "2017-01-01", "--to", ""), "--to"),
    (("snapshot", "-o", "x.png", "--compare", ""), "--compare"),
])  # fmt: skip
def test_a_day_with_nothing_in_it_is_refused(ask: Ask, command: tuple[str, ...], option: str) -> None:
    answer = ask(*command)
    assert answer.code == 2
    assert f"argument {option}: nothing is written behind it" in answer.err
