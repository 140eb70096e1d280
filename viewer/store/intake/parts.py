"""What a part of a draft comes to, worked out once for as long as it may come again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from viewer.domain.counts import Count
from viewer.domain.drafts import ActorMention, PartRow, PlaceMention, SharedPart
from viewer.domain.places import PINNED
from viewer.geo.wkb import point_wkb, to_blob
from viewer.store.hot import COUNTED_FORMS, hot_of
from viewer.store.intake.names import Names
from viewer.store.intake.rows import Row, rows_of
from viewer.store.search_text import fold

MOST_PARTS = 65_536
"""Parts that are kept while they may come again."""
UNSAID: Mapping[str, Mapping[str, str]] = {
    "event_place": {"certainty": "stated"}, "event_actor": {"certainty": "stated"}, "count": {"qualifier": "stated"},
}  # fmt: skip
"""What a part is that says nothing of how sure or exact it is."""
SELDOM_AGAIN = ("event_source",)
"""Tables whose parts mostly belong to one event alone: where in the source, and which article."""
_BY_PLACE = ("lon", "lat", "location_precision", "radius_m", "place")
_BY_ACTOR = ("actor", "rival")


class _At(NamedTuple):
    place: str
    role: str
    precision: str
    radius_m: float | None


class _Who(NamedTuple):
    actor: str
    role: str
    certainty: str


class Part:
    """The row of a part without its owner, and what the event it belongs to needs of it; found as the object it is.

    told, known: the folded names as the file has them, and of the records that it names by key.
    """

    at: _At | None = None
    who: _Who | None = None
    counted: Count | None = None
    told = known = ""

    def __init__(self, table: str, rest: Row) -> None:
        self.table, self.rest = table, rest


class Parts:
    """Makes parts, and the columns of an event that follow from them."""

    def __init__(self, names: Names, key_of: Callable[[Any], Any]) -> None:
        """key_of: the key that a mention means; any other value as it is."""
        self._names, self._key_of = names, key_of
        self._shared: dict[SharedPart, Part] = {}
        self._told: dict[tuple[Any, ...], Part] = {}
        self._where: dict[tuple[Part, ...], Row] = {}
        self._who: dict[tuple[Part, ...], Row] = {}

    def forget(self) -> None:
        """Work all out anew: names mean something else than before."""
        for kept in (self._shared, self._told, self._where, self._who):
            kept.clear()

    def of(self, raw: Sequence[PartRow], owner: str) -> list[Part]:
        """The parts of a draft of the table `owner`, in order."""
        shared = self._shared
        made: list[Part] = []
        for one in raw:
            found = shared.get(one) if one.__class__ is SharedPart else None
            if found is None:
                found = self._made(one, owner)
            made.append(found)
        return made

    def _made(self, raw: PartRow, owner: str) -> Part:
        table, values = raw
        if isinstance(raw, SharedPart):
            made = self._worked_out(table, values, owner)
            _keep(self._shared, raw, made)
            return made
        if table in SELDOM_AGAIN:
            part = {owner: "?"}
            for name, value in values.items():
                part[name] = value if value.__class__ is str else self._key_of(value)
            return Part(table, rows_of(table).row(part)[1:])
        told = (table, *values.items())
        if (found := self._told.get(told)) is None:
            found = self._worked_out(table, values, owner)
            _keep(self._told, told, found)
        return found

    def _worked_out(self, table: str, values: Mapping[str, Any], owner: str) -> Part:
        part: dict[str, Any] = {owner: "?", **UNSAID.get(table, {})}
        for name, value in values.items():
            part[name] = self._key_of(value)
        if table == "event_place":
            part |= self._roughness(values, part["place"])
        row = rows_of(table).row(part)
        made = Part(table, row[1:])
        made.told, made.known = _words_told(values, part, self._names), self._words_known(table, values)
        if table == "event_place":
            made.at = _At(part["place"], part.get("role", "at"), part.get("precision", ""), part.get("radius_m"))
        elif table == "event_actor":
            made.who = _Who(part["actor"], part["role"], part["certainty"])
        elif table == "count":
            made.counted = Count(**part)
        return made

    def _roughness(self, values: Mapping[str, Any], key: str) -> dict[str, Any]:
        """What a row says itself of how exact it is, where the place that it names is known more exactly."""
        mention = values["place"]
        if not isinstance(mention, PlaceMention) or mention.key or mention.precision != "near":
            return {}
        known = self._names.places[key]
        if values.get("precision") or known.precision not in PINNED:
            return {}
        return {"precision": "near", "radius_m": mention.radius_m}

    def _words_known(self, table: str, values: Mapping[str, Any]) -> str:
        named = table.removeprefix("event_")
        if table not in ("event_place", "event_actor") or not isinstance(values[named], str):
            return ""
        return " ".join(map(fold, self._names.spellings(named, values[named])))

    def hot(self, form: str, parts: Sequence[Part]) -> Row:
        """The hot columns of an event in their order, and its point as a blob."""
        at: tuple[Part, ...] = ()
        who: tuple[Part, ...] = ()
        for one in parts:
            if one.at is not None:
                at += (one,)
            elif one.who is not None:
                who += (one,)
        where, by = self._where.get(at), self._who.get(who)
        if where is None:
            where = self._where_of(at)
            _keep(self._where, at, where)
        if by is None:
            found = hot_of(form, (), {}, [one.who for one in who], ())
            by = tuple(found[name] for name in _BY_ACTOR)
            _keep(self._who, who, by)
        amount = None
        if form in COUNTED_FORMS:
            amount = hot_of(form, (), {}, (), [one.counted for one in parts if one.counted is not None])["amount"]
        return (*where[:-1], *by, amount, where[-1])

    def _where_of(self, at: tuple[Part, ...]) -> Row:
        found = hot_of("single", [one.at for one in at], self._names.places, (), ())
        lon, lat = found["lon"], found["lat"]
        point = None if lon is None or lat is None else to_blob(point_wkb(lon, lat))
        return (*(found[name] for name in _BY_PLACE), point)


def _words_told(values: Mapping[str, Any], keys: Mapping[str, str], names: Names) -> str:
    words = [values["spelled"]] if values.get("spelled") else []
    for name, value in values.items():
        if isinstance(value, PlaceMention):
            words += (value.name, names.places[keys[name]].name)
        elif isinstance(value, ActorMention):
            words.append(value.name)
    return " ".join(map(fold, words))


def _keep(kept: dict[Any, Any], key: Any, made: Any) -> None:
    if len(kept) >= MOST_PARTS:
        kept.clear()
    kept[key] = made
