"""Runs the labeler over chunks of reports; how many processes share the work is decided here."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from labeler.errors import InputError


@dataclass(frozen=True, slots=True)
class LabelerSettings:
    """Everything a process needs to label frames by itself; can be pickled.

    Attributes:
        label_set, rules, sections: the arguments of `Labeler`.
        text: name of the frames' column of raw text, `None` where the reports are split.
        section_columns: section name -> name of the frames' column, where the reports are split.
        keep: columns to carry through.
        evidence: also give the column `evidence`.
    """

    label_set: str = "chexpert"
    rules: Path | None = None
    sections: str = "findings+impression"
    text: str | None = None
    section_columns: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    evidence: bool = False


def run(
    settings: LabelerSettings, batches: Iterable[pd.DataFrame], *, workers: int = 1
) -> Iterator[pd.DataFrame]:
    """Label frames in order; the result does not depend on the number of workers.

    Args:
        settings: what to label, and how.
        batches: the frames, taken one by one as they are needed.
        workers: number of processes.

    Yields:
        A labelled frame for each frame, in the same order, as `Labeler.label_batches` gives it.

    Raises:
        InputError: `workers` is less than 1, or the settings name what does not exist.
        RulesError: a rule file is wrong.
    """
    if workers < 1:
        raise InputError(f"--workers {workers}: at least one is needed")
    from labeler.pipeline import Labeler

    labeler = Labeler(settings.label_set, settings.rules, settings.sections)
    # What lives as long as the run need not be looked through at every collection of garbage.
    gc.freeze()
    gc.enable()
    yield from labeler.label_batches(
        batches,
        text=settings.text,
        sections=dict(settings.section_columns) or None,
        keep=settings.keep,
        evidence=settings.evidence,
    )
