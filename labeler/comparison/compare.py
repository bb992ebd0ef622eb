"""Two label tables side by side: who agrees on what, how sure the figure is, where they differ."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from labeler.comparison.metrics import (
    Figures,
    cells,
    figures,
    four_way,
    one_hot,
    resample,
    resample_clusters,
)
from labeler.errors import InputError
from labeler.tables.labels import Codes, Labels
from labeler.tables.names import BLANK, shape

EMPTY = ("not-mentioned", "unknown")
"""What an empty reference cell means: the report does not say it, or nobody knows."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Two (or three) tables' labels of the same reports.

    Attributes:
        ids: the reports, in the reference's order.
        observations: the observations compared.
        predicted, reference: codes, shape (reports, observations).
        other: a second prediction's codes, or None.
        only_predicted, only_reference: ids without a partner.
        silent: observations that the reference has a column for and says nothing about.
        uncompared: observations that only one side has a column for.
    """

    ids: pd.Index
    observations: tuple[str, ...]
    predicted: Codes
    reference: Codes
    other: Codes | None
    only_predicted: tuple[str, ...]
    only_reference: tuple[str, ...]
    silent: tuple[str, ...]
    uncompared: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The figures of a comparison.

    Attributes:
        pairs: what was compared.
        empty: what an empty reference cell was taken for, one of `EMPTY`.
        confusion: counts, (observations, predicted, reference) in the order of `metrics.CLASSES`.
        point: the figures.
        low, high: their 95% bootstrap intervals; NaN where there is none.
        other: the second prediction's figures, or None.
        difference, difference_low, difference_high: prediction minus the second one, paired by
            report, or None.
        draws, seed: of the bootstrap.
        names: file names of the prediction, the reference and the second prediction.
        on: the id columns.
    """

    pairs: Pairs
    empty: str
    confusion: npt.NDArray[np.int64]
    point: Figures
    low: Figures
    high: Figures
    other: Figures | None
    difference: Figures | None
    difference_low: Figures | None
    difference_high: Figures | None
    draws: int
    seed: int
    names: tuple[str, str, str | None]
    on: str


def pair(
    predicted: Labels,
    reference: Labels,
    other: Labels | None = None,
    *,
    count_silent: bool = False,
) -> Pairs:
    """Bring tables together by id; what has no partner is listed.

    Args:
        predicted: the prediction.
        reference: the reference.
        other: a second prediction; reports without it are left out, too.
        count_silent: compare observations of which the reference says nothing at all as well.

    Raises:
        InputError: no id or no observation in common.
    """
    tables = [predicted, reference] + ([other] if other else [])
    shared = reference.ids[reference.ids.isin(predicted.ids)]
    if other is not None:
        shared = shared[shared.isin(other.ids)]
    if not len(shared):
        raise InputError(
            f"no id in common: {predicted.id_name!r} of {predicted.source} is of the form "
            f"{shape(str(predicted.ids[0]))!r}, {reference.id_name!r} of {reference.source} "
            f"{shape(str(reference.ids[0]))!r} (9 a digit, a a letter); "
            "name the columns with --on, or the part that is the same with --id-pattern"
            if len(predicted.ids) and len(reference.ids)
            else f"{predicted.source if not len(predicted.ids) else reference.source}: no rows"
        )
    common = [
        name
        for name in predicted.observations
        if all(name in table.observations for table in tables)
    ]
    if not common:
        raise InputError(f"{predicted.source} and {reference.source} share no observation")
    codes = [_aligned(table, shared, common) for table in tables]
    spoken = (codes[1] != BLANK).any(axis=0)
    kept = np.flatnonzero(spoken | count_silent)
    if not len(kept):
        raise InputError(f"{reference.source}: says nothing about the reports in common")
    every = dict.fromkeys(name for table in tables for name in table.observations)
    in_other = other.ids if other is not None else shared
    return Pairs(
        ids=shared,
        observations=tuple(common[place] for place in kept),
        predicted=codes[0][:, kept],
        reference=codes[1][:, kept],
        other=codes[2][:, kept] if other is not None else None,
        only_predicted=tuple(predicted.ids[~predicted.ids.isin(reference.ids)]),
        only_reference=tuple(
            reference.ids[~(reference.ids.isin(predicted.ids) & _inside(reference.ids, in_other))]
            if other is not None
            else reference.ids[~reference.ids.isin(predicted.ids)]
        ),
        silent=tuple(common[place] for place in np.flatnonzero(~spoken)),
        uncompared=tuple(name for name in every if name not in common),
    )


def _inside(ids: pd.Index, others: pd.Index) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = ids.isin(others)
    return inside


def _aligned(table: Labels, ids: pd.Index, observations: Sequence[str]) -> Codes:
    columns = [table.observations.index(name) for name in observations]
    rows = table.ids.get_indexer(ids)
    aligned: Codes = table.values[rows][:, columns]
    return aligned


