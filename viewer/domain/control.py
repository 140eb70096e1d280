"""Control as a list of dated, sourced claims, and what they say of a place on a day.

On a day the last claim at or before it holds until a claim ends or replaces it. A change that is only
known to lie within a span of days is open during that span: then both the old and the new holder are
shown as possible.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from viewer.domain.dates import UNDATED, DateSpan, Day
from viewer.domain.fields import info

CLASSES = ("control", "contested", "mixed", "besieged", "presence", "hidden", "disputed", "unknown", "unheld")
SOLE = ("control", "besieged")
"""Classes that end every other holder when they begin; the others stand beside one another."""
BESIDE = ("presence", "hidden")
"""Classes that say nothing about who holds the place, so they end with their own claim only."""
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


@dataclass(frozen=True, slots=True)
class Holding:
    """Who stands in a place on a day: the claim that says so, since when, and last confirmed when."""

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
        index = bisect_right([tenure.first for tenure in self.tenures], day) - 1
        return self.tenures[index].holdings if index >= 0 else ()


_Standing = dict[str, Holding]


def history(claims: Iterable[ControlClaim]) -> History:
    """Replay the main claims about one place (or one area) into its tenures."""
    steps = _without_vague_doubles([c for c in claims if c.use == "main" and c.date.dated and _last(c) is not None])
    steps.sort(key=lambda c: (_last(c), c.phase != "ends", _first(c), c.key))
    marks = sorted({_first(c) for c in steps} | {_last(c) for c in steps} | _after_spans(steps))
    tenures: list[Tenure] = []
    standing: _Standing = {}
    done = 0
    for index, day in enumerate(marks):
        while done < len(steps) and _last(steps[done]) <= day:
            standing = _apply(standing, steps[done], _last(steps[done]))
            done += 1
        holdings = _with_possible(standing, [c for c in steps[done:] if _first(c) <= day], day)
        last = marks[index + 1] - 1 if index + 1 < len(marks) else None
        if tenures and tenures[-1].holdings == holdings:
            tenures[-1] = replace(tenures[-1], last=last)
        else:
            tenures.append(Tenure(day, last, holdings))
    return History(tuple(tenures))


def _first(claim: ControlClaim) -> Day:
    """The first day the claim may be about: an open start counts from its end, when it was said."""
    return claim.date.earliest if claim.date.earliest is not None else _last(claim)


def _last(claim: ControlClaim) -> Day:
    """The day from which the claim surely stands: a holding from its first day, a change from its last."""
    span = claim.date
    if claim.phase == "holds" and span.earliest is not None:
        return span.earliest
    return span.latest if span.latest is not None else span.earliest  # type: ignore[return-value]


def _after_spans(steps: Sequence[ControlClaim]) -> set[Day]:
    """The last days of holdings, where their confirmation ends and ageing begins."""
    return {c.date.latest for c in steps if c.phase == "holds" and c.date.latest is not None}


def _without_vague_doubles(steps: list[ControlClaim]) -> list[ControlClaim]:
    """Drop a change dated to a span when a sharper claim of the same change lies inside that span."""
    def sharper(a: ControlClaim, b: ControlClaim) -> bool:
        return (
            a is not b and (a.actors, a.control, a.phase) == (b.actors, b.control, b.phase)
            and _first(b) <= _first(a) and _last(a) <= _last(b)
            and _last(a) - _first(a) < _last(b) - _first(b)
        )  # fmt: skip

    return [b for b in steps if b.phase == "holds" or not any(sharper(a, b) for a in steps)]


def _apply(standing: _Standing, claim: ControlClaim, day: Day) -> _Standing:
    """The holdings after a claim; confirmations carry the day the holder came from before."""
    if claim.phase == "ends":
        return {key: held for key, held in standing.items() if held.claim.actors != claim.actors}
    before = standing.get(claim.actors)
    kept = {
        key: held
        for key, held in standing.items()
        if key != claim.actors and (claim.control not in SOLE or held.claim.control in BESIDE)
    }
    same = before is not None and before.claim.control == claim.control
    since = before.since if before is not None and same and claim.phase == "holds" else (
        day if claim.phase == "begins" else None
    )
    if before is not None and same and claim.phase == "begins":
        since = before.since if before.since is not None else day
    as_of = max(day, claim.date.latest) if claim.phase == "holds" and claim.date.latest is not None else day
    shown = before.claim if before is not None and same and before.claim.phase == "begins" else claim
    return {**kept, claim.actors: Holding(shown, since, as_of)}


def _with_possible(standing: _Standing, pending: Sequence[ControlClaim], day: Day) -> tuple[Holding, ...]:
    """Holdings on a day while changes are pending: what they would end or begin is only possible."""
    after = standing
    for claim in pending:
        after = _apply(after, claim, day)
    certain = [h for key, h in standing.items() if key in after and after[key].claim.control == h.claim.control]
    ending = [replace(h, possible=True) for h in standing.values() if h not in certain]
    coming = [
        replace(h, possible=True)
        for key, h in after.items()
        if key not in standing or standing[key].claim.control != h.claim.control
    ]
    return tuple(certain + ending + coming)


def disagreeing(claims: Iterable[ControlClaim]) -> tuple[ControlClaim, ...]:
    """The claims on the record that the picture does not follow: second dates, opposing accounts, outliers."""
    return tuple(claim for claim in claims if claim.use != "main")
