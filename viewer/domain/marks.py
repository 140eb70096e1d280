"""What a reviewer says of a record: kept beside the evidence, never in it, and never written over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from viewer.domain.frozen import dataclass

STATUSES = ("unreviewed", "reviewed", "disputed", "needs a source", "set aside")
TAKEN_BACK = "taken back"
"""The reason of a mark by which somebody took his last one back."""
RESTORED = "restored"
"""Stands before the reason of a mark that counts again, as somebody took the taking back of it back."""
About = tuple[str, str]
"""The table and key of a record."""
AHEAD = dt.timedelta(days=1)
"""So far may another computer's clock be ahead of this one's before a time is told as one that cannot be right."""
LONGEST_TIME = 40
"""Letters of what was written in place of a time."""
FIRST_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Nobody marked anything before it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One statement of one reviewer about one record.

    table, key: the record; by: initials; at: when, as ISO 8601 in UTC. Of several about a record the last that was
    written counts, whatever the clocks said; the others are its history.
    """

    table: str
    key: str
    status: str
    by: str
    at: str
    note: str = ""
    reason: str = ""

    @property
    def about(self) -> About:
        """The record."""
        return self.table, self.key


@dataclass(frozen=True, slots=True)
class Kept:
    """Something else of the user's: a scene, a saved filter. body: JSON; position: its place among its kind."""

    kind: str
    key: str
    position: float
    body: str
    at: str


def says_the_same(one: Mark | None, other: Mark | None) -> bool:
    """Whether two marks of a record say the same of it, whoever said it and when; no mark says that of a new one."""
    said = [(mark.status, mark.note) if mark is not None else (STATUSES[0], "") for mark in (one, other)]
    return said[0] == said[1]


def moment(at: str) -> dt.datetime | None:
    """The time of a mark in UTC; None where it is no time, or one of no time zone."""
    try:
        found = dt.datetime.fromisoformat(at)
        if found.tzinfo is dt.UTC:
            return found  # as all are that this program makes
        return found.astimezone(dt.UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def is_strange(at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a moment cannot be that of a mark: it is none, or lies far from all that may be."""
    return at is None or not FIRST_TIME <= at <= now + AHEAD


def time_words(at: str, seconds: bool = False) -> str:
    """The time of a mark as it is read: UTC to the minute or second; as it was written where it is no such time."""
    found = moment(at)
    if found is None:
        return f"\u201c{at[:LONGEST_TIME]}\u201d" if at else "no time"
    return found.isoformat(" ", "seconds" if seconds else "minutes").removesuffix("+00:00")


def by_record(marks: Iterable[Mark]) -> dict[About, list[Mark]]:
    """The history of each record, in the order of the marks."""
    found: dict[About, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.about, []).append(mark)
    return found


def said_once(history: Iterable[Mark]) -> tuple[Mark, ...]:
    """A history without the repetitions that only say which mark counts after two workspaces were merged."""
    return tuple(dict.fromkeys(history))


def contradicting(history: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks of others that a merge brought, that contradict the one that counts, and that nobody has settled.

    history: of one record. A merge repeats the mark that counted before it behind those that it brings; whatever is
    said of the record after that settles it, until it is taken back.
    """
    every = list(history)
    if len(every) < 2:
        return ()
    at = len(every) - 1
    if _is_step(every[at]) and every.index(every[at]) == at:
        again = every[at]
        at = next((number for number in range(at - 1, -1, -1) if _same_word(every[number], again)), at)
    mark = every[at]
    others = {one.by: one for one in every[every.index(mark) + 1 : at] if one != mark}
    return tuple(one for one in others.values() if one.status != mark.status)


def _same_word(one: Mark, again: Mark) -> bool:
    if _is_step(one) or again.reason not in (TAKEN_BACK, restored_reason(one.reason)):
        return False
    return replace(again, by=one.by, at=one.at, reason=one.reason) == one


def _is_step(mark: Mark) -> bool:
    """Whether a mark was written by going back or forth among what had been said."""
    return mark.reason == TAKEN_BACK or mark.reason == restored_reason(mark.reason)


def restored_reason(reason: str) -> str:
    """The reason of a mark that counts again, with its own one; the same where it says so already."""
    if reason == RESTORED or reason.startswith(f"{RESTORED}: "):
        return reason
    return f"{RESTORED}: {reason}" if reason else RESTORED


def _has_settled(theirs: list[Mark], ours: Mark) -> bool:
    """Whether another history knew our mark beside its own by a merge, and went on from there."""
    if ours not in theirs or not theirs or contradicting(theirs):
        return False
    first = {one: at for at, one in reversed(tuple(enumerate(theirs)))}
    return any(first[one] < at for at, one in enumerate(theirs[:-1]) if at >= first[ours])


@dataclass(frozen=True, slots=True)
class Union:
    """What another history of marks adds to one's own.

    added: the marks to write behind what is there, new ones first, then the repetitions by which what counted still
    does; new: those that are not there yet. clashes: our mark and theirs where they contradict each other. settled:
    marks that count from now on, as theirs was said in knowledge of ours.
    """

    added: tuple[Mark, ...]
    new: tuple[Mark, ...]
    clashes: tuple[tuple[Mark, Mark], ...]
    settled: tuple[Mark, ...] = ()


def united(own: Iterable[Mark], other: Iterable[Mark]) -> Union:
    """What another history brings: every mark that is not there yet. Where both spoke of a record, our word counts.

    Unless theirs settles an earlier merge of the two. Nothing of either is lost, and uniting again adds nothing.
    """
    ours, theirs = by_record(own), by_record(other)
    coming: list[Mark] = []
    again: list[Mark] = []
    clashes: list[tuple[Mark, Mark]] = []
    settled: list[Mark] = []
    fresh: list[Mark] = []
    for about, said in theirs.items():
        held = ours.get(about, [])
        known = set(held)
        new = [mark for mark in said_once(said) if mark not in known]
        fresh += new
        coming += new if held else said
        if not held or not new:
            continue
        if _has_settled(said, held[-1]):
            settled.append(said[-1])
            if new[-1] != said[-1]:
                again.append(said[-1])
            continue
        again.append(held[-1])
        if said[-1] in new and said[-1].status != held[-1].status:
            clashes.append((held[-1], said[-1]))
    return Union((*coming, *again), tuple(fresh), tuple(clashes), tuple(settled))


def open_conflicts(marks: Iterable[Mark]) -> Iterator[tuple[About, tuple[Mark, ...]]]:
    """The records about which reviewers contradict each other, with the marks against the one that counts."""
    for about, history in by_record(marks).items():
        if len(history) > 1 and (found := contradicting(history)):
            yield about, found


def out_of_time(marks: Iterable[Mark]) -> int:
    """How many marks bear an earlier time than the one of the same reviewer that was written before them."""
    last: dict[str, dt.datetime] = {}
    number = 0
    for mark in said_once(marks):
        if (at := moment(mark.at)) is not None:
            number += at < last.get(mark.by, at)
            last[mark.by] = at
    return number
