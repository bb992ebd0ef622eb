"""What a page shows of a labelled corpus: counts of all reports, text and evidence of some."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from labeler.corpus.reports import Report, doubt_report, label_report
from labeler.engine.doubt import Doubt
from labeler.engine.labeler import Labeler
from labeler.explanation.explain import mark_blocks
from labeler.explanation.marks import Block
from labeler.types import LabeledReport


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report of the sample, marked up."""

    id: str
    labels: Mapping[str, int | None]
    blocks: tuple[Block, ...]
    doubt: Doubt


@dataclass(slots=True)
class CorpusView:
    """The figures and the sample.

    Attributes:
        reports: how many reports the corpus has.
        without_text: those of them that had nothing to label.
        counts: observation -> number of reports positive, negative, uncertain.
        sections: sections labelled, joined by `+` -> number of reports.
        mentions: (observation, value, words in lower case) -> how often, in the sample.
        cues: (value, words in lower case) -> how often, in the sample.
        shown: the sample, in the corpus' order.
    """

    reports: int = 0
    without_text: int = 0
    counts: dict[str, list[int]] = field(default_factory=dict)
    sections: Counter[str] = field(default_factory=Counter)
    mentions: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    cues: Counter[tuple[int, str]] = field(default_factory=Counter)
    shown: list[ShownReport] = field(default_factory=list)


def view_corpus(
    labeler: Labeler,
    reports: Iterable[Report],
    *,
    total: int,
    sample: int,
    seed: int = 0,
    counts: Mapping[str, Sequence[int]],
    sections: Mapping[str, int],
    without_text: int,
    fits: Callable[[LabeledReport], bool] | None = None,
) -> CorpusView:
    """Mark up a random sample of a corpus that has been labelled.

    Args:
        labeler: labels the sample as the corpus was labelled.
        reports: the corpus once more.
        total: how many reports it has; of those that fit, with `fits`.
        sample: how many to show; all where it has fewer.
        seed: picks the sample; the same seed, the same reports.
        counts: observation -> positive, negative and uncertain reports, of the whole corpus.
        sections: sections labelled -> reports, of the whole corpus.
        without_text: reports with nothing to label.
        fits: which reports of `reports` count; all by default. Each report is then labelled again, up to
            the last one shown.
    """
    view = CorpusView(
        reports=total,
        without_text=without_text,
        counts={name: list(of) for name, of in counts.items()},
        sections=Counter(sections),
    )
    chosen = set(range(total))
    if sample < total:
        chosen = set(random.Random(seed).sample(range(total), sample))
    last = max(chosen, default=-1)
    position = -1
    for report in reports:
        labeled = None
        if fits is not None:
            labeled = label_report(labeler, report)
            if not fits(labeled):
                continue
        position += 1
        if position > last:
            break
        if position not in chosen:
            continue
        labeled = labeled or label_report(labeler, report)
        labels = labeled.named_labels
        blocks, _ = mark_blocks(report, labeled)
        doubt = doubt_report(labeler, report)
        view.shown.append(ShownReport(report.id, labels, blocks, doubt))
        for mention in labeled.mentions:
            if mention.observation not in labels:
                continue  # hidden: it only prevents No Finding
            words = " ".join(mention.text.lower().split())
            view.mentions[mention.observation, mention.value, words] += 1
            if mention.cue:
                view.cues[mention.value, " ".join(mention.cue.lower().split())] += 1
    return view
