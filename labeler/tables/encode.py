"""Labels ready for training: what to do with uncertain and with empty cells.

The policies are the CheXpert paper's (Irvin et al., AAAI 2019): U-Ones, U-Zeros,
U-Ignore (the cell is left out of the loss) and U-MultiClass (uncertain is a separate class).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.tables.labels import Labels, label_frame
from labeler.tables.names import BLANK

UNCERTAIN = {"ones": 1, "zeros": 0, "ignore": BLANK, "multiclass": 2}
"""Policy -> the code that an uncertain cell gets."""
EMPTY = {"zeros": 0, "ignore": BLANK}
"""Policy -> the code that an empty cell gets."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Labels ready for training.

    Attributes:
        frame: the id column and the observations, missing where a cell is to be ignored.
        uncertain, empty: numbers of cells that were so before.
        ignored: number of cells that are missing now.
    """

    frame: pd.DataFrame
    uncertain: int
    empty: int
    ignored: int


def encode(
    table: Labels,
    *,
    uncertain: str,
    empty: str = "zeros",
    exceptions: Mapping[str, str] | None = None,
    no_finding: bool = True,
) -> Encoded:
    """Encode a label table.

    Args:
        table: the labels.
        uncertain: `ones`, `zeros`, `ignore`, or `multiclass` (0 negative, 1 positive, 2 uncertain).
        empty: `zeros` (not mentioned counts as negative, as the CheXpert paper trains) or `ignore`.
        exceptions: observation -> policy for its uncertain cells.
        no_finding: keep the No Finding column.

    Raises:
        InputError: an unknown policy or observation.
    """
    exceptions = dict(exceptions or {})
    for option, policy, allowed in [
        ("--uncertain", uncertain, UNCERTAIN),
        ("--empty", empty, EMPTY),
        *(("--except", policy, UNCERTAIN) for policy in exceptions.values()),
    ]:
        if policy not in allowed:
            raise InputError(f"{option}: {policy!r} is none of {', '.join(allowed)}")
    for name in exceptions:
        if name not in table.observations:
            raise InputError(f"--except: no observation {name!r} in {table.source}")
    kept = [n for n, name in enumerate(table.observations) if no_finding or name != "No Finding"]
    names = [table.observations[place] for place in kept]
    before = table.values[:, kept]
    values = before.copy()
    for place, name in enumerate(names):
        policy = exceptions.get(name, uncertain)
        values[before[:, place] == -1, place] = UNCERTAIN[policy]
    values[before == BLANK] = EMPTY[empty]
    ids = pd.DataFrame({table.id_name: table.ids.to_numpy()}, dtype=object)
    return Encoded(
        frame=pd.concat([ids, label_frame(values, names, ids.index)], axis=1),
        uncertain=int(np.count_nonzero(before == -1)),
        empty=int(np.count_nonzero(before == BLANK)),
        ignored=int(np.count_nonzero(values == BLANK)),
    )
