"""Report text in, labels and evidence out: the three stages behind one object."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from labeler.types import LabeledReport


class Labeler:
    """Labels reports by the rules of one label set.

    Args:
        label_set: name of a folder of rule files, `"chexpert"` or `"chestxray14"`.
        rules: folder with the rule files; the ones that come with the package by default.
        sections: the policy that picks the sections to label.
        cache_size: how many distinct sentences' results are remembered; 0 remembers none.

    Raises:
        RulesError: a rule file is wrong.
        InputError: there is no such label set or section policy.
    """

    def __init__(
        self,
        label_set: str = "chexpert",
        rules: str | Path | None = None,
        sections: str = "findings+impression",
        *,
        cache_size: int = 200_000,
    ) -> None:
        raise NotImplementedError

    @property
    def observations(self) -> tuple[str, ...]:
        """The label set's observations in output order."""
        raise NotImplementedError

    def label(self, text: str) -> LabeledReport:
        """Label one report's raw text; offsets of the mentions count into `text`."""
        raise NotImplementedError

    def label_sections(self, sections: Mapping[str, str]) -> LabeledReport:
        """Label a report that is already split; offsets count into the section's own text."""
        raise NotImplementedError

    def label_batches(
        self,
        batches: Iterable[pd.DataFrame],
        *,
        text: str | None = None,
        sections: Mapping[str, str] | None = None,
        keep: Iterable[str] = (),
        evidence: bool = False,
    ) -> Iterator[pd.DataFrame]:
        """Label frames of reports one after the other, with constant memory.

        Args:
            batches: frames with either a column of raw report text or a column for each section.
            text: name of the raw text column.
            sections: section name -> column name, e.g. `{"findings": "findings"}`.
            keep: columns to carry through unchanged, ids usually.
            evidence: also give a column `evidence`, for each report a list of dicts with the keys of `Mention`
                and `sentence` (its text).

        Yields:
            A frame for each frame, on its index: the kept columns, the observations as nullable `Int8`
            (1, 0, -1, missing), and `sections`, the names of the sections labelled joined by `+`
            (`""` for a report without text).
        """
        raise NotImplementedError

    def label_frame(self, frame: pd.DataFrame, **columns: Any) -> pd.DataFrame:
        """Label a frame; gives the observations' columns on the same index."""
        raise NotImplementedError
