"""One file per exchange format; each turns a file into records or records into a file."""
