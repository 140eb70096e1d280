"""Measures Badia against its goals and its peers: `make bench`."""
