"""One frozen state, the commands that change it, and the selectors that say what is visible."""
