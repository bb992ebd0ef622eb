"""The cells on which two tables differ, and of which kind the difference is."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labeler.comparison.compare import Comparison
from labeler.comparison.metrics import NO_FINDING
from labeler.tables.names import BLANK

KINDS = {
    "flipped": "positive on one side, negative on the other",
    "missed": "stated in the reference, not mentioned in the prediction",
    "extra": "stated in the prediction, not mentioned in the reference",
    "uncertain": "uncertain on one side, positive or negative on the other",
}
"""The kinds of disagreement; each differing cell is of exactly one."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One cell that differs: the report, the observation, both values and the kind (`KINDS`)."""

    id: str
    observation: str
    predicted: int | None
    reference: int | None
    kind: str


def disagreements(comparison: Comparison) -> Iterator[Disagreement]:
    """Yield the differing cells, report by report, in the tables' order.

    Where an empty reference cell means "unknown" it cannot disagree, and neither does a negative
    one with a report that does not mention the observation.
    """
    pairs = comparison.pairs
    predicted, reference = pairs.predicted.copy(), pairs.reference.copy()
    unknown = comparison.empty == "unknown"
    if NO_FINDING in pairs.observations and not unknown:
        place = pairs.observations.index(NO_FINDING)
        for codes in (predicted, reference):
            codes[codes[:, place] != 1, place] = BLANK
    differs = predicted != reference
    if unknown:
        differs &= (reference != BLANK) & ~((reference == 0) & (predicted == BLANK))
    for row, column in np.argwhere(differs):
        ours, theirs = int(predicted[row, column]), int(reference[row, column])
        yield Disagreement(
            id=str(pairs.ids[row]),
            observation=pairs.observations[column],
            predicted=None if ours == BLANK else ours,
            reference=None if theirs == BLANK else theirs,
            kind=_kind(ours, theirs),
        )


def _kind(predicted: int, reference: int) -> str:
    if predicted == BLANK:
        return "missed"
    if reference == BLANK:
        return "extra"
    return "uncertain" if -1 in (predicted, reference) else "flipped"
