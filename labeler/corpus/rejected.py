"""The list of the rows that a run left out."""

from collections.abc import Sequence

from labeler.readers import Rejection
from labeler.writers.formats import csv_cell, defuse

_COLUMNS = ("file", "row", "line", "byte", "column", "reason")


def rejected_csv(rejected: Sequence[Rejection], first: bool) -> bytes:
    """Rows of the list, the header before the first ones."""
    lines = [",".join(_COLUMNS)] if first else []
    for r in rejected:
        cells = (r.file, r.row or "", r.line, r.byte, r.column, r.reason)
        lines.append(",".join("" if c is None else csv_cell(defuse(str(c))) for c in cells))
    return "".join(line + "\n" for line in lines).encode("utf-8", "replace")
