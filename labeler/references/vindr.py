"""VinDr-CXR's `image_labels_*.csv` (one row per reading) and `annotations_*.csv` (one row per box).

Given together, the boxes' names and counts join the readings' rows. The train files name the
reader (`rad_id`, three an image), the test files are a consensus of five and name none.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from labeler.errors import InputError
from labeler.references.boxes import box_labels
from labeler.references.columns import named_columns, read_rows, required
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, merge_rows, stack


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read VinDr-CXR's files of either form.

    Raises:
        InputError: a file is not of this form, or a reading is there twice.
    """
    return _read(paths, crosswalk, {})


def read_pcxr(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read VinDr-PCXR's files, which write `rad_ID`.

    Raises:
        InputError: a file is not of this form, or a reading is there twice.
    """
    return _read(paths, crosswalk, {"rad_ID": "rad_id"})


def _read(paths: Sequence[Path], crosswalk: Crosswalk, renamed: Mapping[str, str]) -> NamedLabels:
    parts = []
    for path in paths:
        frame = read_rows(path).rename(columns=renamed)
        required(frame, ["image_id"], path)
        if "class_name" in frame.columns:
            parts.append(box_labels(frame, path, crosswalk))
            continue
        named = "rad_id" in frame.columns
        about = ["image_id", "rad_id"] if named else ["image_id"]
        if frame.duplicated(about).any():
            row = int(frame.duplicated(about).to_numpy().argmax()) + 1
            raise InputError(f"{path}: row {row}: the same {' and '.join(about)} once more")
        names = [name for name in frame.columns if name not in ("image_id", "rad_id")]
        names = [name for name in names if not name.startswith("Unnamed:")]
        labels = named_columns(
            frame,
            path,
            crosswalk,
            keys=["image_id"],
            id_name="image_id",
            names=names,
            reader="rad_id" if named else None,
        )
        parts.append(labels)
    return merge_rows(stack(parts))
