"""QtGui only: primitives to pixels, one render path for screen, picture and export."""
