"""What a change of the rules changes: the reports whose labels differ, and the mentions that cause it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labeler.corpus.reports import Report, label_report
from labeler.engine.labeler import Labeler
from labeler.types import Mention

_Key = tuple[str, int, str, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """A label of a report that differs.

    Attributes:
        id: of the report.
        label: the label.
        before, after: its value by the old and by the new rules.
        lost: mentions of the label that only the old rules make, or make with this value.
        gained: those that only the new ones make.
    """

    id: str
    label: str
    before: int | None
    after: int | None
    lost: tuple[Mention, ...]
    gained: tuple[Mention, ...]


def rule_changes(
    old: str | Path | None,
    new: str | Path | None,
    reports: Iterable[Report],
    label_set: str = "chexpert",
) -> Iterator[Change]:
    """Label reports by two rule folders and give each label that differs.

    Args:
        old, new: rule folders; `None` is the package's own.
        reports: the corpus.
        label_set: the label set, which both have.
    """
    before, after = Labeler(label_set, old), Labeler(label_set, new)
    for report in reports:
        one, other = label_report(before, report), label_report(after, report)
        for label in dict.fromkeys((*one.labels, *other.labels)):
            values = one.labels.get(label), other.labels.get(label)
            if values[0] == values[1]:
                continue
            lost, gained = _of(one.mentions, label), _of(other.mentions, label)
            yield Change(
                report.id,
                label,
                *values,
                lost=tuple(m for key, m in lost.items() if key not in gained),
                gained=tuple(m for key, m in gained.items() if key not in lost),
            )


def _of(mentions: Iterable[Mention], label: str) -> dict[_Key, Mention]:
    return {
        (m.section, m.value, m.cue, m.start, m.end): m for m in mentions if m.observation == label
    }
