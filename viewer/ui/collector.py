"""Collects garbage in the window's own thread only, and says when memory goes back to the system.

Python collects in whichever thread happens to make the next object. What belongs to the window may only go in the
window's thread, or Qt ends the program; so collecting is switched off and done here, as often as Python would, but
all there is only once nothing moves any more.
"""

from __future__ import annotations

import gc
import time
from threading import Thread

from PySide6.QtCore import QObject, QTimer

from viewer.store.trim import give_memory_back, keep_memory
from viewer.ui.turns import TURNS

CHECK_MS = 500
BUSY_MS = 50
"""While many things are made: fewer of them at a time are looked through more quickly."""
MANY = 4_000
"""So many new things since the last look are a hand at work, such as one that moves the map."""
OLDEST = 2
PUT_OFF, STILL_SECONDS = 20, 2.0
"""So many times later than Python would is the oldest generation collected, unless nothing was painted for so long:
looking through all there is takes too long for a hand that moves, and for time that plays."""
BRINGING_SECONDS, BROUGHT_MS = 0.006, 4
"""So soon after a picture it is still to be brought to the screen; what is due waits until it is there, and no longer,
or it would fall into the next one."""
SETTLE_MS = 3_000
"""After a store was opened until all that belonged to the one before has gone."""
MOST_WAITING = 2
"""So many earlier stores wait for a hand to rest; with one more all of them go while it is opened, when nobody
scrubs, or they would fill the memory of whoever opens one after the other."""
LONG_SECONDS = 0.02
"""What took longer to look through is not looked through again before another store is opened."""


class Collector(QObject):
    """Looks now and then whether a generation is due, as Python's thresholds say."""

    def __init__(self, parent: QObject | None = None, was_on: bool | None = None) -> None:
        """was_on: whether Python collected by itself, where that was switched off even before."""
        super().__init__(parent)
        self._was_on = gc.isenabled() if was_on is None else was_on
        gc.disable()
        keep_memory()
        self._settled, self._waiting = False, 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.check)
        self._timer.start(CHECK_MS)
        self._bringing = QTimer(self)
        self._bringing.setSingleShot(True)
        self._bringing.timeout.connect(self._collect)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settle)

    def check(self) -> None:
        """Collect what is due, now or as soon as the last picture is on the screen."""
        if self._bringing.isActive():
            return
        if TURNS.still < BRINGING_SECONDS:
            self._bringing.start(BROUGHT_MS)
        else:
            self._collect()

    def _collect(self) -> None:
        """Collect the oldest generation that is due; all there is only once nothing moves any more."""
        hurried = self._timer.interval() == BUSY_MS
        busy = TURNS.asked or gc.get_count()[0] > (gc.get_threshold()[0] if hurried else MANY)
        self._timer.setInterval(BUSY_MS if busy else CHECK_MS)
        put_off = (1, 1, PUT_OFF if busy or TURNS.still < STILL_SECONDS else 1)
        due = [number for number, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
               if most and count > most * put_off[number]]
        if due:
            begun = time.thread_time()
            gc.collect(due[-1])
            if due[-1] == OLDEST and time.thread_time() - begun > LONG_SECONDS:
                gc.freeze()

    def settle(self) -> None:
        """Soon after a store was opened: what is there stays, and is not looked through again and again."""
        self._waiting += self._settled
        if self._waiting > MOST_WAITING:
            self._look_through()
        self._settling.start(SETTLE_MS)

    def _settle(self) -> None:
        """What there is stays; what an earlier store left goes first, and before the first one there was none."""
        if self._settled and TURNS.still < STILL_SECONDS:
            self._settling.start(SETTLE_MS)  # looking through all there is takes too long for a hand that moves
            return
        if self._settled:
            self._look_through()
        else:
            gc.freeze()
        self._settled = True
        Thread(target=give_memory_back, name="badia-memory", daemon=True).start()

    def _look_through(self) -> None:
        """Let what earlier stores left go, and keep the rest."""
        self._waiting = 0
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def release(self) -> None:
        """Give collecting back to Python."""
        self._timer.stop()
        self._bringing.stop()
        self._settling.stop()
        gc.unfreeze()
        if self._was_on:
            gc.enable()
