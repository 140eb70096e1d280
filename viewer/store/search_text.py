"""The folded form in which any spelling of a name meets any other, Latin or Arabic."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ARABIC_FOLD = str.maketrans({
    "\u0623": "\u0627", "\u0625": "\u0627", "\u0622": "\u0627", "\u0671": "\u0627", "\u0649": "\u064a",
    "\u0629": "\u0647", "\u0624": "\u0648", "\u0626": "\u064a", "\u0640": None, "\u06cc": "\u064a", "\u06a9": "\u0643",
})  # fmt: skip
_LATIN_FOLD = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bf": "'", "\u02be": "'", "`": "'", "ı": "i"})
_ARTICLES = re.compile(r"\b(?:al|el|ad|ed|ar|er|as|es|ash|esh|at|et|az|ez|an|en|ul|ath)[\s-]+(?=\w{2})")
_ARABIC_ARTICLE = re.compile(r"\b\u0627\u0644(?=\w{2})")
_SOUNDS = tuple((re.compile(pattern), letters) for pattern, letters in (
    (r"^abu", "bu"), (r"oo|ou|ow|aw|au|w|o", "u"), (r"ee|ei|ey|ay|ai|iy|ie|y|e", "i"), (r"[qc]", "k"), ("dh", "d"),
    (r"gh", "g"), (r"(.)\1+", r"\1"), (r"h$", ""), (r"(?<=.)h(?=[^aiu]|$)", ""),
))  # fmt: skip
_APART = re.compile(r"[^\w]+")


def fold(text: str) -> str:
    """Lower case, without marks, hyphens, apostrophes, articles and the choices Arabic spelling leaves."""
    text = text.casefold().translate(_LATIN_FOLD)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c)).translate(_ARABIC_FOLD)
    text = _ARTICLES.sub("", text.replace("'", "").replace("-", " "))
    if not text.isascii():
        text = _ARABIC_ARTICLE.sub("", text)
    return " ".join(_APART.sub(" ", text).split())


@lru_cache(maxsize=65536)
def _kept(text: str) -> str:
    return fold(text)


def event_words(key: str, title: str, kind: str, summary: str, note: str, names: Iterable[str]) -> str:
    """The folded text under which an event is found, each word once.

    names: of its places in every spelling, as its sources spell them, and of its actors.
    """
    told = (title, summary, kind, *dict.fromkeys(names), note)
    return " ".join(dict.fromkeys(" ".join((*map(_kept, told), fold(key))).split()))


def sound(text: str) -> str:
    """How a name sounds, roughly: the choices that Latin spelling of Arabic leaves are made alike.

    Doubled letters, long vowels, a silent h at the end, q and k, dh and d: "Humaymah" and "Humeima" agree.
    """
    heard = squeezed(text)
    for pattern, letters in _SOUNDS:
        heard = pattern.sub(letters, heard)
    return heard


def squeezed(text: str) -> str:
    """The folded form without blanks: "abu kamal" and "Albukamal" differ by the article only."""
    folded = fold(text).replace(" ", "")
    return folded[2:] if folded.startswith("al") and len(folded) > 5 else folded
