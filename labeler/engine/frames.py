"""Labels and doubts of a batch of reports -> the frame that callers get."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from labeler.engine.codes import NOT_MENTIONED
from labeler.engine.doubt import Doubt
from labeler.types import Section


def label_frame(
    batch: pd.DataFrame,
    keep: Sequence[str],
    rows: Sequence[bytes],
    sections: Sequence[Sequence[Section]],
    observations: Sequence[str],
) -> pd.DataFrame:
    """The kept columns of a batch, its labels as nullable `Int8`, and the sections labelled.

    Args:
        batch: the reports.
        keep: the columns to carry through.
        rows: for each report its labels, a signed byte each.
        sections: for each report the sections labelled.
        observations: the labels in their order.
    """
    frame = batch[list(keep)].copy()
    codes = np.frombuffer(b"".join(rows), dtype=np.int8).reshape(-1, len(observations))
    for i, name in enumerate(observations):
        column = codes[:, i].copy()
        frame[name] = pd.arrays.IntegerArray(column, column == NOT_MENTIONED)
    frame["sections"] = ["+".join([s.name for s in picked]) for picked in sections]
    return frame


def add_doubt(frame: pd.DataFrame, found: Sequence[Doubt]) -> pd.DataFrame:
    """Add the columns `doubt` (0 to 1) and `reasons` (joined by `;`)."""
    frame["doubt"] = [one.doubt for one in found]
    frame["reasons"] = [";".join(one.reasons) for one in found]
    return frame
