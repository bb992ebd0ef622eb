"""The reports that a person is to label, in the order in which they are shown."""

import hashlib
import heapq
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from labeler.corpus.reports import Report, Reports, label_report
from labeler.engine.labeler import Labeler
from labeler.errors import InputError
from labeler.explanation.explain import mark_blocks
from labeler.explanation.marks import Block
from labeler.tables.files import read_frame
from labeler.tables.labels import id_strings
from labeler.tables.names import key_columns

MANY = 2000
"""More reports than this make a page that browsers are slow with."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """How doubtful a report's labels are, from a review queue.

    Attributes:
        value: 0 (none) to 1.
        reasons: why, `""` where the queue does not say.
    """

    value: float
    reasons: str


@dataclass(frozen=True, slots=True)
class SheetReport:
    """A report to label.

    Attributes:
        id: its id, the parts of several id columns joined by `/`.
        key: its id, a part an id column.
        digest: names the report and the observations asked about, whatever page they are on.
        blocks: its text, a section each; with the machine's mentions, or without.
        labels: the machine's labels; `None` in a blind sheet.
        doubt: from the review queue; `None` in a blind sheet, and where the queue lacks the report.
    """

    id: str
    key: tuple[str, ...]
    digest: str
    blocks: tuple[Block, ...]
    labels: Mapping[str, int | None] | None
    doubt: Doubt | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The reports to label.

    Attributes:
        id_names: the id columns of the corpus.
        observations: what is asked about each report.
        no_finding: the observation that is positive or not mentioned, never anything else.
        blind: are the machine's labels left out?
        total: how many reports the corpus has.
        reports: those to label, in order.
        by_doubt: are they the most doubtful ones, or else a random sample (or all)?
    """

    id_names: tuple[str, ...]
    observations: tuple[str, ...]
    no_finding: str | None
    blind: bool
    total: int
    reports: tuple[SheetReport, ...]
    by_doubt: bool


def make_sheet(
    labeler: Labeler,
    corpus: Reports,
    *,
    blind: bool = False,
    review: Path | None = None,
    sample: int = MANY,
    seed: int = 0,
) -> Sheet:
    """Choose the reports to label and mark them up.

    Args:
        labeler: gives the observations and, unless blind, the machine's labels and evidence.
        corpus: the reports; read once, of which no more than `sample` are kept in memory.
        blind: leave out the machine's labels, evidence and doubts.
        review: a table `id,doubt,reasons`: the most doubtful reports are taken, and come first.
        sample: how many reports at most. Without `review` they are drawn at random and stay in the
            corpus' order.
        seed: picks the random sample; the same seed, the same reports.

    Raises:
        InputError: the corpus or the review queue is wrong, or they share no report.
    """
    doubts = _read_doubts(review, corpus.id_names) if review is not None else None
    draw = random.Random(seed)
    total = met = 0

    def ranked() -> Iterator[tuple[float, int, Report]]:
        nonlocal total, met
        for position, report in enumerate(corpus.reports):
            total += 1
            if doubts is None:
                rank = draw.random()
            else:
                met += report.key in doubts
                rank = doubts[report.key].value if report.key in doubts else -1.0
            yield rank, -position, report

    # Positions differ, so that reports themselves are never compared.
    chosen = heapq.nlargest(sample, ranked())
    if doubts is None:
        chosen.sort(key=lambda item: -item[1])
    elif not met:
        raise InputError(f"{review}: none of its ids is an id of the reports; name them with --id")
    observations = labeler.observations
    no_finding = labeler.rules.label_set.no_finding
    return Sheet(
        id_names=corpus.id_names,
        observations=observations,
        no_finding=no_finding.label if no_finding is not None else None,
        blind=blind,
        total=total,
        reports=tuple(
            _mark_up(labeler, report, blind, None if doubts is None else doubts.get(report.key))
            for _, _, report in chosen
        ),
        by_doubt=doubts is not None,
    )


def _mark_up(labeler: Labeler, report: Report, blind: bool, doubt: Doubt | None) -> SheetReport:
    labeled = label_report(labeler, report)
    blocks, _ = mark_blocks(report, labeled)
    shown = tuple(
        replace(
            block,
            mentions=()
            if blind
            else tuple(mark for mark in block.mentions if mark.observation in labeled.labels),
        )
        for block in blocks
    )
    text = report.text if isinstance(report.text, str) else list(report.text.items())
    said = json.dumps([labeler.observations, report.parts, text])
    return SheetReport(
        id=report.id,
        key=report.parts,
        digest=hashlib.sha256(said.encode()).hexdigest()[:20],
        blocks=shown,
        labels=None if blind else labeled.labels,
        doubt=None if blind else doubt,
    )


def _read_doubts(path: Path, id_names: tuple[str, ...]) -> dict[str, Doubt]:
    frame = read_frame(path)
    keys = key_columns(id_names)
    names = keys if set(keys) <= set(frame.columns) else ("id",)
    for name in (*names, "doubt"):
        if name not in frame.columns:
            raise InputError(
                f"{path}: no column {name!r}; a review queue has the columns id, doubt, reasons"
            )
    ids = id_strings(frame, names, source=path)
    reasons = frame["reasons"].fillna("") if "reasons" in frame.columns else [""] * len(frame)
    doubts = {}
    for row, (id_, cell, reason) in enumerate(zip(ids, frame["doubt"], reasons, strict=True), 1):
        try:
            value = float(cell)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise InputError(f"{path}: row {row}: doubt must be a number from 0 to 1")
        doubts[id_] = Doubt(value, str(reason))
    return doubts
