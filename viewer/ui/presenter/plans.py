"""Looks ahead: a thread finds out where the cards of the next scenes stand, and paints what the notes show of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QImage

from viewer.domain.frozen import dataclass
from viewer.draw.page import lay_out, page_image
from viewer.ui.turns import TURNS

if TYPE_CHECKING:
    from viewer.draw.page_cards import Layout
    from viewer.draw.picture import MapPicture
    from viewer.session.state import Scene

MOST = 40
"""Plans that are kept."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page is for: logical pixels of the screen, and device pixels in each."""

    width: int
    height: int
    ratio: float


@dataclass(frozen=True, eq=False)
class Plan:
    """A scene as it was when it was looked at; where its cards stand; its picture if that was asked for."""

    scene: Scene
    sheet: Sheet
    layout: Layout
    image: QImage | None = None


class Plans(QObject):
    """The plans that were made. What is asked for last is made first; what nobody waits for any more, never."""

    made = Signal(object)
    """A Plan that was asked for."""
    _ready = Signal(object)

    def __init__(self, picture: MapPicture, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self._plans: dict[str, Plan] = {}
        self._wanted: list[tuple[Scene, Sheet, bool]] = []
        self._released = False
        self.busy = False
        """Whether the thread paints."""
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ready.connect(self._take)

    def found(self, scene: Scene, sheet: Sheet) -> Plan | None:
        """The plan of a scene as it is now."""
        plan = self._plans.get(scene.key)
        return plan if plan is not None and (plan.scene, plan.sheet) == (scene, sheet) else None

    def ask(self, scene: Scene, sheet: Sheet, image: bool = False) -> None:
        """Have a scene looked at before all that was asked for earlier."""
        plan = self.found(scene, sheet)
        if plan is not None and (plan.image is not None or not image):
            return
        self._wanted = [one for one in self._wanted if one[0].key != scene.key][:MOST]
        self._wanted.insert(0, (scene, sheet, image))
        self._begin()

    def drop(self) -> None:
        """Forget what was asked for: another scene is shown."""
        self._wanted.clear()

    def _begin(self) -> None:
        if self.busy or self._released or not self._wanted:
            return
        scene, sheet, image = self._wanted.pop(0)
        self.busy = True
        known = self.found(scene, sheet)
        self._pool.start(lambda: self._ready.emit(self._attempt(scene, sheet, image, known)))

    def _attempt(self, scene: Scene, sheet: Sheet, image: bool, known: Plan | None) -> Plan | Exception:
        try:
            with TURNS.short():
                size = sheet.width, sheet.height, sheet.ratio
                layout = known.layout if known is not None else lay_out(self._picture, scene, *size)
                picture = page_image(self._picture, scene, *size, layout=layout) if image else None
                return Plan(scene, sheet, layout, picture)
        except Exception as error:  # noqa: BLE001 - raised again where somebody listens
            return error

    def _take(self, plan: Plan | Exception) -> None:
        self.busy = False
        if self._released:
            return
        if isinstance(plan, Plan):
            while len(self._plans) >= MOST:
                del self._plans[next(iter(self._plans))]
            self._plans[plan.scene.key] = plan
        self._begin()
        if isinstance(plan, Exception):
            raise plan
        self.made.emit(plan)

    def release(self) -> None:
        """Wait for the thread, so that nothing reads data that are about to be closed."""
        self._released = True
        self._wanted.clear()
        self._pool.waitForDone()
