"""Whose side speaks, and whether what it says serves that side: worked out from blocs and roles, never guessed.

A side is a bloc in which somebody fights or governs. Whoever belongs to none, as a monitor does, or is named by words
that are no actor's name, has no side that is known, and nothing is said of his interest. What a statement does to a
side follows from three things of the record alone: who is said to have done it, who was hit, and who speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from viewer.domain.counts import Count, Figure, figure_of
from viewer.domain.dossier import Dossier
from viewer.domain.events import DOUBTED, EventActor
from viewer.domain.frozen import dataclass
from viewer.session.memo import remembered
from viewer.store.dataset import DataSet

FOR, AGAINST = "in its own interest", "against its own interest"
NOT_KNOWN = "interest not known"
SIDED = ("state", "armed group", "alliance")
"""Kinds of actors that make a bloc a side; a bloc of monitors or of civilians is none."""
BELONGS = ("part of", "branch of")
DOERS, HIT = ("perpetrator",), ("target", "victim")
HARM = ("killed", "injured")
"""Measures of which more is worse for whoever did it, or for whoever lost them."""
Sides = frozenset[str]
NOBODY: Sides = frozenset()


@dataclass(frozen=True, slots=True)
class Interest:
    """verdict: FOR, AGAINST or NOT_KNOWN; because: why, in words."""

    verdict: str
    because: str

    @property
    def known(self) -> bool:
        """Whether the record holds what is needed to tell."""
        return self.verdict != NOT_KNOWN

    def __str__(self) -> str:
        return f"{self.verdict}: {self.because}" if self.because else self.verdict


@dataclass(frozen=True, slots=True)
class Parties:
    """The sides of an event: of those who are said to have done it, of those who were hit, and of who claims it.

    surely: the sides of whom it is established that they did it. bystanders: whether somebody of no side was hit;
    unarmed: whether nobody else was.
    """

    doers: Sides
    surely: Sides
    hit: Sides
    claiming: Sides
    bystanders: bool
    unarmed: bool


def _unknown(because: str) -> Interest:
    return Interest(NOT_KNOWN, because)


@remembered(1)
def _sides(data: DataSet) -> Sides:
    return frozenset(actor.bloc for actor in data.actors.values() if actor.bloc and actor.kind in SIDED)


@remembered(1)
def _wholes(data: DataSet) -> Mapping[str, tuple[str, ...]]:
    wholes: dict[str, list[str]] = {}
    for relation in data.relations:
        if relation.kind in BELONGS:
            wholes.setdefault(relation.actor, []).append(relation.other)
    return {part: tuple(found) for part, found in wholes.items()}


@remembered(1)
def _named(data: DataSet) -> Mapping[str, frozenset[str]]:
    """The actors that a name, in small letters, may mean."""
    named: dict[str, set[str]] = {}
    for actor in data.actors.values():
        named.setdefault(actor.name.casefold(), set()).add(actor.key)
    for name in data.actor_names:
        named.setdefault(name.name.casefold(), set()).add(name.actor)
    return {name: frozenset(keys) for name, keys in named.items()}


def sides_of(data: DataSet, actors: Iterable[str]) -> Sides:
    """The sides of actors: of their blocs and of all that they are part of."""
    wholes, sides = _wholes(data), _sides(data)
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(actors)
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        actor = data.actors.get(key)
        if actor is not None and actor.bloc in sides:
            found.add(actor.bloc)
        waiting += wholes.get(key, ())
    return frozenset(found)


def speakers(data: DataSet, said_by: str) -> tuple[str, ...]:
    """The actors that a field of a speaker means: keys, or exactly a name, with or without what follows its comma.

    None where it is nobody's name, or that of several.
    """
    keys = said_by.split()
    if keys and all(key in data.actors for key in keys):
        return tuple(keys)
    for name in (said_by, said_by.partition(",")[0]):
        found = _named(data).get(name.strip().casefold(), frozenset())
        if len(found) == 1:
            return tuple(found)
    return ()


def parties_of(data: DataSet, dossier: Dossier) -> Parties:
    """Who stands on which end of an event."""
    doers = [row for row in dossier.actors if row.role in DOERS]
    hit = [row.actor for row in dossier.actors if row.role in HIT]
    claiming = [row.actor for row in dossier.actors if row.role == "claimant"]
    claiming += [row.actor for row in doers if row.actor in speakers(data, row.claimed_by)]
    each = [sides_of(data, [actor]) for actor in hit]
    sides = NOBODY.union(*each)
    return Parties(
        doers=sides_of(data, [row.actor for row in doers]),
        surely=sides_of(data, [row.actor for row in doers if row.certainty not in DOUBTED]),
        hit=sides, claiming=sides_of(data, claiming),
        bystanders=not all(each), unarmed=bool(hit) and not sides,
    )  # fmt: skip


def interest_of_figure(data: DataSet, parties: Parties, count: Count, rivals: Sequence[Count]) -> Interest:
    """What a number does for the side of its reporter, set against what others say of the same thing.

    rivals: all rows of the same measure and group, `count` among them.
    """
    speaker = _speaker(data, count.reporter, count.source)
    if not speaker:
        return _unknown("no side of whoever says so is known")
    if count.measure not in HARM:
        return _unknown(f"more or fewer {count.measure} serve no side by themselves")
    did, lost = speaker & parties.doers, speaker & parties.hit
    if not did and not lost:
        return _unknown("its side is named on neither end")
    if did and lost:
        return _unknown("its side stands on both ends")
    unarmed = parties.unarmed or count.group.casefold().startswith("civilian")
    if count.qualifier == "claimed-none":
        said = "denies what its side is said to have done" if did else "denies losses of its side"
        return Interest(FOR, said) if did or not unarmed else _unknown("what a denial does for it cannot be told")
    place = _place_among(data, count, speaker, rivals)
    if not place:
        return _unknown("it is neither the lowest nor the highest figure")
    if did and unarmed and did & parties.claiming:
        return _unknown("its side claims the deed, so more may be a boast or an admission")
    if did and not unarmed and not parties.hit:
        return _unknown("who was hit is not said")
    if did:
        low_serves, why = unarmed, "its side is said to have done it"
    else:
        low_serves, why = not unarmed, "its side was hit"
    return Interest(FOR if (place == "lowest") == low_serves else AGAINST, f"the {place} figure, and {why}")


def _place_among(data: DataSet, count: Count, speaker: Sides, rivals: Sequence[Count]) -> str:
    """Whether a figure is the lowest or the highest among those of others; '' for in between, or alone."""
    own = figure_of(count)
    others = [
        figure
        for rival in rivals
        if not speaker & _speaker(data, rival.reporter, rival.source) and (figure := figure_of(rival)) is not None
    ]
    if own is None or not others:
        return ""
    if own.high <= min(other.high for other in others) and own.high < max(_top(other) for other in others):
        return "lowest"
    return "highest" if _top(own) >= max(map(_top, others)) and own.high > min(o.high for o in others) else ""


def _top(figure: Figure) -> float:
    """The number a figure names as its largest; one more where it says that there were more."""
    return figure.high + (1 if figure.at_least else 0)


def interest_of_role(data: DataSet, parties: Parties, row: EventActor) -> Interest:
    """What naming an actor in a role does for the side of whoever says so."""
    own_word = row.role in ("claimant", "denier")
    speaker = sides_of(data, [row.actor]) if own_word else _speaker(data, row.claimed_by, row.source)
    if not speaker:
        return _unknown("no side of whoever says so is known")
    if row.role == "denier":
        if speaker & parties.surely:
            return _unknown("its side's part is established, and what it denies is not told")
        if speaker & parties.doers:
            return Interest(FOR, "denies what its side is said to have done")
        return _unknown("its side is not among those accused")
    if row.role not in (*DOERS, "claimant") or (row.role == "claimant" and not speaker & parties.doers):
        return _unknown("what it claims, and what that does for its side, is not told")
    if speaker & sides_of(data, [row.actor]):
        if speaker & parties.hit:
            return Interest(AGAINST, "names its own side, which was hit, as the one that did it")
        if parties.hit and not parties.bystanders:
            return Interest(FOR, "claims a blow against another side")
        return _unknown("names its own side: a boast or an admission")
    if speaker & parties.hit:
        return Interest(FOR, "accuses another of what was done to its side")
    if speaker & parties.doers:
        return Interest(FOR, "lays to another what its own side is said to have done")
    return _unknown("its side is named on neither end")


def side_of_source(data: DataSet, parties: Parties, source: str) -> str:
    """Whose side a source takes, set against the event; '' where the store does not say whose."""
    record = data.sources.get(source)
    if record is None or not record.alignment:
        return ""
    name = data.actors[record.alignment].name if record.alignment in data.actors else record.alignment
    said = f"takes the side of {name}"
    sides = sides_of(data, [record.alignment])
    ends = [words for side, words in ((parties.doers, "said to have done it"), (parties.hit, "hit")) if sides & side]
    if not sides:
        return said
    return f"{said}, which is {' and '.join(ends)}" if ends else f"{said}, which is on neither end of it"


def _speaker(data: DataSet, said_by: str, source: str) -> Sides:
    """The side of whoever is named as saying it; where nobody is named, the side its source takes."""
    if said_by.strip():
        return sides_of(data, speakers(data, said_by))
    record = data.sources.get(source)
    return sides_of(data, [record.alignment]) if record is not None and record.alignment else NOBODY
