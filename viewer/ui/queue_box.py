"""Which queue the table shows: by what came of the review, or one that was kept by a name with its filters."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from viewer.domain.marks import STATUSES
from viewer.session.review import CONFLICT, OPEN
from viewer.session.state import SavedFilters

QUEUES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("All", ()), ("To review", OPEN), ("Conflicts", (CONFLICT,)),
    *((status.capitalize(), (status,)) for status in STATUSES),
)  # fmt: skip


class QueueBox(QComboBox):
    """A list of both kinds; the names of kept ones stand below a line."""

    asked = Signal(object)
    """The filters that go with a queue that a hand chose; None: those that are set."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Queue")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._saved: tuple[SavedFilters, ...] = ()
        for said, statuses in QUEUES:
            self.addItem(said, statuses)
        self.activated.connect(lambda _: self.asked.emit(self.saved))

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that the queue asks for; none: all."""
        chosen = self.currentData()
        return tuple(chosen.statuses if isinstance(chosen, SavedFilters) else chosen or ())

    @property
    def saved(self) -> SavedFilters | None:
        """The queue that was kept by a name, if it is one."""
        chosen = self.currentData()
        return chosen if isinstance(chosen, SavedFilters) else None

    def choose(self, statuses: tuple[str, ...]) -> None:
        """Take the queue of these statuses that has no name."""
        self.setCurrentIndex(next((at for at, (_, some) in enumerate(QUEUES) if some == statuses), 0))

    def offer(self, saved: tuple[SavedFilters, ...]) -> None:
        """Offer these by their names; the one that is chosen stays as long as it is among them."""
        if saved == self._saved:
            return
        chosen, statuses = self.saved, self.statuses
        with QSignalBlocker(self):
            self._saved = saved
            while self.count() > len(QUEUES):
                self.removeItem(len(QUEUES))
            if saved:
                self.insertSeparator(len(QUEUES))
            for one in saved:
                self.addItem(one.name, one)
            again = next((at for at, one in enumerate(saved) if chosen is not None and one.name == chosen.name), None)
            if again is None:
                self.choose(statuses)
            else:
                self.setCurrentIndex(len(QUEUES) + 1 + again)

    def select(self, name: str) -> None:
        """Take the queue of a name."""
        at = next((at for at, one in enumerate(self._saved) if one.name == name), None)
        if at is not None:
            self.setCurrentIndex(len(QUEUES) + 1 + at)
