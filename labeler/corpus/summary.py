"""The figures of a run over a corpus."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from labeler.writers.table import label_codes


@dataclass(slots=True)
class Summary:
    """What a run did; a resumed run counts the reports of the killed one too.

    Attributes:
        reports: rows written.
        without_text: those of them that had nothing to label.
        rejected: rows left out because they could not be read.
        left_out: reports that `only` does not ask for.
        sections: sections labelled, joined by `+` -> number of reports.
        labels: observation -> number of reports positive, negative, uncertain.
        seconds: time of this run alone.
        labelled: reports of this run alone.
        resumed: reports that a killed run had done.
        discarded: whether a killed run was overwritten.
        mentions: number of mentions, where they were asked for.
        date: the day on which the run began.
        columns: the columns read, in words; empty where the input has none.
        want_a_look: reports whose labels are doubtful, where a review file is written.
        looks: reason -> how many of them it holds for.
        passed_over: what the folders given hold that was not read, a sentence each.
    """

    reports: int = 0
    without_text: int = 0
    rejected: int = 0
    left_out: int = 0
    sections: dict[str, int] = field(default_factory=dict)
    labels: dict[str, list[int]] = field(default_factory=dict)
    seconds: float = 0.0
    labelled: int = 0
    resumed: int = 0
    discarded: bool = False
    mentions: int = 0
    date: str = ""
    columns: str = ""
    want_a_look: int = 0
    looks: dict[str, int] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, Any]:
        """The figures that a resumed run goes on from."""
        return {
            "reports": self.reports,
            "without_text": self.without_text,
            "rejected": self.rejected,
            "left_out": self.left_out,
            "sections": self.sections,
            "labels": self.labels,
            "mentions": self.mentions,
            "want_a_look": self.want_a_look,
            "looks": self.looks,
            "date": self.date,
        }

    def add(self, frame: pd.DataFrame, observations: Sequence[str], rejected: int) -> None:
        """Count a labelled frame."""
        self.reports += len(frame)
        self.labelled += len(frame)
        self.rejected += rejected
        for joined, count in Counter(frame["sections"].tolist()).items():
            if not joined:
                self.without_text += count
                continue
            name = "+".join(dict.fromkeys(joined.split("+")))
            self.sections[name] = self.sections.get(name, 0) + count
        if "evidence" in frame:
            self.mentions += sum(map(len, frame["evidence"]))
        for name, codes in label_codes(frame, observations).items():
            tally = self.labels.setdefault(name, [0, 0, 0])
            for position, value in enumerate((1, 0, -1)):
                tally[position] += int(np.count_nonzero(codes == value))
