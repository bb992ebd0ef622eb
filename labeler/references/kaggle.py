"""Two sets of Kaggle competitions that mark one finding: RSNA's pneumonia and SIIM-ACR's pneumothorax.

RSNA: `stage_2_train_labels.csv` has one row per box and `Target`, `stage_2_detailed_class_info.csv`
one row per box and the image's class. SIIM-ACR: `train-rle.csv` has one row per mask, as run lengths,
or `-1`.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.references.columns import full_ids, named_columns, read_rows, required
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, from_lists, merge_rows, stack

_RUNS = re.compile(r"\d+ \d+(?: \d+ \d+)*")


def read_rsna(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read RSNA's files, one row per image; `boxes` counts its boxes.

    Raises:
        InputError: a file is not of this form.
    """
    return merge_rows(stack([_rsna(path, crosswalk) for path in paths]))


def _rsna(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    frame = read_rows(path)
    required(frame, ["patientId"], path)
    if "Target" in frame.columns:
        boxes = _filled(frame, "x", path)
        frame = frame.rename(columns={"Target": "Lung Opacity"})
        labels = _column(frame, path, crosswalk, id_name="patientId", name="Lung Opacity")
        return merge_rows(NamedLabels(labels.keys, "patientId", labels.values, boxes=boxes))
    required(frame, ["class"], path)
    full_ids(frame, "patientId", path)
    group, images = pd.factorize(frame["patientId"].astype(object))
    values, unknown = from_lists(
        group,
        frame["class"].astype(str),
        len(images),
        crosswalk,
        place_of=lambda term: f"{path}: row {term + 1}",
    )
    keys = pd.DataFrame({"patientId": images}, dtype=object)
    boxes = np.zeros(len(images), np.int64)
    return NamedLabels(keys, "patientId", values, boxes=boxes, unknown=unknown)


def read_siim(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read SIIM-ACR's masks, one row per image; `boxes` counts its masks.

    Raises:
        InputError: a file is not of this form, or a mask is neither run lengths nor `-1`.
    """
    parts = []
    for path in paths:
        frame = read_rows(path)
        frame.columns = pd.Index([name.strip() for name in frame.columns])
        required(frame, ["ImageId", "EncodedPixels"], path)
        cells = frame["EncodedPixels"].astype("string").fillna("").str.strip()
        masks = cells.map(lambda cell: bool(_RUNS.fullmatch(cell))).to_numpy(dtype=bool)
        wrong = ~masks & (cells != "-1").to_numpy(dtype=bool)
        if wrong.any():
            raise InputError(
                f"{path}: row {int(wrong.argmax()) + 1}: 'EncodedPixels' must be run lengths or -1"
            )
        frame["Pneumothorax"] = np.where(masks, "1", "0")
        labels = _column(frame, path, crosswalk, id_name="ImageId", name="Pneumothorax")
        boxes = masks.astype(np.int64)
        parts.append(NamedLabels(labels.keys, "ImageId", labels.values, boxes=boxes))
    return merge_rows(stack(parts))


def _filled(frame: pd.DataFrame, name: str, path: Path) -> np.ndarray:
    required(frame, [name], path)
    cells = frame[name].astype("string").fillna("").str.strip().str.casefold()
    return (~cells.isin(["", "nan"])).to_numpy(dtype=bool).astype(np.int64)


def _column(
    frame: pd.DataFrame, path: Path, crosswalk: Crosswalk, *, id_name: str, name: str
) -> NamedLabels:
    return named_columns(frame, path, crosswalk, keys=[id_name], id_name=id_name, names=[name])
