"""A small table to a file, whole or not at all; the name's ending decides the format."""

from pathlib import Path
from typing import Any

import pandas as pd

from labeler.errors import InputError, LabelerError
from labeler.tables.places import check_place, whole
from labeler.writers import arrow
from labeler.writers.packing import PACKINGS
from labeler.writers.workbook import check_lengths, require_openpyxl, to_workbook

_TEXT = (".csv", ".tsv", ".jsonl")
_WHOLE = (".parquet", ".xlsx")


def check_name(path: Path | None) -> None:
    """Raise InputError where no table can be written under a name, before any work is done."""
    if path is None:
        return
    check_place(path)
    plain, packing = _parted(path)
    if plain in _WHOLE and packing:
        raise InputError(f"{path}: {plain} is compressed already: leave {packing} out")
    if plain not in (*_TEXT, *_WHOLE):
        raise InputError(
            f"{path}: give a name that ends in .csv, .tsv, .jsonl (also with .gz or .zst), .parquet or .xlsx"
        )
    if plain == ".xlsx":
        require_openpyxl("to write")


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table whole or not at all.

    Args:
        frame: the table; nullable `Int8` columns are labels, written `1.0`, `0.0`, `-1.0`, empty.
        path: `.csv`, `.tsv` or `.jsonl`, also with `.gz` or `.zst` behind; `.parquet` or `.xlsx`.

    Raises:
        InputError: the ending is none of these, the folder is missing or read-only, the table does not
            fit into a workbook, or the extra `excel` is missing.
        LabelerError: the disk is full, or fails.
    """
    check_name(path)
    labels = {
        column: frame[column].astype("Float32")
        for column in frame.columns
        if str(frame[column].dtype) == "Int8"
    }
    frame = frame.assign(**labels)
    plain, packing = _parted(path)
    with whole(path, private=False) as beside:
        if plain == ".parquet":
            _to_parquet(frame, beside, path)
        elif plain == ".xlsx":
            _through(beside, _streams(frame), to_workbook)
        elif packing:
            _through(beside, _text(frame, plain), PACKINGS[packing])
        else:
            beside.write_bytes(_text(frame, plain))


def _parted(path: Path) -> tuple[str, str]:
    """The ending that names the format, and the one that names the packing, `""` for none."""
    name = path.name.lower()
    packing = next((suffix for suffix in PACKINGS if name.endswith(suffix)), "")
    return Path(name.removesuffix(packing)).suffix, packing


def _text(frame: pd.DataFrame, plain: str) -> bytes:
    if plain == ".jsonl":
        text = frame.to_json(orient="records", lines=True)
    else:
        text = frame.to_csv(index=False, sep="\t" if plain == ".tsv" else ",", lineterminator="\n")
    return text.encode("utf-8", errors="replace")


def _streams(frame: pd.DataFrame) -> bytes:
    """The table as a workbook's writer takes it: labels as 64-bit floats, ids as text."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_float_dtype(column.dtype):
            columns[str(name)] = pa.array(column.astype("Float64"), pa.float64())
        elif pd.api.types.is_integer_dtype(column.dtype):
            columns[str(name)] = pa.array(column.astype("Int64"), pa.int64())
        else:
            cells = ["" if pd.isna(cell) else str(cell) for cell in column]
            check_lengths({str(name): cells})
            columns[str(name)] = pa.array(cells, pa.string())
    return arrow.encode(pa.table(columns))


def _through(beside: Path, content: bytes, finish: Any) -> None:
    """Write what `finish` makes of some bytes, with a file beside that goes again."""
    before = beside.with_name(f"{beside.name}.plain")
    try:
        before.write_bytes(content)
        finish(before, beside)
    finally:
        before.unlink(missing_ok=True)


def _to_parquet(frame: pd.DataFrame, beside: Path, path: Path) -> None:
    try:
        frame.to_parquet(beside, index=False)
    except (ValueError, TypeError) as error:  # pyarrow's own, too
        raise LabelerError(
            f"{path}: cannot be written as Parquet, for a column holds values of unlike kinds: "
            "write .csv instead"
        ) from error
