"""What changed hands in words: parties, changes and the rule behind them, the same on map, panel and command line."""

from __future__ import annotations

from viewer.domain.dates import Day, day_words, words
from viewer.domain.sources import Quantity
from viewer.session.change import Balance, Change, Party
from viewer.session.describe import quantity_words
from viewer.session.state import REACH_KM
from viewer.store.dataset import DataSet

IN_SHORT = {
    "reach": f"ground of towns within {REACH_KM} km, drawn areas before it; schematic",
    "roads": "ground of the nearest town however far, drawn areas before it; schematic",
}
"""How the ground was found, by the reading of the desert."""
TOGETHER = {"contested": "contested", "mixed": "together", "disputed": "sources disagree"}
COLUMNS = ("A", "B", "gained", "lost", "held")
"""The numbers of a balance."""


def code_of(data: DataSet, party: Party) -> str:
    """The letters of a party: "SDF", "GOV / OPP" where it is contested, "GOV + HPM" where they share it."""
    joint = " + " if party.control == "mixed" else " / "
    return joint.join(_short(data, key) for key in party.actors)


def _short(data: DataSet, key: str) -> str:
    actor = data.actors.get(key)
    return key if actor is None else actor.code or actor.name


def party_words(data: DataSet, party: Party) -> str:
    """A party with the full names of its actors: "Hashd, Iraqi government (together)"."""
    names = ", ".join(data.actors[key].name if key in data.actors else key for key in party.actors)
    return f"{names} ({TOGETHER[party.control]})" if party.control in TOGETHER else names


def change_words(data: DataSet, change: Change) -> str:
    """Who has it from whom, and how large it is: "SDF from IS: 12,300 km2"."""
    size = km2_words(change.km2)
    if change.now is None:
        return f"nobody known, before {code_of(data, change.was)}: {size}" if change.was is not None else size
    if change.was is None:
        return f"{code_of(data, change.now)}, before nobody known: {size}"
    return f"{code_of(data, change.now)} from {code_of(data, change.was)}: {size}"


def held_words(data: DataSet, change: Change, first: Day, second: Day) -> str:
    """Who held it on both days, for whoever points at it."""
    if change.was is None and change.now is not None:
        return f"Nobody known on {day_words(first)}, {_by(data, change.now)} on {day_words(second)} (derived)"
    if change.now is None and change.was is not None:
        return f"Held {_by(data, change.was)} on {day_words(first)}, nobody known on {day_words(second)} (derived)"
    was, now = (_by(data, party) for party in (change.was, change.now) if party is not None)
    return f"Held {was} on {day_words(first)}, {now} on {day_words(second)} (derived)"


def _by(data: DataSet, party: Party) -> str:
    return f"by {party_words(data, party)}"


def km2_words(km2: float) -> str:
    """An area for people; no source knows it better than to some kilometres."""
    return f"{km2:,.0f} km\u00b2"


def numbers_of(balance: Balance) -> tuple[float, ...]:
    """The numbers of a balance in the order of COLUMNS, km2."""
    return balance.before, balance.after, balance.gained, balance.lost, balance.held


def table_text(
    data: DataSet, found: tuple[Balance, ...], first: Day, second: Day, reading: str, known_by: Day | None = None
) -> str:
    """The balances of two days as lines of tabs for a spreadsheet or a letter, with days and rule."""
    known = f", known by {day_words(known_by)}" if known_by is not None else ""
    lines = [f"Ground in km\u00b2, A {day_words(first)}, B {day_words(second)}{known}", "\t".join(("party", *COLUMNS))]
    lines += ["\t".join((party_words(data, one.party), *(f"{n:.0f}" for n in numbers_of(one)))) for one in found]
    return "\n".join([*lines, f"Rule: {IN_SHORT[reading]}"])


def whole_words(whole: str, km2: float) -> str:
    """The denominator of a share in words: "percent of the 248,000 km2 around towns with a claim that day"."""
    size = f"{float(f'{km2:.3g}'):,.0f} km\u00b2"
    return {
        "claimed": f"percent of the {size} of ground with a claim that day, which grows and shrinks",
        "syria": f"percent of the {size} of land of Syria, as the base map draws it",
        "iraq": f"percent of the {size} of land of Iraq, as the base map draws it",
    }[whole]


WHOLE_TITLES = {"claimed": "of ground with a claim that day", "syria": "of the land of Syria",
                "iraq": "of the land of Iraq"}  # fmt: skip
"""What the choice of a denominator is called."""


def stated_words(data: DataSet, row: Quantity) -> str:
    """What a source says of a share, of what, when and who: never the same thing as a share that is worked out."""
    who = ", ".join(part for part in (row.reporter, _publisher(data, row.source)) if part)
    baseline = f" of {row.baseline}" if row.baseline else ", baseline not said"
    return f"{words(row.date)}: \u201c{row.word or quantity_words(row)}\u201d{baseline} ({row.what}; {who})"


def _publisher(data: DataSet, source: str) -> str:
    return data.sources[source].publisher if source in data.sources else source
