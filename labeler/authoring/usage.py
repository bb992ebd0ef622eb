"""Dead rules: phrases and rules that no example and no report of a corpus ever uses."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from labeler.authoring.check import (
    assertion_examples,
    attribute_examples,
    finding_examples,
    label_examples,
)
from labeler.authoring.phrasebook import Entry, Phrasebook, entries, name_of_rule
from labeler.corpus.reports import Report, label_report
from labeler.engine.labeler import Labeler
from labeler.rules.load import LANGUAGE
from labeler.rules.location import rules_folder
from labeler.text.sentences import SentenceSplitter
from labeler.text.tokens import Tokenizer


@dataclass(frozen=True, slots=True)
class Usage:
    """What was never used.

    Attributes:
        label_set: the label set looked at.
        reports: how many reports were read.
        rules: findings and structures that made no mention, by the line of their name.
        phrases: lines whose phrase is in no sentence.
    """

    label_set: str
    reports: int
    rules: tuple[Entry, ...]
    phrases: tuple[Entry, ...]


def unused(
    label_set: str,
    folder: str | Path | None,
    reports: Iterable[Report],
    language: str = LANGUAGE,
) -> Usage:
    """Find the rules and phrases that neither the examples nor a corpus use.

    A rule is used where it makes a mention; a phrase if its words are in a labelled sentence.

    Args:
        label_set: the label set to look at.
        folder: the rule folder; the one that comes with the package by default.
        reports: the corpus.
        language: the language of the reports.
    """
    root = Path(folder) if folder is not None else rules_folder()
    labeler = Labeler(label_set, root, language=language)
    rules = labeler.rules
    tokenizer = Tokenizer(rules.spelling)
    splitter = SentenceSplitter(rules.sections, rules.forms)
    book = Phrasebook(entries(rules), tokenizer)
    seen_rules: set[str] = set()
    seen: set[Entry] = set()
    known: set[str] = set()

    def read(report: Report) -> None:
        labeled = label_report(labeler, report)
        seen_rules.update(mention.rule for mention in labeled.mentions)
        for section in labeled.sections:
            text = report.section_text(section.name)
            for sentence in splitter.split(text, section.start, section.end):
                words = text[sentence.start : sentence.end]
                heading = text[sentence.heading_start : sentence.heading_end]
                line = f"{heading} : {words}" if heading else words
                if line not in known:
                    known.add(line)
                    tokens = tokenizer.tokens(line)
                    norms = [token.norm for token in tokens]
                    spelt = [line[token.start : token.end].lower() for token in tokens]
                    seen.update(entry for _, _, entry in book.find(norms, spelt))

    for example in (
        *finding_examples(rules),
        *label_examples(rules, (label_set,)),
        *assertion_examples(rules),
        *attribute_examples(rules),
    ):
        read(Report("", {"findings": example.text}))
    count = 0
    for report in reports:
        read(report)
        count += 1
    first = {entry.rule: entry for entry in reversed(book.entries) if entry.rule}
    dead = [name_of_rule(entry) for rule, entry in first.items() if rule not in seen_rules]
    return Usage(
        label_set,
        count,
        tuple(sorted(dead, key=lambda entry: (entry.file, entry.line))),
        tuple(entry for entry in book.entries if entry not in seen),
    )
