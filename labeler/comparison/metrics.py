"""Agreement figures from four-way confusions, for one table or a thousand resamples at once.

Everything is counted once, as a 4 x 4 confusion of (predicted, reference) an observation; each
figure is a formula on those counts that works on arrays of any leading shape, so that a bootstrap
of 1,000 resamples is one multinomial draw and one matrix product. The formulas are scikit-learn's
(the tests hold them to it); what is undefined (0/0) is NaN here and never silently 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labeler.tables.labels import Codes
from labeler.tables.names import BLANK

Floats = npt.NDArray[np.float64]

CLASSES = ("positive", "negative", "uncertain", "not mentioned")
"""The four values of a cell, in the order of the confusions' axes."""
_CLASS_VALUES = (1, 0, -1, BLANK)

TASKS = ("mention", "positive", "negation", "uncertainty")
"""Mention, negation and uncertainty are the CheXpert paper's tasks (Irvin et al., AAAI 2019)."""
POLICIES = ("ones", "zeros", "ignore")
"""What to take an uncertain cell for where only positive or not matters (ibid.)."""
MEASURES = (*TASKS, *POLICIES)
METRICS = ("precision", "recall", "f1", "specificity", "kappa", "mcc")
AVERAGES = ("macro", "micro", "weighted")
NO_FINDING = "No Finding"

