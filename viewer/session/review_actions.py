"""What a reviewer does, as rows of the table of actions."""

from __future__ import annotations

from viewer.domain.marks import STATUSES
from viewer.session.action import Action

STATUS_ACTIONS = {f"mark_{number}": status for number, status in enumerate(STATUSES)}
"""The action that gives the selected record each status."""
REVIEW_ACTIONS = (
    Action("panel_table", "Table of incidents", "Review", ("Ctrl+L",)),
    Action("review_next", "Next record of the queue", "Review", ("Ctrl+N",), repeats=True),
    Action("review_next_disputed", "Next disputed record", "Review", ("Ctrl+Shift+N",), repeats=True),
    Action("review_accept", "Reviewed, and on to the next", "Review", ("Ctrl+Return",), group=1),
    Action("review_dispute", "Disputed, and on to the next", "Review", ("Ctrl+Shift+Return",), group=1),
    *(
        Action(name, f"Mark: {status}", "Review", (f"Ctrl+{number}",), group=1)
        for number, (name, status) in enumerate(STATUS_ACTIONS.items(), start=1)
    ),
    Action("review_note", "Write a note", "Review", ("J",), group=1),
    Action("filters_save", "Keep the filters by a name\u2026", "Review", (), group=2),
    Action("review_log", "Export the review log\u2026", "Review", ("Ctrl+Alt+L",), group=3),
    Action("merge_marks", "Merge marks from\u2026", "Review", (), group=3),
    Action("reviewer", "Your initials\u2026", "Review", ("Ctrl+Alt+I",), group=2),
)
