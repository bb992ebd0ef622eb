"""Sets with one row a study or image and one column a name."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, from_columns, stack
from labeler.tables.files import read_frame
from labeler.tables.labels import check_unique, read_values
from labeler.tables.names import listing


def read_rows(
    path: Path, *, columns: Callable[[str], bool] | None = None, ragged: bool = False
) -> pd.DataFrame:
    """Read a file of a label set, see `read_frame`.

    Raises:
        InputError: it cannot be read, or has no rows.
    """
    frame = read_frame(path, columns=columns, ragged=ragged)
    if not len(frame):
        raise InputError(f"{path}: there are no rows below the header")
    return frame


def required(frame: pd.DataFrame, names: Sequence[str], path: Path) -> None:
    """Raise InputError that lists the columns there are, where one of the names is missing."""
    for name in names:
        if name not in frame.columns:
            raise InputError(f"{path}: no column {name!r}; {_those_of(frame)}")


def first_of(frame: pd.DataFrame, names: Sequence[str], path: Path) -> str:
    """Return the first of the names that is a column.

    Raises:
        InputError: none of them is.
    """
    for name in names:
        if name in frame.columns:
            return name
    raise InputError(f"{path}: no column {' or '.join(names)}; {_those_of(frame)}")


def _those_of(frame: pd.DataFrame) -> str:
    if frame.columns.empty:
        return "it has none of this set's columns"
    return f"there are: {listing(frame.columns)}"


def full_ids(frame: pd.DataFrame, name: str, path: Path) -> None:
    """Raise InputError where a row has no id."""
    empty = (frame[name].astype("string").fillna("").str.strip() == "").to_numpy(dtype=bool)
    if empty.any():
        raise InputError(f"{path}: row {int(empty.argmax()) + 1}: no {name}")


def named_columns(
    frame: pd.DataFrame,
    path: Path,
    crosswalk: Crosswalk,
    *,
    keys: Sequence[str],
    id_name: str,
    names: Sequence[str],
    reader: str | None = None,
) -> NamedLabels:
    """Return one file's labels.

    Args:
        frame: the file.
        path: its name, for messages.
        crosswalk: the set's crosswalk.
        keys: columns to keep.
        id_name: the one of them that is the id.
        names: the label columns.
        reader: the column that names the reader, if there is one.

    Raises:
        InputError: no label column, an id missing, or a value that is not a label.
    """
    if not names:
        raise InputError(f"{path}: there is no label column; is it a file of this set?")
    full_ids(frame, id_name, path)
    values = read_values(frame, {name: name for name in names}, source=path)
    by_line, unknown = from_columns(names, values, crosswalk)
    return NamedLabels(
        keys=frame[list(keys)].astype(object).reset_index(drop=True),
        id_name=id_name,
        values=by_line,
        readers=frame[reader].to_numpy(dtype=object) if reader else None,
        unknown=unknown,
    )


def file_by_reader(parts: Sequence[NamedLabels], paths: Sequence[Path]) -> NamedLabels:
    """Stack files; where they share ids, each file counts as a separate reader.

    Raises:
        InputError: an id is twice in one file.
    """
    for part, path in zip(parts, paths, strict=True):
        ids = pd.Index(part.keys[part.id_name])
        check_unique(ids, source=path, id_name=part.id_name)
    together = stack(parts)
    if not together.keys[together.id_name].duplicated().any():
        return together
    stems = [path.name.split(".")[0] for path in paths]
    if len(set(stems)) < len(stems):
        raise InputError("files with the same ids are taken for readers: give them unlike names")
    readers = [
        np.full(len(part.keys), stem, object) for part, stem in zip(parts, stems, strict=True)
    ]
    return NamedLabels(
        keys=together.keys,
        id_name=together.id_name,
        values=together.values,
        readers=np.concatenate(readers),
        study=together.study,
        unknown=together.unknown,
    )
