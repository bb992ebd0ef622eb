"""VinBigData's (Kaggle) `train.csv`: one row per box and reader, 14 local names and `No finding`."""

from collections.abc import Sequence
from pathlib import Path

from labeler.references.boxes import box_labels
from labeler.references.columns import read_rows, required
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, merge_rows, stack


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read VinBigData's boxes, one row per reading.

    Raises:
        InputError: a file is not of this form.
    """
    parts = []
    for path in paths:
        frame = read_rows(path)
        required(frame, ["image_id", "class_name", "rad_id"], path)
        parts.append(box_labels(frame, path, crosswalk))
    return merge_rows(stack(parts))
