"""CheXpert's `train.csv`, `valid.csv` and the test set's `groundtruth.csv`.

Columns are read by name: Lung Opacity and Lung Lesion change places between the files. Files of
single readers, given together, are told apart by their file names.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from labeler.references.columns import file_by_reader, first_of, named_columns, read_rows
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels
from labeler.tables.labels import label_columns

_ABOUT = {"Path", "Study", "path_to_image", "Sex", "Age", "Frontal/Lateral", "AP/PA"}


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read CheXpert's files; images carry `Study`, the folder of their path, as well.

    Raises:
        InputError: a file is not of this form.
    """
    return file_by_reader([_read(path, crosswalk) for path in paths], paths)


def _read(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    frame = read_rows(path)
    id_name = first_of(frame, ("Path", "path_to_image", "Study"), path)
    keys, study = [id_name], None
    if id_name != "Study":
        study = "Study"
        frame["Study"] = frame[id_name].astype("string").str.rpartition("/")[0]
        keys.append(study)
    names = list(label_columns(frame.columns, source=str(path)).values())
    names = [name for name in names if name not in _ABOUT]
    labels = named_columns(frame, path, crosswalk, keys=keys, id_name=id_name, names=names)
    return replace(labels, study=study)
