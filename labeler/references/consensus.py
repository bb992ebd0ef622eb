"""One label from several readers' labels of the same image."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from labeler.tables.labels import Codes
from labeler.tables.names import BLANK

Rule = Literal["majority", "any", "all", "none"]
RULES: tuple[str, ...] = get_args(Rule)


def consensus(
    ids: pd.Index,
    values: Codes,
    rule: Literal["majority", "any", "all"],
    *,
    empty_is_rating: bool = False,
) -> tuple[npt.NDArray[np.int64], Codes, int]:
    """Agree on one label an id and observation.

    An empty cell is a reader who says nothing, or, with `empty_is_rating`, one who says that the
    report does not mention the observation.

    - `majority`: the value that more than half of the readers who say something give; where there
      is none (a tie), the cell stays empty and is counted.
    - `any`: 1 if a reader says 1, else -1 if one says -1, else 0 if one says 0.
    - `all`: 1 if all readers who say something say 1; else 0 if one says 0; else -1.

    Args:
        ids: one a reading.
        values: codes, shape (readings, observations).
        rule: the rule.
        empty_is_rating: what an empty cell means.

    Returns:
        The position of each id's first reading, in order of appearance; the codes, shape
        (ids, observations); and the number of ties.
    """
    group, distinct = pd.factorize(ids)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    if not len(starts):
        return np.zeros(0, np.int64), values, 0
    count = {
        value: np.add.reduceat((values == value).astype(np.int32)[order], starts, axis=0)
        for value in (1, 0, -1)
    }
    said = count[1] + count[0] + count[-1]
    readers = np.diff(starts, append=len(group))[:, None] if empty_is_rating else said
    out = np.full((len(distinct), values.shape[1]), BLANK, dtype=np.int8)
    if rule == "majority":
        for value in (1, 0, -1):
            out[count[value] * 2 > readers] = value
    elif rule == "any":
        for value in (0, -1, 1):
            out[count[value] > 0] = value
    else:
        out[said > 0] = -1
        out[count[0] > 0] = 0
        out[(said > 0) & (count[1] == readers)] = 1
    silent = (readers - said) * 2 > readers  # the majority says "not mentioned"
    ties = int(((out == BLANK) & (said > 0) & ~silent).sum())
    return order[starts], out, ties
