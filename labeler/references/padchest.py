"""PadChest's `PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv`.

`Labels` is a Python list written as text, some entries with spaces before them. The column of the
(Spanish) report is not kept.
"""

import ast
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.references.columns import full_ids, read_rows, required
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, from_lists, stack
from labeler.tables.labels import check_unique

_KEPT = ("ImageID", "StudyID", "MethodLabel")


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read PadChest's file; `MethodLabel` (Physician or RNN_model) stays in the table.

    Raises:
        InputError: a file is not of this form, or an image is there twice.
    """
    labels = stack([_read(path, crosswalk) for path in paths])
    check_unique(pd.Index(labels.keys["ImageID"]), source=paths[-1], id_name="ImageID")
    return labels


def _read(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    frame = read_rows(path, columns={*_KEPT, "Labels"}.__contains__)
    required(frame, ["ImageID", "Labels"], path)
    full_ids(frame, "ImageID", path)
    number, distinct = pd.factorize(frame["Labels"].astype("string").fillna(""))
    lists: list[list[str]] = []
    for which, cell in enumerate(distinct):
        row = int((number == which).argmax()) + 1
        lists.append(_parse(str(cell), f"{path}: row {row}"))
    owner = np.repeat(np.arange(len(lists)), [len(terms) for terms in lists])
    terms = [term for terms in lists for term in terms]
    by_list, unknown = from_lists(
        owner,
        terms,
        len(lists),
        crosswalk,
        place_of=lambda term: f"{path}: row {int((number == owner[term]).argmax()) + 1}",
    )
    keys = frame[[name for name in _KEPT if name in frame.columns]].astype(object)
    study = "StudyID" if "StudyID" in keys.columns else None
    return NamedLabels(keys, "ImageID", by_list[number], study=study, unknown=unknown)


def _parse(cell: str, place: str) -> list[str]:
    if cell.strip().casefold() in ("", "nan"):
        return []
    try:
        terms = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise InputError(f"{place}: 'Labels' is no list of names") from error
    if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
        raise InputError(f"{place}: 'Labels' is no list of names")
    return [term.strip() for term in terms if term.strip()]
