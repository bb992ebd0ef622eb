"""Layouts of the label table: which columns, in which order."""

from collections.abc import Sequence

import pandas as pd

from labeler.engine.label_attributes import LABEL_ATTRIBUTES
from labeler.errors import InputError
from labeler.readers.records import TEXT_COLUMN, Columns, section_column
from labeler.tables.names import fold_name
from labeler.writers.annotators import DOCCANO, LABEL_STUDIO
from labeler.writers.fhir import FHIR
from labeler.writers.note_nlp import NOTE_NLP
from labeler.writers.table import LabelTable, Layout, Run, label_codes


def _ids(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str] = ()
) -> dict[str, Sequence[str] | Sequence[int]]:
    """The ids and the further columns, none of which may have an observation's name."""
    pairs = [*zip(columns.id_names, columns.id_columns, strict=True)]
    pairs += zip(columns.extras, columns.extra_columns, strict=True)
    for name in columns.extras:
        if name in observations or name in columns.id_names:
            raise InputError(
                f"--keep {name}: the label table has a column of that name: rename it, or name the "
                "columns to keep without it"
            )
    return {name: frame[column].tolist() for name, column in pairs}


def _ids_and_extras(columns: Columns) -> tuple[str, ...]:
    return (*columns.id_columns, *columns.extra_columns)


def _table(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
    return LabelTable(_ids(frame, columns, observations), label_codes(frame, observations))


def _wide(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
    assert run.attributes is not None
    said = [run.attributes.by_label(mentions) for mentions in frame["evidence"]]
    behind = {
        f"{label} {name}": [cells.get(label, {}).get(name, "") for cells in said]
        for label in observations
        for name in LABEL_ATTRIBUTES
        if label not in run.attributes.without_mentions
    }
    taken = [*observations, *behind]
    return LabelTable(_ids(frame, columns, taken), label_codes(frame, observations), behind=behind)


def _chexpert(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
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


def _mimic(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
    subject, study = (frame[name].tolist() for name in _mimic_ids(columns))
    return LabelTable(
        {"subject_id": subject, "study_id": study}, label_codes(frame, sorted(observations))
    )


def _nih(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
    # The positive labels of a row, joined; negative, uncertain and not mentioned look the same.
    names = list(observations)
    positive = [codes == 1 for codes in label_codes(frame, observations).values()]
    found = [
        "|".join(name for name, is_positive in zip(names, row, strict=True) if is_positive)
        for row in zip(*positive, strict=True)
    ]
    return LabelTable({**_ids(frame, columns, ["Finding Labels"]), "Finding Labels": found}, {})


LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout("table", _ids_and_extras, _table, carries=True),
        Layout("wide", _ids_and_extras, _wide, carries=True, mentions=True, sums_up=True),
        Layout(
            "chexpert",
            lambda columns: (TEXT_COLUMN,) if columns.text else _report_parts(columns),
            _chexpert,
        ),
        Layout("mimic", _mimic_ids, _mimic),
        Layout("nih", _ids_and_extras, _nih, carries=True),
        LABEL_STUDIO,
        DOCCANO,
        NOTE_NLP,
        FHIR,
    )
}
"""The layouts by name; a further one is a further entry."""


def find_layout(name: str) -> Layout:
    """Look a layout up by its name, or raise `InputError` with the names there are."""
    if name not in LAYOUTS:
        raise InputError(f"--layout {name}: no such layout; there are {', '.join(LAYOUTS)}")
    return LAYOUTS[name]
