"""Which rows of a table are left out, and what is wrong with them."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from viewer.store.columns import distinct


class LeftOut:
    """The rows of one table that are left out: most with a reason, beyond `room` of them only by their numbers."""

    def __init__(
        self, reasons: dict[int, str] | None = None, unlisted: NDArray[np.int64] | None = None, room: int = 0
    ) -> None:
        self.reasons = {} if reasons is None else reasons
        self._unlisted = array("q", () if unlisted is None else unlisted.tobytes())
        self._sorted: NDArray[np.int64] | None = None
        self._room = room

    def add(self, row_id: int, reason: str) -> None:
        """Leave a row out; of several reasons the first is told."""
        if row_id in self.reasons:
            return
        if len(self.reasons) < self._room:
            self.reasons[row_id] = reason
        else:
            self._unlisted.append(row_id)
            self._sorted = None

    @property
    def unlisted(self) -> NDArray[np.int64]:
        """The numbers of those without a reason, sorted."""
        if self._sorted is None:
            self._sorted = distinct(np.array(self._unlisted, dtype=np.int64))
        return self._sorted

    def __contains__(self, row_id: object) -> bool:
        if row_id in self.reasons:
            return True
        more = self.unlisted if self._unlisted else ()
        at = int(np.searchsorted(more, row_id)) if len(more) else 0  # type: ignore[call-overload]
        return at < len(more) and more[at] == row_id

    def __len__(self) -> int:
        return len(self.reasons) + len(self.unlisted)

    def ids(self) -> NDArray[np.int64]:
        """The numbers of all, sorted."""
        listed = np.fromiter(self.reasons, dtype=np.int64, count=len(self.reasons))
        return np.sort(np.concatenate([listed, self.unlisted]))


Bad = dict[str, LeftOut]
"""By table, the rows that are left out."""
