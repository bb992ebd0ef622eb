"""The figures of a comparison or an agreement as dicts and rows, for JSON, CSV and pages."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from labeler.comparison.compare import Comparison
from labeler.comparison.disagreements import KINDS, disagreements
from labeler.comparison.metrics import (
    AVERAGES,
    CLASSES,
    MEASURES,
    METRICS,
    NO_FINDING,
    POLICIES,
    TASKS,
    Figures,
)

if TYPE_CHECKING:
    from labeler.comparison.agreement import ObservationAgreement


def _number(value: float) -> float | None:
    """JSON has no NaN: an undefined figure is null."""
    return None if math.isnan(value) else float(value)


def _estimate(
    field: str, place: tuple[int, ...], point: Figures, low: Figures | None, high: Figures | None
) -> dict[str, float | None]:
    out = {"value": _number(getattr(point, field)[place])}
    if low is not None and high is not None:
        out["low"] = _number(getattr(low, field)[place])
        out["high"] = _number(getattr(high, field)[place])
    return out


def comparison_dict(comparison: Comparison) -> dict[str, Any]:
    """Return everything that a comparison found, without any report's text.

    Args:
        comparison: the figures.

    Returns:
        `observations` -> name -> `measures` -> measure -> metric -> `value`, `low`, `high`;
        likewise `averages`; the confusions; counts and lists of ids without a partner; and, with
        a second prediction, `difference` in the same shape.
    """
    pairs = comparison.pairs
    out: dict[str, Any] = {
        "predicted": comparison.names[0],
        "reference": comparison.names[1],
        "against": comparison.names[2],
        "on": comparison.on,
        "reports": len(pairs.ids),
        "empty_reference_cells_mean": comparison.empty,
        "bootstrap": {"resamples": comparison.draws, "seed": comparison.seed, "confidence": 0.95},
        "only_in_predicted": {"count": len(pairs.only_predicted), "ids": [*pairs.only_predicted]},
        "only_in_reference": {"count": len(pairs.only_reference), "ids": [*pairs.only_reference]},
        "silent_in_reference": [*pairs.silent],
        "not_compared": [*pairs.uncompared],
        "classes": [*CLASSES],
    }
    out |= _figures_dict(comparison, comparison.point, comparison.low, comparison.high)
    for place, name in enumerate(pairs.observations):
        confusion = comparison.confusion[place]
        out["observations"][name]["confusion"] = confusion.tolist()
        out["observations"][name]["counts"] = {
            "predicted": dict(zip(CLASSES, confusion.sum(axis=1).tolist(), strict=True)),
            "reference": dict(zip(CLASSES, confusion.sum(axis=0).tolist(), strict=True)),
        }
    if comparison.difference is not None:
        out["difference"] = _figures_dict(
            comparison,
            comparison.difference,
            comparison.difference_low,
            comparison.difference_high,
        )
    kinds = Counter(found.kind for found in disagreements(comparison))
    out["disagreements"] = {kind: kinds[kind] for kind in KINDS}
    return out


def _figures_dict(
    comparison: Comparison, point: Figures, low: Figures | None, high: Figures | None
) -> dict[str, Any]:
    names = comparison.pairs.observations
    bounds = (low, high) if comparison.draws else (None, None)

    def measures(row: int) -> dict[str, Any]:
        return {
            measure: {
                metric: _estimate("metrics", (row, column, place), point, *bounds)
                for place, metric in enumerate(METRICS)
            }
            for column, measure in enumerate(MEASURES)
        }

    observations: dict[str, dict[str, Any]] = {
        name: {
            "support": dict(zip(MEASURES, map(int, comparison.point.support[row]), strict=True)),
            "weighted_f1": _estimate("weighted_f1", (row,), point, *bounds),
            "kappa": _estimate("kappa", (row,), point, *bounds),
            "measures": measures(row),
        }
        for row, name in enumerate(names)
    }
    if NO_FINDING in observations:
        # no three-way label: its mention, negation and uncertainty are not measured
        for measure in ("mention", "negation", "uncertainty"):
            observations[NO_FINDING]["measures"].pop(measure)
    return {
        "observations": observations,
        "averages": {kind: measures(len(names) + n) for n, kind in enumerate(AVERAGES)},
        "weighted_f1": _estimate("weighted_f1", (len(names),), point, *bounds),
        "exact": _estimate("exact", (), point, *bounds),
    }


def comparison_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a `comparison_dict` as flat rows, one an observation (or average) and measure."""
    rows = []
    parts = [
        (name, part["measures"], part["support"]) for name, part in result["observations"].items()
    ]
    parts += [(name, part, {}) for name, part in result["averages"].items()]
    for name, measures, support in parts:
        for measure, metrics in measures.items():
            row: dict[str, Any] = {
                "observation": name,
                "measure": measure,
                "support": support.get(measure),
            }
            for metric, estimate in metrics.items():
                row[metric] = estimate["value"]
                row |= {
                    f"{metric}_{end}": estimate[end] for end in ("low", "high") if end in estimate
                }
                if "difference" in result:
                    row |= _difference(result["difference"], name, measure, metric)
            rows.append(row)
    return rows


def _difference(difference: dict[str, Any], name: str, measure: str, metric: str) -> dict[str, Any]:
    if name in difference["averages"]:
        estimate = difference["averages"][name][measure][metric]
    else:
        estimate = difference["observations"][name]["measures"][measure][metric]
    row = {f"{metric}_difference": estimate["value"]}
    for end in ("low", "high"):
        if end in estimate:
            row[f"{metric}_difference_{end}"] = estimate[end]
    return row


def headline(result: dict[str, Any]) -> str:
    """Return the measure that a reader looks at first.

    `positive` where the reference comes from reports; where it comes from images, the policy
    `ones` where an uncertain cell counts as positive.
    """
    return "positive" if result["empty_reference_cells_mean"] == "not-mentioned" else POLICIES[0]


def tasks_of(result: dict[str, Any]) -> Sequence[str]:
    """Return the tasks that make sense: all four for a reference from reports, none else."""
    return TASKS if result["empty_reference_cells_mean"] == "not-mentioned" else ()


def agreement_dict(
    found: "Sequence[ObservationAgreement]", *, images: int, readers: Sequence[str], empty: str
) -> dict[str, Any]:
    """Return readers' agreement as a dict; undefined figures are null."""
    observations = {}
    for one in found:
        observations[one.observation] = {
            "ratings": one.ratings,
            "images": one.images,
            "prevalence": {
                "value": _number(one.prevalence),
                "low": _number(one.prevalence_low),
                "high": _number(one.prevalence_high),
            },
            "agreement": _number(one.agreement),
            "cohen_kappa": _number(one.cohen),
            "fleiss_kappa": _number(one.fleiss),
            "fleiss_images": one.complete,
            "krippendorff_alpha": _number(one.alpha),
            "pairs": [
                {"readers": [*pair.readers], "images": pair.images, "kappa": _number(pair.kappa)}
                for pair in one.pairs
            ],
        }
    return {
        "images": images,
        "readers": [*readers],
        "empty_cells_mean": empty,
        "observations": observations,
    }
