"""The timeline along the bottom of the window."""

from viewer.ui.timeline.timeline import Timeline

__all__ = ["Timeline"]
