"""MIMIC-CXR-LT (CXR-LT 2023, 2024 and PRUNE): one row per image, a 0/1 column per name."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from labeler.references.columns import file_by_reader, named_columns, read_rows, required
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels

_ABOUT = frozenset(
    (
        "dicom_id", "subject_id", "study_id", "fpath", "path", "split", "ViewPosition", "Rows",
        "Columns", "StudyDate", "StudyTime", "PerformedProcedureStepDescription",
        "ProcedureCodeSequence_CodeMeaning", "ViewCodeSequence_CodeMeaning",
        "PatientOrientationCodeSequence_CodeMeaning", "patient_orientation",
    )
)  # fmt: skip


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read MIMIC-CXR-LT's label files; files that share images count as readers.

    Raises:
        InputError: a file is not of this form.
    """
    parts = []
    for path in paths:
        frame = read_rows(path)
        required(frame, ["dicom_id"], path)
        names = [n for n in frame.columns if n not in _ABOUT and not n.startswith("Unnamed:")]
        keys = [n for n in ("dicom_id", "subject_id", "study_id") if n in frame.columns]
        labels = named_columns(frame, path, crosswalk, keys=keys, id_name="dicom_id", names=names)
        parts.append(replace(labels, study="study_id" if "study_id" in keys else None))
    return file_by_reader(parts, paths)
