"""Starts Badia from a checkout: `python main.py` is the same as the installed command `badia`."""

import sys

from viewer.start import main

if __name__ == "__main__":
    sys.exit(main())
