"""Layouts of the label table: which columns, in which order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.readers.records import TEXT_COLUMN, Columns, section_column
from labeler.tables.names import fold_name


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A stretch of a label table.

    Attributes:
        text: the leading columns, by their names in the file.
        labels: the label columns in output order, each of shape `(rows,)`: 1, 0, -1, or 2 where the
            observation is not mentioned.
    """

    text: dict[str, Sequence[str]]
    labels: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Layout:
    """A form of the label table.

    Attributes:
        name: what `--layout` calls it.
        keep: gives the frame columns that the table needs besides the labels.
        arrange: makes a stretch of the table of a labelled frame.
    """

    name: str
    keep: Callable[[Columns], tuple[str, ...]]
    arrange: Callable[[pd.DataFrame, Columns, Sequence[str]], LabelTable]


def label_codes(frame: pd.DataFrame, observations: Sequence[str]) -> dict[str, np.ndarray]:
    """Give the labels as small integers: 1, 0, -1, and 2 for "not mentioned"."""
    return {
        name: frame[name].astype("Int8").to_numpy(dtype=np.int8, na_value=2)
        for name in observations
    }


def _ids(frame: pd.DataFrame, columns: Columns) -> dict[str, Sequence[str]]:
    pairs = zip(columns.id_names, columns.id_columns, strict=True)
    return {name: frame[column].tolist() for name, column in pairs}


def _table(frame: pd.DataFrame, columns: Columns, observations: Sequence[str]) -> LabelTable:
    return LabelTable(_ids(frame, columns), label_codes(frame, observations))


def _chexpert(frame: pd.DataFrame, columns: Columns, observations: Sequence[str]) -> LabelTable:
    if columns.text is not None:
        reports = frame[TEXT_COLUMN].tolist()
    else:
        parts = [frame[name].tolist() for name in _report_parts(columns)]
        reports = ["\n".join(filter(None, row)) for row in zip(*parts, strict=True)]
    return LabelTable({"Reports": reports}, label_codes(frame, observations))


def _report_parts(columns: Columns) -> tuple[str, ...]:
    named = [name for name in ("findings", "impression") if name in columns.sections]
    return tuple(section_column(name) for name in named or columns.sections)


def _mimic_ids(columns: Columns) -> tuple[str, ...]:
    folded = [fold_name(name) for name in columns.id_names]
    if folded != ["subjectid", "studyid"]:
        raise InputError(
            "--layout mimic needs the ids subject_id and study_id: name them with --id, twice, or "
            "choose another layout"
        )
    return columns.id_columns


def _mimic(frame: pd.DataFrame, columns: Columns, observations: Sequence[str]) -> LabelTable:
    subject, study = (frame[name].tolist() for name in _mimic_ids(columns))
    return LabelTable(
        {"subject_id": subject, "study_id": study}, label_codes(frame, sorted(observations))
    )


def _nih(frame: pd.DataFrame, columns: Columns, observations: Sequence[str]) -> LabelTable:
    # The positive labels of a row, joined; negative, uncertain and not mentioned look the same.
    names = list(observations)
    positive = [codes == 1 for codes in label_codes(frame, observations).values()]
    found = [
        "|".join(name for name, is_positive in zip(names, row, strict=True) if is_positive)
        for row in zip(*positive, strict=True)
    ]
    return LabelTable({**_ids(frame, columns), "Finding Labels": found}, {})


LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout("table", lambda columns: columns.id_columns, _table),
        Layout(
            "chexpert",
            lambda columns: (TEXT_COLUMN,) if columns.text else _report_parts(columns),
            _chexpert,
        ),
        Layout("mimic", _mimic_ids, _mimic),
        Layout("nih", lambda columns: columns.id_columns, _nih),
    )
}
"""The layouts by name; a further one is a further entry."""


def find_layout(name: str) -> Layout:
    """Look a layout up by its name, or raise `InputError` with the names there are."""
    if name not in LAYOUTS:
        raise InputError(f"--layout {name}: no such layout; there are {', '.join(LAYOUTS)}")
    return LAYOUTS[name]
