"""Labels in a set's own names, and their way through a crosswalk to the observations."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from labeler.references.crosswalk import Crosswalk
from labeler.tables.labels import Codes
from labeler.tables.names import BLANK, looks_like_name

ABSENT = -3
"""The name is not in a row's list; the crosswalk (or the user) says what that means."""
UNSPOKEN = -4
"""The file has no place for this name."""

# Where several things are said of one name, the higher one stays.
_BY_RANK = np.array([UNSPOKEN, ABSENT, 0, BLANK, -1, 1], dtype=np.int8)
_RANK = np.zeros(6, dtype=np.int8)
_RANK[_BY_RANK + 4] = np.arange(6)


@dataclass(frozen=True, slots=True, eq=False)
class NamedLabels:
    """The content of the files, one row per reading.

    Attributes:
        keys: the columns that name the row, text.
        id_name: the column of `keys` that is the id.
        values: shape (rows, lines of the crosswalk): 1, 0, -1, `BLANK`, `ABSENT`, `UNSPOKEN`.
        readers: who read, a name a row; None where the files do not say.
        boxes: number of boxes drawn, a row each; None where the set has none.
        study: the column of `keys` that names the study, where that is not the id.
    unknown: the first place of each name that is not in the crosswalk -> how often the name
        is there. A name itself may be a patient's text, in a file of another kind.
    empty_is_rating: does an empty cell say "not mentioned", as a reader of reports means it,
        or else nothing?
    """

    keys: pd.DataFrame
    id_name: str
    values: Codes
    readers: npt.NDArray[np.object_] | None = None
    boxes: npt.NDArray[np.int64] | None = None
    study: str | None = None
    unknown: Counter[str] | None = None
    empty_is_rating: bool = False


def from_columns(
    columns: Sequence[str], values: Codes, crosswalk: Crosswalk
) -> tuple[Codes, Counter[str]]:
    """Put one column a name into one column a line of the crosswalk.

    Args:
        columns: the set's names.
        values: codes, shape (rows, names).
        crosswalk: the set's crosswalk.

    Returns:
        Codes, shape (rows, lines), and the columns that no line knows, see `NamedLabels.unknown`.
    """
    by_line = np.full((len(values), len(crosswalk.lines)), UNSPOKEN, dtype=np.int8)
    unknown: Counter[str] = Counter()
    for number, name in enumerate(columns):
        place = crosswalk.place(name)
        if place is None:
            column = f"a column named {name!r}" if looks_like_name(name) else "a column"
            unknown[column] += int((values[:, number] == 1).sum())
        else:
            by_line[:, place] = _higher(by_line[:, place], values[:, number])
    return by_line, unknown


def from_lists(
    rows: npt.NDArray[np.int64],
    terms: Iterable[str],
    count: int,
    crosswalk: Crosswalk,
    *,
    place_of: Callable[[int], str],
    separator: str | None = None,
) -> tuple[Codes, Counter[str]]:
    """Put a list of (row, name) into one column a line of the crosswalk.

    Args:
        rows: the row that a term belongs to.
        terms: the terms, as long as `rows`.
        count: number of rows.
        crosswalk: the set's crosswalk.
        place_of: names the place of the term at a position, for messages.
        separator: parts a term's name from its qualifiers.

    Returns:
        Codes, shape (count, lines): 1 where listed, else `ABSENT`; and where the unknown names are,
        see `NamedLabels.unknown`.
    """
    values = np.full((count, len(crosswalk.lines)), ABSENT, dtype=np.int8)
    values[:, [place for place, line in enumerate(crosswalk.lines) if not line.listed]] = UNSPOKEN
    number, distinct = pd.factorize(pd.Series(list(terms), dtype=object))
    places = np.full(len(distinct), -1)
    unknown: Counter[str] = Counter()
    for which, term in enumerate(distinct):
        name, *qualifiers = str(term).split(separator) if separator else [str(term)]
        place = crosswalk.place(name, qualifiers)
        if place is None:
            there = number == which
            unknown[place_of(int(there.argmax()))] += int(there.sum())
        else:
            places[which] = place
    known = places[number] >= 0
    values[rows[known], places[number][known]] = 1
    for place, line in enumerate(crosswalk.lines):
        if line.silences:
            values[values[:, place] == 1] = BLANK
    return values, unknown


def _higher(one: Codes, other: Codes) -> Codes:
    both = np.maximum(_RANK[one + 4], _RANK[other + 4])
    higher: Codes = _BY_RANK[both]
    return higher


def stack(parts: Sequence[NamedLabels]) -> NamedLabels:
    """Put the rows of several files under each other."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    keys = pd.concat([part.keys for part in parts], ignore_index=True)
    readers = None
    if any(part.readers is not None for part in parts):
        readers = np.concatenate(
            [
                part.readers if part.readers is not None else np.full(len(part.keys), "", object)
                for part in parts
            ]
        )
    boxes = None
    if any(part.boxes is not None for part in parts):
        boxes = np.concatenate(
            [
                part.boxes if part.boxes is not None else np.zeros(len(part.keys), np.int64)
                for part in parts
            ]
        )
    unknown: Counter[str] = Counter()
    for part in parts:
        unknown.update(part.unknown or {})
    values = np.concatenate([part.values for part in parts])
    return replace(first, keys=keys, values=values, readers=readers, boxes=boxes, unknown=unknown)


def merge_rows(labels: NamedLabels) -> NamedLabels:
    """Make one row of all rows with the same id and reader; what is stated anywhere stays."""
    ids = labels.keys[labels.id_name].astype(object)
    joined = ids if labels.readers is None else ids + "\x1f" + labels.readers
    group, distinct = pd.factorize(joined)
    if len(distinct) == len(ids):
        return labels
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    ranks = np.maximum.reduceat(_RANK[labels.values + 4][order], starts, axis=0)
    first = order[starts]
    boxes = None if labels.boxes is None else np.add.reduceat(labels.boxes[order], starts)
    return replace(
        labels,
        keys=labels.keys.iloc[first].reset_index(drop=True),
        values=_BY_RANK[ranks],
        readers=None if labels.readers is None else labels.readers[first],
        boxes=boxes,
    )


def to_observations(
    values: Codes, crosswalk: Crosswalk, observations: Sequence[str], *, absent: str | None = None
) -> Codes:
    """Turn one column a line into one column an observation.

    An observation is 1 where a line that gives it says so, else -1 where one says -1, else 0
    where every line whose absence denies it is 0, else blank.

    Args:
        values: codes, shape (rows, lines).
        crosswalk: the set's crosswalk.
        observations: the observations wanted, in order.
        absent: `negative` or `unknown`, in place of the crosswalk's own.

    Returns:
        Codes, shape (rows, observations).
    """
    meaning = 0 if (absent or crosswalk.absent) == "negative" else BLANK
    values = np.where(values == ABSENT, np.int8(meaning), values)
    out = np.full((len(values), len(observations)), BLANK, dtype=np.int8)
    for number, observation in enumerate(observations):
        stating = [p for p, line in enumerate(crosswalk.lines) if observation in line.gives]
        denying = [p for p in stating if crosswalk.lines[p].denies]
        if denying:
            cells = values[:, denying]
            spoken = cells != UNSPOKEN
            out[((cells == 0) | ~spoken).all(axis=1) & spoken.any(axis=1), number] = 0
        for wanted in (-1, 1):
            for place in stating:
                given = crosswalk.lines[place].gives[observation]
                said = values[:, place]
                holds = (said == 1) & (given == wanted)
                if wanted == -1:
                    holds |= said == -1
                out[holds, number] = wanted
    return out
