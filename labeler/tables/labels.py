"""Label tables: one row a report, image or reading, one column an observation."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import regex

from labeler.errors import InputError
from labeler.tables.files import read_frame
from labeler.tables.names import (
    BLANK,
    CHESTXRAY14,
    CHEXPERT,
    OTHER_LABELS,
    READERS,
    find_ids,
    find_images,
    fold_name,
    key_columns,
    listing,
    read_value,
    shown,
)

Codes = npt.NDArray[np.int8]
"""Labels as small integers: 1 positive, 0 negative, -1 uncertain, `BLANK` not mentioned."""


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A label table in memory.

    Attributes:
        source: the file's name, for messages.
        id_name: the column (or columns, joined by `,`) that the ids come from.
        ids: one string a row.
        observations: names of the label columns.
        values: labels, shape (rows, observations).
    """

    source: str
    id_name: str
    ids: pd.Index
    observations: tuple[str, ...]
    values: Codes


def read_label_table(
    path: Path,
    *,
    on: str | None = None,
    observations: Sequence[str] | None = None,
    among: Sequence[str] | None = None,
    id_pattern: str | None = None,
    duplicates: bool = False,
) -> Labels:
    """Read a label table.

    Args:
        path: the file, see `read_frame`.
        on: the id column, or several joined by a comma; the obvious one by default.
        observations: the label columns; by default those of the CheXpert and the NIH label sets.
        among: names to look for in place of these; those that are there are taken.
        id_pattern: regular expression; its first group (or match) is the id.
        duplicates: accept several rows with one id.

    Raises:
        InputError: a column is missing, an id is missing or doubled, a value is not a label.
    """
    frame = read_frame(path)
    columns = label_columns(frame.columns, observations, among, source=str(path))
    if not columns:
        raise InputError(
            f"{path}: no label column found among: {listing(frame.columns)}; "
            "name the columns with --observations"
        )
    id_names = id_columns(list(frame.columns), on, taken=set(columns.values()), source=path)
    ids = id_strings(frame, id_names, source=path, pattern=id_pattern)
    if on is None and not duplicates and ids.has_duplicates:
        # A table of images that names their studies, too: the image is the id.
        for name in find_images(frame.columns):
            images = id_strings(frame, [name], source=path, pattern=id_pattern)
            if images.is_unique:
                id_names, ids = (name,), images
                break
    if not duplicates:
        check_unique(ids, source=path, id_name=",".join(id_names))
    values = read_values(frame, columns, source=path)
    return Labels(path.name, ",".join(id_names), ids, tuple(columns), values)


def read_clusters(path: Path, column: str) -> pd.Index:
    """Return what each row of a label table belongs to, a patient or a study.

    Raises:
        InputError: there is no such column, or it is empty in a row.
    """
    frame = read_frame(path)
    if column not in frame.columns:
        raise InputError(
            f"{path}: no column {column!r} for --cluster among: {listing(frame.columns)}"
        )
    return id_strings(frame, [column], source=path)


def label_columns(
    columns: Iterable[str],
    wanted: Sequence[str] | None = None,
    among: Sequence[str] | None = None,
    *,
    source: str = "table",
) -> dict[str, str]:
    """Match column names with observations; case, `_` and spaces make no difference.

    Args:
        columns: the table's columns.
        wanted: observations to look for, all of them required; by default the known ones, if there.
        among: what is known; the CheXpert and the NIH label sets by default.
        source: the file, for messages.

    Returns:
        Observation -> column, in the observations' order.

    Raises:
        InputError: a wanted observation has no column, or two.
    """
    columns = list(columns)
    known = tuple(wanted or among or _known(columns))
    by_fold: dict[str, str] = {}
    for column in columns:
        fold = fold_name(column)
        fold = fold_name(OTHER_LABELS.get(fold, fold))
        if fold in by_fold and fold in {fold_name(name) for name in known}:
            raise InputError(
                f"{source}: the columns {columns.index(by_fold[fold]) + 1} and "
                f"{columns.index(column) + 1} mean the same observation; rename one"
            )
        by_fold.setdefault(fold, column)
    found = {name: by_fold[fold_name(name)] for name in known if fold_name(name) in by_fold}
    missing = [name for name in known if name not in found]
    if wanted is not None and missing:
        raise InputError(f"{source}: no column {missing[0]!r} among: {listing(columns)}")
    return found


