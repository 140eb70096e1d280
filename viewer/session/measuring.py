"""What is measured on the map, in numbers and words: legs, bearings, areas and range rings.

Lengths, bearings and areas are those of geodesics on WGS 84. Bearings are from true north, which the letter T says:
the declination of a compass is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from viewer.domain.frozen import dataclass
from viewer.domain.patterns import Pattern
from viewer.domain.places import LonLat
from viewer.geo.geodesic import area_and_perimeter
from viewer.geo.projection import bearing_deg, distance_m
from viewer.session.commands import MOST_RINGS
from viewer.session.state import Measure, RangeRings

METRES = {"m": 1.0, "km": 1_000.0, "mi": 1_609.344, "nmi": 1_852.0}
"""Metres in a unit: statute mile (international), nautical mile."""
RINGS = 4
RING_PX = 75.0
"""About how many pixels lie between rings that nobody chose."""
STEPS = (1.0, 2.0, 5.0)
_ITEM = Pattern(r"(\d+(?:\.\d+)?) ?(m|km|mi|nmi|nm)?", re.I)


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a path: its geodesic length in metres and its bearing at the start in degrees from true north."""

    start: LonLat
    end: LonLat
    metres: float
    bearing: float


def legs(measure: Measure) -> tuple[Leg, ...]:
    """The legs of a path in their order; a closed one leads back to its first vertex."""
    path = measure.path
    ends = (*path[1:], path[0]) if measure.closed else path[1:]
    return tuple(Leg(a, b, distance_m(a, b), bearing_deg(a, b)) for a, b in zip(path, ends, strict=False))


def length_in(metres: float, units: str) -> str:
    """A length in kilometres, or metres when it is short, and in miles too where they are asked for."""
    said = f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:,.{2 if metres < 10_000 else 1}f} km"
    if units == "km" or metres <= 0:
        return said
    other = metres / METRES[units]
    return f"{said} ({other:,.{1 if other >= 10 else 2}f} {units})"


def area_in(square_metres: float, units: str) -> str:
    """An area in square kilometres, and in square miles of the kind that lengths are told in."""
    said = _square(square_metres, "km")
    return said if units == "km" else f"{said} ({_square(square_metres, units)})"


def _square(square_metres: float, unit: str) -> str:
    number = square_metres / METRES[unit] ** 2
    return f"{number:,.{0 if number >= 1000 else 1 if number >= 10 else 3}f} {unit}\u00b2"


def bearing_words(degrees: float) -> str:
    """A bearing from true north: "043\u00b0 T"."""
    return f"{round(degrees) % 360:03d}\u00b0 T"


def total_words(measure: Measure, units: str) -> tuple[str, ...]:
    """What all of a path comes to: its length, or the area inside and the perimeter."""
    if measure.closed:
        area, perimeter = area_and_perimeter(measure.path)
        return area_in(area, units), f"perimeter {length_in(perimeter, units)}"
    found = legs(measure)
    return (f"total {length_in(sum(leg.metres for leg in found), units)}",) if len(found) > 1 else ()


def said_of(measure: Measure, units: str) -> str:
    """One line about a path: its last leg and what all of it comes to."""
    found = legs(measure)
    if not found:
        return ""
    if measure.closed:
        return "area " + ", ".join(total_words(measure, units))
    last = f"{length_in(found[-1].metres, units)}, bearing {bearing_words(found[-1].bearing)}"
    return ", ".join((last, *total_words(measure, units)))


def measured_text(measure: Measure, units: str, written: Callable[[LonLat], str]) -> str:
    """The whole measurement as text, leg by leg, for a report; '' when nothing is measured."""
    found = legs(measure)
    if not found:
        return ""
    lines = [
        f"{number}. {written(leg.start)} to {written(leg.end)}: {length_in(leg.metres, units)}, "
        f"bearing {leg.bearing:05.1f}\u00b0 T"
        for number, leg in enumerate(found, 1)
    ]
    if measure.closed:
        area, perimeter = area_and_perimeter(measure.path)
        lines.append(f"Area {area_in(area, units)}, perimeter {length_in(perimeter, units)}")
    else:
        lines.append(f"Total {length_in(sum(leg.metres for leg in found), units)}")
    return "\n".join([*lines, "Geodesics on WGS 84; bearings from true north at the start of each leg"])


def rings_for(centre: LonLat, ground_m_per_px: float) -> RangeRings:
    """Rings at round distances that fill a fair part of a view of a scale (ground metres in a pixel)."""
    wanted, power = max(1.0, RING_PX * ground_m_per_px), 1.0
    while power * 10 <= wanted:
        power *= 10
    step = max(step * power for step in STEPS if step * power <= wanted)
    return RangeRings(centre, tuple(step * (number + 1) for number in range(RINGS)))


def typed_ranges(text: str) -> tuple[float, ...]:
    """The distances in metres that a text lists, "5, 10, 25 km" or "3 nmi 6 nmi"; () when it is no such list.

    A unit holds for those before it that have none; without any they are kilometres.
    """
    parts = [part for part in re.split(r"[,;/ ]+(?![a-z])", " ".join(text.split()), flags=re.I) if part]
    found = [_ITEM.fullmatch(part) for part in parts]
    radii, unit = set(), "km"
    for match in reversed(found):
        if match is None:
            return ()
        unit = (match[2] or unit).lower()
        radii.add(float(match[1]) * METRES["nmi" if unit == "nm" else unit])
    return tuple(sorted(radii)) if 0 < len(radii) <= MOST_RINGS and min(radii) > 0 else ()


def ranges_words(radii_m: tuple[float, ...]) -> str:
    """Distances as a list that `typed_ranges` reads: "5, 10, 25 km"."""
    return ", ".join(f"{metres / 1000:.9g}" for metres in radii_m) + " km"


def ring_words(metres: float, units: str) -> str:
    """The distance of a ring, short: "25 km", "500 m", with miles where they are asked for."""
    said = f"{metres:g} m" if metres < 1000 else f"{metres / 1000:,g} km"
    return said if units == "km" else f"{said} / {metres / METRES[units]:,.3g} {units}"
