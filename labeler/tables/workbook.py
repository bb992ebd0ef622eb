"""Excel workbooks as rows of values, read as they were saved."""

import datetime
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from labeler.errors import InputError

SUFFIXES = (".xlsx", ".xlsm")
"""Endings of the workbooks that can be read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a header.

    Attributes:
        names: the column names, from the first row.
        cells: openpyxl's sheet.
    """

    names: list[str]
    cells: Any

    def rows(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Give (row of the sheet, column -> value) for each row that is not empty."""
        for line, cells in enumerate(self.cells.iter_rows(min_row=2, values_only=True), start=2):
            if any(cell is not None for cell in cells):
                yield line, dict(zip(self.names, map(_value, cells), strict=False))


def open_sheets(path: str | Path) -> list[Sheet]:
    """Open a workbook and give its sheets that are not empty.

    Numbers stay numbers, dates become text (ISO 8601), formulas are what they gave when the
    workbook was saved.

    Raises:
        InputError: the extra `excel` is missing, or the file is not a workbook, is empty, or is
            protected by a password.
    """
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        raise InputError(
            f"{path}: to read workbooks needs openpyxl: pip install 'cxr-labeler[excel]'"
        ) from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be opened: {error.strerror}") from error
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise InputError(
            f"{path}: is no Excel workbook, is damaged, or is protected by a password"
        ) from error
    sheets = [Sheet(_header(cells), cells) for cells in book.worksheets]
    found = [sheet for sheet in sheets if any(sheet.names)]
    if not found:
        raise InputError(f"{path}: the workbook is empty")
    return found


def read_sheet(path: Path) -> pd.DataFrame:
    """Read the only sheet of a workbook as a table of text; an empty cell is `""`.

    Raises:
        InputError: as `open_sheets`; or there are several sheets, or two columns of one name.
    """
    sheets = open_sheets(path)
    if len(sheets) > 1:
        raise InputError(
            f"{path}: has {len(sheets)} sheets: save the one to read as a workbook of its own"
        )
    names = sheets[0].names
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{path}: the column {name!r} is there twice; rename one")
    rows = [
        ["" if (value := row.get(name)) is None else str(value) for name in names]
        for _, row in sheets[0].rows()
    ]
    return pd.DataFrame(rows, columns=names, dtype=str)


def _header(sheet: Any) -> list[str]:
    cells = next(sheet.iter_rows(max_row=1, values_only=True), ())
    names = ["" if cell is None else str(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _value(cell: Any) -> object:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return cell
