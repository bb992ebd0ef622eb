"""NIH ChestX-ray14: `Data_Entry_2017*.csv`, `BBox_List_2017.csv`, Google's adjudicated labels.

The headers' brackets hold commas, so that a header has more fields than a name each
(`OriginalImage[Width,Height]`), and the 2017 release ends its lines in a comma: only the columns
before the brackets are used, by name.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.references.columns import full_ids, named_columns, read_rows, required
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import (
    ABSENT,
    UNSPOKEN,
    NamedLabels,
    from_lists,
    merge_rows,
    stack,
)
from labeler.tables.labels import check_unique

_ADJUDICATED = ("Fracture", "Pneumothorax", "Airspace opacity", "Nodule or mass")
_USED = {"Image Index", "Finding Labels", "Finding Label", *_ADJUDICATED}


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read NIH's files; what one of several files states of an image stays stated.

    Raises:
        InputError: a file is not of this form.
    """
    parts = [_read(path, crosswalk) for path in paths]
    return merge_rows(stack(parts))


def _read(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    frame = read_rows(path, columns=_USED.__contains__, ragged=True)
    required(frame, ["Image Index"], path)
    full_ids(frame, "Image Index", path)
    adjudicated = [name for name in _ADJUDICATED if name in frame.columns]
    if adjudicated:
        # The file repeats the mined `Finding Labels`; the adjudicated columns replace them.
        return named_columns(
            frame,
            path,
            crosswalk,
            keys=["Image Index"],
            id_name="Image Index",
            names=adjudicated,
        )
    if "Finding Labels" in frame.columns:
        ids = pd.Index(frame["Image Index"])
        check_unique(ids, source=path, id_name="Image Index")
        return _lists(frame, path, crosswalk)
    if "Finding Label" in frame.columns:
        return _boxes(frame, path, crosswalk)
    raise InputError(f"{path}: no column 'Finding Labels' or 'Finding Label'")


def _lists(frame: pd.DataFrame, path: Path, crosswalk: Crosswalk) -> NamedLabels:
    cells = frame["Finding Labels"].astype("string").fillna("")
    empty = (cells.str.strip() == "").to_numpy(dtype=bool)
    if empty.any():
        raise InputError(f"{path}: row {int(empty.argmax()) + 1}: no 'Finding Labels'")
    number, distinct = pd.factorize(cells)  # a few hundred combinations in 112,120 rows
    lists = [str(cell).split("|") for cell in distinct]
    lengths = np.array([len(terms) for terms in lists])
    owner = np.repeat(np.arange(len(lists)), lengths)
    by_list, unknown = from_lists(
        owner,
        [term for terms in lists for term in terms],
        len(lists),
        crosswalk,
        place_of=lambda term: f"{path}: row {int((number == owner[term]).argmax()) + 1}",
    )
    keys = frame[["Image Index"]].astype(object)
    return NamedLabels(keys, "Image Index", by_list[number], unknown=unknown)


def _boxes(frame: pd.DataFrame, path: Path, crosswalk: Crosswalk) -> NamedLabels:
    group, images = pd.factorize(frame["Image Index"].astype(object))
    values, unknown = from_lists(
        group,
        frame["Finding Label"].astype(str),
        len(images),
        crosswalk,
        place_of=lambda term: f"{path}: row {term + 1}",
    )
    values[values == ABSENT] = UNSPOKEN  # boxes were drawn for a part of the images and names only
    keys = pd.DataFrame({"Image Index": images})
    boxes = np.bincount(group, minlength=len(images)).astype(np.int64)
    return NamedLabels(keys, "Image Index", values, boxes=boxes, unknown=unknown)