_MEANS = {  # what a class counts as: 1 has it, 0 has it not, None leaves the cell out
    "mention": (1, 1, 1, 0),
    "positive": (1, 0, 0, 0),
    "negation": (0, 1, 0, 0),
    "uncertainty": (0, 0, 1, 0),
    "ones": (1, 0, 1, 0),
    "zeros": (1, 0, 0, 0),
    "ignore": (1, 0, None, 0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """All figures of a comparison, or of many resamples of one.

    Attributes:
        metrics: shape (..., observations + 3 averages, measures, metrics).
        support: reference cells that have what the measure looks for, shape (..., observations,
            measures).
        weighted_f1: CheXbert's weighted F1, shape (..., observations + 1), the last one their mean.
        kappa: Cohen's kappa over the four classes, shape (..., observations).
        exact: share of the cells that either side mentions on which both agree, shape (...).
    """

    metrics: Floats
    support: Floats
    weighted_f1: Floats
    kappa: Floats
    exact: Floats


def classes(values: Codes) -> npt.NDArray[np.uint8]:
    """Return codes as positions in `CLASSES`."""
    out = np.full(values.shape, 3, dtype=np.uint8)
    for place, value in enumerate(_CLASS_VALUES):
        out[values == value] = place
    return out


def cells(predicted: Codes, reference: Codes) -> npt.NDArray[np.uint8]:
    """Return each cell's place in its flattened 4 x 4 confusion, 0 to 15."""
    return (classes(predicted) * 4 + classes(reference)).astype(np.uint8)


def one_hot(places: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return places of shape (rows, observations) as 0 and 1, shape (rows, observations * 16)."""
    hot = places[..., None] == np.arange(16, dtype=np.uint8)
    flat: npt.NDArray[np.float32] = hot.reshape(len(places), -1).astype(np.float32)
    return flat


def _matrices(observations: Sequence[str], empty: str) -> Floats:
    """Return what takes confusions to tp, fp, fn, tn: (observations, measures, 4, 16)."""
    out = np.zeros((len(observations), len(MEASURES), 4, 16))
    for row, observation in enumerate(observations):
        for column, measure in enumerate(MEASURES):
            if observation == NO_FINDING and measure in ("mention", "negation", "uncertainty"):
                continue  # No Finding is 1 or empty by the guideline: it is no three-way label
            for predicted in range(4):
                for reference in range(4):
                    wants = _MEANS[measure][reference]
                    if measure in POLICIES and reference == 3 and empty == "unknown":
                        wants = None
                    gets = _MEANS[measure][predicted]
                    if wants is None or gets is None:
                        continue
                    kind = {(1, 1): 0, (1, 0): 1, (0, 1): 2, (0, 0): 3}[gets, wants]
                    out[row, column, kind, predicted * 4 + reference] = 1
    return out


def _ratio(upper: Floats, lower: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(lower != 0, upper / np.where(lower != 0, lower, 1), np.nan)


def binary_metrics(counts: Floats) -> Floats:
    """Return `METRICS` of counts.

    F1 is 2 tp / (2 tp + fp + fn); kappa is Cohen's (1960); mcc is Matthews' correlation (1975).

    Args:
        counts: tp, fp, fn, tn, shape (..., 4).

    Returns:
        Shape (..., 6); NaN where a figure is undefined.
    """
    tp, fp, fn, tn = (counts[..., place] for place in range(4))
    total = tp + fp + fn + tn
    by_chance = _ratio((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn), total * total)
    root = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    figures = (
        _ratio(tp, tp + fp),
        _ratio(tp, tp + fn),
        _ratio(2 * tp, 2 * tp + fp + fn),
        _ratio(tn, tn + fp),
        _ratio(_ratio(tp + tn, total) - by_chance, 1 - by_chance),
        _ratio(tp * tn - fp * fn, root),
    )
    return np.stack(figures, axis=-1)


def figures(confusions: Floats, observations: Sequence[str], *, empty: str) -> Figures:
    """Return every figure of confusions.

    Macro is the mean over the observations that the reference has (an undefined precision counts
    as 0, as in scikit-learn); weighted is their mean by support; micro pools the counts. In the
    policies, figures that need negatives are NaN for an observation without reference negatives.

    CheXbert's weighted F1 (Smit et al., EMNLP 2020): for an observation the mean of
    the F1 of positive, negative and uncertain extraction, weighted by each one's support in the
    reference; over observations the plain mean.

    Args:
        confusions: (predicted, reference) counts, shape (..., observations, 16).
        observations: their names.
        empty: an empty reference cell is `not-mentioned` (so not positive) or `unknown` (left
            out of the policies).
    """
    counts = np.einsum("...ok,omck->...omc", confusions, _matrices(observations, empty))
    first_policy = len(TASKS)
    metrics = binary_metrics(counts)
    support = counts[..., 0] + counts[..., 2]
    negatives = counts[..., 1] + counts[..., 3]
    one_sided = negatives == 0
    one_sided[..., :first_policy] = False
    keep = METRICS.index("recall")
    for place in range(len(METRICS)):
        if place != keep:
            metrics[..., place] = np.where(one_sided, np.nan, metrics[..., place])

    counted = (support > 0) & ~one_sided
    filled = np.where(counted[..., None], np.nan_to_num(metrics), 0.0)
    macro = _ratio(filled.sum(axis=-3), counted.sum(axis=-2)[..., None].astype(float))
    weights = np.where(counted, support, 0.0)
    weighted = _ratio((filled * weights[..., None]).sum(axis=-3), weights.sum(axis=-2)[..., None])
    pooled = np.where(one_sided[..., None], 0.0, counts).sum(axis=-3)
    micro = binary_metrics(pooled)
    rows = np.concatenate(
        [metrics, macro[..., None, :, :], micro[..., None, :, :], weighted[..., None, :, :]],
        axis=-3,
    )
    f1 = np.nan_to_num(metrics[..., 1:first_policy, METRICS.index("f1")])
    share = support[..., 1:first_policy]
    by_observation = _ratio((f1 * share).sum(axis=-1), share.sum(axis=-1))
    spoken = ~np.isnan(by_observation)
    mean = _ratio(np.nan_to_num(by_observation).sum(axis=-1), spoken.sum(axis=-1).astype(float))
    square = _as_square(confusions, observations)
    either = square.sum(axis=(-1, -2, -3)) - square[..., 3, 3].sum(axis=-1)
    same = np.einsum("...okk->...", square) - square[..., 3, 3].sum(axis=-1)
    return Figures(
        metrics=rows,
        support=support,
        weighted_f1=np.concatenate([by_observation, mean[..., None]], axis=-1),
        kappa=_kappa(square),
        exact=_ratio(same, either),
    )


def _as_square(confusions: Floats, observations: Sequence[str]) -> Floats:
    """Return (..., observations, 4, 4), with No Finding reduced to positive or not mentioned."""
    square = confusions.reshape(*confusions.shape[:-1], 4, 4).astype(np.float64)
    if NO_FINDING in observations:
        place = list(observations).index(NO_FINDING)
        square = square.copy()
        for axis in (-2, -1):
            one = np.moveaxis(square[..., place, :, :], axis, -1)
            one[..., 3] += one[..., 1] + one[..., 2]
            one[..., 1:3] = 0
    return square


def four_way(
    confusions: Floats, observations: Sequence[str], *, empty: str
) -> npt.NDArray[np.int64]:
    """Return confusions as counts, (observations, predicted 4, reference 4), see `CLASSES`.

    Args:
        confusions: counts, shape (observations, 16).
        observations: their names.
        empty: where an empty cell is `unknown`, No Finding can be negative: the image has one.
    """
    plain = confusions.reshape(*confusions.shape[:-1], 4, 4)
    square = plain if empty == "unknown" else _as_square(confusions, observations)
    return square.round().astype(np.int64)


def _kappa(square: Floats) -> Floats:
    total = square.sum(axis=(-1, -2))
    agreed = _ratio(np.einsum("...kk->...", square), total)
    by_chance = _ratio((square.sum(axis=-1) * square.sum(axis=-2)).sum(axis=-1), total * total)
    return _ratio(agreed - by_chance, 1 - by_chance)


def resample(patterns: npt.NDArray[np.int64], draws: int, *, seed: int) -> npt.NDArray[np.float32]:
    """Draw bootstrap resamples of reports.

    Reports with the same labels on all sides are one pattern, and a resample of n reports is a
    multinomial draw over patterns: the same distribution as drawing reports, for less work.

    Args:
        patterns: how many reports have each pattern.
        draws: number of resamples.
        seed: the same seed gives the same draws.

    Returns:
        How often each pattern is in each resample, shape (draws, patterns).
    """
    total = int(patterns.sum())
    shares = patterns / total
    drawn = np.random.default_rng(seed).multinomial(total, shares / shares.sum(), size=draws)
    return drawn.astype(np.float32)  # exact for whole numbers below 16.7 million


def resample_clusters(
    rows: npt.NDArray[np.int64], clusters: npt.NDArray[np.int64], draws: int, *, seed: int
) -> npt.NDArray[np.float32]:
    """Draw bootstrap resamples of clusters, each with all of its rows (Field and Welsh, 2007).

    Args:
        rows: the pattern of each row, from 0.
        clusters: the cluster of each row, from 0.
        draws: number of resamples.
        seed: the same seed gives the same draws.

    Returns:
        How often each pattern is in each resample, shape (draws, patterns).
    """
    count, width = int(clusters.max()) + 1, int(rows.max()) + 1
    generator = np.random.default_rng(seed)
    out = np.empty((draws, width), dtype=np.float32)
    for draw in range(draws):
        times = np.bincount(generator.integers(0, count, count), minlength=count)
        out[draw] = np.bincount(rows, weights=times[clusters], minlength=width)
    return out
