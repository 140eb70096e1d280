"""The numbers of an event as bars: whole figures by reporter, breakdowns under what they add up to.

Figures that rival each other stand in one range here, and one by one among the contradictions; a part is drawn inside
what it is a part of. So nothing invites to add what must not be added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from viewer.domain.counts import PART, TOTAL, Count, Figure, figure_of
from viewer.session.card import Bar, Row
from viewer.session.contradictions import disputed_counts, span_words
from viewer.session.describe import actor_names, count_words, number_words
from viewer.store.dataset import DataSet


def count_rows(data: DataSet, counts: Sequence[Count]) -> Iterator[Row]:
    """Measure by measure: each reporter's whole figure, what it breaks down into, and parts that stand apart."""
    for measure in dict.fromkeys(count.measure for count in counts):
        yield from _of_measure(data, [count for count in counts if count.measure == measure])


def _of_measure(data: DataSet, counts: Sequence[Count]) -> Iterator[Row]:
    whole = max((figure.high for count in counts if (figure := figure_of(count))), default=0.0)
    rivals = disputed_counts(counts)
    told: set[str] = set()
    for count in counts:
        if count.partition != TOTAL:
            continue
        parts = [*_breakdowns(data, counts, whole, _whole_by(count), 1)]
        if count in rivals and not parts:
            if count.group not in told:
                yield _rivals(rivals, count, whole)
            told.add(count.group)
            continue
        yield _row(data, count, whole, 0)
        yield from parts
    yield from _orphans(data, counts, whole)
    for count in counts:
        if count.partition == PART:
            apart = f"of them, {group_words(count)}; adds to nothing"
            yield _row(data, count, whole, 1, apart, _stated(counts, count))


def _rivals(rivals: Sequence[Count], count: Count, whole: float) -> Row:
    """All whole figures of one group as one range."""
    rows = [c for c in rivals if (c.measure, c.partition, c.group) == (count.measure, TOTAL, count.group)]
    figures = [figure for row in rows if (figure := figure_of(row)) is not None]
    low, high = min((f.low for f in figures), default=0.0), max((f.high for f in figures), default=0.0)
    bar = Bar(low, high, whole, any(f.at_least and f.high == high for f in figures)) if figures else None
    name = count.measure if count.group in ("", "all") else f"{count.measure}, {group_words(count)}"
    if len(rows) == 1:
        return Row(name, span_words(rows), "stands alone for its group; see Contradictions", None, bar)
    note = f"{len(rows)} rival figures, one by one under Contradictions; they never add up"
    return Row(name, span_words(rows), note, None, bar)


_Whole = tuple[tuple[str, ...], str, float | None]
"""The names under which a breakdown may call its whole, the reporter whose figure it is, and that figure."""


def _whole_by(count: Count, *names: str) -> _Whole:
    figure = figure_of(count)
    return (names or ("", count.group)), count.reporter, figure.high if figure is not None else None


def _stated(counts: Sequence[Count], part: Count) -> float | None:
    """The figure a part is a part of: the only whole there is by its reporter, else None."""
    wholes = [c for c in counts if c.partition == TOTAL and c.reporter == part.reporter]
    figure = figure_of(wholes[0]) if len(wholes) == 1 else None
    return figure.high if figure is not None else None


def _breakdowns(data: DataSet, counts: Sequence[Count], whole: float, of: _Whole, level: int) -> Iterator[Row]:
    """The breakdowns of one figure, each headed by its sum, and theirs below them."""
    names, reporter, stated = of
    for partition in partitions(counts):
        rows = [c for c in counts if c.partition == partition and c.within in names and _one_voice(c, reporter)]
        if not rows or level > 4:
            continue
        yield Row(_heading(rows[0]), sum_words(counts, rows), _gap(counts, rows, reporter), level=level)
        for row in rows:
            yield _row(data, row, whole, level + 1, "", stated)
            yield from _breakdowns(data, counts, whole, _whole_by(row, row.group), level + 2)


