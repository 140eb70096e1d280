"""The programs that Badia is measured against, each in a process of its own that answers frames over pipes."""
