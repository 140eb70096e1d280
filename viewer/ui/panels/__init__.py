"""One file per panel; panels never import each other."""
