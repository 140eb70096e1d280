"""Outputs of a briefing: one file for each kind, all painted by `draw/page`, each written whole or not at all."""

from __future__ import annotations

from viewer.draw.output.film import write_gif, write_mp4
from viewer.draw.output.frames import write_frames
from viewer.draw.output.handout import write_handout
from viewer.draw.output.order import Kind, Order, Progress, Written
from viewer.draw.output.pictures import write_pngs, write_svgs
from viewer.draw.output.slides import write_slides
from viewer.formats.exported import ExportError
from viewer.store.errors import StoreError

KINDS = (
    Kind("pptx", "Slides with notes (PPTX)", ".pptx", "slide", write_slides, notes=True),
    Kind("pdf", "Handout: a page for each scene, sources at the end (PDF)", ".pdf", "page", write_handout, notes=False),
    Kind("mp4", "Film (MP4)", ".mp4", "frame", write_mp4, per_second=25),
    Kind("gif", "Film as an animated GIF", ".gif", "frame", write_gif, (960, 540), per_second=10),
    Kind("png", "Pictures, one for each scene (PNG)", ".png", "picture", write_pngs, folder=True),
    Kind("svg", "Drawings, one for each scene (SVG)", ".svg", "picture", write_svgs, folder=True),
    Kind("frames", "Film as numbered pictures (PNG)", "", "frame", write_frames, per_second=25, folder=True),
)
"""Every kind of output there is."""


def kind_named(name: str) -> Kind:
    """The kind of a name; KeyError when there is none."""
    return {kind.name: kind for kind in KINDS}[name]


def written_or_said(kind: Kind, order: Order, progress: Progress) -> Written | str:
    """The output, or in one sentence why there is none; what `progress` raises comes out."""
    try:
        return kind.write(order, progress)
    except (ExportError, StoreError) as error:
        return str(error)
