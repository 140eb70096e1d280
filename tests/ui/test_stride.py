"""Which day comes next, and when, follows from the last two steps."""

from __future__ import annotations

from viewer.ui.stride import Stride


def walked(*steps: tuple[int, float]) -> Stride:
    stride = Stride()
    for days, moment in steps:
        stride.step(days, moment)
    return stride


def test_only_two_equal_steps_tell_where_the_next_one_goes() -> None:
    assert walked().days == 0
    assert walked((1, 10.0)).days == 0
    assert walked((1, 10.0), (1, 10.1)).days == 1
    assert walked((1, 10.0), (1, 10.1), (2, 10.2)).days == 0
    assert walked((-7, 10.0), (-7, 10.1)).days == -7


def test_the_next_step_may_come_as_soon_as_the_sooner_of_the_last_two() -> None:
    assert walked((1, 10.0), (1, 10.5), (1, 10.75)).pause == 0.25
    assert walked((1, 10.0), (1, 10.25), (1, 12.0)).pause == 0.25


def test_what_is_left_until_the_next_step_runs_out() -> None:
    stride = walked((1, 10.0), (1, 10.5), (1, 10.75))

    assert stride.left(10.75) == 0.25
    assert stride.left(11.25) == -0.25
