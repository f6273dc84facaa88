"""The spreadsheet of a bulletin: written so that the same tables give the same bytes, and read back cell by cell.

Every cell is text, so that no program rounds a rate. The file holds no formula, no date of its making and nothing
compressed: its bytes hang on no clock and on no compressor's version.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Final
from xml.etree import ElementTree as ET

from footwall.bulletin.tables import Rows
from footwall.errors import UsageError

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WIDTH_MAX: Final = 40
_FIRST_INSTANT: Final = (1980, 1, 1, 0, 0, 0)
_PART_BYTES_MAX: Final = 256 * 2**20
"""No part of a bulletin's spreadsheet is as large."""


def workbook_bytes(tables: Mapping[str, Rows], on: date) -> bytes:
    """A workbook with a sheet for each table. Raises UsageError for a cell that is longer than a spreadsheet takes."""
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.combine(on, time.min, UTC).replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for place, row in enumerate(rows):
                for column, text in enumerate(row):
                    if sheet.write_string(place, column, text, bold if place == 0 else None) < 0:
                        raise UsageError(f"row {place + 1} of {name} does not fit into a spreadsheet: {text[:40]}…")
            for column in range(len(rows[0])):
                sheet.set_column(column, column, min(_WIDTH_MAX, 2 + max(len(row[column]) for row in rows)))
            if len(rows) > 1 and rows[0]:
                sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
                sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(rows)}"})
    return _stored(stream.getvalue())


def workbook_tables(data: bytes) -> dict[str, Rows]:
    """The sheets of a workbook as texts, in order. Raises ValueError for bytes that are none, or that hold anything but text."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            shared = [_shared(one) for one in _xml(parts, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]
            named = {one.get("Id"): one.get("Target", "") for one in _xml(parts, "xl/_rels/workbook.xml.rels")}
            sheets = [
                (one.get("name", ""), one.get(_RELATED)) for one in _xml(parts, "xl/workbook.xml").iter(f"{_MAIN}sheet")
            ]
            return {name: _rows(_xml(parts, f"xl/{named[related]}"), shared) for name, related in sheets}
    except (KeyError, IndexError, zipfile.BadZipFile, ET.ParseError, NotImplementedError, EOFError, OSError) as error:
        raise ValueError(f"no workbook: {error}") from None


def _stored(data: bytes) -> bytes:
    """The same parts, stored and not compressed, all of one instant."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as found, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as made:
        for name in found.namelist():
            part = zipfile.ZipInfo(name, _FIRST_INSTANT)
            part.create_system = 3
            made.writestr(part, found.read(name))
    return stream.getvalue()


def _xml(parts: zipfile.ZipFile, name: str) -> ET.Element:
    if parts.getinfo(name).file_size > _PART_BYTES_MAX:
        raise ValueError(f"{name} is larger than any part of a bulletin's spreadsheet")
    data = parts.read(name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError(f"{name} declares entities")
    return ET.fromstring(data)  # noqa: S314 - it declares no entities, and its size is bounded


def _shared(one: ET.Element) -> str:
    text = "".join(part.text or "" for part in one.iter(f"{_MAIN}t"))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _rows(sheet: ET.Element, shared: list[str]) -> Rows:
    if any(True for _ in sheet.iter(f"{_MAIN}f")):
        raise ValueError("a formula")
    found = {place: text for row in sheet.iter(f"{_MAIN}row") for place, text in _cells(row, shared)}
    columns = sum(line == 0 for line, _ in found)
    lines = len({line for line, _ in found})
    if any(line >= lines or column >= columns for line, column in found):
        raise ValueError("a sheet with an empty row, or with a column that has no name")
    return tuple(tuple(found.get((line, column), "") for column in range(columns)) for line in range(lines))


def _cells(row: ET.Element, shared: list[str]) -> Iterator[tuple[tuple[int, int], str]]:
    for one in row.iter(f"{_MAIN}c"):
        place, value = _PLACE.fullmatch(one.get("r", "")), one.find(f"{_MAIN}v")
        if place is None or value is None or one.get("t") != "s" or not (value.text or "").isdigit():
            raise ValueError(f"the cell {one.get('r')}, which is no text")
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        yield (int(place[2]) - 1, column - 1), shared[int(value.text or "")]
