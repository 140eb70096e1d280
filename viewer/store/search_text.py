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
_ARTICLES = re.compile(r"[aeu](?<!\w.)(?:(?<=[ae])(?:[ldrstzn]|sh)|(?<=u)l|(?<=a)th)[\s-]+(?=\w{2})")
"""al, el, ad, ed, ash, ul and so on, beginning with their letter so that they are looked for quickly."""
_ARABIC_ARTICLE = re.compile(r"\b\u0627\u0644(?=\w{2})")
_SOUNDS = tuple((re.compile(pattern), letters) for pattern, letters in (
    (r"^abu", "bu"), (r"oo|ou|ow|aw|au|w|o", "u"), (r"ee|ei|ey|ay|ai|iy|ie|y|e", "i"), (r"[qc]", "k"), ("dh", "d"),
    (r"gh", "g"), (r"(.)\1+", r"\1"), (r"h$", ""), (r"(?<=.)h(?=[^aiu]|$)", ""),
))  # fmt: skip
_WORDS = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower case, without marks, hyphens, apostrophes, articles and the choices Arabic spelling leaves."""
    text = text.casefold()
    plain = text.isascii()
    if plain:
        text = text.replace("`", "")
    else:
        text = unicodedata.normalize("NFKD", text.translate(_LATIN_FOLD))
        text = "".join(c for c in text if not unicodedata.combining(c)).translate(_ARABIC_FOLD)
    text = _ARTICLES.sub("", text.replace("'", "").replace("-", " "))
    if not plain:
        text = _ARABIC_ARTICLE.sub("", text)
    return " ".join(_WORDS.findall(text))


def event_words(
    key: str, title: str, kind: str, summary: str, note: str, names: Iterable[str], folded: Iterable[str] = ()
) -> str:
    """The folded text under which an event is found, each word once.

    names: of its places in every spelling, as its sources spell them, and of its actors; folded: such as are already.
    """
    named = (_folded((name,)) for name in names)
    words = " ".join((_folded((title, summary, kind)), *named, *folded, _folded((note,)) if note else "")).split()
    head, _, number = key.rpartition("-")
    if number.isdecimal() and number.isascii():  # of keys that are numbered, what stands before is folded once
        words += _folded((f"{head}-{'00' if len(number) > 1 else '0'}",)).split()
        words[-1] = number
    else:
        words += _folded((key,)).split()
    return " ".join(dict.fromkeys(words))


@lru_cache(maxsize=65536)
def _folded(texts: tuple[str, ...]) -> str:
    """The folded forms of texts one after the other; most of a file come again."""
    return " ".join(map(fold, texts))


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
