"""On which side of the patient the boxes of an image set lie.

The image's right half is the patient's left. A box counts for both sides if at least a quarter of its
width lies on either side of the image's middle.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from labeler.errors import InputError
from labeler.references import chestxdet10
from labeler.references.columns import full_ids
from labeler.references.crosswalk import Crosswalk, load_crosswalk
from labeler.tables.files import read_frame

_SPANNING = 0.25
_NIH_WIDTH = 1024.0  # of the images that NIH published, which ChestX-Det10 took over
_WIDTHS = ("width", "image_width", "img_width", "dim1")
_USED = {
    *("Image Index", "Finding Label", "Bbox [x", "w"),
    *("image_id", "class_name", "x_min", "x_max", *_WIDTHS),
}


def read_box_sides(
    path: Path, width: float | None = None, rules: Path | None = None
) -> pd.DataFrame:
    """Read a file of boxes: NIH's `BBox_List`, ChestX-Det10's JSON, VinDr-CXR's or VinBigData's rows.

    Args:
        path: the file; its form tells which set it is of.
        width: the images' width in pixels; by default 1024 for NIH's and ChestX-Det10's, and a column
            `width` of the others.
        rules: the rule folder with the crosswalks.

    Returns:
        A row an image and label that has a box: `id`, `label`, and `left` and `right`, whether a box lies on
        the patient's left or right.

    Raises:
        InputError: the file is not a file of boxes, or the images' width is not known.
    """
    if width is not None and width <= 0:
        raise InputError(f"--image-width {width:g}: must be more than 0")
    if path.suffix == ".json":
        chestxdet10.read([path], load_crosswalk("chestxdet10", rules))  # checks the file
        entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        rows = [
            (entry["file_name"], name, float(box[0]), float(box[2]), width or _NIH_WIDTH)
            for entry in entries
            for name, box in zip(entry["syms"], entry["boxes"], strict=True)
        ]
        return _sides(rows, load_crosswalk("chestxdet10", rules))
    frame = read_frame(path, columns=_USED.__contains__, ragged=True)
    if "Finding Label" in frame.columns:
        full_ids(frame, "Image Index", path)
        left = _numbers(frame, "Bbox [x", path)
        right = left + _numbers(frame, "w", path)
        names, ids = frame["Finding Label"], frame["Image Index"]
        widths = pd.Series(width or _NIH_WIDTH, index=frame.index)
        kind = "nih"
    elif {"image_id", "class_name", "x_min", "x_max"} <= {*frame.columns}:
        full_ids(frame, "image_id", path)
        frame = frame[frame["x_min"].astype("string").fillna("").str.strip() != ""]
        left, right = _numbers(frame, "x_min", path), _numbers(frame, "x_max", path)
        names, ids = frame["class_name"], frame["image_id"]
        known = [name for name in _WIDTHS if name in frame.columns]
        if width is None and not known:
            raise InputError(
                f"{path}: the images' width is not known: name it with --image-width, or add a "
                "column 'width'"
            )
        widths = (
            pd.Series(width, index=frame.index)
            if width is not None
            else _numbers(frame, known[0], path)
        )
        kind = "vindr"
    else:
        raise InputError(
            f"{path}: no file of boxes: give NIH's BBox_List, ChestX-Det10's JSON or a file with "
            "image_id, class_name, x_min and x_max"
        )
    rows = list(zip(ids.astype(str), names.astype(str), left, right, widths, strict=True))
    return _sides(rows, load_crosswalk(kind, rules))


def _numbers(frame: pd.DataFrame, name: str, path: Path) -> "pd.Series[float]":
    if name not in frame.columns:
        raise InputError(f"{path}: no column {name!r}")
    numbers = pd.to_numeric(frame[name], errors="coerce").astype(float)
    if numbers.isna().any():
        row = int(numbers.isna().to_numpy().argmax())
        raise InputError(f"{path}: row {int(frame.index[row]) + 1}: {name} is no number")
    return numbers


def _sides(rows: list[tuple[str, str, float, float, float]], crosswalk: Crosswalk) -> pd.DataFrame:
    """Join the boxes of an image and label."""
    found: dict[tuple[str, str], list[bool]] = {}
    for image, name, low, high, width in rows:
        place = crosswalk.place(name)
        labels = crosswalk.lines[place].gives if place is not None else {}
        middle = width / 2
        # the patient's right is the image's left half
        share = (min(max(middle - low, 0.0), high - low) / (high - low)) if high > low else 0.0
        here = [share <= 1 - _SPANNING, share >= _SPANNING]
        for label in labels:
            sides = found.setdefault((image, label), [False, False])
            sides[0], sides[1] = sides[0] or here[0], sides[1] or here[1]
    return pd.DataFrame(
        [(image, label, *sides) for (image, label), sides in found.items()],
        columns=["id", "label", "left", "right"],
    )
