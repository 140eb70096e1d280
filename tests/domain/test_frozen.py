"""A frozen class made quickly cannot be told from one that the standard library made."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import field
from typing import Any

import pytest

from viewer.domain.frozen import dataclass

Make = Callable[..., Any]


def town(make: Make, **options: Any) -> Any:
    """A class with every kind of field."""

    @make(**{"frozen": True, **options})
    class Town:
        """A town."""

        key: str
        size: int = 3
        notes: list[str] = field(default_factory=list)
        shown: bool = field(default=True, repr=False, compare=False)
        memo: dict[str, int] = field(init=False, default_factory=dict, compare=False)

    return Town


KINDS: list[dict[str, bool]] = [{}, {"slots": True}, {"kw_only": True}, {"slots": True, "eq": False}]
OPEN: list[dict[str, bool]] = [{"frozen": False, **kind} for kind in KINDS]


@pytest.fixture(params=[*KINDS, *OPEN], ids=str)
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    return town(dataclass, **request.param), town(dataclasses.dataclass, **request.param)


def told(kind: Any) -> list[object]:
    """All that can be seen of a class."""
    one, same, other = kind(key="a"), kind(key="a", shown=False), kind(key="a", notes=["x"])
    kept = dataclasses.replace(one, size=4)
    return [
        repr(one), repr(other), one == one, one == same, one == other, one == ("a", 3, []), kept.size, one.memo,
        one.notes is not same.notes, [f.name for f in dataclasses.fields(one)], kind.__match_args__, kind.__doc__,
        dataclasses.asdict(other), hasattr(one, "__dict__"), copy.deepcopy(other).notes, kind.__init__.__qualname__,
        kind.__hash__ is None, hasattr(kind, "__getstate__"),
    ]  # fmt: skip


def test_it_does_what_the_library_does(pair: tuple[Any, Any]) -> None:
    ours, theirs = pair
    assert told(ours) == told(theirs)


@pytest.mark.parametrize("pair", KINDS, ids=str, indirect=True)
def test_nothing_of_it_can_be_set_or_taken_away(pair: tuple[Any, Any]) -> None:
    for kind in pair:
        one = kind(key="a")
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.key = "b"
        with pytest.raises(dataclasses.FrozenInstanceError):
            del one.key


@pytest.mark.parametrize("pair", OPEN, ids=str, indirect=True)
def test_what_is_not_frozen_can_be_set(pair: tuple[Any, Any]) -> None:
    for kind in pair:
        one = kind(key="a")
        one.key, one.size = "b", 5
        assert (one.key, one.size) == ("b", 5)
        assert (one == kind(key="b", size=5)) is (kind.__hash__ is None)


@pytest.mark.parametrize("wrong", [{}, {"key": "a", "sise": 3}, {"key": "a", "memo": {}}], ids=str)
def test_it_wants_what_it_was_told_to_want(pair: tuple[Any, Any], wrong: dict[str, Any]) -> None:
    for kind in pair:
        with pytest.raises(TypeError, match="__init__"):
            kind(**wrong)


@dataclass(frozen=True, slots=True)
class Hashed:
    x: int
    y: float = 0.5


@dataclass(frozen=True)
class Checked(dict[str, int]):
    x: int

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError(self.x)

    def __repr__(self) -> str:
        return "own"

    def __hash__(self) -> int:
        return 7


def test_equal_ones_have_one_hash() -> None:
    assert {Hashed(1): "a"}[Hashed(1, 0.5)] == "a"
    assert len({Hashed(1), Hashed(2), Hashed(1, 0.25)}) == 3


def test_it_can_be_copied() -> None:
    assert copy.copy(Hashed(1, 2.0)) == Hashed(1, 2.0)


def test_what_a_class_wrote_itself_stays() -> None:
    with pytest.raises(ValueError, match="-1"):
        Checked(-1)
    assert (repr(Checked(1)), hash(Checked(1))) == ("own", 7)


def test_what_a_class_makes_of_its_values_is_its_own_when_it_is_not_frozen() -> None:
    @dataclass
    class Doubled:
        x: int

        def __post_init__(self) -> None:
            self.x *= 2

        def __hash__(self) -> int:
            return 7

    assert (Doubled(2).x, hash(Doubled(1)), Doubled(1) == Doubled(1)) == (4, 7, True)
