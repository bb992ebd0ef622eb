"""Small tables from files, read as they stand."""

import csv
import io
import json
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from labeler.errors import InputError
from labeler.tables import workbook
from labeler.tables.packed import open_packed, plain_suffix
from labeler.tables.places import check_place, write_text

__all__ = ["check_place", "read_frame", "write_text"]


def read_frame(
    path: Path, *, columns: Callable[[str], bool] | None = None, ragged: bool = False
) -> pd.DataFrame:
    """Read a file of rows as it stands: text stays text, nothing is taken for a missing value.

    Args:
        path: `.csv`, `.tsv`, `.xlsx`, `.parquet` or `.jsonl`; the text formats also as `.gz`, `.zst`,
            `.bz2`, `.xz`.
        columns: tells which columns are wanted; all of them by default.
        ragged: accept rows that are shorter or longer than the header.

    Raises:
        InputError: the file is missing, unreadable, or its rows do not fit its header.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a file of labels")
    if path.suffix.lower() in workbook.SUFFIXES:
        sheet = workbook.read_sheet(path)
        return sheet[[name for name in sheet.columns if columns(name)]] if columns else sheet
    if not path.is_file():
        raise InputError(f"{path}: is no regular file; give a file of labels")
    kind = plain_suffix(path.name)
    with closing(open_packed(str(path))) as stream:
        try:
            if kind in (".parquet", ".pq"):
                frame = pd.read_parquet(path)
            elif kind in (".jsonl", ".ndjson"):
                frame = _read_json_lines(stream, path)
            elif kind in (".csv", ".tsv", ".txt"):
                delimiter = "," if kind == ".csv" else "\t"
                frame = _read_delimited(stream, path, delimiter, ragged=ragged)
            else:
                raise InputError(
                    f"{path}: give a .csv, .tsv, .xlsx, .parquet or .jsonl file (.gz is fine)"
                )
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: not UTF-8 text; save the file as UTF-8") from error
        except pd.errors.EmptyDataError as error:
            raise InputError(f"{path}: the file is empty") from error
        except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
            # pandas names the line and the field counts, never a cell
            reason = " ".join(str(error).replace("Error tokenizing data. C error: ", "").split())
            raise InputError(f"{path}: {reason}") from error
        # pyarrow's errors are of these kinds, too
        except (ValueError, OSError, KeyError, NotImplementedError, csv.Error) as error:
            raise InputError(
                f"{path}: cannot be read as {kind}, it is damaged or of another form"
            ) from error
    names = [str(name) for name in frame.columns]
    frame.columns = pd.Index(names)
    return frame[[name for name in names if columns(name)]] if columns else frame


def _read_json_lines(stream: BinaryIO, path: Path) -> pd.DataFrame:
    records = []
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: line {number}: not JSON in UTF-8") from error
        if not isinstance(record, dict):
            raise InputError(f"{path}: line {number}: not a JSON object")
        records.append(record)
    if not records:
        raise InputError(f"{path}: no line holds a JSON object")
    # as they stand: an integer next to a missing cell stays an integer
    return pd.DataFrame(records, dtype=object)


def _read_delimited(stream: BinaryIO, path: Path, delimiter: str, *, ragged: bool) -> pd.DataFrame:
    with warnings.catch_warnings():
        # pandas only warns where a row is longer than the header, and drops the rest of it
        warnings.simplefilter("ignore" if ragged else "error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            stream,
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            index_col=False,
            encoding="utf-8-sig",
            low_memory=False,
        )
    if not ragged:
        _check_fields(path, delimiter, frame)
    return frame


def _check_fields(path: Path, delimiter: str, frame: pd.DataFrame) -> None:
    """Raise InputError for a doubled column or a short row; pandas renames and fills them."""
    # A row that is too short ends in an empty cell: without one there is nothing to look for.
    suspect = len(frame) > 0 and bool((frame.iloc[:, -1] == "").any())
    csv.field_size_limit(2**31 - 1)
    content = io.TextIOWrapper(open_packed(str(path)), encoding="utf-8-sig", newline="")
    with content as handle:
        rows = csv.reader(handle, delimiter=delimiter)
        header = next(rows, [])
        for place, name in enumerate(header):
            if header.index(name) < place:
                raise InputError(
                    f"{path}: the columns {header.index(name) + 1} and {place + 1} have the same "
                    "name; rename one"
                )
        for number, row in enumerate(rows if suspect else (), start=2):
            if row and len(row) < len(header):
                raise InputError(
                    f"{path}: row {number} has {len(row)} fields, the header {len(header)}; "
                    "the file may be cut off"
                )
