"""Why a report has its labels: the sentences that made each, and the rule lines that fired."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from labeler.authoring.phrasebook import (
    Entry,
    Phrasebook,
    assertion_entries,
    finding_entries,
    name_of_rule,
)
from labeler.corpus.reports import Report, label_report
from labeler.engine.labeler import Labeler
from labeler.engine.languages import AutoLabeler
from labeler.explanation.marks import Block, Marked, describe
from labeler.mentions.matcher import VALUES
from labeler.rules.load import RuleSet
from labeler.rules.schema import Label, LabelSetFile
from labeler.text.tokens import Tokenizer
from labeler.types import ATTRIBUTES, LabeledReport, Mention, cell

NAMES: dict[int | None, str] = {
    1: "positive",
    0: "negative",
    -1: "uncertain",
    None: "not mentioned",
}
"""Label value -> its name for people."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A mention with the lines of the rule files that found and judged it.

    Attributes:
        number: the mention's number in the report, from 1.
        mention: the mention.
        mark: its place in its block.
        rule: the line whose phrase found it.
        cue: the line whose phrase decided its value, `None` where it states itself.
        hidden: does the observation only prevent No Finding?
    """

    number: int
    mention: Mention
    mark: Marked
    rule: Entry
    cue: Entry | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class LabelReason:
    """A label and what made it.

    Attributes:
        observation: its name; with several label sets with its set's, as in a mention.
        value: 1, 0 or -1.
        made_by: the mentions that decided the value.
        outvoted: mentions of the observation with another value.
        note: a rule of the label set that decided, `""` where the mentions did.
    """

    observation: str
    value: int
    made_by: tuple[Reason, ...]
    outvoted: tuple[Reason, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A report with the reasons for its labels.

    Attributes:
        report: the labelled report.
        blocks: the report's text in order; the sections that were not labelled have no name.
        reasons: every mention, in text order.
        labels: the labels that are not empty, in output order; of all label sets.
    """

    report: LabeledReport
    blocks: tuple[Block, ...]
    reasons: tuple[Reason, ...]
    labels: tuple[LabelReason, ...]


class Explainer:
    """Explains reports.

    Args:
        labeler: the labeler whose labels are to be explained.
    """

    def __init__(self, labeler: Labeler) -> None:
        self._labeler = labeler
        self._rules: RuleSet = labeler.rules
        tokenizer = Tokenizer(self._rules.spelling)
        self._tokenizer = tokenizer
        self._book_of = lru_cache(maxsize=None)(self._make_book)
        self._explainer_of = lru_cache(maxsize=None)(Explainer)

    def __call__(self, report: Report | str) -> Explanation:
        """Label a report, raw text or split, and say why."""
        if isinstance(report, str):
            report = Report("", report)
        if isinstance(self._labeler, AutoLabeler):
            texts = [report.text] if isinstance(report.text, str) else report.text.values()
            return self._explainer_of(self._labeler.reader(texts))(report)
        labeled = label_report(self._labeler, report)
        blocks, marks = mark_blocks(report, labeled)
        labels = labeled.named_labels
        reasons = tuple(
            Reason(
                number,
                mention,
                mark,
                self._rule_line(mention),
                self._cue_line(mention),
                mention.observation not in labels,
            )
            for number, (mention, mark) in enumerate(zip(labeled.mentions, marks, strict=True), 1)
        )
        return Explanation(labeled, blocks, reasons, tuple(self._labels(labeled, reasons)))

    def _make_book(self, stem: str) -> Phrasebook:
        """The lines of one observation file; without a stem those of cues and states."""
        if stem:
            return Phrasebook(finding_entries(self._rules, stem), self._tokenizer)
        return Phrasebook(assertion_entries(self._rules), self._tokenizer)

    def _words(self, text: str) -> tuple[str, ...]:
        return tuple(token.norm for token in self._tokenizer.tokens(text))

    def _rule_line(self, mention: Mention) -> Entry:
        stem = mention.rule.partition(":")[0]
        book = self._book_of(stem)
        for entry in book.of(self._words(mention.text)):
            if entry.rule == mention.rule and entry.role in ("finding", "structure"):
                return entry
        # The words were read differently in their sentence: the rule itself is the best there is.
        return name_of_rule(next(entry for entry in book.entries if entry.rule == mention.rule))

    def _cue_line(self, mention: Mention) -> Entry | None:
        if not mention.cue:
            return None
        words = self._words(mention.cue)
        stem = mention.rule.partition(":")[0]
        own = [
            entry
            for entry in self._book_of(stem).of(words)
            if entry.rule == mention.rule and entry.role.endswith(" state")
        ]
        groups = {
            group.group
            for group in self._rules.cue_groups.values()
            if VALUES.get(group.value) == mention.value
        }
        ahead = mention.cue_start < mention.start
        shared = self._book_of("").of(words)
        cues = [
            entry
            for entry in shared
            if entry.owner in groups
            and (entry.role in ("preceding cue", "following cue", "alternative cue"))
        ]
        fitting = [e for e in cues if (e.role == "preceding cue") == ahead]
        states = [entry for entry in shared if entry.role == "state"]
        return next(iter([*own, *fitting, *cues, *states, *shared]), None)

    def _labels(self, labeled: LabeledReport, reasons: Sequence[Reason]) -> list[LabelReason]:
        out = []
        places = [
            (labels, label) for labels in self._rules.label_sets.values() for label in labels.labels
        ]
        for (observation, value), (labels, label) in zip(
            labeled.named_labels.items(), places, strict=True
        ):
            if value is None:
                continue
            of = [reason for reason in reasons if reason.mention.observation == observation]
            made = tuple(reason for reason in of if reason.mention.value == value)
            note = ""
            if not made:
                own = f"{labels.name}:" if len(labeled.label_sets) > 1 else ""
                in_set = [r for r in reasons if r.mention.observation.startswith(own)]
                made, note = _declared(labels, label, value, of, in_set)
            deciding = {reason.number for reason in made}
            rest = tuple(reason for reason in of if reason.number not in deciding)
            out.append(LabelReason(observation, value, made, rest, note))
        return out


