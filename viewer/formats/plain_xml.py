"""Text that XML can hold: of the characters that it knows no way to write, a mark stands in their place."""

from __future__ import annotations

import re
from html import escape

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSEEN = re.compile("[\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_BLANKS = {ord(blank): f"&#{ord(blank)};" for blank in "\t\n\r"}


def writable(text: str) -> str:
    """The text with U+FFFD for what XML 1.0 cannot hold; lines end in a line feed, as XML would have them."""
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def xml_text(text: str) -> str:
    """Text between two tags; control and direction characters are written as numbers."""
    return _UNSEEN.sub(lambda found: f"&#{ord(found[0])};", escape(writable(text), quote=False))


def xml_attribute(text: str) -> str:
    """The value of an attribute with its quotes."""
    return f'"{escape(writable(text)).translate(_BLANKS)}"'