def _orphans(data: DataSet, counts: Sequence[Count], whole: float) -> Iterator[Row]:
    """Breakdowns of a whole that no reporter states: the sum itself is the figure."""
    for partition in partitions(counts):
        of_it = [count for count in counts if count.partition == partition]
        for reporter in dict.fromkeys(count.reporter for count in of_it):
            rows = [c for c in of_it if c.reporter == reporter and _whole_of(counts, [c]) is None]
            if rows:
                yield Row(f"{rows[0].measure}, {_heading(rows[0])}", sum_words(counts, rows), level=0)
                for row in rows:
                    yield _row(data, row, whole, 1)
                    yield from _breakdowns(data, counts, whole, _whole_by(row, row.group), 2)


def _heading(count: Count) -> str:
    """What a breakdown divides by; one named after its own group divides that group."""
    name = group_name(count.partition.removeprefix("by-"))
    return f"{name}, broken down" if count.partition == count.within else f"by {name}"


def partitions(counts: Iterable[Count]) -> tuple[str, ...]:
    """The names of the breakdowns, in the order they come."""
    return tuple(dict.fromkeys(count.partition for count in counts if count.partition not in (TOTAL, PART)))


def _one_voice(count: Count, reporter: str) -> bool:
    return not count.reporter or not reporter or count.reporter == reporter


def _whole_of(counts: Sequence[Count], rows: Sequence[Count]) -> Count | None:
    """The row that states what these rows add up to."""
    within = rows[0].within
    others = [c for c in counts if c not in rows and c.partition != PART and _one_voice(c, rows[0].reporter)]
    if not within:
        return next((c for c in others if c.partition == TOTAL), None)
    return next((c for c in others if c.group == within), None)


def sum_words(counts: Sequence[Count], rows: Sequence[Count]) -> str:
    """The sum as written on paper: "202 = 20 + 182"; what does not add up is said so."""
    summed = _summed(rows)
    parts = " + ".join(_short(row) for row in rows)
    whole = _whole_of(counts, rows)
    stated = figure_of(whole) if whole else None
    if stated is None or whole is None:
        return f"{summed} = {parts}" if summed and len(rows) > 1 else parts
    equal = summed is not None and (summed.low, summed.high) == (stated.low, stated.high)
    return f"{_short(whole)} = {parts}" if equal else f"{parts}, of {_short(whole)}"


def _summed(rows: Sequence[Count]) -> Figure | None:
    figures = [figure for row in rows if (figure := figure_of(row))]
    result = figures[0] if figures else None
    for figure in figures[1:]:
        result = result.plus(figure) if result else figure
    return result


def _gap(counts: Sequence[Count], rows: Sequence[Count], reporter: str) -> str:
    """What the parts leave unexplained."""
    whole, summed = _whole_of(counts, rows), _summed(rows)
    stated = figure_of(whole) if whole else None
    if stated is None or summed is None or summed.high == stated.high:
        return ""
    rest = stated.high - summed.high
    return f"{number_words(rest)} not broken down" if rest > 0 else f"{number_words(-rest)} more than the whole"


def _short(count: Count) -> str:
    figure = figure_of(count)
    if figure is None:
        return count.word or "?"
    return number_words(figure.low) if figure.low == figure.high else f"{figure.low:,.0f}\u2013{figure.high:,.0f}"


def _row(
    data: DataSet, count: Count, whole: float, level: int, apart: str = "", within: float | None = None
) -> Row:
    figure, derived = figure_of(count), count.qualifier == "derived"
    bar = Bar(figure.low, figure.high, whole, figure.at_least, derived, within) if figure else None
    name = count.measure if count.partition == TOTAL and count.group in ("", "all") else group_words(count)
    if level == 0 and name != count.measure:
        name = f"{count.measure}, {name}"
    said = f"says {actor_names(data, count.reporter)}" if count.reporter else ""
    word = f"\u201c{count.word}\u201d" if count.word and count.word not in count_words(count) else ""
    return Row(name, count_words(count), "; ".join(t for t in (said, word, apart, count.note) if t), None, bar, level)


def group_words(count: Count) -> str:
    """Of whom: "civilians", "all"."""
    return group_name(count.group or "all")


def group_name(name: str) -> str:
    """A group or breakdown as people write it."""
    return name.replace("-", " ").replace("_", " ")