def _declared(
    labels: LabelSetFile,
    label: Label,
    value: int,
    of: Sequence[Reason],
    reasons: Sequence[Reason],
) -> tuple[tuple[Reason, ...], str]:
    """What a label owes to the label set's own rules."""
    if labels.no_finding is not None and label.name == labels.no_finding.label:
        return (), "no abnormality is stated or hedged in the text"
    for implication in labels.implications:
        if VALUES.get(implication.adds.get(label.name, "")) != value:
            continue
        when = {VALUES[assertion] for assertion in implication.when}
        made = tuple(
            reason
            for reason in reasons
            if reason.mention.finding == implication.finding and reason.mention.value in when
        )
        if made:
            return made, f"implied by {implication.finding} (label_sets/{labels.name}.yaml)"
    if label.uncertain_as:
        made = tuple(reason for reason in of if reason.mention.value == -1)
        return made, (
            f"by its hedge it counts as {NAMES[value]} (uncertain_as in {labels.name}.yaml)"
        )
    return (), ""


def mark_blocks(report: Report, labeled: LabeledReport) -> tuple[tuple[Block, ...], list[Marked]]:
    """The report's text as blocks, and the place of each mention in its block."""
    spans: list[tuple[str, str, int, int]] = []
    if isinstance(report.text, str):
        at = 0
        for section in labeled.sections:
            spans.append(("", report.text, at, section.start))
            spans.append((section.name, report.text, section.start, section.end))
            at = section.end
        spans.append(("", report.text, at, len(report.text)))
    else:
        used = {section.name for section in labeled.sections}
        spans = [
            (name if name in used else "", text, 0, len(text)) for name, text in report.text.items()
        ]
    marks: dict[int, Marked] = {}
    blocks = []
    places: dict[str, list[int]] = {}
    for i, mention in enumerate(labeled.mentions):
        places.setdefault(mention.section, []).append(i)
    for of in places.values():
        of.sort(key=lambda i: labeled.mentions[i].start)
    for name, text, start, end in spans:
        of = places.get(name, []) if name else []
        first, last = (
            bisect_left(of, bound, key=lambda i: labeled.mentions[i].start)
            for bound in (start, end)
        )
        inside = []
        for i in sorted(of[first:last]):
            marks[i] = _mark(labeled.mentions[i], start)
            inside.append(marks[i])
        if text[start:end].strip():
            blocks.append(Block(name, text[start:end], tuple(inside)))
    return tuple(blocks), [marks[i] for i in range(len(labeled.mentions))]


def _mark(mention: Mention, base: int) -> Marked:
    mark = Marked(
        start=mention.start - base,
        end=mention.end - base,
        observation=mention.observation,
        value=mention.value,
        cue=mention.cue,
        cue_start=-1,
        cue_end=-1,
        rule=mention.rule,
        attributes=describe({name: cell(mention, name) for name in ATTRIBUTES}),
    )
    if mention.cue_start < 0:
        return mark
    return replace(mark, cue_start=mention.cue_start - base, cue_end=mention.cue_end - base)
