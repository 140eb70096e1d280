"""What can go wrong with a file, each with one sentence for the person who opened it."""


class StoreError(Exception):
    """A file that cannot be opened or written; the message names the file and what to do."""
