"""What records add up to in words and as a table: the same on screen, on the clipboard, in a file and on a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from viewer.domain.dates import iso
from viewer.domain.frozen import dataclass
from viewer.formats.exported import ExportError
from viewer.formats.plain import number
from viewer.session.analysis import RECORDS, Breakdown, Cell, Cross, Group, Question, figure_words
from viewer.session.filter_words import sentence_of
from viewer.session.whole_file import whole_file
from viewer.session.window import window_words
from viewer.store.dataset import DataSet

TITLES = {"actor": "Actor", "type": "Type", "place": "Place", "province": "Province", "period": "Period",
          "certainty": "Certainty", "form": "Form"}  # fmt: skip
"""What the dimensions are called."""
EVER = "whatever their day"
ENTERED = {"actor": "An incident counts for each actor that it names", "place": "An incident counts for each place "
           "that it names, and for those that these lie in", "province": "An incident counts for each province that "
           "one of its places lies in"}  # fmt: skip
PALE = "pale: not asked for by the filters, but passes all others"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of words and numbers: what it is of, its head, its lines, and what is to be known of it."""

    title: str
    about: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def question_words(data: DataSet, question: Question) -> str:
    """Which records are meant: "Records type strike. 22-28 Dec 2017"."""
    days = EVER if question.time is None else window_words(question.time)
    starts = "; only what starts in it" if question.time is not None and question.time.starts_in else ""
    return f"{sentence_of(data, question.filters)} {days[:1].upper()}{days[1:]}{starts}."


def title_words(found: Breakdown | Cross) -> str:
    """What a table is of: "Killed by province", "Records: type against period"."""
    what = found.measure.capitalize()
    if isinstance(found, Cross):
        one, other = (TITLES[by].lower() for by in found.by)
        return f"{what}: {one} against {other}"
    return f"{what} by {found.unit or TITLES[found.by].lower()}"


def whole_words(whole: Cell, measure: str) -> str:
    """What all of it comes to: "412 records, 14 of them tallies", or "at least 202 killed in 31 of 88 records"."""
    if whole.total is None:
        tallies = ""
        if whole.tallies:
            several = "tallies" if whole.tallies > 1 else "a tally"
            tallies = f", {whole.tallies:,} of them {several}: one record that counts many"
        return f"{whole.records:,} record{'' if whole.records == 1 else 's'}{tallies}"
    if not whole.total.counted:
        return f"No figure of {measure} in {whole.records:,} record{'' if whole.records == 1 else 's'}"
    return f"{whole} {measure} in {len(whole.total.counted):,} of {whole.records:,} records"


def notes_of(found: Breakdown | Cross) -> tuple[str, ...]:
    """What is left out and why, each with its number; and how to read it."""
    notes = [f"{said}: {count:,}" for said, count in found.left_out]
    sides = (found.by,) if isinstance(found, Breakdown) else found.by
    notes += [ENTERED[by] for by in sides if by in ENTERED]
    if isinstance(found, Breakdown) and any(not group.inside for group, _ in found.groups):
        notes.append(PALE)
    for of, beside in _beyond(found):
        notes.append(f"{beside:,} smaller group{of} is not shown" if beside == 1 else
                     f"{beside:,} smaller groups{of} are not shown")  # fmt: skip
    return tuple(f"{note[0].upper()}{note[1:]}." for note in notes)


def _beyond(found: Breakdown | Cross) -> list[tuple[str, int]]:
    """Groups for which there is no room: of what, in words, and how many."""
    if isinstance(found, Breakdown):
        return [("", found.more)] if found.more else []
    return [(f" of {by}", more) for by, more in zip(found.by, found.more, strict=True) if more]


def cell_tip(group: Group, cell: Cell, found: Breakdown) -> str:
    """All that is known of a bar, but for its name."""
    said = figure_words(cell, found.measure)
    if cell.tallies:
        said += f"\n{cell.tallies:,} of the records are tallies: one record that counts many"
    if not group.inside:
        said += "\nNot asked for by the filters now; it passes all others"
    if found.by == "period":
        return f"{said}\nA click shows {'the days before it again' if group.asked else 'these days alone'}"
    return f"{said}\nA click {'takes it out of' if group.asked else 'adds it to'} the filters"


def sheet_of(data: DataSet, found: Breakdown | Cross) -> Sheet:
    """A table for people, with what was asked and what is left out."""
    about = f"{question_words(data, found.question)} {whole_words(found.whole, found.measure)}."
    head, lines = _lines_of(found) if isinstance(found, Breakdown) else _crossed_lines(found)
    return Sheet(title_words(found), about, head, lines, notes_of(found))


