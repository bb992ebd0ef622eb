"""What further label sets cost: processor time of one, three and five label sets on the same reports.

Usage: python benchmarks/label_sets.py PATH/TO/openi/reports.csv

Each turn makes new labelers, so that every sentence is unknown at first, and labels all reports twice: the second pass
meets known sentences only. Turns alternate; the least time of each counts.
"""

import gc
import sys
import time

import pandas as pd

from labeler import Labeler

SETS = (
    ("chexpert",),
    ("chexpert", "vindr", "chestxray14"),
    ("chexpert", "vindr", "chestxray14", "chestxdet10", "findings"),
)
TURNS = 3


def seconds(sets: tuple[str, ...], reports: pd.DataFrame) -> tuple[float, float]:
    """Processor seconds of the first and the second pass."""
    labeler = Labeler(sets)
    gc.collect()
    times = []
    for _ in range(2):
        began = time.process_time()
        labeler.label_frame(reports, findings="findings", impression="impression")
        times.append(time.process_time() - began)
    return times[0], times[1]


def main(path: str) -> None:
    reports = pd.read_csv(path, dtype=str, keep_default_na=False)
    best = {sets: (float("inf"), float("inf")) for sets in SETS}
    for _ in range(TURNS):
        for sets in SETS:
            first, second = seconds(sets, reports)
            best[sets] = min(first, best[sets][0]), min(second, best[sets][1])
    one = best[SETS[0]]
    print(f"{len(reports)} reports; processor seconds, and the ratio to one label set\n")
    print("| label sets | unknown sentences | known sentences |\n|---|--:|--:|")
    for sets, (first, second) in best.items():
        print(
            f"| {len(sets)}: {', '.join(sets)} | {first:.2f} ({first / one[0]:.2f}) "
            f"| {second:.2f} ({second / one[1]:.2f}) |"
        )


if __name__ == "__main__":
    main(sys.argv[1])