def _known(columns: Iterable[str]) -> tuple[str, ...]:
    """Return both sets' observations, in the order of the set that the columns are of."""
    folds = {fold_name(column) for column in columns}
    own = [name for name in CHESTXRAY14 if name not in CHEXPERT]
    nih = any(fold_name(name) in folds for name in own)
    return tuple(dict.fromkeys((*CHESTXRAY14, *CHEXPERT) if nih else (*CHEXPERT, *CHESTXRAY14)))


def id_columns(
    columns: Sequence[str], on: str | None, *, taken: Collection[str] = (), source: Path
) -> tuple[str, ...]:
    """Choose the columns that make up the id of a label table or an evidence table.

    Args:
        columns: the table's columns.
        on: the id column, or several joined by a comma; the likeliest one by default.
        taken: columns that are something else.
        source: the file, for messages.

    Raises:
        InputError: a named column is missing, or none is known to be an id.
    """
    if on is not None:
        names = (on,) if on in columns else tuple(part.strip() for part in on.split(","))
        for name in names:
            if name not in columns:
                raise InputError(
                    f"{source}: no id column {name!r} among: {listing(columns)}; use --on"
                )
        return names
    for found in find_ids(columns, taken):
        return key_columns(found)
    raise InputError(
        f"{source}: which column is the id? Name it with --on; there are: "
        + listing(column for column in columns if column not in taken)
    )


def id_strings(
    frame: pd.DataFrame, names: Sequence[str], *, source: Path, pattern: str | None = None
) -> pd.Index:
    """Return the rows' ids as text; several columns are joined by `/`.

    Raises:
        InputError: an id is empty, or does not match the pattern.
    """
    parts = []
    for name in names:
        column = frame[name]
        if pd.api.types.is_float_dtype(column.dtype) and (column.dropna() % 1 == 0).all():
            column = column.astype("Int64")  # an integer id that a missing cell had turned into 1.0
        text = without_apostrophe(column).str.strip()
        empty = (text.isna() | (text == "")).to_numpy(dtype=bool)
        if empty.any():
            raise InputError(f"{source}: row {int(empty.argmax()) + 1}: no id in {name!r}")
        parts.append(text)
    ids = parts[0]
    for part in parts[1:]:
        ids = ids + "/" + part
    if pattern is not None:
        ids = _matched(ids, pattern, source)
    out: pd.Index = pd.Index(ids.astype(object), dtype=object, name=",".join(names))
    return out


