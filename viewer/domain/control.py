"""Control as a list of dated, sourced claims, and what they say of a place on a day.

On a day the last claim at or before it holds until a claim ends or replaces it. A change that is only
known to lie within a span of days is open during that span: then both the old and the new holder are
shown as possible.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from viewer.domain.dates import UNDATED, DateSpan, Day
from viewer.domain.fields import info
from viewer.domain.frozen import dataclass


@dataclass(frozen=True, slots=True)
class ControlClass:
    """A way of standing in a place: what cards and legend call it, how its ground looks, what it does to others.

    look: tone (with the holder's pattern), siege (tone in a double line), outline, nothing, or how it is filled
    otherwise: stripes, chequer, lattice, dots. ends_others: whether it ends other holders, whether it is said to begin
    or to hold; others stand side by side. shared: of a holder among others; who is surrounded there does not end them.
    beside: it says nothing about who holds the place, and another holder does not end it.
    """

    key: str
    words: str
    sign: str
    look: str
    ends_others: bool = False
    shared: bool = False
    beside: bool = False


CONTROL_CLASSES = (
    ControlClass("control", "control", "Area of control", "tone", ends_others=True),
    ControlClass("contested", "contested", "Contested area", "stripes", shared=True),
    ControlClass("mixed", "held together", "Shared area", "chequer", shared=True),
    ControlClass("besieged", "holds, besieged", "Besieged area", "siege", ends_others=True),
    ControlClass("presence", "presence", "Presence", "dots", beside=True),
    ControlClass("hidden", "hidden presence, not control", "Hidden presence, no control", "outline", beside=True),
    ControlClass("disputed", "sources disagree", "Sources disagree", "lattice"),
    ControlClass("unknown", "not known", "Area of control", "nothing"),
    ControlClass("unheld", "held by nobody", "Area of control", "nothing", ends_others=True),
)
CLASS_OF = {one.key: one for one in CONTROL_CLASSES}
CLASSES = tuple(CLASS_OF)
SOLE = tuple(one.key for one in CONTROL_CLASSES if one.ends_others)
SHARED = tuple(one.key for one in CONTROL_CLASSES if one.shared)
BESIDE = tuple(one.key for one in CONTROL_CLASSES if one.beside)
UNSHOWN = tuple(one.key for one in CONTROL_CLASSES if one.look == "nothing")
"""Classes of which nothing is drawn: nobody is said to hold the ground."""
UNFILLED = tuple(one.key for one in CONTROL_CLASSES if one.look in ("outline", "nothing"))
"""Classes whose extent is never filled: a presence that no map shows, or none at all."""
ALONE = tuple(one.key for one in CONTROL_CLASSES if one.look in ("tone", "siege"))
"""Classes of ground that one actor holds."""
PHASES = ("begins", "holds", "ends")
STATUSES = ("reported", "claimed", "inferred")
USES = ("main", "alternative", "outlier")


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlClaim:
    """One statement that `actors` began to hold, held or ceased to hold a place or an area.

    use: main claims make the picture; alternative (a second date or account) and outlier (early,
    mistaken or one-sided) stay on the record as disagreement. basis `general`: common knowledge for
    which no text was found.
    """

    key: str = info("Key", "key", required=True)
    actors: str = info("Actors", "refs", table="actor", required=True)
    control: str = info("Class", "term", terms=CLASSES, required=True)
    phase: str = info("Phase", "term", terms=PHASES, required=True)
    place: str = info("Place", "ref", table="place")
    geometry: bytes | None = info("Geometry", "geometry")
    date: DateSpan = info("Date", "date", default=UNDATED)
    date_basis: str = info("How the date is known", default="stated")
    status: str = info("Status", "term", terms=STATUSES, default="reported")
    basis: str = info("Basis", "term", terms=("read", "general"), default="read")
    use: str = info("Use", "term", terms=USES, default="main")
    schematic: bool = info("Schematic", "flag")
    source: str = info("Source", "ref", table="source", required=True)
    note: str = info("Note", "long")


def class_of(control: str) -> ControlClass:
    """The class of that name; one that nobody knows is not known."""
    return CLASS_OF.get(control, CLASS_OF["unknown"])


def drawn_as(control: str) -> str:
    """How the area of a class is drawn, roughly: fill, hatch, dots, outline or nothing."""
    look = class_of(control).look
    if look in ("tone", "siege"):
        return "fill"
    return look if look in ("dots", "outline", "nothing") else "hatch"


@dataclass(frozen=True, slots=True)
class Holding:
    """Who stands in a place on a day: the claim that says so, since when, and last confirmed when.

    since: the day from which it surely stands, None when no claim says when it began. Of a claim by
    several actors of whom some have since left, `claim.actors` names those who are left.
    """

    claim: ControlClaim
    since: Day | None
    as_of: Day
    possible: bool = False

    def age_days(self, day: Day) -> int:
        """Days from the last confirmation to `day`."""
        return max(0, day - self.as_of)


@dataclass(frozen=True, slots=True)
class Tenure:
    """The holdings of one place from `first` to `last` day inclusive; last None means until further notice."""

    first: Day
    last: Day | None
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The tenures of one place in order of time, without overlap."""

    tenures: tuple[Tenure, ...]

    def on(self, day: Day) -> tuple[Holding, ...]:
        """The holdings on a day; empty before the first claim and where nobody is known to hold it."""
        index = bisect_right(self.tenures, day, key=lambda tenure: tenure.first) - 1
        return self.tenures[index].holdings if index >= 0 else ()

    def cut(self, ages: Sequence[int]) -> History:
        """The same history with a tenure of its own from each day on which a holding reaches one of these ages."""
        return History(tuple(part for tenure in self.tenures for part in _cut(tenure, ages)))


def _cut(tenure: Tenure, ages: Sequence[int]) -> Iterator[Tenure]:
    first, last = tenure.first, tenure.last
    days = {held.as_of + age for held in tenure.holdings for age in ages}
    inner = sorted([day for day in days if day > first and (last is None or day <= last)])
    if not inner:
        return iter((tenure,))
    firsts, lasts = (tenure.first, *inner), (*(day - 1 for day in inner), tenure.last)
    return (Tenure(first, last, tenure.holdings) for first, last in zip(firsts, lasts, strict=True))


_Standing = Mapping[str, Holding]
"""The holding of each single actor: for each place and actor the last claim holds."""


def history(claims: Iterable[ControlClaim]) -> History:
    """Replay the main claims about one place (or one area) into its tenures."""
    dated = [c for c in claims if c.use == "main" and c.actors.split() and not _timeless(c)]
    steps = sorted(_without_vague_doubles(dated), key=lambda c: (_last(c), c.phase != "ends", _first(c), c.key))
    coming = sorted(steps, key=_first)
    marks = sorted({day for c in steps for day in (_first(c), _last(c))})
    tenures: list[Tenure] = []
    standing: _Standing = {}
    pending: dict[int, ControlClaim] = {}
    begun = done = 0
    for index, day in enumerate(marks):
        while begun < len(coming) and _first(coming[begun]) <= day:
            pending[id(coming[begun])] = coming[begun]
            begun += 1
        while done < len(steps) and _last(steps[done]) <= day:
            standing = _apply(standing, steps[done], _last(steps[done]))
            del pending[id(steps[done])]
            done += 1
        waiting = sorted(pending.values(), key=lambda c: (_last(c), c.phase != "ends", _first(c), c.key))
        holdings = _with_possible(standing, waiting)
        last = marks[index + 1] - 1 if index + 1 < len(marks) else None
        if tenures and tenures[-1].holdings == holdings:
            tenures[-1] = replace(tenures[-1], last=last)
        else:
            tenures.append(Tenure(day, last, holdings))
    return History(tuple(tenures))


def _timeless(claim: ControlClaim) -> bool:
    return claim.date.earliest is None and claim.date.latest is None


def _first(claim: ControlClaim) -> Day:
    """The first day the claim may be about: an open start counts from its end, when it was said."""
    return claim.date.earliest if claim.date.earliest is not None else _last(claim)


def _last(claim: ControlClaim) -> Day:
    """The day from which the claim surely stands: a holding from its first day, a change from its last."""
    span = claim.date
    for day in (span.earliest, span.latest) if claim.phase == "holds" else (span.latest, span.earliest):
        if day is not None:
            return day
    raise ValueError(f"the claim {claim.key} has no day")


def _without_vague_doubles(claims: Iterable[ControlClaim]) -> list[ControlClaim]:
    """Drop a change dated to a span when a sharper claim of the same change lies inside that span."""
    kept: list[ControlClaim] = []
    changes: dict[tuple[frozenset[str], str, str], list[ControlClaim]] = {}
    for claim in claims:
        if claim.phase == "holds":
            kept.append(claim)
        else:
            changes.setdefault((frozenset(claim.actors.split()), claim.control, claim.phase), []).append(claim)
    for alike in changes.values():
        kept += _sharpest(alike)
    return kept


def _sharpest(alike: list[ControlClaim]) -> Iterable[ControlClaim]:
    """The claims whose span holds no shorter span: met from the latest start on, the shorter first."""
    soonest: Day | None = None
    before: tuple[Day, Day] | None = None
    for claim in sorted(alike, key=lambda c: (-_first(c), _last(c))):
        span = _first(claim), _last(claim)
        if span == before or soonest is None or soonest > span[1]:
            yield claim
            before = span
            soonest = span[1] if soonest is None else min(soonest, span[1])


def _apply(standing: _Standing, claim: ControlClaim, day: Day) -> dict[str, Holding]:
    """The holdings after a claim; a confirmation keeps the day the holder came from before."""
    actors = claim.actors.split()
    kept = {
        actor: held
        for actor, held in standing.items()
        if actor not in actors and (claim.phase == "ends" or not _ends_others(claim.control, held.claim.control))
    }
    if claim.phase == "ends":
        return kept
    return {**kept, **{actor: _held(standing.get(actor), claim, day) for actor in actors}}


def _ends_others(control: str, other: str) -> bool:
    """Whether a holder of one class leaves no room for another actor's holding of class `other`."""
    return control in SOLE and other not in BESIDE and not (control == "besieged" and other in SHARED)


def _held(before: Holding | None, claim: ControlClaim, day: Day) -> Holding:
    """What a claim makes of its actor's holding: a new one, or the old one confirmed."""
    begins = claim.phase == "begins"
    as_of = day if begins or claim.date.latest is None else max(day, claim.date.latest)
    if before is None or before.claim.control != claim.control:
        return Holding(claim, day if begins else None, as_of)
    since = day if before.since is None and begins else before.since
    shown = before.claim if before.claim.phase == "begins" else claim
    return Holding(shown, since, max(before.as_of, as_of))


def _with_possible(standing: _Standing, pending: Iterable[ControlClaim]) -> tuple[Holding, ...]:
    """Holdings while changes are pending: what they would end or begin is only possible."""
    after: _Standing = standing
    for claim in pending:
        after = _apply(after, claim, _first(claim))
    stays = {
        actor: held
        for actor, held in standing.items()
        if actor in after and after[actor].claim.control == held.claim.control
    }
    ends = {actor: replace(held, possible=True) for actor, held in standing.items() if actor not in stays}
    comes = {actor: replace(held, possible=True) for actor, held in after.items() if actor not in stays}
    return (*_together(stays), *_together(ends), *_together(comes))


def _together(holdings: _Standing) -> Iterable[Holding]:
    """The holdings of single actors, those by one claim as one; its claim names who is left of them."""
    if all(held.claim.actors == actor for actor, held in holdings.items()):
        return holdings.values()
    return _shared(holdings)


def _shared(holdings: _Standing) -> Iterator[Holding]:
    shared: dict[Holding, list[str]] = {}
    for actor, held in holdings.items():
        shared.setdefault(held, []).append(actor)
    for held, actors in shared.items():
        named = held.claim.actors.split()
        if set(actors) == set(named):
            yield held
        else:
            left = " ".join(actor for actor in named if actor in actors)
            yield replace(held, claim=replace(held.claim, actors=left))


def foremost(holdings: Sequence[Holding]) -> tuple[Holding, ...]:
    """The holdings a map shows of a place: whoever is merely present only where nobody holds it."""
    return tuple(holding for holding in holdings if holding.claim.control not in BESIDE) or tuple(holdings)


def actors_of(holdings: Iterable[Holding]) -> tuple[str, ...]:
    """The actors of holdings, each once, in the order in which they are named."""
    return tuple(dict.fromkeys(key for holding in holdings for key in holding.claim.actors.split()))


def disagreeing(claims: Iterable[ControlClaim]) -> tuple[ControlClaim, ...]:
    """The claims on the record that the picture does not follow: second dates, opposing accounts, outliers."""
    return tuple(claim for claim in claims if claim.use != "main")
