"""What a reviewer says of a record: kept beside the evidence, never in it, and never written over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from viewer.domain.frozen import dataclass

STATUSES = ("unreviewed", "reviewed", "disputed", "needs a source", "set aside")
TAKEN_BACK = "taken back"
"""The reason of a mark by which somebody took his last one back, or counted that again."""
About = tuple[str, str]
"""The table and key of a record."""


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
    marks = list(history)
    first: dict[Mark, int] = {}
    """Where each mark stands for the first time."""
    words: dict[tuple[str, ...], int] = {}
    """Where each word was said last, but for what was taken back."""
    asked: list[int] = []
    """For each mark the one after which the same was open: itself where it repeats one, -1 where all is settled."""
    for at, mark in enumerate(marks):
        if mark in first:
            asked.append(at)
        else:
            first[mark] = at
            again = words.get(_word(mark), -1) if mark.reason == TAKEN_BACK else -1
            asked.append(asked[again] if again >= 0 else -1)
        if mark.reason != TAKEN_BACK:
            words[_word(mark)] = at
    if not marks or asked[-1] < 0:
        return ()
    counting = marks[asked[-1]]
    others = {one.by: one for one in marks[first[counting] + 1 : asked[-1]] if one != counting}
    return tuple(one for one in others.values() if one.status != counting.status)


def _word(mark: Mark) -> tuple[str, ...]:
    return mark.table, mark.key, mark.status, mark.note


def _has_settled(theirs: list[Mark], ours: Mark) -> bool:
    """Whether another history knew our mark beside its own by a merge, and went on from there."""
    if ours not in theirs or not theirs or contradicting(theirs):
        return False
    told, known = set(theirs[: theirs.index(ours)]), theirs[theirs.index(ours) : -1]
    for one in known:
        if one in told:
            return True
        told.add(one)
    return False


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
        ours_of_it = frozenset(held)
        new = [mark for mark in said_once(said) if mark not in ours_of_it]
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
        if said[-1] not in ours_of_it and said[-1].status != held[-1].status:
            clashes.append((held[-1], said[-1]))
    return Union((*coming, *again), tuple(fresh), tuple(clashes), tuple(settled))


def open_conflicts(marks: Iterable[Mark]) -> Iterator[tuple[About, tuple[Mark, ...]]]:
    """The records about which reviewers contradict each other, with the marks against the one that counts."""
    for about, history in by_record(marks).items():
        if found := contradicting(history):
            yield about, found


def out_of_time(marks: Iterable[Mark]) -> int:
    """How many marks bear an earlier time than the one of the same reviewer that was written before them."""
    last: dict[str, str] = {}
    number = 0
    for mark in said_once(marks):
        number += mark.at < last.get(mark.by, "")
        last[mark.by] = mark.at
    return number
