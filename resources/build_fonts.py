"""Cut the shipped fonts out of Debian's fonts-noto-core, so that labels look the same on every machine.

Build environment: Python 3.11 with fonttools (from PyPI, only here), apt-get and dpkg-deb.

    python resources/build_fonts.py --packages DIR

The Latin faces keep Latin, punctuation, arrows and the geometric shapes of the symbols; the Arabic faces keep
the whole Arabic block with all layout tables, because letters join by them. The same package gives the same
bytes.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from pathlib import Path

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

# These lend arrows and signs of arithmetic, then geometric shapes, in this order.
SIGNS = ("NotoSansMath-Regular.ttf", "NotoSansSymbols2-Regular.ttf")
PACKAGE = "fonts-noto-core"
FACES = "usr/share/fonts/truetype/noto"
COPYRIGHT = f"usr/share/doc/{PACKAGE}/copyright"
TARGET = Path(__file__).with_name("fonts")

# Code point ranges, both ends included.
LATIN = [
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x18F, 0x192),
    (0x1A0, 0x1B0),
    (0x218, 0x21B),
    (0x259, 0x259),
    (0x2B0, 0x2DD),
    (0x300, 0x331),
    (0x1E00, 0x1EFF),
    (0x2000, 0x206F),
    (0x2070, 0x209C),
    (0x20AC, 0x20AC),
    (0x2116, 0x2122),
    (0x2150, 0x215E),
    (0x2190, 0x21FF),
    (0x2212, 0x2265),
    (0x25A0, 0x25FF),
    (0xFEFF, 0xFEFF),
]
ARABIC = [
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x600, 0x6FF),
    (0x750, 0x77F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2066, 0x2069),
    (0x25CC, 0x25CC),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFC),
]
FONTS = {
    "NotoSans-Regular.ttf": LATIN,
    "NotoSans-Bold.ttf": LATIN,
    "NotoSansArabic-Regular.ttf": ARABIC,
    "NotoSansArabic-Bold.ttf": ARABIC,
}


def unpack(folder: Path) -> Path:
    """Fetch the package if it is missing, lay it out under `folder`/unpacked and return that tree."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.glob(f"{PACKAGE}_*.deb")):
        subprocess.run(["apt-get", "download", PACKAGE], check=True, cwd=folder)
    deb = sorted(folder.glob(f"{PACKAGE}_*.deb"))[-1]
    subprocess.run(["dpkg-deb", "-x", str(deb), str(folder / "unpacked")], check=True)
    return folder / "unpacked"


def lend_signs(font: TTFont, donor: TTFont, codes: list[int]) -> None:
    """Give `font` the outlines of the signs it lacks; the Noto text faces have no arrows and no shapes."""
    own, other = font.getBestCmap(), donor.getBestCmap()
    shapes = donor.getGlyphSet()
    tables = [table for table in font["cmap"].tables if table.isUnicode() and table.format in (4, 12)]
    for code in codes:
        if code in own or code not in other:
            continue
        name = f"uni{code:04X}"
        pen, outline = TTGlyphPen(None), DecomposingRecordingPen(shapes)
        shapes[other[code]].draw(outline)
        outline.replay(pen)
        font["glyf"][name] = pen.glyph()
        font["glyf"][name].recalcBounds(font["glyf"])
        font["hmtx"][name] = donor["hmtx"][other[code]]
        for table in tables:
            table.cmap[code] = name


def cut(source: Path, ranges: list[tuple[int, int]], target: Path) -> int:
    """Write the part of a face that covers `ranges` with all layout features; return its size in bytes."""
    options = subset.Options(layout_features=["*"], hinting=False, recalc_timestamp=False, name_IDs=["*"])
    font = subset.load_font(str(source), options, lazy=False)
    codes = [code for first, last in ranges for code in range(first, last + 1)]
    if ranges is LATIN:
        signs = [code for code in codes if code >= 0x2190]
        for donor in SIGNS:
            lend_signs(font, TTFont(source.with_name(donor)), signs)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    subset.save_font(font, str(target), options)
    return target.stat().st_size


def licence_text(copyright_file: str) -> str:
    """The notice and licence of the fonts out of the package's copyright file, without that file's layout."""
    paragraphs = re.split(r"\n{2,}", copyright_file)
    notice = next(p for p in paragraphs if p.startswith("Files: *\n"))
    holders = [line.strip() for line in notice.splitlines() if re.match(r"\s+\d{4}.*Google", line)]
    licence = next(p for p in paragraphs if p.startswith("License: OFL-1.1\n"))
    lines = [re.sub(r"^ (\.$)?", "", line) for line in licence.splitlines()[1:]]
    head = [
        "Noto Sans and Noto Sans Arabic (cut to the characters the viewer uses)",
        *(f"Copyright {holder}" for holder in holders),
        "",
        "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        "",
        "SIL OPEN FONT LICENSE Version 1.1",
        "",
    ]
    return "\n".join([*head, *lines]).rstrip() + "\n"


def main() -> None:
    """Cut the four faces and write the licence beside them."""
    parser = argparse.ArgumentParser(description="Build resources/fonts from Debian's fonts-noto-core.")
    parser.add_argument("--packages", type=Path, required=True, help="folder of the downloaded packages")
    tree = unpack(parser.parse_args().packages.resolve())
    TARGET.mkdir(exist_ok=True)
    for name, ranges in FONTS.items():
        print(f"{name:28} {cut(tree / FACES / name, ranges, TARGET / name):7} bytes")
    text = licence_text((tree / COPYRIGHT).read_text(encoding="utf-8"))
    (TARGET / "OFL.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
