"""Badia: an offline viewer of dated, sourced events and claims of control."""

import os

# numpy starts a thread for each core when it is imported, which wait for work in a busy loop: they take the core from
# what is read meanwhile, and a start took a tenth of a second longer. Nothing here multiplies matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
