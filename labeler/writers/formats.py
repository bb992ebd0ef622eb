"""Encodes label and evidence tables as CSV, JSON Lines or Parquet, a stretch at a time.

A CSV or JSON Lines row is glued together from ready-made pieces of seven labels each (there are 4^7
of them): 227,835 rows take 0.1 s, with `csv.writer` 0.3 s, with `DataFrame.to_csv` and float labels
1.4 s. The cells are quoted here, too, for `csv.writer` leaves a lone carriage return bare before
Python 3.13, and every reader takes that for the end of the row.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np

from labeler.errors import InputError
from labeler.writers.layouts import LabelTable

EVIDENCE_COLUMNS = (
    "id", "section", "observation", "value", "start", "end", "mention", "cue", "rule", "sentence",
)  # fmt: skip
"""The columns of an evidence table, a row a mention."""

_PIECE = 7
# The cell of a label by its two lowest bits: 0, 1, 2 (not mentioned), and -1, which ends in 11.
_CSV_CELLS = ("0.0", "1.0", "", "-1.0")
_JSON_CELLS = ("0.0", "1.0", "null", "-1.0")
_NEEDS_QUOTES = re.compile('[",\r\n]')
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_ROW_GROUP = 65_536


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that grows by appending.

    Attributes:
        suffix: the file name's ending.
        labels: encodes a stretch of a label table; the first stretch carries the header.
        evidence: encodes a stretch of evidence rows; the first carries the header.
        finish: turns the file of appended bytes into the final file, another one; `None` where it
            is that already.
    """

    suffix: str
    labels: Callable[[LabelTable, bool], bytes]
    evidence: Callable[[Sequence[tuple[Any, ...]], bool], bytes]
    finish: Callable[[Path, Path], None] | None = None


def find_format(path: str | Path, option: str) -> Format:
    """Choose the format by a file name's suffix.

    Raises:
        InputError: the suffix is none of the known ones.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise InputError(f"{option} {path}: the file name must end in {', '.join(FORMATS)}")
    return FORMATS[suffix]


def evidence_rows(ids: Iterable[str], mentions: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Flatten the reports' mentions into rows with `EVIDENCE_COLUMNS`.

    Args:
        ids: the reports' ids.
        mentions: for each report a list of dicts as `Labeler.label_batches` gives them.
    """
    return [
        (
            id_, m["section"], m["observation"], float(m["value"]), int(m["start"]),
            int(m["end"]), m["text"], m["cue"], m["rule"], m["sentence"],
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
    columns: list[Iterable[str]] = [map(csv_cell, values) for values in table.text.values()]
    codes = list(table.labels.values())
    for start in range(0, len(codes), _PIECE):
        columns.append(_pieces(codes[start : start + _PIECE], _csv_pieces))
    return _lines([*table.text, *table.labels], columns, first)


def _csv_evidence(rows: Sequence[tuple[Any, ...]], first: bool) -> bytes:
    # The mention stays as it is, so that text[start:end] == mention: it is a phrase of the rules,
    # which begins with a letter or a digit. Ids, cues and sentences may begin with a dash or "=".
    columns: list[Iterable[str]] = [
        (csv_cell(defuse(row[0])) for row in rows),
        (csv_cell(defuse(row[1])) for row in rows),
        (csv_cell(row[2]) for row in rows),
        (f"{row[3]:.1f}" for row in rows),
        (f"{row[4]}" for row in rows),
        (f"{row[5]}" for row in rows),
        (csv_cell(row[6]) for row in rows),
        (csv_cell(defuse(row[7])) for row in rows),
        (csv_cell(row[8]) for row in rows),
        (csv_cell(defuse(row[9])) for row in rows),
    ]
    return _lines(EVIDENCE_COLUMNS, columns, first)


def _lines(names: Iterable[str], columns: list[Iterable[str]], first: bool) -> bytes:
    lines = [",".join(map(csv_cell, names))] if first else []
    lines += map(",".join, zip(*columns, strict=True))
    return ("\n".join(lines) + "\n").encode() if lines else b""


def _json_labels(table: LabelTable, first: bool) -> bytes:
    names = list(table.text)
    keys = [json.dumps(name, ensure_ascii=False) for name in names]
    columns: list[Iterable[str]] = [
        [f"{key}: {json.dumps(value, ensure_ascii=False)}" for value in table.text[name]]
        for name, key in zip(names, keys, strict=True)
    ]
    labels = list(table.labels)
    for start in range(0, len(labels), _PIECE):
        group = tuple(labels[start : start + _PIECE])

        def pieces(_: int, group: tuple[str, ...] = group) -> np.ndarray:
            return _json_pieces(group)

        columns.append(_pieces([table.labels[name] for name in group], pieces))
    return "".join(f"{{{', '.join(row)}}}\n" for row in zip(*columns, strict=True)).encode()


def _json_evidence(rows: Sequence[tuple[Any, ...]], first: bool) -> bytes:
    records = (dict(zip(EVIDENCE_COLUMNS, row, strict=True)) for row in rows)
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

    columns = {name: pa.array(values, pa.string()) for name, values in table.text.items()}
    for name, codes in table.labels.items():
        columns[name] = pa.array(codes.astype(np.float64), mask=codes == 2)
    return _arrow_stream(pa.table(columns))


def _arrow_evidence(rows: Sequence[tuple[Any, ...]], first: bool) -> bytes:
    import pyarrow as pa

    kinds = {"value": pa.float64(), "start": pa.int64(), "end": pa.int64()}
    columns = list(zip(*rows, strict=True)) or [()] * len(EVIDENCE_COLUMNS)
    return _arrow_stream(
        pa.table(
            {
                name: pa.array(values, kinds.get(name, pa.string()))
                for name, values in zip(EVIDENCE_COLUMNS, columns, strict=True)
            }
        )
    )


def _arrow_stream(table: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _arrow_to_parquet(streams: Path, final: Path) -> None:
    """Write the Arrow streams that stand one after the other in a file as one Parquet file.

    A Parquet file cannot grow once closed, so that a run could not resume in the middle of one. The
    row groups have a fixed size: the bytes do not depend on how the rows came.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    size = streams.stat().st_size
    with pa.OSFile(str(streams)) as source:
        writer, waiting, rows = None, [], 0
        while source.tell() < size:
            table = pa.ipc.open_stream(source).read_all()
            writer = writer or pq.ParquetWriter(str(final), table.schema)
            waiting.append(table)
            rows += table.num_rows
            while rows >= _ROW_GROUP:
                joined = pa.concat_tables(waiting).combine_chunks()
                writer.write_table(joined.slice(0, _ROW_GROUP))
                waiting, rows = [joined.slice(_ROW_GROUP)], rows - _ROW_GROUP
        if writer is not None:
            if rows:
                writer.write_table(pa.concat_tables(waiting).combine_chunks())
            writer.close()


FORMATS: dict[str, Format] = {
    ".csv": Format(".csv", _csv_labels, _csv_evidence),
    ".parquet": Format(".parquet", _arrow_labels, _arrow_evidence, _arrow_to_parquet),
    ".jsonl": Format(".jsonl", _json_labels, _json_evidence),
}
"""The formats by suffix."""
