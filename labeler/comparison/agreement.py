"""How far readers of the same images agree with each other, observation by observation."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from labeler.comparison.metrics import resample_clusters
from labeler.errors import InputError, LabelerError
from labeler.tables.labels import Codes
from labeler.tables.names import BLANK

try:
    import krippendorff
    from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
    from statsmodels.stats.proportion import proportion_confint
except ImportError as error:  # an extra: labelling does without them
    raise LabelerError(
        "agreement needs statsmodels and krippendorff: pip install 'cxr-labeler[compare]'"
    ) from error

_VALUES = (1, 0, -1, BLANK)


@dataclass(frozen=True, slots=True)
class PairKappa:
    """Cohen's kappa of two readers over the `images` that both of them rated; NaN if undefined."""

    readers: tuple[str, str]
    images: int
    kappa: float


@dataclass(frozen=True, slots=True)
class ObservationAgreement:
    """The agreement on one observation.

    Attributes:
        observation: its name.
        ratings: number of ratings, gaps left out.
        images: number of images with two ratings or more.
        prevalence: share of the ratings that are positive, with its 95% interval, see
            `_prevalence_interval`.
        prevalence_low, prevalence_high: the interval.
        agreement: share of the pairs of ratings of an image that are equal, mean over images.
        cohen: mean of the readers' pairs, weighted by the images they share.
        fleiss: Fleiss' kappa over the `complete` images, with the most usual number of ratings.
        complete: number of them.
        alpha: Krippendorff's alpha (nominal), over all images with two ratings or more.
        pairs: each pair of readers.
    """

    observation: str
    ratings: int
    images: int
    prevalence: float
    prevalence_low: float
    prevalence_high: float
    agreement: float
    cohen: float
    fleiss: float
    complete: int
    alpha: float
    pairs: tuple[PairKappa, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Ratings in a grid.

    Attributes:
        images: ids, one a row of the grid.
        readers: names, one a column.
        observations: names, the last axis.
        grid: codes, shape (images, readers, observations); `BLANK` is a gap or not mentioned.
        read: which reader read which image, shape (images, readers).
    """

    images: pd.Index
    readers: tuple[str, ...]
    observations: tuple[str, ...]
    grid: Codes
    read: npt.NDArray[np.bool_]


def readings(
    ids: pd.Index, readers: Sequence[str], values: Codes, observations: Sequence[str]
) -> Readings:
    """Put a table of one row a reading into a grid of images and readers.

    Args:
        ids: the image of each row.
        readers: the reader of each row.
        values: codes, shape (rows, observations).
        observations: their names.

    Raises:
        InputError: a reader reads an image twice, or no image has two readers.
    """
    image, images = pd.factorize(ids)
    reader, names = pd.factorize(pd.Series(list(readers), dtype=object), sort=True)
    place = image.astype(np.int64) * len(names) + reader
    doubled = pd.Series(place).duplicated()
    if doubled.any():
        row = int(doubled.to_numpy().argmax())
        raise InputError(
            f"a reader reads an image twice, again in row {row + 1} of all the files' rows; keep one row a "
            "reader and image (without a column for the reader, a file's name is the reader)"
        )
    if len(place) == len(images):
        raise InputError("no id has two readings; name the id column with --on")
    grid = np.full((len(images), len(names), len(observations)), BLANK, dtype=np.int8)
    read = np.zeros((len(images), len(names)), dtype=bool)
    grid[image, reader] = values
    read[image, reader] = True
    return Readings(
        pd.Index(images), tuple(str(name) for name in names), tuple(observations), grid, read
    )


def agreement(
    given: Readings, *, empty: str = "unknown", clusters: npt.NDArray[np.int64] | None = None
) -> list[ObservationAgreement]:
    """Measure the agreement on each observation.

    Args:
        given: the ratings.
        empty: `unknown`: an empty cell is a gap; `not-mentioned`: it is a separate rating.
        clusters: what each image belongs to, a patient or study, as numbers from 0; the prevalence's
            interval draws these, by default images: ratings of one are alike.

    Returns:
        One for each observation that has an image with two ratings.
    """
    out = []
    group = np.arange(len(given.images)) if clusters is None else clusters
    for place, observation in enumerate(given.observations):
        ratings = given.grid[..., place]
        rated = given.read & (ratings != BLANK) if empty == "unknown" else given.read
        if (rated.sum(axis=1) > 1).any():
            out.append(_measure(observation, ratings, rated, given.readers, group))
    return out


def _measure(
    observation: str,
    ratings: Codes,
    rated: npt.NDArray[np.bool_],
    readers: tuple[str, ...],
    clusters: npt.NDArray[np.int64],
) -> ObservationAgreement:
    counts = np.stack([((ratings == value) & rated).sum(axis=1) for value in _VALUES], axis=1)
    per_image = counts.sum(axis=1)
    several = per_image > 1
    table, number = counts[several], per_image[several]
    equal = ((table * (table - 1)).sum(axis=1) / (number * (number - 1))).mean()
    usual = int(np.bincount(number).argmax())
    complete = table[number == usual]
    used = complete[:, complete.any(axis=0)]
    positive, total = int(counts[:, 0].sum()), int(counts.sum())
    low, high = _prevalence_interval(counts[:, 0], per_image, clusters)
    pairs = _pairs(ratings, rated, readers)
    weight = np.array([pair.images for pair in pairs if not np.isnan(pair.kappa)], dtype=float)
    kappas = np.array([pair.kappa for pair in pairs if not np.isnan(pair.kappa)])
    one_value = np.count_nonzero(table.sum(axis=0)) < 2
    return ObservationAgreement(
        observation=observation,
        ratings=total,
        images=int(several.sum()),
        prevalence=positive / total,
        prevalence_low=float(low),
        prevalence_high=float(high),
        agreement=float(equal),
        cohen=float((kappas * weight).sum() / weight.sum()) if len(kappas) else float("nan"),
        # with one value only, all agreement is expected by chance: both figures are 0/0
        fleiss=float(fleiss_kappa(used)) if used.shape[1] > 1 else float("nan"),
        complete=len(complete),
        alpha=float("nan")
        if one_value
        else float(
            krippendorff.alpha(
                value_counts=table[:, table.any(axis=0)], level_of_measurement="nominal"
            )
        ),
        pairs=pairs,
    )


def _prevalence_interval(
    positive: npt.NDArray[np.int64], rated: npt.NDArray[np.int64], clusters: npt.NDArray[np.int64]
) -> tuple[float, float]:
    """Return the 95% percentile interval of a share under 1,000 resamples of clusters.

    Where all or none of the ratings are positive each resample is alike: then Wilson's interval, of
    as many ratings as there are clusters.

    Args:
        positive, rated: the positive and all ratings of each image.
        clusters: the cluster of each image, from 0.
    """
    share = positive.sum() / rated.sum()
    if share in (0, 1):
        count = len(np.unique(clusters[rated > 0]))
        low, high = proportion_confint(int(share * count), count, method="wilson")
        return float(low), float(high)
    kinds, kind = np.unique(np.stack([positive, rated], axis=1), axis=0, return_inverse=True)
    drawn = resample_clusters(kind.ravel(), clusters, 1000, seed=0) @ kinds.astype(np.float64)
    drawn = drawn[drawn[:, 1] > 0]
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return float(low), float(high)


def _pairs(
    ratings: Codes, rated: npt.NDArray[np.bool_], readers: tuple[str, ...]
) -> tuple[PairKappa, ...]:
    out = []
    for one, other in combinations(range(len(readers)), 2):
        both = rated[:, one] & rated[:, other]
        images = int(both.sum())
        if not images:
            continue
        first = np.searchsorted(sorted(_VALUES), ratings[both, one])
        second = np.searchsorted(sorted(_VALUES), ratings[both, other])
        table = np.bincount(first * 4 + second, minlength=16).reshape(4, 4)
        used = table.any(axis=0) | table.any(axis=1)
        if used.sum() > 1:
            kappa = float(cohens_kappa(table[np.ix_(used, used)], return_results=False))
        else:
            kappa = float("nan")
        out.append(PairKappa((readers[one], readers[other]), images, kappa))
    return tuple(out)
