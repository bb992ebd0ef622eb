"""The review file of a run: a row a report with the doubt about its labels, for people to look at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from labeler.errors import InputError
from labeler.writers.formats import STDOUT, Column, Columns, find_format

COLUMNS = ("doubt", "reasons")
_DOUBT = Column("doubt", float, ".3f")
_MOSTLY, _NEARLY_ALL = 0.9, 0.99
_ENOUGH = 20
"""Reports; of fewer nothing is said."""


def check_review(file: Path, others: Sequence[Path]) -> None:
    """Raise `InputError` where a review file cannot be written by this name."""
    if str(file) == STDOUT:
        raise InputError("--review -: only --output can be standard output: name a file")
    find_format(file, "--review")
    if file.resolve() in {other.resolve() for other in others}:
        raise InputError(f"--review {file}: is the name of another output, too: name another")


def review_rows(ids: Sequence[str], frame: pd.DataFrame) -> tuple[Columns, list[tuple[Any, ...]]]:
    """Columns `id,doubt,reasons` and the rows of a labelled frame.

    Where each report's language was told by its words it comes last.
    """
    told = ["language"] if "language" in frame.columns else []
    columns = (Column("id"), _DOUBT, *(Column(name, as_it_is=True) for name in ("reasons", *told)))
    cells = (frame[name].tolist() for name in (*COLUMNS, *told))
    return columns, list(zip(ids, *cells, strict=True))


def count_looks(frame: pd.DataFrame, look_from: float, looks: dict[str, int]) -> int:
    """Count the reports of a frame that want a look, and into `looks` their reasons."""
    wanted = frame.loc[frame["doubt"] >= look_from, "reasons"]
    every = (reason for joined in wanted for reason in joined.split(";") if reason)
    for reason, count in Counter(every).items():
        looks[reason] = looks.get(reason, 0) + count
    return len(wanted)


def warning(
    reports: int, without_text: int, labels: Mapping[str, Sequence[int]], no_finding: str
) -> str:
    """A line where most rows are empty, say nothing, or are No Finding: a wrong column, as a rule; else `""`.

    Args:
        reports: how many there are.
        without_text: how many of them are empty.
        labels: label -> reports positive, negative, uncertain; with several label sets `set:label`.
        no_finding: the label of that name.
    """
    column = "is this the column of the reports?"
    if reports >= _ENOUGH and without_text >= _MOSTLY * reports:
        return f"warning: nearly all rows have no text: {column}"
    read = reports - without_text
    if read < _ENOUGH:
        return ""
    if max((sum(counts) for counts in labels.values()), default=0) < (1 - _MOSTLY) * read:
        return f"warning: nearly all reports have no label at all: {column}"
    normal = [n[0] for name, n in labels.items() if name.rpartition(":")[2] == no_finding]
    if normal and max(normal) > _NEARLY_ALL * read:
        return f"warning: nearly all reports are No Finding: {column}"
    return ""
