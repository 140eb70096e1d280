"""Words that tables use for what Badia has terms for: kinds of event, roles, exactness, classes of control."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from viewer.domain.control import CLASSES, PHASES
from viewer.domain.events import ACTOR_ROLES, ACTUALITIES, EVENT_TYPES, FORMS
from viewer.domain.places import PRECISIONS

_TYPES = {
    "battle": "battles clash clashes armed_clash armed_clashes firefight fighting combat engagement skirmish fight "
              "gefecht gefechte kampf gevecht gevechten combats affrontement affrontements bataille اشتباك اشتباكات "
              "معركة معارك",
    "strike": "airstrike airstrikes air_strike air_strikes air/drone_strike drone_strike missile_strike strikes "
              "air_raid bombardment close_air_support luftangriff luftschlag luchtaanval luchtaanvallen "
              "frappe frappe_aerienne "
              "frappes_aeriennes غارة غارات غارة_جوية غارات_جوية قصف_جوي",
    "shelling": "artillery mortar mortars indirect_fire idf rocket_attack rockets shelling/artillery/missile_attack "
                "rocket beschuss beschiessung beschieting beschietingen bombardement pilonnage قصف قصف_مدفعي",
    "bombing": "ied ied_explosion ied_attack explosion bomb bomb_attack bombings car_bomb vbied svbied "
               "suicide_bombing suicide_bomb suicide_attack mine landmine roadside_bomb "
               "remote_explosive/landmine/ied grenade explosive "
               "bombe anschlag bombenanschlag bomaanslag aanslag attentat تفجير تفجيرات انفجار عبوة_ناسفة",
    "ambush": "ambushes hinterhalt hinderlaag embuscade كمين كمائن",
    "raid": "raids search_operation razzia inval descente مداهمة مداهمات",
    "attack": "attacks armed_attack saf small_arms_fire direct_fire df armed_assault assault angriff aanval aanvallen "
              "attaque هجوم هجمات",
    "killing": "killings assassination assassinations murder targeted_killing shooting mord toetung ermordung moord "
               "liquidatie meurtre assassinat اغتيال قتل",
    "execution": "executions hinrichtung hinrichtungen executie executies اعدام اعدامات",
    "massacre": "massacres massaker massamoord bloedbad مجزرة مجازر",
    "kidnapping": "kidnappings abduction abductions abduction/forced_disappearance hostage hostage_taking entfuehrung "
                  "ontvoering ontvoeringen enlevement خطف اختطاف",
    "arrest": "arrests detention detentions capture_of_person festnahme festnahmen verhaftung arrestatie aanhouding "
              "arrestation اعتقال اعتقالات",
    "chemical": "chemical_attack chemical_weapon gas_attack giftgas gifgas attaque_chimique هجوم_كيماوي",
    "destruction": "looting looting/property_destruction demolition arson property_destruction zerstoerung vernieling "
                   "verwoesting تدمير",
    "capture": "captured seizure territory_gain government_regains_territory non-state_actor_overtakes_territory "
               "advance einnahme inname verovering prise سيطرة تحرير",
    "withdrawal": "withdrawals retreat rueckzug terugtrekking retrait انسحاب",
    "movement": "movements troop_movement convoy deployment verplaatsing bewegung mouvement تحرك",
    "displacement": "displaced evacuation vertreibung flucht vlucht ontheemding deplacement نزوح",
    "operation": "operations clearing_operation military_operation offensive einsatz operatie عملية عمليات",
    "siege": "blockade belagerung belegering siege_de_ville حصار",
    "agreement": "ceasefire truce abkommen waffenruhe akkoord bestand accord اتفاق هدنة",
    "training": "exercise ausbildung opleiding entrainement تدريب",
    "statement": "statements press_release erklaerung verklaring declaration بيان تصريح",
    "threat": "threats drohung dreiging menace تهديد",
    "other": "others unknown event incident sonstige sonstiges andere anders overig overige autre autres "
             "اخرى غير_معروف",
}  # fmt: skip
"""What tables call each kind of event; blanks within one name are written as _."""
_ROLES = {
    "perpetrator": "attacker by initiator dader aanvaller taeter angreifer auteur assaillant",
    "target": "targets attacked defender doel doelwit ziel cible",
    "victim": "victims slachtoffer opfer victime",
    "party": "parties participant involved partij partei partie",
    "claimant": "claimed_by claims",
    "mover": "moving", "speaker": "said_by", "reporter": "reported_by", "denier": "denied_by",
}  # fmt: skip
_PRECISIONS = {
    "exact": "precise exakt genau exact_location building gps",
    "town": "city village settlement populated_place stadt dorf stad dorp ville village_level town_level",
    "near": "approximate approx around about vicinity nahe nabij bij pres ungefaehr",
    "area": "district subdistrict distrikt kreis district_level zone",
    "province": "governorate admin1 state provinz provincie gouvernorat province_level",
    "region": "general_area regio desert",
    "country": "nation land pays country_level",
    "line": "road river route",
    "unknown": "none onbekend unbekannt inconnu",
}  # fmt: skip
_CLASSES = {
    "control": "controlled holds held full full_control occupied kontrolle controle beheerst controlled_by سيطرة",
    "contested": "contested_area contested_control disputed_control clashes "
                 "fighting frontline umkaempft betwist conteste متنازع_عليها",
    "mixed": "joint joint_control shared shared_control gemeinsam gedeeld gedeelde_controle mixte مشتركة",
    "besieged": "siege under_siege belagert belegerd assiege محاصرة",
    "presence": "present activity influence operations praesenz aanwezig aanwezigheid",
    "hidden": "sleeper sleeper_cells cells hidden_presence covert infiltration insurgency",
    "disputed": "sources_disagree",
    "unknown": "unclear onbekend unbekannt inconnu",
    "unheld": "nobody abandoned empty none deserted no_control uncontrolled",
}  # fmt: skip
_PHASES = {
    "begins": "begin start started captured taken seized from since gained beginn ingenomen",
    "holds": "hold held status as_of observed stand",
    "ends": "end ended lost until left withdrawn ende verloren",
}  # fmt: skip


def _index(terms: tuple[str, ...], words: Mapping[str, str]) -> dict[str, str]:
    found = {word.replace("_", " "): term for term, told in words.items() for word in told.split()}
    return {**found, **{term: term for term in terms}}


TYPE_OF = _index(EVENT_TYPES, _TYPES)
ROLE_OF = _index(ACTOR_ROLES, _ROLES)
PRECISION_OF = _index(PRECISIONS, _PRECISIONS)
CLASS_NAMED = _index(CLASSES, _CLASSES)
PHASE_NAMED = _index(PHASES, _PHASES)
FORM_OF = _index(FORMS, {"tally": "count sum total summary", "single": "incident event"})
ACTUALITY_OF = _index(ACTUALITIES, {"reported": "confirmed actual", "alleged": "unconfirmed", "claimed": "claim"})
_FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "أ": "ا", "إ": "ا", "آ": "ا", "_": " "})


@lru_cache(maxsize=16384)
def folded(text: str) -> str:
    """Small letters without accents, umlauts written out, blanks single: how the words above are looked up."""
    told = text.strip().lower().translate(_FOLDS)
    if not told.isascii():
        told = "".join(c for c in unicodedata.normalize("NFKD", told) if not unicodedata.combining(c))
    return " ".join(told.split())
