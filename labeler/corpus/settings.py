"""What the worker processes of a run are told."""

from pathlib import Path

from labeler.corpus.workers import LabelerSettings
from labeler.readers import Columns
from labeler.readers.records import TEXT_COLUMN, section_column
from labeler.writers.table import Layout


def run_settings(
    columns: Columns,
    layout: Layout,
    sections: str,
    label_set: str,
    rules: str | Path | None,
    evidence: bool,
    review: bool,
) -> LabelerSettings:
    """The settings for a run over these columns, by the options of `label_corpus`."""
    keep = dict.fromkeys(layout.keep(columns))
    if evidence or review or layout.mentions:
        keep |= dict.fromkeys(columns.id_columns)
    return LabelerSettings(
        label_set=label_set,
        rules=Path(rules) if rules is not None else None,
        sections=sections,
        text=TEXT_COLUMN if columns.text is not None else None,
        section_columns={name: section_column(name) for name in columns.sections},
        keep=tuple(keep),
        evidence=evidence,
    )
