"""Projection, geometry and grid references; the only room that knows coordinate systems."""
