"""CheXpert's `train.csv`, `valid.csv` and the test set's `groundtruth.csv`.

Columns are read by name: Lung Opacity and Lung Lesion change places between the files. Files of
single readers, given together, are distinguished by their file names.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from labeler.errors import InputError
from labeler.references.columns import file_by_reader, first_of, named_columns, read_rows, required
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


def read_plus(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read CheXpert Plus' label files (`report_fixed.json`, ...): an object a line, or a list.

    Raises:
        InputError: a file is not of this form.
    """
    parts = [_labels(_read_json(path), path, crosswalk) for path in paths]
    return file_by_reader(parts, paths)


def read_brax(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read BRAX' `master_spreadsheet_update.csv`, one row per image.

    Raises:
        InputError: a file is not of this form.
    """
    parts = []
    for path in paths:
        frame = read_rows(path)
        id_name = first_of(frame, ("PngPath", "DicomPath"), path)
        required(frame, ["AccessionNumber"], path)
        names = list(label_columns(frame.columns, source=str(path)).values())
        keys = [id_name, "AccessionNumber"]
        labels = named_columns(frame, path, crosswalk, keys=keys, id_name=id_name, names=names)
        parts.append(replace(labels, study="AccessionNumber"))
    return file_by_reader(parts, paths)


def _read_json(path: Path) -> pd.DataFrame:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if text.lstrip()[:1] == "[":
            records = json.loads(text)
        else:
            records = [json.loads(line) for line in text.splitlines() if line.strip()]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON with an object a line, nor a list of objects") from (
            error
        )
    if not records or not all(isinstance(record, dict) for record in records):
        raise InputError(f"{path}: not JSON with an object a line, nor a list of objects")
    return pd.DataFrame(records, dtype=object)


def _read(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    return _labels(read_rows(path), path, crosswalk)


def _labels(frame: pd.DataFrame, path: Path, crosswalk: Crosswalk) -> NamedLabels:
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