def without_apostrophe(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Return cells as text, as they were before an apostrophe kept a spreadsheet from running them."""
    return column.astype("string").str.replace(r"^'(?=[=+\-@\t\r])", "", regex=True)


def match_id(text: str, pattern: str) -> str | None:
    """Return the part of an id that a pattern picks, `None` where it does not match.

    Raises:
        InputError: the pattern is not a regular expression.
    """
    try:
        compiled = regex.compile(pattern)
    except regex.error as error:
        raise InputError(f"--id-pattern: {error}") from error
    try:
        match = compiled.search(text, timeout=1)
    except TimeoutError as error:
        raise InputError(
            "--id-pattern: takes longer than a second for an id: give a simpler pattern"
        ) from error
    if match is None:
        return None
    found: str = match.group(1) if compiled.groups else match.group()
    return found


def _matched(ids: "pd.Series[str]", pattern: str, source: Path) -> "pd.Series[str]":
    found = []
    for row, text in enumerate(ids):
        part = match_id(text, pattern)
        if part is None:
            raise InputError(f"{source}: row {row + 1}: the id does not match --id-pattern")
        found.append(part)
    return pd.Series(found, index=ids.index, dtype="string")


def check_unique(ids: pd.Index, *, source: Path, id_name: str) -> None:
    """Raise InputError where an id is there twice; the message names its rows."""
    doubled = ids.duplicated(keep=False)
    if doubled.any():
        rows = [str(row + 1) for row in np.flatnonzero(ids == ids[doubled][0])[:5]]
        count = int(ids.duplicated().sum())
        raise InputError(
            f"{source}: {count} repeated id(s) in {id_name!r}, the first in the rows "
            f"{', '.join(rows)}; keep one row an id, or name another column with --on"
        )


def read_values(frame: pd.DataFrame, columns: dict[str, str], *, source: Path) -> Codes:
    """Turn cells into codes.

    Args:
        frame: the table.
        columns: observation -> column.
        source: the file, for messages.

    Returns:
        Codes of shape (rows, observations).

    Raises:
        InputError: cells that are not labels; the message lists their places.
    """
    values = np.empty((len(frame), len(columns)), dtype=np.int8)
    strange: list[str] = []
    for place, column in enumerate(columns.values()):
        cells = frame[column]
        codes, distinct = pd.factorize(cells.astype(object), use_na_sentinel=True)
        meaning = np.full(len(distinct) + 1, BLANK, dtype=np.int8)  # the last one is for missing
        for number, cell in enumerate(distinct):
            code = read_value(cell)
            if code is None:
                row = int((codes == number).argmax()) + 1
                at = list(frame.columns).index(column) + 1
                strange.append(f"row {row}, column {shown(column, at)}")
            else:
                meaning[number] = code
        values[:, place] = meaning[codes]
    if strange:
        more = f" and {len(strange) - 5} more" if strange[5:] else ""
        raise InputError(
            f"{source}: no label value: {', '.join(strange[:5])}{more}; "
            "use 1, 0, -1 or an empty cell (or positive, negative, uncertain)"
        )
    return values


def label_frame(values: Codes, observations: Sequence[str], index: pd.Index) -> pd.DataFrame:
    """Return codes as a frame of nullable `Int8` columns, missing where blank."""
    return pd.DataFrame(
        {
            name: pd.arrays.IntegerArray(values[:, place].copy(), values[:, place] == BLANK)
            for place, name in enumerate(observations)
        },
        index=index,
    )


def read_readings(
    paths: Sequence[Path],
    *,
    on: str | None = None,
    reader: str | None = None,
    observations: Sequence[str] | None = None,
) -> tuple[Labels, list[str]]:
    """Read readers' labels: one table with several rows an id, or one table a reader.

    Args:
        paths: the tables.
        on: the id column; the obvious one by default.
        reader: the column that names the reader; `reader` or `rad_id` by default. Without one, a
            lone table's rows of an id are told apart by their order.
        observations: the label columns.

    Returns:
        All rows as one table, and the reader of each row.

    Raises:
        InputError: a file or a column is wrong.
    """
    tables: list[Labels] = []
    readers: list[str] = []
    for path in paths:
        table = read_label_table(path, on=on, observations=observations, duplicates=True)
        frame = read_frame(path)
        column = reader or next((n for n in READERS if n in frame.columns), None)
        if column is not None and column not in frame.columns:
            raise InputError(
                f"{path}: no reader column {column!r}; there are: {listing(frame.columns)}"
            )
        if column is not None:
            readers += id_strings(frame, [column], source=path).tolist()
        elif len(paths) > 1:
            check_unique(table.ids, source=path, id_name=table.id_name)
            readers += [path.name] * len(table.ids)
        else:
            order = pd.Series(table.ids).groupby(table.ids, sort=False).cumcount()
            readers += [f"reading {number + 1}" for number in order]
        if tables and table.observations != tables[0].observations:
            raise InputError(
                f"{path}: has other label columns than {paths[0]}; name --observations"
            )
        tables.append(table)
    first = tables[0]
    ids = pd.Index([name for table in tables for name in table.ids], dtype=object)
    values = np.concatenate([table.values for table in tables])
    return Labels(first.source, first.id_name, ids, first.observations, values), readers