def meaning_of_empty(reference: Codes, empty: str) -> str:
    """Return what an empty reference cell means; `auto` decides by the values.

    Labels from reports are uncertain somewhere and have gaps, the findings that a report does not
    mention. Where nothing is uncertain, or each row that says anything says it of everything (No
    Finding aside), the labels are an image's, and an empty cell is not known.

    Raises:
        InputError: the option has another value.
    """
    if empty == "auto":
        spoken = reference[(reference != BLANK).any(axis=1)]
        blank = (spoken == BLANK).mean(axis=0) if len(spoken) else np.zeros(0)
        gaps = (
            np.count_nonzero((blank > 0) & (blank < 1)) > 1
        )  # one such column is No Finding, 1 or empty
        return EMPTY[0] if gaps and (reference == -1).any() else EMPTY[1]
    if empty not in EMPTY:
        raise InputError(f"--empty: {empty!r} is none of auto, {', '.join(EMPTY)}")
    return empty


def compare(
    predicted: Labels,
    reference: Labels,
    *,
    other: Labels | None = None,
    empty: str = "auto",
    draws: int = 1000,
    seed: int = 0,
    count_silent: bool = False,
    clusters: pd.Index | None = None,
) -> Comparison:
    """Compare a prediction with a reference, and with a second prediction where there is one.

    Args:
        predicted, reference, other: the tables; ids must be unique.
        empty: what an empty reference cell means: `auto`, `not-mentioned` or `unknown`.
        draws: number of bootstrap resamples of reports; 0 for no intervals.
        seed: of the bootstrap.
        count_silent: compare observations of which the reference says nothing at all as well.
        clusters: what each row of the reference belongs to, a patient or study: the bootstrap draws
            these, because rows of one are correlated; by default it draws rows.

    Raises:
        InputError: nothing in common, or a wrong option.
    """
    if draws < 0:
        raise InputError("--bootstrap: give 0 or more resamples")
    pairs = pair(predicted, reference, other, count_silent=count_silent)
    empty = meaning_of_empty(pairs.reference, empty)
    names = pairs.observations
    both = [cells(pairs.predicted, pairs.reference)]
    if pairs.other is not None:
        both.append(cells(pairs.other, pairs.reference))
    patterns, pattern_of, counts = np.unique(
        np.concatenate(both, axis=1), axis=0, return_inverse=True, return_counts=True
    )
    hot = [one_hot(half) for half in np.split(patterns, len(both), axis=1)]
    shape = (len(names), 16)

    def evaluate(weights: npt.NDArray[np.float32], side: int) -> Figures:
        confusions = (weights @ hot[side]).reshape(*weights.shape[:-1], *shape)
        return figures(confusions.astype(np.float64), names, empty=empty)

    whole = counts.astype(np.float32)
    point = [evaluate(whole, side) for side in range(len(both))]
    drawn: list[Figures] = []
    if draws:
        if clusters is None:
            weights = resample(counts, draws, seed=seed)
        else:
            group = pd.factorize(clusters[reference.ids.get_indexer(pairs.ids)])[0]
            weights = resample_clusters(pattern_of.ravel(), group, draws, seed=seed)
        drawn = [evaluate(weights, side) for side in range(len(both))]
    low, high = _interval(drawn[0]) if drawn else (_nothing(point[0]), _nothing(point[0]))
    difference = difference_low = difference_high = None
    if pairs.other is not None:
        difference = _minus(point[0], point[1])
        nothing = _nothing(point[0])
        difference_low, difference_high = (
            _interval(_minus(drawn[0], drawn[1])) if drawn else (nothing, nothing)
        )
    confusions = (whole @ hot[0]).reshape(shape).astype(np.float64)
    return Comparison(
        pairs=pairs,
        empty=empty,
        confusion=four_way(confusions, names, empty=empty),
        point=point[0],
        low=low,
        high=high,
        other=point[1] if len(point) > 1 else None,
        difference=difference,
        difference_low=difference_low,
        difference_high=difference_high,
        draws=draws,
        seed=seed,
        names=(predicted.source, reference.source, other.source if other else None),
        on=reference.id_name,
    )


def _minus(one: Figures, other: Figures) -> Figures:
    return Figures(
        **{
            field.name: getattr(one, field.name) - getattr(other, field.name)
            for field in fields(one)
        }
    )


def _nothing(like: Figures) -> Figures:
    return Figures(
        **{
            field.name: np.full_like(getattr(like, field.name), np.nan, dtype=np.float64)
            for field in fields(like)
        }
    )


def _interval(drawn: Figures) -> tuple[Figures, Figures]:
    """Return the 2.5th and 97.5th percentiles; NaN where half of the draws have no figure."""
    low, high = {}, {}
    for field in fields(drawn):
        values: npt.NDArray[np.float64] = getattr(drawn, field.name)
        there = ~np.isnan(values)
        enough = there.mean(axis=0) > 0.5
        filled = np.where(enough, values, 0.0)
        limits = np.nanpercentile(filled, [2.5, 97.5], axis=0)
        low[field.name] = np.where(enough, limits[0], np.nan)
        high[field.name] = np.where(enough, limits[1], np.nan)
    return Figures(**low), Figures(**high)
