"""Which column of a table is what: guessed from its name, in several languages, and from what its cells hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from viewer.domain.dates import DateError
from viewer.formats.vocabulary import CLASS_NAMED, folded
from viewer.formats.written_dates import DAY_FIRST, MONTH_FIRST, read_date
from viewer.geo.gridref import parse_coordinate

MEASURED = ("killed", "injured", "arrested", "kidnapped", "displaced", "strikes", "attacks", "battles")
"""Measures that may have a column, with a lowest and a highest figure in columns beside it."""


@dataclass(frozen=True)
class FieldGuess:
    """A field that a column can be taken for: what it means, how such columns are called, what their cells hold."""

    name: str
    meaning: str
    called: tuple[str, ...]
    holds: Callable[[str], bool] | None = None
    by_content: bool = False
    """Whether cells alone are enough to know it."""
    firm: tuple[str, ...] = ()
    """What a column is called that is taken for it whatever its cells hold: rows that hold something else are wrong."""


def _called(words: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in words.split())


def _is_date(text: str) -> bool:
    for order in (DAY_FIRST, MONTH_FIRST):
        try:
            if read_date(text, order).dated:
                return True
        except DateError:
            continue
    return False


_DATE_LIKE = re.compile(r"\D*\d{1,4}\D+\d.*\d.*|.*[^\W\d_]{3,}.*\d{4}.*|\d{8}", re.DOTALL)


def _is_like_date(text: str) -> bool:
    """Whether a text is written as a date is, be there such a day or not."""
    return bool(_DATE_LIKE.fullmatch(text))


def _is_full_date(text: str) -> bool:
    """A date that no plain number could be taken for."""
    return _is_like_date(text) and _is_date(text)


def _within(limit: float) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        told = text.strip().replace(",", ".") if text.count(",") == 1 else text.strip()
        try:
            return abs(float(told)) <= limit
        except ValueError:
            return _one_angle(told)

    return holds


def _one_angle(text: str) -> bool:
    """Whether a text is one angle in degrees, minutes and seconds."""
    north = text[-1:] in "nsNS"
    nothing = ("0E", "0°0'0\"E") if north else ("0N", "0°0'0\"N")
    return bool(text) and any(
        parse_coordinate(f"{text}, {other}" if north else f"{other}, {text}") is not None for other in nothing
    )


def _is_coordinate(text: str) -> bool:
    told = text.strip("()[] ")
    return parse_coordinate(told) is not None or parse_coordinate(told.replace(",", ".")) is not None


def _is_no_class(text: str) -> bool:
    """Whether a text names somebody, and not a way of holding."""
    return folded(text) not in CLASS_NAMED


_WKT = re.compile(r"\s*(?:SRID=4326;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*Z?\s*\(", re.IGNORECASE)


def _is_wkt(text: str) -> bool:
    return bool(_WKT.match(text))


def _has_number(text: str) -> bool:
    return any(character.isdigit() for character in text) or len(text) < 40


def _is_url(text: str) -> bool:
    return "://" in text or text.startswith("www.") or "." in text


def _counts() -> Iterable[FieldGuess]:
    called = {
        "killed": "killed fatalities deaths dead kia best tote getoetete todesopfer doden gedood morts tues deces قتلى "
                  "القتلى عدد_القتلى وفيات number_killed nkill total_killed people_killed deaths_total total_deaths",
        "injured": "injured wounded wia injuries verletzte gewonden gewond blesses جرحى الجرحى عدد_الجرحى nwound",
        "arrested": "arrested detained arrests festgenommene gearresteerd arretes معتقلين معتقلون",
        "kidnapped": "kidnapped abducted hostages entfuehrte ontvoerd enleves مخطوفين",
        "displaced": "displaced idps vertriebene ontheemden deplaces نازحين نازحون",
        "strikes": "strikes airstrikes number_of_strikes luftschlaege luchtaanvallen frappes عدد_الغارات",
        "attacks": "attacks number_of_attacks angriffe aanvallen attaques عدد_الهجمات",
        "battles": "battles clashes gefechte gevechten combats",
    }  # fmt: skip
    for measure in MEASURED:
        names = _called(called[measure])
        yield FieldGuess(measure, f"number {measure}" if measure in MEASURED[:5] else f"number of {measure}", names,
                         _has_number)  # fmt: skip
        edges = {"low": ("low", "min", "minimum", "lowest"), "high": ("high", "max", "maximum", "highest")}
        for edge, told in edges.items():
            wide = tuple(form for name in names for word in told for form in (f"{name} {word}", f"{word} {name}"))
            bare = told[:1] if measure == "killed" else ()
            yield FieldGuess(f"{measure}_{edge}", f"{edge}est figure of {measure}", (*wide, *bare), _has_number)


FIELDS: tuple[FieldGuess, ...] = (
    FieldGuess("id", "what the file calls the record", _called(
        "id event_id incident_id record_id uid uuid identifier kennung kenmerk identifiant المعرف badia_id "
        "incident_number event_number key nr no number # ref nummer numero رقم code "
        "globalid objectid gid fid")),
    FieldGuess("title", "title", _called(
        "title headline name event_name titel kop ueberschrift titre العنوان عنوان subject betreff onderwerp")),
    FieldGuess("type", "kind of event", _called(
        "type event_type incident_type kind category event_category attack_type soort typ art kategorie categorie "
        "soort_incident type_incident genre النوع نوع نوع_الحدث sub_event_type incident event_kind")),
    FieldGuess("form", "one incident, a tally, ...", _called("form")),
    FieldGuess("actuality", "reported, claimed, alleged, ...", _called("actuality")),
    FieldGuess("date", "date or first day", _called(
        "date event_date date_start start_date start first_day day incident_date date_of_event datum begindatum "
        "startdatum anfang beginn von dag jour date_debut debut date_de_debut التاريخ تاريخ تاريخ_الحدث "
        "تاريخ_البدء datetime "
        "date_time time timestamp dtg when date/time begin date_from from_date datum/tijd zeit fecha tarih "
        "occurred occurred_on year jaar jahr annee سنة السنة"), _is_date, True, _called(
        "date event_date date_start start_date incident_date date_of_event datum begindatum startdatum date_debut "
        "date_de_debut التاريخ تاريخ تاريخ_الحدث تاريخ_البدء datetime date_time")),
    FieldGuess("end", "last day", _called(
        "end end_date date_end last_day einddatum ende enddatum bis tot fin date_fin date_de_fin تاريخ_الانتهاء "
        "date_to to_date until enddate ends to valid_to"), _is_date, False, _called(
        "end_date date_end last_day einddatum enddatum date_fin date_de_fin تاريخ_الانتهاء enddate")),
    FieldGuess("lat", "latitude", _called(
        "lat latitude y breite breitengrad geogr_breite breedtegraad breedte خط_العرض lat_dd gps_lat geo_lat y_coord "
        "ycoord point_y decimal_latitude latitud"), _within(90)),
    FieldGuess("lon", "longitude", _called(
        "lon long lng longitude x laenge laengengrad geogr_laenge lengtegraad lengte خط_الطول lon_dd gps_lon gps_long "
        "geo_lon geo_lng x_coord xcoord point_x decimal_longitude longitud"), _within(180)),
    FieldGuess("coordinate", "position in one cell: decimal, DMS, MGRS, UTM", _called(
        "coordinate coordinates coords mgrs grid grid_reference utm lat/lon lat/long lat_lon lat_long latlon latlong "
        "latitude/longitude position koordinate koordinaten coordinaat coordinaten coordonnees gps location_mgrs "
        "الاحداثيات احداثيات geo point"), _is_coordinate, True),
    FieldGuess("wkt", "a point, line or area as text (WKT, degrees)", _called(
        "wkt geom geom_wkt wkt_geom geometry the_geom shape outline"), _is_wkt, True),
    FieldGuess("place", "name of the place", _called(
        "place location town city village settlement place_name location_name site where locality ort stadt ortschaft "
        "plaats stad locatie plaatsnaam gemeente lieu ville localite endroit المكان مكان الموقع المدينة مدينة البلدة "
        "القرية neighborhood neighbourhood where_coordinates")),
    FieldGuess("precision", "how exact the place is", _called(
        "location_precision precision place_precision geo_precision genauigkeit nauwkeurigheid")),
    FieldGuess("radius", "how far the place may be off, in metres", _called(
        "radius_m accuracy_m radius accuracy umkreis straal rayon"), _has_number),
    FieldGuess("country", "country", _called(
        "country land pays staat البلد الدولة country_name iso country_code iso2")),
    FieldGuess("province", "province", _called(
        "province governorate admin1 adm1 adm_1 state provinz gouvernement provincie gouvernorat المحافظة محافظة "
        "admin_1 region")),
    FieldGuess("district", "district", _called(
        "district admin2 adm2 adm_2 distrikt bezirk kreis القضاء القضاء_الناحية الناحية قضاء admin_2 subdistrict")),
    FieldGuess("actor", "who; by its role, else a party", _called(
        "actor actors group groups actor1 side_a party parties gruppe akteur akteure groep groepering acteur acteurs "
        "groupe الجهة الفاعل المجموعة الطرف organisation organization")),
    FieldGuess("other_actor", "a further party", _called("actor2 side_b second_actor other_actor opponent gegner")),
    FieldGuess("perpetrator", "who did it", _called(
        "perpetrator perpetrators attacker attackers gname initiator taeter angreifer dader daders aanvaller auteur "
        "assaillant الفاعل_المنفذ المهاجم الجهة_المنفذة by")),
    FieldGuess("target", "whom it was aimed at", _called(
        "target targets target_actor ziel ziele doel doelwit cible cibles الهدف المستهدف against")),
    FieldGuess("victim", "who suffered it", _called("victim victims opfer slachtoffer victime الضحية الضحايا")),
    FieldGuess("role", "role of the actor", _called("role actor_role rolle rol")),
    *_counts(),
    FieldGuess("killed_civilians", "civilians killed, a part of the killed", _called(
        "civilians_killed killed_civilians civilian_deaths deaths_civilians civilian_fatalities burgerdoden "
        "zivile_opfer civils_tues"), _has_number),
    FieldGuess("source", "who published it", _called(
        "source sources source_name publisher reported_by quelle quellen bron bronnen source_original المصدر مصدر "
        "media outlet")),
    FieldGuess("source_title", "title of the source", _called("source_title article source_headline source_article")),
    FieldGuess("source_date", "when it was published", _called(
        "source_date published publication_date date_published veroeffentlicht gepubliceerd publicatiedatum "
        "report_date date_reported"), _is_date),
    FieldGuess("url", "where to read it", _called(
        "url link links source_url href reference weblink lien الرابط رابط web website"), _is_url),
    FieldGuess("summary", "what happened", _called(
        "summary description details text narrative notes event_description beschreibung omschrijving beschrijving "
        "zusammenfassung samenvatting resume الوصف وصف ملخص التفاصيل desc what popupinfo")),
    FieldGuess("note", "note", _called(
        "note comment comments remark remarks bemerkung bemerkungen anmerkung opmerking opmerkingen remarque "
        "commentaire ملاحظات ملاحظة notiz")),
    FieldGuess("controller", "who holds it", _called(
        "controller controlled_by control_by held_by holder controlling_actor controlling_party in_control controls "
        "kontrolliert_von gehalten_von gecontroleerd_door in_handen_van controleur controle_par تحت_سيطرة "
        "المسيطر الجهة_المسيطرة current_controller")),
    FieldGuess("control", "class of control", _called(
        "control class control_class control_type status control_status area_status kontrolle controle السيطرة "
        "الحالة")),
    FieldGuess("phase", "whether it begins, holds or ends", _called("phase change")),
    FieldGuess("since", "since when it is held", _called(
        "since held_since controlled_since control_since seit sinds depuis منذ captured captured_on date_captured "
        "date_of_capture taken"), _is_date, False, _called(
        "held_since controlled_since control_since captured_on date_captured date_of_capture")),
    FieldGuess("previous", "who held it before: date;controller pairs", _called(
        "previous previous_controllers previously history previous_control former formerly vorher eerder precedent "
        "السابق past")),
)  # fmt: skip
_FIELD = {one.name: one for one in FIELDS}


def _also(name: str, words: str, holds: Callable[[str], bool] | None = None) -> FieldGuess:
    """A field that has more names among the properties of features, and is not known by its cells alone there."""
    one = _FIELD[name]
    return replace(one, called=(*one.called, *_called(words)), holds=holds or one.holds, by_content=False)


_START = FieldGuess("start", "first day", _called(
    "start start_date date_start startdate begin begins from valid_from since first_day"), _is_date, False,
    _called("start_date date_start startdate valid_from first_day"))  # fmt: skip
EVENT_FEATURE: tuple[FieldGuess, ...] = (
    _FIELD["id"], _also("title", "name event label"), _START, _FIELD["end"], _also("date", "verifieddate month"),
    FieldGuess("time", "time of day", _called("time event_time hour")),
    *(_FIELD[name] for name in ("type", "actor", "other_actor", "perpetrator", "target", "victim", "source", "url")),
    _also("summary", "note notes comment"),
    *(_FIELD[name] for name in ("place", "country", "precision", "radius", "killed", "injured")),
)  # fmt: skip
"""What can be taken from the properties of a feature that is an event."""
AREA_FEATURE: tuple[FieldGuess, ...] = (
    _FIELD["id"],
    _also("controller", "control holder actor actors group faction occupier owner party side", _is_no_class),
    _also("control", "type state"), _also("place", "name title area label"), _START, _FIELD["end"],
    _also("date", "as_of map_date valid_on month"), _FIELD["source"], _FIELD["url"],
    _also("note", "notes description"),
)  # fmt: skip
"""What can be taken from the properties of an area of control."""
_CONTENT_SHARE = 0.8
_NUMBERS = frozenset({"key", "nr", "no", "number", "#", "ref", "nummer", "numero", "رقم", "code"})
"""Names of columns that are ids where no value comes twice, and anything else where one does."""
CLAIM_FIELDS = ("controller", "control", "phase", "since", "previous")
_UNIT = re.compile(r"\s*[\[(][^\])]*[\])]\s*$|\s+(?:wgs ?84|dd|decimal|deg|degrees)$")


def guess(
    header: Sequence[str], sample: Sequence[Sequence[str]], wanted: Iterable[FieldGuess] = FIELDS
) -> Mapping[str, str]:
    """The column each field is most likely in; sample: cells of the first rows, as wide as the header."""
    names = {column: plain_name(column) for column in header}
    cells = {column: [row[at] for row in sample if row[at].strip()] for at, column in enumerate(header)}
    found: dict[str, str] = {}
    fields = tuple(wanted)
    weak = {column for column, told in cells.items() if len(set(told)) < len(told)}
    names = {column: bare for column, bare in names.items() if not (column in weak and bare in _NUMBERS)}
    for one in fields:
        column = _by_name(one, names, cells, set(found.values()))
        if column:
            found[one.name] = column
    _add_firm(found, fields, names, cells, _is_like_date)
    for one in fields:
        if one.by_content and one.name not in found and not _has_it(one, found):
            column = _by_content(one, header, cells, set(found.values()))
            if column:
                found[one.name] = column
    _add_firm(found, fields, names, cells, None)
    if ("lat" in found and "lon" not in found) or ("lon" in found and "lat" not in found):
        found.pop("lat", None)
        found.pop("lon", None)
    return found


def _add_firm(
    found: dict[str, str], fields: Iterable[FieldGuess], names: Mapping[str, str], cells: Mapping[str, list[str]],
    holds: Callable[[str], bool] | None,
) -> None:  # fmt: skip
    """Take columns for what they are called though no cell holds it, so that their rows are rejected."""
    for one in fields:
        if one.firm and one.name not in found and not _has_it(one, found):
            column = _by_name(replace(one, called=one.firm, holds=holds), names, cells, set(found.values()))
            if column:
                found[one.name] = column


def plain_name(column: str) -> str:
    """A name of a column as it is looked up."""
    return _UNIT.sub("", folded(column.replace("-", " ").replace(".", " ").replace(":", " ")))


def _by_name(one: FieldGuess, names: Mapping[str, str], cells: Mapping[str, list[str]], taken: set[str]) -> str:
    """The free column that is called so, the likelier name first, unless none of its cells can be such a thing."""
    free = {bare: column for column, bare in reversed([*names.items()]) if column not in taken}
    for called in one.called:
        column = free.get(folded(called))
        if column is not None and (one.holds is None or not cells[column] or any(map(one.holds, cells[column]))):
            return column
    return ""


def _by_content(one: FieldGuess, header: Sequence[str], cells: Mapping[str, list[str]], taken: set[str]) -> str:
    holds = _is_full_date if one.name == "date" else one.holds
    if holds is None:
        return ""
    for column in header:
        told = cells[column]
        if column not in taken and told and sum(map(holds, told)) >= _CONTENT_SHARE * len(told):
            return column
    return ""


def _has_it(one: FieldGuess, found: Mapping[str, str]) -> bool:
    """Whether another field tells the same already."""
    return (one.name in ("coordinate", "wkt") and "lat" in found) or (one.name == "date" and "since" in found)
