"""How a hand goes through time: by how many days, and how long after each other."""

from __future__ import annotations


class Stride:
    """The last two steps from picture to picture."""

    def __init__(self) -> None:
        self._days = (0, 0)
        self._shown = (0.0, 0.0, 0.0)

    def step(self, days: int, moment: float) -> None:
        """A picture was shown at a moment, in seconds: so many days after the one before, 0 if of anything else."""
        self._days = (self._days[1], days)
        self._shown = (*self._shown[1:], moment)

    @property
    def days(self) -> int:
        """By how many days time will move next; 0 if nobody can know, as the last two steps were not the same."""
        return self._days[1] if self._days[0] == self._days[1] else 0

    @property
    def pause(self) -> float:
        """The shorter of the last two times from one picture to the next, in seconds."""
        first, second, third = self._shown
        return min(second - first, third - second)

    def left(self, moment: float) -> float:
        """How many seconds after a moment the next step is to be expected, if they come as they did."""
        return self._shown[2] + self.pause - moment
