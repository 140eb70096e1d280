"""What stands under the pointer, in words."""

from __future__ import annotations

from viewer.domain.dates import Day, between, day_words
from viewer.session import describe
from viewer.session.by_day import DayCounts
from viewer.session.state import Ref
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet
from viewer.ui.timeline.frame import Frame
from viewer.ui.timeline.paint import Content, long_words
from viewer.ui.timeline.scale import bin_words
from viewer.ui.timeline.spans import Bar, Segment

NEAR_PIXELS = 4.0
MOST_CHANGES = 6


def words_at(frame: Frame, content: Content, pins: tuple[str, ...], x: float, y: float) -> str:
    """The tooltip for a pixel of the chart; '' where there is nothing to say."""
    day = frame.day_at(x)
    for pin, band, strip in zip(pins, frame.rows.lanes, content.strips, strict=False):
        if band.holds(y):
            return _lane_words(content.data, pin, strip, day)
    bar = bar_at(frame, content, x, y)
    if bar is not None:
        return _bar_words(content.data, bar)
    if content.long is not None and any(band.holds(y) for band in frame.rows.bars):
        return f"{long_words(content.long)}\n{_long_words(content.long, day)}"
    if frame.rows.changes.holds(y):
        return _change_words(frame, content, x)
    return _bin_words(content, day) if frame.rows.bins.holds(y) else ""


def bar_at(frame: Frame, content: Content, x: float, y: float) -> Bar | None:
    """The bar under a pixel; of several the shortest, as it lies on top."""
    day = frame.start + x * frame.days_per_pixel
    slack = NEAR_PIXELS / 2 * frame.days_per_pixel
    found = [
        bar
        for bar in content.bars
        if frame.rows.bars[bar.line].holds(y) and bar.first - slack <= day <= bar.last + 1 + slack
    ]
    return min(found, key=lambda bar: bar.last - bar.first, default=None)


def _lane_words(data: DataSet, pin: str, strip: tuple[Segment, ...], day: Day) -> str:
    name = describe.place_name(data, pin)
    segment = next((s for s in strip if s.first <= day and (s.last is None or day <= s.last)), None)
    if segment is None:
        return f"{name}, {day_words(day)}: nobody is known to hold it"
    held = f"from {day_words(segment.first)}" if segment.last is None else between(segment.first, segment.last)
    lines = [f"{name}, {held}"]
    for holding in segment.tenure.holdings:
        doubts = describe.holding_doubts(holding, day)
        lines.append(f"{describe.holder_words(data, holding.claim)}: {doubts}")
    return "\n".join(lines)


def _bar_words(data: DataSet, bar: Bar) -> str:
    events = data.events
    first, last = int(events.earliest[bar.row]), int(events.latest[bar.row])
    span = between(None if first == FAR_PAST else first, None if last == FAR_FUTURE else last)
    return f"{describe.name_of(data, Ref('event', events.keys[bar.row]))}\n{span}"


def _long_words(long: DayCounts, day: Day) -> str:
    return f"{day_words(day)}: {int(long.within(day, day).sum()):,} of them may be going on"


def _change_words(frame: Frame, content: Content, x: float) -> str:
    slack = NEAR_PIXELS * frame.days_per_pixel
    day = frame.start + x * frame.days_per_pixel
    near = [change for change in content.changes if abs(change[0] - day) <= slack]
    data = content.data
    lines = [
        f"{day_words(when)}: {describe.place_name(data, site)}, {describe.actor_names(data, actors)}"
        for when, site, actors in near[:MOST_CHANGES]
    ]
    rest = len(near) - len(lines)
    return "\n".join([*lines, f"and {rest} more changes of control"] if rest > 0 else lines)


def _bin_words(content: Content, day: Day) -> str:
    histogram = content.histogram
    index = histogram.bin_of(day)
    if index is None:
        return ""
    passing, everything = int(histogram.stacks[:, index].sum()), int(histogram.everything[index])
    when = bin_words(histogram.unit, int(histogram.edges[index]))
    head = f"{when}: {passing:,} records" + (f" of {everything:,}" if passing != everything else "")
    parts = [
        f"{count:,} {title}"
        for title, count in zip(content.grouping.titles, histogram.stacks[:, index].tolist(), strict=True)
        if count
    ]
    return "\n".join([head, *parts])
