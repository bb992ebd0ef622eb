"""The review file of a run: a row a report with the doubt about its labels, for people to look at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from labeler.errors import InputError
from labeler.writers.formats import csv_cell, defuse

COLUMNS = ("doubt", "reasons")
_MOSTLY = 0.9


def check_review(file: Path, others: Sequence[Path]) -> None:
    """Raise `InputError` where a review file cannot be written by this name."""
    if file.suffix.lower() != ".csv":
        raise InputError(f"--review {file}: the file name must end in .csv")
    if file.resolve() in {other.resolve() for other in others}:
        raise InputError(f"--review {file}: is the name of another output, too: name another")


def review_csv(ids: Sequence[str], frame: pd.DataFrame, first: bool) -> bytes:
    """Rows `id,doubt,reasons` of a labelled frame, the header before the first ones.

    Where each report's language was told by its words it comes last.
    """
    languages = frame["language"] if "language" in frame.columns else None
    head = "id,doubt,reasons" if languages is None else "id,doubt,reasons,language"
    lines = [head] if first else []
    tails = [""] * len(frame) if languages is None else [f",{name}" for name in languages]
    for key, doubt, reasons, tail in zip(ids, frame["doubt"], frame["reasons"], tails, strict=True):
        lines.append(f"{csv_cell(defuse(key))},{doubt:.3f},{csv_cell(reasons)}{tail}")
    return "".join(line + "\n" for line in lines).encode("utf-8", "replace")


def count_looks(frame: pd.DataFrame, look_from: float, looks: dict[str, int]) -> int:
    """Count the reports of a frame that want a look, and into `looks` their reasons."""
    wanted = frame.loc[frame["doubt"] >= look_from, "reasons"]
    for reason, count in Counter(r for joined in wanted for r in joined.split(";")).items():
        looks[reason] = looks.get(reason, 0) + count
    return len(wanted)


def warning(reports: int, labels: Mapping[str, Sequence[int]], no_finding: str | None) -> str:
    """A line where most reports say nothing, or all are No Finding: a wrong column, as a rule; else `""`.

    Args:
        reports: how many were labelled.
        labels: label -> reports positive, negative, uncertain.
        no_finding: the label of that name, if there is one.
    """
    most = max((sum(counts) for counts in labels.values()), default=0)
    if reports >= 20 and most < (1 - _MOSTLY) * reports:
        return (
            "warning: nearly all reports have no label at all: is this the column of the reports?"
        )
    found = labels.get(no_finding or "", (0,))[0]
    if reports >= 20 and found > 0.99 * reports:
        return "warning: nearly all reports are No Finding: is this the column of the reports?"
    return ""
