"""Drafts into a store: names matched, rows checked, all in one transaction on a copy that then takes its place."""
