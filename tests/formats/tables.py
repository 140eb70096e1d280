"""Tables as files, and what a reader of them hands over, for the tests of everything that reads tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from viewer.domain.drafts import Draft, Rejected, Remark
from viewer.formats.infile import InFile
from viewer.formats.protocol import Importer

OFFICE = "http://schemas.openxmlformats.org"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{OFFICE}/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
DATED = ' s="1"'


class Told:
    """What an importer made of a file."""

    def __init__(self, importer: Importer, path: Path, options: Mapping[str, str] | None = None) -> None:
        shape = importer.shape(InFile(path))
        self.items = [*importer.items(InFile(path), {**shape.settings, **shape.mapping, **(options or {})})]
        self.drafts = [item for item in self.items if isinstance(item, Draft)]
        self.rejected = [item for item in self.items if isinstance(item, Rejected)]
        self.remarks = [item for item in self.items if isinstance(item, Remark)]

    @property
    def draft(self) -> Draft:
        """The only draft; nothing was rejected."""
        assert self.rejected == []
        assert len(self.drafts) == 1
        return self.drafts[0]

    def parts(self, table: str) -> list[dict[str, object]]:
        """The rows of a table that belong to the only draft."""
        return [row for name, row in self.draft.parts if name == table]


def text_file(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("\n".join([*lines, ""]).encode(encoding))
    return path


def cell(reference: str, value: str | float | bool | None, style: str = "", formula: str = "") -> str:
    """The XML of a cell; a formula without a value was never worked out."""
    told = f"<f>{escape(formula)}</f>" if formula else ""
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    kind = ' t="b"' if isinstance(value, bool) else ""
    number = "" if value is None else f"<v>{int(value) if isinstance(value, bool) else value}</v>"
    return f'<c r="{reference}"{kind}{style}>{told}{number}</c>'


def sheet_of(*rows: str) -> str:
    """The XML of a sheet from the cells of its rows."""
    told = "".join(f'<row r="{number}">{cells}</row>' for number, cells in enumerate(rows, start=1) if cells)
    return f'<worksheet xmlns="{OFFICE}/spreadsheetml/2006/main"><sheetData>{told}</sheetData></worksheet>'


def text_row(number: int, *values: str | float) -> str:
    return "".join(cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(values))


def workbook(path: Path, **sheets: str) -> Path:
    """A spreadsheet of sheets by name, each as its XML."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        kind = f"{OFFICE}/officeDocument/2006/relationships"
        named = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, start=1))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{OFFICE}/spreadsheetml/2006/main" xmlns:r="{kind}"><sheets>{named}</sheets></workbook>',
        )
        related = "".join(
            f'<Relationship Id="r{n}" Type="{kind}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        related += f'<Relationship Id="rs" Type="{kind}/styles" Target="styles.xml"/>'
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{related}</Relationships>',
        )
        for number, text in enumerate(sheets.values(), start=1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", text)
    return path
