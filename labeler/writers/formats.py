"""Encodes label and evidence tables as CSV, JSON Lines, Parquet or a workbook, by stretches.

A CSV or JSON Lines row is glued together from ready-made pieces of seven labels each (there are 4^7
of them): 227,835 rows take 0.1 s, with `csv.writer` 0.3 s, with `DataFrame.to_csv` and float labels
1.4 s. The cells are quoted here, too, for `csv.writer` leaves a lone carriage return bare before
Python 3.13, and every reader takes that for the end of the row.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np

from labeler.errors import InputError
from labeler.writers import arrow
from labeler.writers.packing import PACKINGS
from labeler.writers.table import LabelTable
from labeler.writers.workbook import check_lengths, require_openpyxl, to_workbook


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of rows that is no label table.

    Attributes:
        name: its header.
        kind: `str`, `int` or `float`; a number may be missing.
        shown: how a CSV file shows a number, in the format language.
        as_it_is: may no cell begin like a formula, or must it stay as it is?
    """

    name: str
    kind: type = str
    shown: str = ""
    as_it_is: bool = False


Columns = Sequence[Column]

# The mention stays as it is, so that text[start:end] == mention: it is a phrase of the rules, which begins with a
# letter or a digit. Ids, cues and sentences may begin with a dash or "=".
EVIDENCE = (
    Column("id"),
    Column("section"),
    Column("observation", as_it_is=True),
    Column("value", float, ".1f"),
    Column("start", int),
    Column("end", int),
    Column("mention", as_it_is=True),
    Column("cue"),
    *(
        Column(name, as_it_is=True)
        for name in ("rule", "finding", "side", "location", "severity", "change")
    ),
    Column("size_mm", float, "g"),
    Column("sentence"),
)
"""The columns of an evidence table, a row a mention."""

_PIECE = 7
# The cell of a label by its two lowest bits: 0, 1, 2 (not mentioned), and -1, which ends in 11.
_CSV_CELLS = ("0.0", "1.0", "", "-1.0")
_JSON_CELLS = ("0.0", "1.0", "null", "-1.0")
_NEEDS_QUOTES = re.compile('[",\r\n]')
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
STDOUT = "-"
"""Stands for standard output where a file could be named."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that grows by appending.

    Attributes:
        suffix: the file name's ending.
        labels: encodes a stretch of a label table; the first stretch carries the header.
        rows: encodes a stretch of other rows, of evidence for example, by their columns; the first
            carries the header. `None` where the format has none.
        finish: turns the file of appended bytes into the final file, another one; `None` where it
            is that already.
    """

    suffix: str
    labels: Callable[[LabelTable, bool], bytes]
    rows: Callable[[Columns, Sequence[tuple[Any, ...]], bool], bytes] | None
    finish: Callable[[Path, Path], None] | None = None


def find_format(
    path: str | Path, option: str, formats: Mapping[str, Format] | None = None
) -> Format:
    """Choose the format by a file name's suffix; `.gz` and `.zst` after it compress the file.

    Args:
        path: the file, or `-` for standard output, which takes the first format that needs no
            finish.
        option: the option that names the file, for messages.
        formats: suffix -> format; those of all tables by default.

    Raises:
        InputError: the suffix is none of the known ones.
    """
    formats = formats or FORMATS
    if str(path) == STDOUT:
        return next(form for form in formats.values() if form.finish is None)
    name = str(path).lower()
    packing = next((suffix for suffix in PACKINGS if name.endswith(suffix)), "")
    suffix = Path(name.removesuffix(packing)).suffix
    if suffix not in formats:
        known = ", ".join(formats)
        raise InputError(f"{option} {path}: the file name must end in {known}, or - be all of it")
    form = formats[suffix]
    if not packing:
        return form
    if form.finish is not None:
        raise InputError(f"{option} {path}: {suffix} is compressed already: leave {packing} out")
    return replace(form, suffix=suffix + packing, finish=PACKINGS[packing])


