"""Small tables and texts from and to files: read as they stand, written whole or not at all."""

import bz2
import csv
import gzip
import lzma
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from labeler.errors import InputError


def read_frame(
    path: Path, *, columns: Callable[[str], bool] | None = None, ragged: bool = False
) -> pd.DataFrame:
    """Read a file of rows as it stands: text stays text, nothing is taken for a missing value.

    Args:
        path: `.csv`, `.tsv`, `.parquet` or `.jsonl`; the text formats also as `.gz`, `.zst`,
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
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = next((s for s in reversed(suffixes) if s not in (".gz", ".zst", ".bz2", ".xz")), "")
    try:
        if kind == ".parquet":
            frame = pd.read_parquet(path)
        elif kind in (".jsonl", ".ndjson"):
            frame = pd.read_json(path, lines=True, dtype=False)
        elif kind in (".csv", ".tsv", ".txt"):
            frame = _read_delimited(path, "," if kind == ".csv" else "\t", ragged=ragged)
        else:
            raise InputError(f"{path}: give a .csv, .tsv, .parquet or .jsonl file (.gz is fine)")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start}: not UTF-8; save the file as UTF-8"
        ) from error
    except pd.errors.EmptyDataError as error:
        raise InputError(f"{path}: the file is empty") from error
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        # pandas names the line and the field counts, never a cell
        reason = " ".join(str(error).replace("Error tokenizing data. C error: ", "").split())
        raise InputError(f"{path}: {reason}") from error
    except (gzip.BadGzipFile, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: the compressed file is damaged; fetch it again") from error
    except (ValueError, OSError) as error:
        raise InputError(f"{path}: cannot be read as {kind} ({type(error).__name__})") from error
    names = [str(name) for name in frame.columns]
    frame.columns = pd.Index(names)
    return frame[[name for name in names if columns(name)]] if columns else frame


def _read_delimited(path: Path, delimiter: str, *, ragged: bool) -> pd.DataFrame:
    with warnings.catch_warnings():
        # pandas only warns where a row is longer than the header, and drops the rest of it
        warnings.simplefilter("ignore" if ragged else "error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            path,
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


_OPENERS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}


def _check_fields(path: Path, delimiter: str, frame: pd.DataFrame) -> None:
    """Raise InputError for a doubled column or a short row; pandas renames and fills them."""
    suffix = path.suffix.lower()
    if suffix == ".zst":  # read by pandas only
        return
    # A row that is too short ends in an empty cell: without one there is nothing to look for.
    suspect = len(frame) > 0 and bool((frame.iloc[:, -1] == "").any())
    csv.field_size_limit(2**31 - 1)
    with _OPENERS.get(suffix, open)(path, "rt", encoding="utf-8-sig", newline="") as handle:
        rows = csv.reader(handle, delimiter=delimiter)
        header = next(rows)
        for name in header:
            if header.count(name) > 1:
                raise InputError(f"{path}: the column {name!r} is there twice; rename one")
        for number, row in enumerate(rows if suspect else (), start=2):
            if row and len(row) < len(header):
                raise InputError(
                    f"{path}: row {number} has {len(row)} fields, the header {len(header)}; "
                    "the file may be cut off"
                )


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table whole or not at all; the suffix decides the format.

    Args:
        frame: the table; nullable `Int8` columns are labels, written `1.0`, `0.0`, `-1.0`, empty.
        path: `.csv`, `.tsv`, `.parquet` or `.jsonl`, the text formats also with `.gz`.

    Raises:
        InputError: the suffix is none of these, or the folder is missing.
    """
    name = path.name.lower()
    labels = {
        column: frame[column].astype("Float32")
        for column in frame.columns
        if str(frame[column].dtype) == "Int8"
    }
    frame = frame.assign(**labels)
    check_place(path)
    beside = path.with_name(f".{path.name}.part")
    # no time stamp in the file: the same table gives the same bytes
    compression: Any = {"method": "gzip", "mtime": 0} if name.endswith(".gz") else None
    stem = name.removesuffix(".gz")
    try:
        if stem.endswith((".csv", ".tsv")):
            separator = "\t" if stem.endswith(".tsv") else ","
            frame.to_csv(
                beside, index=False, sep=separator, compression=compression, lineterminator="\n"
            )
        elif name.endswith(".parquet"):
            frame.to_parquet(beside, index=False)
        elif stem.endswith(".jsonl"):
            frame.to_json(beside, orient="records", lines=True, compression=compression)
        else:
            raise InputError(f"{path}: give a name that ends in .csv, .tsv, .parquet or .jsonl")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def check_place(*paths: Path | None, inputs: Iterable[Path | None] = ()) -> None:
    """Raise InputError where a file cannot be put, before any work is done.

    Args:
        paths: the files to write; None is passed over.
        inputs: the files to read, which no file to write may be; None is passed over.
    """
    read = {path.resolve() for path in inputs if path is not None}
    written: set[Path] = set()
    for path in paths:
        if path is None:
            continue
        if not path.parent.is_dir():
            raise InputError(f"{path}: there is no folder {str(path.parent)!r}; make it first")
        if path.is_dir():
            raise InputError(f"{path}: is a folder; give a file name")
        if path.resolve() in read:
            raise InputError(f"{path}: is input and output: name another output")
        if path.resolve() in written:
            raise InputError(f"{path}: is named for two outputs: name another for one of them")
        written.add(path.resolve())


def write_text(path: Path, text: str) -> None:
    """Write a file beside its place, then rename it.

    Raises:
        InputError: the folder is missing, or the place cannot be written to.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
