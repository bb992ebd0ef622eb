"""Published label sets as label tables of the 14 observations.

One module a set reads its files in the set's own names; a crosswalk (`rules/crosswalks/*.yaml`)
turns the names into observations; several readers of an image agree by a consensus rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.references import (
    annotation_tools,
    chestxdet10,
    chexpert,
    kaggle,
    long_tail,
    mimic,
    nih,
    openi,
    padchest,
    readings,
    vinbigdata,
    vindr,
)
from labeler.references.consensus import RULES, consensus
from labeler.references.crosswalk import (
    Crosswalk,
    load_crosswalk,
    native_crosswalk,
    refuse_unknown,
)
from labeler.references.named import NamedLabels, merge_rows, to_observations
from labeler.rules.load import load_rules
from labeler.tables.labels import label_frame
from labeler.tables.names import CHEXPERT

__all__ = ["CROSSWALKS", "KINDS", "Reference", "read_reference"]

_READERS: dict[str, Callable[[Sequence[Path], Crosswalk], NamedLabels]] = {
    "chexpert": chexpert.read,
    "mimic": mimic.read,
    "vindr": vindr.read,
    "vinbigdata": vinbigdata.read,
    "nih": nih.read,
    "chestxdet10": chestxdet10.read,
    "padchest": padchest.read,
    "openi": openi.read,
    "chexpert-plus": chexpert.read_plus,
    "brax": chexpert.read_brax,
    "mimic-lt": long_tail.read,
    "vindr-pcxr": vindr.read_pcxr,
    "rsna": kaggle.read_rsna,
    "siim": kaggle.read_siim,
    "readings": readings.read,
    "label-studio": annotation_tools.read_label_studio,
    "doccano": annotation_tools.read_doccano,
}
CROSSWALKS = dict.fromkeys(
    ("readings", "label-studio", "doccano", "chexpert-plus", "brax"), "chexpert"
)
"""Kinds that name the 14 observations as CheXpert does, and so share its crosswalk."""
_NATIVE = ("vindr", "nih", "chestxdet10", "padchest")
KINDS = tuple(_READERS)
"""The sets that can be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A label set as a label table.

    Attributes:
        frame: the id columns, the labels (`Int8`, missing where the set says nothing),
            then `boxes` and, without consensus, `reader` where the set has them.
        labels: names of the label columns.
        notes: what was done, and what deserves to be known, a sentence each.
    """

    frame: pd.DataFrame
    labels: tuple[str, ...]
    notes: tuple[str, ...]


def read_reference(
    kind: str,
    files: Sequence[Path],
    *,
    consensus_rule: str = "majority",
    absent: str | None = None,
    by: str = "image",
    unknown_names: str = "error",
    native: bool = False,
    rules: Path | None = None,
) -> Reference:
    """Turn a published label set into a table of the 14 observations, or of the set's own names.

    Args:
        kind: one of `KINDS`.
        files: the set's files, as they were published.
        consensus_rule: `majority`, `any`, `all`, or `none` to keep one row per reader.
        absent: `negative` or `unknown`: what a name means that is not listed; by default what
            the set's crosswalk says.
        by: `image`, or `study` where the set's rows are images of studies.
        unknown_names: `error`, or `ignore` to count and skip names that the crosswalk lacks.
        native: keep the set's own names: the labels of the label set that has these.
        rules: the rule folder; the one that comes with the package by default.

    Raises:
        InputError: an option, a file or a name in it is wrong, or the set has no label set of its own names.
        RulesError: the crosswalk is wrong.
    """
    _one_of("KIND", kind, KINDS)
    _one_of("--consensus", consensus_rule, RULES)
    _one_of("--by", by, ("image", "study"))
    _one_of("--unknown-names", unknown_names, ("error", "ignore"))
    if absent is not None:
        _one_of("--absent", absent, ("negative", "unknown"))
    crosswalk = load_crosswalk(CROSSWALKS.get(kind, kind), rules)
    names: Sequence[str] = CHEXPERT
    if native:
        if not crosswalk.label_set:
            own = ", ".join(name for name in KINDS if name in _NATIVE)
            raise InputError(f"--native: {kind} has no label set of its own names; {own} have one")
        names = load_rules(crosswalk.label_set, rules).columns
        crosswalk = native_crosswalk(crosswalk, names)
    labels = _READERS[kind](files, crosswalk)
    notes = []
    if labels.unknown:
        if unknown_names == "error":
            refuse_unknown(labels.unknown, kind)
        listed = ", ".join([*labels.unknown][:10])
        notes.append(
            f"{len(labels.unknown)} name(s) not in the crosswalk were ignored, first at: {listed}"
        )
    if by == "study":
        labels = _by_study(labels, kind)
    values = to_observations(labels.values, crosswalk, names, absent=absent)
    meaning = absent or crosswalk.absent
    notes.append(
        "a name that is not listed counts as negative"
        if meaning == "negative"
        else "a name that is not listed leaves its cell empty"
    )
    keys, boxes = labels.keys, labels.boxes
    several = labels.readers is not None and bool(keys[labels.id_name].duplicated().any())
    if several and consensus_rule != "none":
        ids = pd.Index(keys[labels.id_name].astype(object))
        first, values, ties = consensus(
            ids,
            values,
            consensus_rule,  # type: ignore[arg-type]
            empty_is_rating=labels.empty_is_rating,
        )
        notes.append(
            f"{len(keys)} readings of {len(first)} ids, one label each by consensus: "
            f"{consensus_rule}" + (f"; {ties} tied cells are left empty" if ties else "")
        )
        if boxes is not None:
            boxes = np.bincount(pd.factorize(ids)[0], weights=boxes).astype(np.int64)
        keys = keys.iloc[first].reset_index(drop=True)
    frame = pd.concat([keys, label_frame(values, names, keys.index)], axis=1)
    if labels.readers is not None and not (several and consensus_rule != "none"):
        frame.insert(len(keys.columns), "reader", labels.readers)
    if boxes is not None:
        frame["boxes"] = boxes
    return Reference(frame, tuple(names), tuple(notes))


def _by_study(labels: NamedLabels, kind: str) -> NamedLabels:
    if labels.study is None:
        raise InputError(f"{kind}: these files name no study to go --by")
    keys = labels.keys[[labels.study]]
    return merge_rows(replace(labels, keys=keys, id_name=labels.study, study=None))


def _one_of(option: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise InputError(f"{option}: {value!r} is none of {', '.join(allowed)}")
