"""Files of one row a box, as VinDr-CXR and VinBigData publish them."""

from pathlib import Path

import numpy as np
import pandas as pd

from labeler.references.columns import full_ids, required
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, from_lists


def box_labels(frame: pd.DataFrame, path: Path, crosswalk: Crosswalk) -> NamedLabels:
    """Turn boxes into one row per reading: a name with a box is present.

    A row without coordinates (`No finding`) is a name without a box. Names that the set gives for
    an image as a whole cannot be in such a file, so it says nothing about them.

    Args:
        frame: columns `image_id`, `class_name`, `x_min` and, where known, `rad_id`.
        path: the file, for messages.
        crosswalk: the set's crosswalk.

    Raises:
        InputError: a column or an id is missing.
    """
    required(frame, ["image_id", "class_name", "x_min"], path)
    full_ids(frame, "image_id", path)
    images = frame["image_id"].astype(object)
    named = "rad_id" in frame.columns
    group, _ = pd.factorize(images + "\x1f" + frame["rad_id"].astype(object) if named else images)
    _, first = np.unique(group, return_index=True)
    count = len(first)
    values, unknown = from_lists(
        group,
        frame["class_name"].astype(str),
        count,
        crosswalk,
        place_of=lambda term: f"{path}: row {term + 1}",
    )
    drawn = ~frame["x_min"].astype("string").fillna("").str.strip().str.casefold().isin(["", "nan"])
    boxes = np.bincount(group[drawn.to_numpy(dtype=bool)], minlength=count)
    rows = frame.iloc[first]
    return NamedLabels(
        keys=rows[["image_id"]].astype(object).reset_index(drop=True),
        id_name="image_id",
        values=values,
        readers=rows["rad_id"].to_numpy(dtype=object) if named else None,
        boxes=boxes.astype(np.int64),
        unknown=unknown,
    )
