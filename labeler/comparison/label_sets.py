"""Which label set two tables are of, from their columns."""

from collections.abc import Iterable
from pathlib import Path

from labeler.rules.label_sets import known_label_sets
from labeler.rules.load import load_rules
from labeler.rules.location import layers_of
from labeler.tables.labels import label_columns
from labeler.tables.names import fold_name


def label_set_of(
    columns: Iterable[str], rules: Path | None = None
) -> tuple[str, tuple[str, ...]] | None:
    """The label set that names most of the columns which two tables share.

    Args:
        columns: of both tables.
        rules: the rule folder; the one that comes with the package by default.

    Returns:
        Its name and its labels, or `None` where the CheXpert and the NIH label sets name as many: a label
        table is read for these anyway.
    """
    folds = {fold_name(column): column for column in columns}
    usual = len(label_columns(folds.values()))
    if usual == len(folds):
        return None
    sets = load_rules(known_label_sets(layers_of(rules)), rules).label_sets
    best: tuple[str, tuple[str, ...]] | None = None
    for name, file in sets.items():
        labels = tuple(label.name for label in file.labels)
        count = sum(fold_name(label) in folds for label in labels)
        if count > usual:
            usual, best = count, (name, labels)
    return best
