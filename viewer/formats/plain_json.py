"""JSON that is safe to look at: UTF-8, strict numbers, and no character that a terminal would obey."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

_UNSEEN = (0x7F, *range(0x80, 0xA0), 0x2028, 0x2029, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPES = {code: f"\\u{code:04x}" for code in _UNSEEN}


def json_text(value: Any, indent: int | None = 2) -> str:
    """A value as JSON; control and direction characters are escaped, NaN is refused with ValueError."""
    return json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False).translate(_ESCAPES)


def json_array(values: Iterable[Any]) -> Iterator[str]:
    """A JSON array in pieces, one element a piece."""
    opened = False
    for value in values:
        yield ("[\n" if not opened else ",\n") + json_text(value)
        opened = True
    yield "\n]\n" if opened else "[]\n"