def _lines_of(found: Breakdown) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    first = (found.unit or TITLES[found.by]).capitalize()
    if found.measure == RECORDS:
        head: tuple[str, ...] = (first, "records", "surely in these days", "tallies among them")
        return head, tuple((group.name, *(f"{n}" for n in (cell.records, cell.sure, cell.tallies)))
                           for group, cell in found.groups)  # fmt: skip
    head = (first, found.measure, "records counted", "records left out")
    return head, tuple(
        (group.name, str(cell), str(len(cell.total.counted)), str(len(cell.total.left_out)))
        for group, cell in found.groups if cell.total is not None
    )  # fmt: skip


def _crossed_lines(found: Cross) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    head = (TITLES[found.by[0]], *(group.name for group, _ in found.columns), "all")
    lines = [(group.name, *map(str, cells), str(cell))
             for (group, cell), cells in zip(found.rows, found.cells, strict=True)]  # fmt: skip
    return head, (*lines, ("all", *(str(cell) for _, cell in found.columns), str(found.whole)))


def sheet_text(sheet: Sheet) -> str:
    """A table as lines of tabs for a spreadsheet or a letter, between what it is of and what is left out."""
    from viewer.formats.exporters.event_csv import safe_cell  # a panel need not wait for all formats

    rows = ["\t".join(safe_cell(" ".join(cell.split())) for cell in line) for line in (sheet.head, *sheet.lines)]
    return "\n".join([sheet.title, sheet.about, *rows, *sheet.notes])


# a file for a spreadsheet

FILE_HEAD = ("part", "by", "group", "against", "of", "measure", "low", "high", "at_least", "records", "surely",
             "tallies", "counted", "left_out", "in_filter", "selection", "attribution")  # fmt: skip


def thanks_of(data: DataSet) -> str:
    """Whom to name wherever sums over these records are shown: all whose records may be among them."""
    runs = (run.attribution for run in data.reader.all("import_run"))
    found = dict.fromkeys(" ".join(text.split()) for text in (data.meta.attribution, *runs) if text)
    return " | ".join(found)


def file_lines(data: DataSet, found: Breakdown | Cross) -> Iterator[str]:
    """The lines of a CSV file: groups, cells, the whole, and what is left out; each says what was asked and of whom."""
    from viewer.formats.exporters.event_csv import csv_line  # a panel need not wait for all formats

    asked = question_words(data, found.question)
    ends = (f"{data.meta.marking} {asked}".strip(), thanks_of(data))
    yield csv_line(FILE_HEAD)

    def line(part: str, by: str, name: str, cell: Cell, against: str = "", of: str = "", inside: bool = True) -> str:
        return csv_line([part, by, name, against, of, found.measure, *_cell_numbers(cell), "yes" if inside else "no",
                         *ends])  # fmt: skip

    if isinstance(found, Breakdown):
        by = found.unit or found.by
        for group, cell in found.groups:
            yield line("group", by, group.name, cell, inside=group.inside)
    else:
        for (row, _), cells in zip(found.rows, found.cells, strict=True):
            for (column, _), cell in zip(found.columns, cells, strict=True):
                yield line("cell", found.by[0], row.name, cell, found.by[1], column.name)
        for by, side in zip(found.by, (found.rows, found.columns), strict=True):
            for group, cell in side:
                yield line("group", by, group.name, cell)
    yield line("all", "", "", found.whole)
    for said, count in (*found.left_out, *((f"smaller groups{of} not shown", more) for of, more in _beyond(found))):
        empty = [""] * (FILE_HEAD.index("records") - FILE_HEAD.index("measure") - 1)
        yield csv_line(["note", "", said, "", "", found.measure, *empty, count, "", "", "", "", "", *ends])


def _cell_numbers(cell: Cell) -> tuple[object, ...]:
    """The numbers of a cell from "low" to "left_out"."""
    total = cell.total
    if total is None:
        return cell.records, cell.records, "no", cell.records, cell.sure, cell.tallies, cell.records, 0
    figure = total.figure
    told = (number(figure.low), number(figure.high), "yes" if figure.at_least else "no") if total.counted else ("",) * 3
    return (*told, cell.records, cell.sure, cell.tallies, len(total.counted), len(total.left_out))


def obstacle_to_lines(path: Path, store: Path | None, lines: Iterator[str]) -> str:
    """Write a table whole or not at all, and never over evidence; what prevents it in one sentence, '' when it is."""
    try:
        with whole_file(path, store) as part, part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except ExportError as error:
        return str(error)
    return ""


def file_name(found: Breakdown | Cross) -> str:
    """What a file of it may be called, without its suffix."""
    sides = "-".join((found.by,) if isinstance(found, Breakdown) else found.by)
    last = found.question.days[1]
    return "-".join(part for part in ("badia", found.measure, "by", sides, iso(last) or "") if part)