def evidence_rows(ids: Iterable[str], mentions: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Flatten the reports' mentions into rows with the columns `EVIDENCE`.

    Args:
        ids: the reports' ids.
        mentions: for each report a list of dicts as `Labeler.label_batches` gives them.
    """
    return [
        (
            id_, m["section"], m["observation"], float(m["value"]), int(m["start"]),
            int(m["end"]), m["text"], m["cue"], m["rule"], m["finding"],
            m["side"], m["location"], m["severity"], m["change"], m["size_mm"], m["sentence"],
        )
        for id_, found in zip(ids, mentions, strict=True)
        for m in found
    ]  # fmt: skip


def csv_cell(text: str) -> str:
    """Quote a CSV cell where it needs it."""
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def defuse(text: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run as a formula; numbers stay."""
    return "'" + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _csv_labels(table: LabelTable, first: bool) -> bytes:
    columns: list[Iterable[str]] = [
        map(str if name in table.numbers else csv_cell, cast("Sequence[str]", values))
        for name, values in table.text.items()
    ]
    codes = list(table.labels.values())
    for start in range(0, len(codes), _PIECE):
        columns.append(_pieces(codes[start : start + _PIECE], _csv_pieces))
    columns += [map(csv_cell, values) for values in table.behind.values()]
    return _lines([*table.text, *table.labels, *table.behind], columns, first)


def _csv_rows(columns: Columns, rows: Sequence[tuple[Any, ...]], first: bool) -> bytes:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    cells = [_csv_cells(*column) for column in zip(columns, values, strict=True)]
    return _lines([column.name for column in columns], cells, first)


def _csv_cells(column: Column, values: Sequence[Any]) -> Iterable[str]:
    # most cells are those of many rows: each text and number is written out once
    cells: dict[Any, str] = {}
    for value in set(values):
        if column.kind is str:
            cells[value] = csv_cell(value if column.as_it_is else defuse(value))
        else:
            cells[value] = "" if value is None else format(value, column.shown)
    return map(cells.__getitem__, values)


def _lines(names: Iterable[str], columns: list[Iterable[str]], first: bool) -> bytes:
    lines = [",".join(map(csv_cell, names))] if first else []
    lines += map(",".join, zip(*columns, strict=True))
    return ("\n".join(lines) + "\n").encode() if lines else b""


def _json_labels(table: LabelTable, first: bool) -> bytes:
    names = list(table.text)
    columns: list[Iterable[str]] = [_json_cells(name, table.text[name]) for name in names]
    labels = list(table.labels)
    for start in range(0, len(labels), _PIECE):
        group = tuple(labels[start : start + _PIECE])

        def pieces(_: int, group: tuple[str, ...] = group) -> np.ndarray:
            return _json_pieces(group)

        columns.append(_pieces([table.labels[name] for name in group], pieces))
    columns += [_json_cells(name, values) for name, values in table.behind.items()]
    return "".join(f"{{{', '.join(row)}}}\n" for row in zip(*columns, strict=True)).encode()


def _json_cells(name: str, values: Iterable[object]) -> list[str]:
    key = json.dumps(name, ensure_ascii=False)
    return [f"{key}: {json.dumps(value, ensure_ascii=False)}" for value in values]


def _json_rows(columns: Columns, rows: Sequence[tuple[Any, ...]], first: bool) -> bytes:
    names = [column.name for column in columns]
    records = (dict(zip(names, row, strict=True)) for row in rows)
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _pieces(codes: list[np.ndarray], table: Callable[[int], np.ndarray]) -> Iterable[str]:
    """Give for each row the ready-made text of several labels side by side."""
    index = np.zeros(len(codes[0]), dtype=np.int32)
    for column in codes:
        index = index * 4 + (column & 3)
    return cast("list[str]", table(len(codes))[index].tolist())


@cache
def _csv_pieces(width: int) -> np.ndarray:
    return np.array([",".join(cells) for cells in product(_CSV_CELLS, repeat=width)], dtype=object)


@cache
def _json_pieces(names: tuple[str, ...]) -> np.ndarray:
    keys = [json.dumps(name, ensure_ascii=False) for name in names]
    texts = [
        ", ".join(f"{key}: {cell}" for key, cell in zip(keys, cells, strict=True))
        for cells in product(_JSON_CELLS, repeat=len(names))
    ]
    return np.array(texts, dtype=object)


def _arrow_labels(table: LabelTable, first: bool) -> bytes:
    import pyarrow as pa

    columns = {
        name: pa.array(values, pa.int64() if name in table.numbers else pa.string())
        for name, values in table.text.items()
    }
    for name, codes in table.labels.items():
        columns[name] = pa.array(codes.astype(np.float64), mask=codes == 2)
    columns |= {name: pa.array(cells, pa.string()) for name, cells in table.behind.items()}
    return arrow.encode(pa.table(columns))


def _arrow_rows(columns: Columns, rows: Sequence[tuple[Any, ...]], first: bool) -> bytes:
    import pyarrow as pa

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return arrow.encode(
        pa.table(
            {
                column.name: pa.array(cells, kinds[column.kind])
                for column, cells in zip(columns, values, strict=True)
            }
        )
    )


def _workbook_labels(table: LabelTable, first: bool) -> bytes:
    require_openpyxl("to write")
    check_lengths(table.text)
    return _arrow_labels(table, first)


def _workbook_rows(columns: Columns, rows: Sequence[tuple[Any, ...]], first: bool) -> bytes:
    require_openpyxl("to write")
    names = (column.name for column in columns)
    check_lengths(dict(zip(names, zip(*rows, strict=True), strict=False)))
    return _arrow_rows(columns, rows, first)


FORMATS: dict[str, Format] = {
    ".csv": Format(".csv", _csv_labels, _csv_rows),
    ".parquet": Format(".parquet", _arrow_labels, _arrow_rows, arrow.to_parquet),
    ".jsonl": Format(".jsonl", _json_labels, _json_rows),
    ".xlsx": Format(".xlsx", _workbook_labels, _workbook_rows, to_workbook),
}
"""The formats by suffix."""
