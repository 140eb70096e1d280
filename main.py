"""Starts Badia from a checkout: `python main.py` is the same as the installed command `badia`."""

import sys

if __name__ == "__main__":
    try:
        from viewer.app import main

        sys.exit(main())
    except KeyboardInterrupt:  # before there is a command that could say so
        sys.stderr.write("badia: stopped\n")
        sys.exit(130)
