"""ChestX-Det10's `train.json` and `test.json`: boxes of ten names; no box is none of them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, from_lists, stack
from labeler.tables.labels import check_unique


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read ChestX-Det10's files; `boxes` counts an image's boxes.

    Raises:
        InputError: a file is not of this form, or an image is there twice.
    """
    labels = stack([_read(path, crosswalk) for path in paths])
    check_unique(pd.Index(labels.keys["file_name"]), source=paths[-1], id_name="file_name")
    return labels


def _read(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    try:
        with path.open(encoding="utf-8") as handle:
            entries = json.load(handle)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: line {error.lineno}: not JSON; fetch the file again") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({type(error).__name__})") from error
    if not isinstance(entries, list):
        raise InputError(f"{path}: must be a list of images")
    for number, entry in enumerate(entries):
        _check(entry, f"{path}: entry {number}")
    lengths = np.array([len(entry["syms"]) for entry in entries], dtype=np.int64)
    rows = np.repeat(np.arange(len(entries)), lengths)
    names = [name for entry in entries for name in entry["syms"]]
    values, unknown = from_lists(
        rows,
        names,
        len(entries),
        crosswalk,
        place_of=lambda term: f"{path}: entry {rows[term]}",
    )
    keys = pd.DataFrame({"file_name": [entry["file_name"] for entry in entries]}, dtype=object)
    return NamedLabels(keys, "file_name", values, boxes=lengths, unknown=unknown)


def _check(entry: Any, place: str) -> None:
    if not isinstance(entry, dict) or not isinstance(entry.get("file_name"), str):
        raise InputError(f"{place}: no 'file_name'")
    syms, boxes = entry.get("syms"), entry.get("boxes")
    if not isinstance(syms, list) or not all(isinstance(name, str) for name in syms):
        raise InputError(f"{place}: 'syms' must be a list of names")
    if not isinstance(boxes, list) or len(boxes) != len(syms):
        raise InputError(f"{place}: 'boxes' must be a list as long as 'syms'")
