"""Merging the marks of another reviewer: looked at first, and then taken over as a union of both histories."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Container, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from viewer.domain.frozen import dataclass
from viewer.domain.marks import Union
from viewer.store.errors import StoreError
from viewer.store.handover import is_handover, unpack
from viewer.store.workspace import MERGED_KINDS, Workspace

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Coming:
    """What a file would bring, before anything is written.

    of: the store it is of, and about: ours; union: its marks; kept: how many scenes and filters that are new or newer;
    gone: records it marks that our store does not have.
    """

    path: Path
    of: str
    about: str
    union: Union
    kept: int
    gone: int

    @property
    def nothing(self) -> bool:
        """Whether all of it is there already."""
        return not self.union.added and not self.kept

    @property
    def sentences(self) -> tuple[str, ...]:
        """What somebody should know before he lets it in."""
        new = self.union.new
        by = sorted({mark.by for mark in new})
        records = len({mark.about for mark in new})
        said = [
            f"{_number(len(new), 'mark')} of {_number(records, 'record')} by {', '.join(by) or 'nobody'} "
            "would join your history; nothing of yours is written over."
            if new else "It holds no mark that you do not have."
        ]  # fmt: skip
        if self.kept:
            said.append(f"{_number(self.kept, 'scene or filter', 'scenes and filters')} would come with them.")
        if self.union.clashes:
            one = len(self.union.clashes) == 1
            said.append(
                f"{_number(len(self.union.clashes), 'record has', 'records have')} another status than yours: "
                f"{'it is' if one else 'they are'} shown as {'a conflict' if one else 'conflicts'}, and yours "
                "counts until somebody marks it again."
            )
        if self.union.settled:
            said.append(f"{_number(len(self.union.settled), 'conflict was', 'conflicts were')} settled there.")
        if self.gone:
            said.append(f"{_number(self.gone, 'record is', 'records are')} not in your store; the marks are kept.")
        if self.of != self.about:
            said.append("It is of another store: let it in only if both have the same records.")
        return tuple(said)


def look_into(path: Path, own: Path, about: str, known: Container[str], progress: Progress = lambda _: None) -> Coming:
    """What a workspace, or the one in a hand-over, would bring into our own; StoreError says why it cannot be read.

    own: our file, of the store `about`; known: the keys of events of that store.
    """
    with _opened(path, progress) as other, closing(Workspace(own, about)) as mine:
        union = mine.preview(other)
        kept = 0
        for kind in MERGED_KINDS:
            held = {one.key: one.at for one in mine.kept(kind)}
            kept += sum(one.key not in held or one.at > held[one.key] for one in other.kept(kind))
        gone = {mark.about for mark in other.every_mark() if mark.table == "event" and mark.key not in known}
        return Coming(path, other.store_id, about, union, kept, len(gone))


def merge_marks(path: Path, own: Path, about: str, progress: Progress = lambda _: None) -> tuple[str, ...]:
    """Take it over in one step; notices of both files. StoreError when it cannot be read or written.

    progress: what it raises before anything is written leaves everything as it is; it is not called after that.
    """
    with _opened(path, progress) as other, closing(Workspace(own, about)) as mine:
        mine.merge(other, lambda: progress(1.0))
        if mine.unsaved:
            mine.give_up()
            raise StoreError(f"nothing was merged: {'; '.join(mine.notices)}")
        return (*mine.notices, *other.notices)


@contextmanager
def _opened(path: Path, progress: Progress) -> Iterator[Workspace]:
    if not path.is_file():
        raise StoreError(f"{path}: is no file; name a workspace or a hand-over")
    if not is_handover(path):
        with closing(Workspace(path, "", strange=True)) as other:
            yield other
        return
    with tempfile.TemporaryDirectory(prefix="badia-") as folder:
        contents = unpack(path, Path(folder), progress, marks_only=True)
        if contents.workspace is None:
            raise StoreError(f"{path}: holds no marks")
        with closing(Workspace(contents.workspace, contents.store_id, strange=True)) as other:
            yield other


def _number(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
