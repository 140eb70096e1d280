"""The timeline along the bottom of the window."""
