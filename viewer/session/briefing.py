"""A briefing as plain JSON and back, alone in a file or scene by scene in the user's workspace (docs/briefing.md).

What is wrong in a scene falls back field by field, as in a remembered view; what is no scene at all is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

from viewer.domain.frozen import dataclass
from viewer.session.commands import DAY_LIMITS
from viewer.session.remember import ref_from_json, state_from_json, state_to_json, whole_letters
from viewer.session.scenes import MOST_SCENES, view_of
from viewer.session.state import CARD_CORNERS, CARDS, SCENE_KINDS, Scene, State, Stretch
from viewer.store.workspace import MAX_TEXT

KIND, VERSION = "badia briefing", 1
MAX_BYTES = 16 * 1024**2
TEXTS = ("title", "caption", "notes", "marking")
MAX_KEY = 100
SIZES = (16, 32_768)
SPEEDS = (0.01, 10_000.0)


class BriefingError(ValueError):
    """A file that is no briefing, in one sentence."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a file of scenes holds: the store they were made on, the scenes, and what could not be read."""

    store_id: str
    scenes: tuple[Scene, ...]
    notices: tuple[str, ...] = ()


def scene_to_json(scene: Scene) -> dict[str, Any]:
    """A scene as a dict that JSON can hold."""
    selected, stretch = scene.view.selected, scene.stretch
    return {
        "key": scene.key, "kind": scene.kind, "title": scene.title, "caption": scene.caption, "notes": scene.notes,
        "marking": scene.marking, "size": list(scene.size), "places": dict(scene.places),
        "stretch": None if stretch is None else {
            "first": stretch.first, "last": stretch.last, "days_per_second": stretch.days_per_second,
        },
        "selected": None if selected is None else {"kind": selected.kind, "key": selected.key},
        "view": state_to_json(scene.view),
    }  # fmt: skip


def scene_from_json(plain: object) -> Scene:
    """The scene that a dict describes; ValueError for what is none."""
    if not isinstance(plain, Mapping) or not isinstance(plain.get("view"), Mapping):
        raise ValueError("is no scene")
    key = plain.get("key")
    if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY:
        raise ValueError("has no key")
    view = state_from_json(plain["view"], State(selected=ref_from_json(plain.get("selected"))))
    kind, places = plain.get("kind"), plain.get("places")
    moved = places if isinstance(places, Mapping) else {}
    return Scene(
        _text(key), view_of(view), _size(plain.get("size")),
        kind=kind if isinstance(kind, str) and kind in SCENE_KINDS else SCENE_KINDS[0],
        title=_text(plain.get("title")), caption=_text(plain.get("caption")), notes=_text(plain.get("notes")),
        marking=_text(plain.get("marking")), stretch=_stretch(plain.get("stretch")),
        places=tuple((card, moved[card]) for card in CARDS if moved.get(card) in CARD_CORNERS),
    )  # fmt: skip


def cut_of(plain: object) -> tuple[str, ...]:
    """Which texts of a scene are longer than any that can be kept, and so not read to their end, a phrase each."""
    found = {name: plain.get(name) for name in TEXTS} if isinstance(plain, Mapping) else {}
    return tuple(
        f"the first {MAX_TEXT:,} of {len(text):,} letters of its {name}"
        for name, text in found.items() if isinstance(text, str) and len(text) > MAX_TEXT
    )  # fmt: skip


def _text(value: object) -> str:
    return whole_letters(value[:MAX_TEXT]).replace("\0", "\ufffd") if isinstance(value, str) else ""


def _size(value: object) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2 and all(
        type(one) is int and SIZES[0] <= one <= SIZES[1] for one in value
    ):
        return value[0], value[1]
    return Scene("", State()).size


def _stretch(value: object) -> Stretch | None:
    if not isinstance(value, Mapping):
        return None
    first, last, speed = (value.get(name) for name in ("first", "last", "days_per_second"))
    if not (_is_day(first) and _is_day(last)):
        return None
    made = Stretch(first, last)
    if isinstance(speed, int | float) and not isinstance(speed, bool) and SPEEDS[0] <= speed <= SPEEDS[1]:
        return replace(made, days_per_second=float(speed))
    return made


def _is_day(value: object) -> TypeGuard[int]:
    return type(value) is int and DAY_LIMITS[0] <= value <= DAY_LIMITS[1]


def briefing_to_json(scenes: tuple[Scene, ...], store_id: str) -> str:
    """The text of a file with these scenes."""
    plain = {
        "kind": KIND, "version": VERSION, "store_id": store_id, "scenes": [scene_to_json(scene) for scene in scenes],
    }  # fmt: skip
    return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def read_briefing(path: Path) -> Briefing:
    """The scenes of a file; BriefingError says in one sentence why there are none."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BriefingError(f"{path}: cannot be read ({error.strerror or error})") from None
    if len(text) > MAX_BYTES:
        raise BriefingError(f"{path}: is larger than {MAX_BYTES // 1024**2} MB and no briefing that Badia wrote")
    try:
        return briefing_from_json(text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BriefingError(f"{path}: is no text in UTF-8; choose a file that Badia exported") from None
    except BriefingError as error:
        raise BriefingError(f"{path}: {error}") from None


def briefing_from_json(text: str) -> Briefing:
    """The scenes of a text; BriefingError when it is no briefing."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise BriefingError("is no JSON; choose a file that Badia exported") from None
    if not isinstance(plain, Mapping) or plain.get("kind") != KIND or not isinstance(plain.get("scenes"), list):
        raise BriefingError("is no briefing; choose a file that Badia exported")
    version = plain.get("version")
    if type(version) is not int or version > VERSION:
        raise BriefingError("was made by a newer version of Badia; open it there, or bring Badia up to date")
    scenes: dict[str, Scene] = {}
    said = []
    for number, one in enumerate(plain["scenes"][:MOST_SCENES], start=1):
        try:
            scene = scene_from_json(one)
        except ValueError as error:
            said.append(f"Scene {number} {error} and was left out")
            continue
        said += [f"Of scene {number} only {some} were read" for some in cut_of(one)]
        if scene.key in scenes:
            said.append(f"Scene {number} has the key of an earlier one and was left out")
        scenes.setdefault(scene.key, scene)
    if len(plain["scenes"]) > MOST_SCENES:
        said.append(f"Only the first {MOST_SCENES} of {len(plain['scenes'])} scenes were read")
    store_id = plain.get("store_id")
    return Briefing(store_id if isinstance(store_id, str) else "", tuple(scenes.values()), tuple(said))
