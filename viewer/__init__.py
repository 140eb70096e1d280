"""Badia: an offline viewer of dated, sourced events and claims of control."""
