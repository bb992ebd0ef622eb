"""Scores label tables cell by cell: F1 of four tasks for each observation, macro and micro.

A cell is 1, 0, -1 or None. `mention` asks whether a cell is filled, `positive`, `negation` and
`uncertainty` whether it is 1, 0, -1. No Finding counts in `positive` only, and any other value of it
reads as empty.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

NO_FINDING = "No Finding"
OBSERVATIONS = (
    NO_FINDING,
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Lesion",
    "Lung Opacity",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
)
TASKS = {
    "mention": lambda value: value is not None,
    "positive": lambda value: value == 1,
    "negation": lambda value: value == 0,
    "uncertainty": lambda value: value == -1,
}
Labels = Mapping[str, int | None]


def read_gold(path: Path, key: str = "uid") -> dict[str, dict[str, int | None]]:
    """Id -> observation -> value, of a CSV file with the 14 columns."""
    with path.open(newline="", encoding="utf-8-sig") as handle:
        return {
            row[key]: {
                name: int(float(row[name])) if (row[name] or "").strip() else None
                for name in OBSERVATIONS
            }
            for row in csv.DictReader(handle)
        }


def score(
    reference: Mapping[str, Labels], predicted: Mapping[str, Labels]
) -> dict[str, dict[str, float]]:
    """F1 as `figures[task][observation | "micro" | "macro"]`; every id of the reference is scored.

    An observation that neither side has in a task has no figure; macro is the mean over the
    observations that the reference has in the task.
    """
    figures: dict[str, dict[str, float]] = {}
    for task, holds in TASKS.items():
        row: dict[str, float] = {}
        total = [0, 0, 0]
        supported = []
        for name in OBSERVATIONS:
            if name == NO_FINDING and task != "positive":
                continue
            pairs = [(_cell(reference[i], name), _cell(predicted[i], name)) for i in reference]
            hits = sum(holds(gold) and holds(ours) for gold, ours in pairs)
            support = sum(holds(gold) for gold, _ in pairs)
            said = sum(holds(ours) for _, ours in pairs)
            if support + said:
                row[name] = 2 * hits / (support + said)
            if support:
                supported.append(row[name])
            total = [a + b for a, b in zip(total, (hits, support, said), strict=True)]
        row["micro"] = 2 * total[0] / (total[1] + total[2]) if total[1] + total[2] else 1.0
        row["macro"] = sum(supported) / len(supported) if supported else 1.0
        figures[task] = row
    return figures


def _cell(labels: Labels, name: str) -> int | None:
    value = labels[name]
    return None if name == NO_FINDING and value != 1 else value


def below(figures: Mapping[str, Mapping[str, float]], floors: Mapping[str, float]) -> list[str]:
    """What is under its floor; a floor's name is `task` (micro) or `task macro`."""
    out = []
    for name, floor in floors.items():
        task, _, kind = name.partition(" ")
        got = figures[task][kind or "micro"]
        if got < floor:
            out.append(f"{name}: {got:.4f} is under {floor}")
    return out
