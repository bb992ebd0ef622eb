"""Excel workbooks that people open: one sheet, the header frozen, a filter, colours by value.

Text is always written as text: a cell that begins with `=` is not a formula.
"""

import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from labeler.errors import InputError
from labeler.writers.arrow import read_streams

MAX_ROWS = 1_048_575
"""Rows below the header that a sheet holds at most."""
MAX_CHARACTERS = 32_767
"""Characters that a cell holds at most."""

_COLOURS = {1: "F4C7C3", 0: "D9EAD3", -1: "FCE8B2"}  # light red, light green, light yellow
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_WIDE = 60
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time that a zip archive can tell


def to_workbook(streams: Path, final: Path) -> None:
    """Write the tables of a file of Arrow streams as one workbook.

    Columns of floats are labels and get a colour by their value. The bytes do not depend on the
    time, nor on how the rows came.

    Raises:
        InputError: the extra `excel` is missing; there are more rows than a sheet can hold.
    """
    require_openpyxl("to write")
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("labels")
    bold, turned = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def text_cell(text: str, *, header: bool = False) -> Any:
        cell = WriteOnlyCell(sheet, _writable(text))
        cell.data_type = "s"
        if header:
            cell.font, cell.alignment = bold, turned
        return cell

    rows = 0
    names: list[str] = []
    for table in read_streams(streams):
        if not names:
            names = table.column_names
            kinds = [str(field.type) for field in table.schema]
            last = get_column_letter(len(names))
            for place, kind in enumerate(kinds, start=1):
                letter = get_column_letter(place)
                sheet.column_dimensions[letter].width = 14 if kind == "double" else 20
            labels = [place for place, kind in enumerate(kinds, start=1) if kind == "double"]
            first_label = labels[0] if labels else 2
            sheet.freeze_panes = f"{get_column_letter(min(first_label, 4))}2"
            sheet.append([text_cell(name, header=True) for name in names])
        for values in zip(*(column.to_pylist() for column in table.columns), strict=True):
            rows += 1
            if rows > MAX_ROWS:
                raise InputError(
                    f"{final.name.removesuffix('.whole')}: a workbook holds {MAX_ROWS:,} rows at "
                    "most: name a .csv or .parquet file"
                )
            sheet.append([text_cell(v) if isinstance(v, str) else v for v in values])
    if names:
        sheet.auto_filter.ref = f"A1:{last}{rows + 1}"
        _colour(sheet, labels, rows)
    book.save(final)
    _still(final)


def check_lengths(columns: Mapping[str, Sequence[Any]]) -> None:
    """Raise InputError where a text is longer than a cell can hold."""
    for name, values in columns.items():
        for value in values:
            if isinstance(value, str) and len(value) > MAX_CHARACTERS:
                raise InputError(
                    f"column {name!r} has a text of more than the {MAX_CHARACTERS:,} characters "
                    "that a cell of a workbook holds: name a .csv or .parquet file"
                )


def require_openpyxl(what: str) -> None:
    """Raise InputError, with what to install, where workbooks cannot be read or written."""
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise InputError(
            f".xlsx: {what} workbooks needs openpyxl: pip install 'cxr-labeler[excel]'"
        ) from None


def _colour(sheet: Any, labels: list[int], rows: int) -> None:
    """Colour the labels by rules of the sheet, so that a label changed by hand changes colour."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    if not labels or not rows:
        return
    first, last = get_column_letter(labels[0]), get_column_letter(labels[-1])
    for value, colour in _COLOURS.items():
        # To a sheet an empty cell equals 0.
        rule = FormulaRule(
            formula=[f"AND(ISNUMBER({first}2),{first}2={value})"],
            fill=PatternFill(start_color=colour, end_color=colour, fill_type="solid"),
        )
        sheet.conditional_formatting.add(f"{first}2:{last}{rows + 1}", rule)


def _writable(text: str) -> str:
    """Escape what XML cannot hold as Excel does (ECMA-376, ST_Xstring)."""
    text = _ESCAPED.sub("_x005F_", text)
    return _UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def _still(book: Path) -> None:
    """Take the time of writing out of a workbook."""
    beside = book.with_name(book.name + ".still")
    stamp = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
    try:
        with zipfile.ZipFile(book) as source, zipfile.ZipFile(beside, "w") as target:
            for name in source.namelist():
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with source.open(name) as old, target.open(entry, "w", force_zip64=True) as new:
                    if name == "docProps/core.xml":
                        moment = datetime(*_EPOCH).isoformat().encode() + b"Z"
                        new.write(stamp.sub(rb"\g<1>" + moment, old.read()))
                    else:
                        shutil.copyfileobj(old, new, 1 << 20)
        beside.replace(book)
    finally:
        beside.unlink(missing_ok=True)  # of a full disk
