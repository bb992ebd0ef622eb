"""Does the side that a report gives a finding meet the side of its boxes in the image?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from labeler.errors import InputError
from labeler.tables.files import read_frame
from labeler.tables.labels import id_columns, id_strings, match_id
from labeler.types import SEPARATOR

_SIDES = {"left": ("left",), "right": ("right",), "bilateral": ("left", "right")}


@dataclass(frozen=True, slots=True, eq=False)
class ReportSides:
    """What reports say of sides.

    Attributes:
        stated: one row per report and label stated or hedged: `id`, `label`, `left` and `right`.
        ids: all reports of the evidence.
    """

    stated: pd.DataFrame
    ids: frozenset[str]


def read_report_sides(path: Path, on: str | None = None, pattern: str | None = None) -> ReportSides:
    """Read what reports say, from an evidence file.

    Args:
        path: the evidence file of `labeler label`.
        on: its id column; the obvious one by default.
        pattern: regular expression for the part of the ids to compare.

    Returns:
        The reports' sides.

    Raises:
        InputError: it is not an evidence file with attributes.
    """
    frame = read_frame(path)
    for name in ("observation", "value", "side"):
        if name not in frame.columns:
            raise InputError(
                f"{path}: no column {name!r}: --by-side needs a file of `labeler label --evidence`"
            )
    names = id_columns([*frame.columns], on, taken=("observation", "value", "side"), source=path)
    frame = frame.assign(_id=id_strings(frame, names, source=path, pattern=pattern))
    stated = frame[pd.to_numeric(frame["value"], errors="coerce").fillna(0) != 0]
    found: dict[tuple[str, str], set[str]] = {}
    for key, label, cell in zip(
        stated["_id"], stated["observation"], stated["side"].fillna(""), strict=True
    ):
        sides = found.setdefault((str(key), str(label)), set())
        for value in str(cell).split(SEPARATOR):
            sides.update(_SIDES.get(value, ()))
    rows = [(key, label, "left" in s, "right" in s) for (key, label), s in found.items()]
    table = pd.DataFrame(rows, columns=["id", "label", "left", "right"])
    return ReportSides(table, frozenset(map(str, frame["_id"])))


def compare_sides(
    reports: ReportSides, boxes: pd.DataFrame, pattern: str | None = None
) -> list[dict[str, Any]]:
    """Compare the sides of reports and boxes, label by label.

    Args:
        reports: from `read_report_sides`.
        boxes: rows of `id`, `label`, `left`, `right`.
        pattern: regular expression for the part of the boxes' ids to compare.

    Returns:
        By label: `boxes` (images with a box that are among the reports), `stated` (those whose report states
        or hedges the label), `sided` (those with a side), `meet` (of these: a side in common), `same` (the
        same sides). An image without its report is not counted.

    Raises:
        InputError: no image of the boxes is among the reports.
    """
    if pattern is not None:
        boxes = boxes.copy()
        boxes["id"] = [match_id(str(name), pattern) for name in boxes["id"]]
        boxes = boxes.dropna(subset=["id"])
    boxes = boxes.groupby(["id", "label"], as_index=False)[["left", "right"]].any()
    boxes = boxes[boxes["id"].isin(list(reports.ids))]
    if boxes.empty:
        raise InputError(
            "no image with a box has a report of the same id: name the id column with --on, or the "
            "part of the ids to compare with --id-pattern"
        )
    joined = boxes.merge(
        reports.stated, on=["id", "label"], how="left", suffixes=("_box", "_report")
    )
    out = []
    for label, rows in joined.groupby("label", sort=True):
        stated = rows[rows["left_report"].notna()]
        left, right = stated["left_report"].astype(bool), stated["right_report"].astype(bool)
        sided = left | right
        meet = sided & ((left & stated["left_box"]) | (right & stated["right_box"]))
        same = sided & (left == stated["left_box"]) & (right == stated["right_box"])
        out.append(
            {
                "label": str(label),
                "boxes": len(rows),
                "stated": len(stated),
                "sided": int(sided.sum()),
                "meet": int(meet.sum()),
                "same": int(same.sum()),
            }
        )
    return out
