"""What a layout makes of labelled reports, and what it may know of the run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from labeler.readers.records import Columns

if TYPE_CHECKING:
    from labeler.engine.label_attributes import LabelAttributes
    from labeler.writers.formats import Format


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A stretch of a table to be written.

    Attributes:
        text: the leading columns, by their names in the file.
        labels: the label columns in output order, each of shape `(rows,)`: 1, 0, -1, or 2 where the
            observation is not mentioned.
        numbers: those of the leading columns that hold integers.
        behind: further columns of text, after the labels.
    """

    text: dict[str, Sequence[str] | Sequence[int]]
    labels: dict[str, np.ndarray]
    numbers: frozenset[str] = frozenset()
    behind: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """The data about the run that a layout may use, besides the reports.

    Attributes:
        system: the program, its version and the digest of its rules.
        date: the day of the run, `YYYY-MM-DD`.
        mentions: number of mentions in the stretches before.
        attributes: adds up what mentions say of a label's side, severity and change.
    """

    system: str = ""
    date: str = ""
    mentions: int = 0
    attributes: "LabelAttributes | None" = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A form of the label table.

    Attributes:
        name: what `--layout` calls it.
        keep: gives the frame columns that the table needs besides the labels.
        arrange: makes a stretch of the table of a labelled frame.
        carries: whether it can have further columns of the input.
        mentions: whether it needs the mentions (the frame's column `evidence`).
        sums_up: whether it needs the attributes of labels, added up from the mentions.
        dated: whether it has the day of the run.
        also: further columns of the input that it takes if they are there.
        formats: the formats it can be written in; those of all tables where it has none of its own.
    """

    name: str
    keep: Callable[[Columns], tuple[str, ...]]
    arrange: Callable[[pd.DataFrame, Columns, Sequence[str], Run], LabelTable]
    carries: bool = False
    mentions: bool = False
    sums_up: bool = False
    dated: bool = False
    also: tuple[str, ...] = ()
    formats: "Mapping[str, Format]" = field(default_factory=dict)


def label_codes(frame: pd.DataFrame, observations: Sequence[str]) -> dict[str, np.ndarray]:
    """Give the labels as small integers: 1, 0, -1, and 2 for "not mentioned"."""
    out = {}
    for name in observations:
        column = frame[name]
        # to_numpy of other columns does not know of `na_value`, and a cast of these copies them
        labels = column if column.dtype == "Int8" else column.astype("Int8")
        out[name] = labels.to_numpy(dtype=np.int8, na_value=2)
    return out


def joined_ids(frame: pd.DataFrame, columns: Columns, *, telling: int | None = None) -> list[str]:
    """Give each row's id as one text; several id columns are joined by `/`.

    Args:
        frame: a labelled frame with its id columns.
        columns: the input's columns.
        telling: only the last so many of the id columns; all by default.
    """
    names = columns.id_columns[-telling:] if telling else columns.id_columns
    ids = [frame[name].tolist() for name in names]
    return ids[0] if len(ids) == 1 else ["/".join(row) for row in zip(*ids, strict=True)]
