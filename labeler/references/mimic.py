"""MIMIC-CXR-JPG's `mimic-cxr-2.0.0-chexpert.csv`, `-negbio.csv` and the radiologist's test set.

The test set has no `subject_id` and says Airspace Opacity for Lung Opacity.
"""

from collections.abc import Sequence
from pathlib import Path

from labeler.references.columns import file_by_reader, named_columns, read_rows, required
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels
from labeler.tables.labels import label_columns


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read MIMIC-CXR's files, one row per study; files that share studies count as readers.

    Raises:
        InputError: a file is not of this form.
    """
    return file_by_reader([_read(path, crosswalk) for path in paths], paths)


def _read(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    frame = read_rows(path)
    required(frame, ["study_id"], path)
    keys = [name for name in ("subject_id", "study_id") if name in frame.columns]
    names = list(label_columns(frame.columns, source=str(path)).values())
    return named_columns(frame, path, crosswalk, keys=keys, id_name="study_id", names=names)
