"""The tables of several label sets that one reading makes: a file and a frame for each."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from labeler.writers.formats import Format


def file_of(path: Path, form: Format, name: str) -> Path:
    """The file of one label set's table: `labels.vindr.csv` for `labels.csv`."""
    return path.with_name(
        f"{path.name[: -len(form.suffix)]}.{name}{path.name[-len(form.suffix) :]}"
    )


def part_of(
    frame: pd.DataFrame, observations: Sequence[str], label_set: str
) -> tuple[pd.DataFrame, list[str]]:
    """The frame as one of several label sets alone would give it, and the set's labels."""
    if not label_set:
        return frame, list(observations)
    head = f"{label_set}:"
    mine = {name: name[len(head) :] for name in observations if name.startswith(head)}
    others = [name for name in observations if name not in mine]
    part = frame.drop(columns=others).rename(columns=mine)
    if "evidence" in part:
        mine_alone = [
            [
                {**mention, "observation": mention["observation"][len(head) :]}
                for mention in mentions
                if mention["observation"].startswith(head)
            ]
            for mentions in part["evidence"]
        ]
        part["evidence"] = pd.Series(mine_alone, index=part.index, dtype=object)
    return part, [*mine.values()]
