"""Numbers as reports give them: "12-15", "at least 12", "dozens", in several languages, kept as vague as they are."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from viewer.formats.cells import NOTHING, CellError

MAX_NUMBER = 60
_NUMBER = r"\d{1,3}(?:[.,' \u202f\u00a0]\d{3})+(?!\d)|\d+(?:[.,]0+)?(?!\d)"
_EXACT = re.compile(_NUMBER)
_RANGE = re.compile(
    rf"(?:between|from|tussen|van|zwischen|von|entre|de|بين|من)?\s*({_NUMBER})\s*(?:-|–|—|\bto\b|\band\b|\btot\b|\ben\b"
    rf"|\bbis\b|\bund\b|\bà\b|\bet\b|الى|إلى|و)\s*({_NUMBER})"
)
_BEFORE = (
    ("at-least", "at least", ">=", "≥", "minimum", "min.", "no fewer than", "no less than", "minstens", "ten minste",
     "tenminste", "zeker", "mindestens", "wenigstens", "au moins", "minimum de", "على الأقل", "ما لا يقل عن"),
    ("over", "over", "more than", ">", "upwards of", "meer dan", "ruim", "mehr als", "über", "plus de", "أكثر من"),
    ("up-to", "up to", "<=", "≤", "as many as", "at most", "no more than", "max.", "maximum", "tot", "hoogstens",
     "maximaal", "bis zu", "höchstens", "jusqu'à", "au plus", "ما يصل إلى"),
    ("under", "fewer than", "less than", "under", "<", "minder dan", "weniger als", "unter", "moins de", "أقل من"),
    ("about", "about", "around", "approximately", "approx.", "approx", "some", "roughly", "circa", "ca.", "ca", "c.",
     "~", "±", "ongeveer", "rond", "zo'n", "etwa", "rund", "environ", "quelque", "حوالي", "نحو"),
    ("nearly", "nearly", "almost", "close to", "bijna", "fast", "beinahe", "knapp", "presque", "près de", "ما يقرب من"),
    ("only", "only", "just", "slechts", "nur", "seulement", "فقط"),
)  # fmt: skip
"""How a number is hedged, by the words before it; the first of each is the qualifier."""
_AFTER = {"+": "at-least", "or more": "at-least", "of meer": "at-least", "oder mehr": "at-least", "ou plus": "at-least",
          "at least": "at-least", "~": "about"}  # fmt: skip
_WORDS = {
    "dozens": ("dozens", 24), "tientallen": ("dozens", 24), "dutzende": ("dozens", 24), "dizaines": ("tens", 20),
    "des dizaines": ("tens", 20), "عشرات": ("tens", 20), "العشرات": ("tens", 20), "scores": ("scores", 40),
    "several": ("several", 2), "some": ("several", 2), "a few": ("several", 2), "few": ("several", 2),
    "many": ("several", 2), "multiple": ("several", 2), "a number": ("several", 2), "meerdere": ("several", 2),
    "verschillende": ("several", 2), "enkele": ("several", 2), "mehrere": ("several", 2), "einige": ("several", 2),
    "plusieurs": ("several", 2), "quelques": ("several", 2), "عدد": ("several", 2), "عدة": ("several", 2),
    "tens": ("tens", 20), "hundreds": ("hundreds", 200), "honderden": ("hundreds", 200),
    "hunderte": ("hundreds", 200), "des centaines": ("hundreds", 200), "centaines": ("hundreds", 200),
    "مئات": ("hundreds", 200), "المئات": ("hundreds", 200), "thousands": ("thousands", 2000),
    "duizenden": ("thousands", 2000), "tausende": ("thousands", 2000), "des milliers": ("thousands", 2000),
    "milliers": ("thousands", 2000), "آلاف": ("thousands", 2000), "الآلاف": ("thousands", 2000),
}  # fmt: skip
"""Words that stand for a number: the qualifier, and the least that such a word can mean."""
_NONE = frozenset({"zero", "nul", "geen", "kein", "keine", "aucun", "zéro", "لا شيء"})


@lru_cache(maxsize=16384)
def read_count(text: str, column: str) -> dict[str, Any]:
    """The fields of a Count that a cell means (value, min, max, qualifier, word); empty when it says nothing.

    CellError when it is neither a number nor a known way to speak of one.
    """
    plain = _plain(text)
    if plain in NOTHING:
        return {}
    if len(plain) > MAX_NUMBER:
        raise CellError(f"{column}: '{plain[:40]}' is too long for a number; write 12, 12-15, at least 12 or dozens")
    if _EXACT.fullmatch(plain):
        return {"value": _number(plain), "qualifier": "stated"}
    if plain in _NONE:
        return {"value": 0, "qualifier": "stated", "word": text.strip()}
    if found := _RANGE.fullmatch(plain):
        low, high = _number(found[1]), _number(found[2])
        if high < low:
            raise CellError(f"{column}: '{text[:40]}' goes down; write the lower number first")
        return {"min": low, "max": high, "qualifier": "range", "word": text.strip()}
    if plain in _WORDS:
        qualifier, least = _WORDS[plain]
        return {"min": least, "qualifier": qualifier, "word": text.strip()}
    qualifier, number = _hedged(plain)
    if qualifier:
        return {"value": number, "qualifier": qualifier, "word": text.strip()}
    raise CellError(f"{column}: '{text.strip()[:40]}' is no number; write 12, 12-15, at least 12 or dozens")


def with_bounds(count: dict[str, Any], low: int | None, high: int | None, column: str) -> dict[str, Any]:
    """The same count between a lowest and a highest figure that stand in cells of their own."""
    if low is None and high is None:
        return count
    if low is not None and high is not None and high < low:
        raise CellError(f"{column}: the highest figure {high} is below the lowest {low}")
    told = {**count, **({"min": low} if low is not None else {}), **({"max": high} if high is not None else {})}
    value = told.get("value")
    if value is None:
        return {"qualifier": "range" if low is not None and high is not None else "at-least" if high is None
                else "up-to", **told}  # fmt: skip
    if (low is not None and value < low) or (high is not None and value > high):
        raise CellError(f"{column}: {value} does not lie between the lowest and the highest figure")
    return told if low == high == value else {**told, "qualifier": "estimate"}


def _plain(text: str) -> str:
    if text.isascii():
        return text.strip().lower()
    told = unicodedata.normalize("NFC", text.strip().lower())
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in told)


def _number(text: str) -> int:
    if re.fullmatch(r"\d+[.,]0+", text) and not re.fullmatch(r"\d{1,3}[.,]000", text):
        text = re.split(r"[.,]", text)[0]
    return int(re.sub(r"\D", "", text))


def _hedged(plain: str) -> tuple[str, int]:
    """The qualifier and the number of a text that is a number with words before or after it."""
    for qualifier, *words in _BEFORE:
        for word in words:
            rest = plain.removeprefix(word).strip()
            if rest != plain and _EXACT.fullmatch(rest):
                return qualifier, _number(rest)
    for word, qualifier in _AFTER.items():
        rest = plain.removesuffix(word).strip()
        if rest != plain and _EXACT.fullmatch(rest):
            return qualifier, _number(rest)
    return "", 0

