"""Label tables of people who read reports, as `labeler annotate` saves them.

A row a report and reader, the reader named in the column `reader`; without one each file is a reader's.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from labeler.errors import InputError
from labeler.references.columns import file_by_reader, named_columns, read_rows
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, stack
from labeler.tables.labels import label_columns, without_apostrophe
from labeler.tables.names import find_ids, key_columns

READER, NOTE = "reader", "note"


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read readers' label tables.

    Raises:
        InputError: a file is not a label table, or a reader has a report twice.
    """
    parts = [_read(path, crosswalk) for path in paths]
    if any(part.id_name != parts[0].id_name for part in parts):
        raise InputError("readings: give files with the same id column")
    named = [part.readers is not None for part in parts]
    if any(named) and not all(named):
        raise InputError(f"readings: give all files a column {READER!r}, or none")
    labels = stack(parts) if any(named) else file_by_reader(parts, paths)
    if labels.readers is not None:
        once = labels.keys[labels.id_name].astype(str) + "\x1f" + labels.readers
        doubled = once.duplicated()
        if doubled.any():
            row = int(doubled.to_numpy().argmax()) + 1
            raise InputError(
                f"readings: a reader has a report twice, again in row {row} of all the files' rows; "
                "keep one row of the two"
            )
    return replace(labels, empty_is_rating=True)


def _read(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    frame = read_rows(path)
    names = list(label_columns(frame.columns, source=str(path)).values())
    keys = [name for name in frame.columns if name not in (*names, READER, NOTE)]
    if not keys:
        raise InputError(f"{path}: no id column; the first column should be the id")
    usual = next(iter(find_ids(keys)), tuple(keys[:1]))
    for key in keys:
        frame[key] = without_apostrophe(frame[key])
    return named_columns(
        frame,
        path,
        crosswalk,
        keys=keys,
        id_name=key_columns(usual)[0],
        names=names,
        reader=READER if READER in frame.columns else None,
    )
