"""Text of a store is always plain: nothing in it may become markup, which could read files or reach out."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """A tooltip that shows `text` as it is; Qt would guess, so it is told outright and everything is escaped."""
    return f"<span style='white-space: pre-wrap'>{html.escape(text)}</span>" if text else ""
