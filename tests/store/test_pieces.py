"""Pieces of work that threads do beside each other come in their order, and end when one of them fails."""

from __future__ import annotations

import threading

import pytest

from viewer.store import pieces
from viewer.store.pieces import in_order


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_results_come_in_the_order_of_the_pieces_whoever_is_first(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each piece is done only when the one after it is, as far as there are threads for that."""
    monkeypatch.setattr(pieces, "THREADS", threads)
    done = [threading.Event() for _ in range(21)]
    used: list[int] = []

    def work(piece: int) -> int:
        if threads > 1 and piece % 2 == 0:
            assert done[piece + 1].wait(60)
        done[piece].set()
        return piece * piece

    in_order(range(20), work, used.append)
    assert used == [piece * piece for piece in range(20)]


def test_pieces_are_asked_for_only_as_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "THREADS", 2)
    asked: list[int] = []
    ahead: list[int] = []
    numbers = (asked.append(number) or number for number in range(50))  # type: ignore[func-returns-value]
    in_order(numbers, lambda piece: piece, lambda piece: ahead.append(len(asked) - piece))
    assert len(ahead) == 50 and max(ahead) <= 3


@pytest.mark.parametrize("where", ["pieces", "work", "use"])
def test_what_goes_wrong_anywhere_comes_out_and_nothing_goes_on(where: str) -> None:
    before = threading.active_count()

    def fail(place: str, piece: int) -> int:
        if place == where and piece == 5:
            raise KeyError(where)
        return piece

    used: list[int] = []
    with pytest.raises(KeyError, match=where):
        in_order(
            (fail("pieces", piece) for piece in range(100)),
            lambda piece: fail("work", piece),
            lambda piece: used.append(fail("use", piece)),
        )
    assert used == [*range(len(used))] and len(used) <= 5
    assert threading.active_count() == before
