"""Widgets: window, canvas, timeline and panels; they read state and send commands."""
