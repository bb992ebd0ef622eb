"""`examples:` of the rule files: each shows a rule at work, and each is run.

Examples are checked before the policies of labels (`uncertain_as`, `negative_as`) decide what
is written, because they show what the rules read, not how a corpus counts it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from labeler.authoring.phrase_faults import check_phrases
from labeler.engine.aggregate import View, firm
from labeler.engine.labeler import Labeler
from labeler.errors import InputError, RulesError
from labeler.mentions.matcher import VALUES
from labeler.rules.attributes import AttributeExample
from labeler.rules.label_sets import known_label_sets
from labeler.rules.lines import Location, line_of
from labeler.rules.load import RuleSet, known_languages
from labeler.rules.location import layers_of
from labeler.rules.schema import CueExample, Examples, FindingsFile, Label, LabelSetFile
from labeler.types import ATTRIBUTES, SEPARATOR

NAMES = {value: name for name, value in VALUES.items()} | {None: "none"}
"""Label value -> its name in rule files."""
SILENT = "silent"
"""Stands for No Finding where a label set is asked for."""

DOUBT = "doubt"
"""Stands for the reasons to doubt a report where a label set is asked for."""

FINDINGS = ""
"""Stands for all findings where a label set is asked for."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a rule file and what it must give.

    Attributes:
        file: the rule file.
        location: where in it the sentence stands.
        text: the sentence.
        gives: label or finding -> value; of a doubt, reason -> 1.
        view: the label set that these are labels of, or `FINDINGS`.
        exact: must the sentence give nothing else? No Finding and findings that no label takes aside.
        attribute: the attribute that the example shows, `""` where it shows values.
        says: label -> what its mentions say of the attribute.
    """

    file: Path
    location: Location
    text: str
    gives: Mapping[str, int | None]
    view: str
    exact: bool
    attribute: str = ""
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> int:
        """Line of the sentence in its file."""
        return line_of(self.file.read_text(encoding="utf-8-sig"), self.location)


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that fails."""

    example: Example
    problem: str

    def __str__(self) -> str:
        return f"{self.example.file}:{self.example.line}: {self.example.text!r}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check of a rule folder showed.

    Attributes:
        label_sets: the label sets found.
        examples: every example that was run.
        failures: those that fail.
        skipped: files whose examples name no label of any label set here.
    """

    label_sets: tuple[str, ...]
    examples: tuple[Example, ...]
    failures: tuple[Failure, ...]
    skipped: tuple[Path, ...]


class ExampleReader:
    """Reads examples by the rules of one language, as findings and by every label set of a folder.

    Args:
        folder: the rule folder.
        language: the language.
        names: the label sets.
    """

    def __init__(self, folder: Path, language: str, names: Sequence[str]) -> None:
        self._labeler = Labeler(names, folder, language=language)
        self._folder = folder
        self.rules = self._labeler.rules
        parents = self.rules.parents()
        files = self.rules.findings.values()
        labels = [Label(name=finding, findings=[finding]) for finding in parents]
        labels += [
            Label(name=family_name(file), findings=[f.id for f in file.findings]) for file in files
        ]
        every = LabelSetFile(name="findings", definition="every finding", labels=labels)
        self.views = {
            FINDINGS: View(every, parents),
            **{view.name: view for view in self._labeler.views},
        }

    def read(self, text: str, name: str) -> dict[str, int | None]:
        """What a sentence says of every label of a label set, or of every finding."""
        view = self.views[name]
        said = (
            effect
            for m in self._labeler.findings({"findings": text})
            for effect in view.effects(m.finding, m.value, m.reason, m.remarks, m.weak)
        )
        values: dict[str, set[int]] = {}
        for effect in firm(said):
            values.setdefault(view.name_of(effect), set()).add(effect.value)
        return {
            name: next((v for v in (1, -1, 0) if v in values.get(name, ())), None)
            for name in view.observations
        }

    def knows(self, name: str) -> frozenset[str]:
        """The labels that examples of a label set may name."""
        no_finding = self.rules.label_sets[name].no_finding if name != FINDINGS else None
        return frozenset(self.views[name].observations) - {no_finding.label if no_finding else ""}

    def _fails_silence(self, example: Example) -> Failure | None:
        """The same of an example of `silent.yaml`, by the first label set that asks what is understood."""
        for view in self._labeler.views:
            rule = self.rules.label_sets[view.name].no_finding
            if rule is not None and rule.judged_by == "findings":
                report = self._labeler.label_sections({"findings": example.text})
                got = report.label_sets[view.name][rule.label]
                if got == example.gives[SILENT]:
                    return None
                return Failure(example, f"{rule.label} is {NAMES[got]}")
        return None

    def _fails_doubt(self, example: Example) -> Failure | None:
        """The same of an example of `doubt.yaml`, by the first label set that asks what is understood."""
        if self._doubting is None:
            return None
        got = {*self._doubting.reviewer.raw(example.text).reasons}
        wanted = {*example.gives}
        if got == wanted:
            return None
        wrong = [f"{reason!r} is no reason" for reason in sorted(wanted - got)]
        wrong += [f"{reason!r} is a reason" for reason in sorted(got - wanted)]
        return Failure(example, "; ".join(wrong))

    @cached_property
    def _doubting(self) -> Labeler | None:
        for name, labels in self.rules.label_sets.items():
            if labels.no_finding is not None and labels.no_finding.judged_by == "findings":
                return Labeler(name, self._folder, language=self.rules.language)
        return None

    def fails(self, example: Example) -> Failure | None:
        """The failure of an example, `None` if it passes."""
        if example.view == DOUBT:
            return self._fails_doubt(example)
        if example.view == SILENT:
            return self._fails_silence(example)
        known = self.knows(example.view)
        unknown = sorted({*example.gives, *example.says} - known)
        if unknown:
            return Failure(example, f"{example.view}: unknown label or finding {unknown[0]!r}")
        if example.attribute:
            return self._says_something_else(example)
        got = self.read(example.text, example.view)
        wanted = dict(example.gives)
        if example.exact and example.view != FINDINGS:
            wanted = dict.fromkeys(known) | wanted
        wrong = [
            f"{name} should be {NAMES[wanted[name]]}, is {NAMES[got[name]]}"
            for name in got
            if name in wanted and got[name] != wanted[name]
        ]
        return Failure(example, "; ".join(wrong)) if wrong else None

    def _says_something_else(self, example: Example) -> Failure | None:
        view, place = self.views[example.view], ATTRIBUTES.index(example.attribute)
        said: dict[str, set[str]] = {}
        for m in self._labeler.findings({"findings": example.text}):
            for effect in view.effects(m.finding, m.value, m.reason, m.remarks, m.weak):
                cells = said.setdefault(view.name_of(effect), set())
                cells.update(filter(None, m.attributes[place].split(SEPARATOR)))
        wrong = []
        for name, wanted in example.says.items():
            if name not in said or said[name] != set(filter(None, wanted.split(SEPARATOR))):
                got = SEPARATOR.join(sorted(said[name])) if name in said else "not mentioned"
                wrong.append(f"{example.attribute} of {name} should be {wanted!r}, is {got!r}")
        return Failure(example, "; ".join(wrong)) if wrong else None


def silent_examples(rules: RuleSet) -> Iterator[Example]:
    """The examples of `silent.yaml`."""
    for i, example in enumerate(rules.silent.examples):
        gives = {SILENT: 1 if example.no_finding else None}
        yield Example(rules.path("silent.yaml"), ("examples", i), example.text, gives, SILENT, True)


def doubt_examples(rules: RuleSet) -> Iterator[Example]:
    """The examples of `doubt.yaml`."""
    for i, example in enumerate(rules.doubt.examples):
        gives: dict[str, int | None] = dict.fromkeys(example.reasons, 1)
        yield Example(rules.path("doubt.yaml"), ("examples", i), example.text, gives, DOUBT, True)


def family_name(file: FindingsFile) -> str:
    """What examples call all findings of a file together."""
    return f"any {file.family}"


def finding_examples(rules: RuleSet) -> Iterator[Example]:
    """The examples of the findings files: of single findings, and of any finding of a file."""
    for stem, file in rules.findings.items():
        path = rules.path("findings", f"{stem}.yaml")
        for i, finding in enumerate(file.findings):
            place = ("findings", i, "examples")
            yield from _examples(path, place, finding.examples, finding.id, FINDINGS)
        yield from _examples(path, ("examples",), file.examples, family_name(file), FINDINGS)


def label_examples(rules: RuleSet, known: Collection[str]) -> Iterator[Example]:
    """The examples of labels, for the known label sets."""
    for stem, file in rules.label_examples.items():
        path = rules.path("examples", f"{stem}.yaml")
        for label, examples in file.examples.items() if file.label_set in known else ():
            yield from _examples(path, ("examples", label), examples, label, file.label_set)


def _examples(
    file: Path, place: Location, examples: Examples, name: str, view: str
) -> Iterator[Example]:
    for kind, value in [*VALUES.items(), ("none", None)]:
        for i, text in enumerate(getattr(examples, kind)):
            yield Example(file, (*place, kind, i), text, {name: value}, view, False)


def assertion_examples(rules: RuleSet) -> Iterator[Example]:
    """The examples of the cue, state and clause files; a label set is still to be chosen for each file."""
    files: dict[Path, list[CueExample]] = {
        **{
            rules.path("assertion", f"{stem}.yaml"): group.examples
            for stem, group in rules.cue_groups.items()
        },
        rules.path("assertion", "states.yaml"): rules.states.examples,
        rules.path("forms.yaml"): rules.forms.examples,
    }
    placed: list[tuple[Path, Location, list[CueExample]]]
    placed = [(file, (), examples) for file, examples in files.items()]
    placed += [
        (rules.path("assertion", "clauses.yaml"), ("breaks", name), rule.examples)
        for name, rule in rules.clauses.breaks.items()
    ]
    clauses = rules.path("assertion", "clauses.yaml")
    placed.append((clauses, ("presupposing",), rules.clauses.presupposing.examples))
    for file, place, examples in placed:
        for i, example in enumerate(examples):
            gives = {name: VALUES[value] for name, value in example.gives.items()}
            location = (*place, "examples", i, "text")
            yield Example(file, location, example.text, gives, FINDINGS, True)


def attribute_examples(rules: RuleSet) -> Iterator[Example]:
    """The examples of a language's attribute files; a label set is still to be chosen for each file."""
    placed: list[tuple[str, Location, str, Sequence[AttributeExample]]] = [
        (f"{stem}.yaml", ("examples",), words.attribute, words.examples)
        for stem, words in rules.attributes.items()
    ]
    bound = rules.binding.examples if rules.binding is not None else {}
    for attribute, examples in bound.items():
        placed.append(("binding.yaml", ("examples", attribute), attribute, examples))
    for name, place, shows, listed in placed:
        for i, shown in enumerate(listed):
            yield Example(
                rules.path("attributes", name),
                (*place, i, "text"),
                shown.text,
                {},
                FINDINGS,
                False,
                shows,
                shown.gives,
            )


def label_sets(folder: Path) -> list[str]:
    """Names of the label sets in a rule folder.

    Raises:
        InputError: there is no such folder, or no label set in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such rule folder")
    names = known_label_sets(layers_of(folder))
    if not names:
        raise InputError(f"{folder}: no label set there: a file label_sets/NAME.yaml")
    return names


def check_rules(folder: str | Path | None = None, language: str | None = None) -> Outcome:
    """Load every label set and language of a rule folder and run every example of every rule file.

    The examples of cues and clauses are read with the label set that knows most of the labels that a file
    names.

    Args:
        folder: the rule folder; the one that comes with the package by default.
        language: only this one; all by default.

    Raises:
        InputError: there is no such folder, or no label set in it.
        RulesError: a file is not valid; the message names file, line and key.
    """
    layers = layers_of(folder)
    root = layers.top
    names = label_sets(root)
    for path in sorted(root.rglob("*.yml")):
        raise RulesError(f"{path}: is not read: rule files end in .yaml")
    run: list[Example] = []
    failures: list[Failure] = []
    skipped: list[Path] = []
    for spoken in [language] if language is not None else known_languages(layers):
        reader = ExampleReader(root, spoken, names)
        check_phrases(reader.rules)
        chosen = [*finding_examples(reader.rules), *label_examples(reader.rules, reader.views)]
        chosen += [*silent_examples(reader.rules), *doubt_examples(reader.rules)]
        by_file: dict[Path, list[Example]] = {}
        for example in (*assertion_examples(reader.rules), *attribute_examples(reader.rules)):
            by_file.setdefault(example.file, []).append(example)
        for file, examples in by_file.items():
            said = {name for example in examples for name in (*example.gives, *example.says)}
            view = max([*names, FINDINGS], key=lambda name: len(said & reader.knows(name)))
            if said & reader.knows(view):
                chosen += [replace(example, view=view) for example in examples]
            else:
                skipped.append(file)
        run += chosen
        failures += filter(None, map(reader.fails, chosen))
    return Outcome(tuple(names), tuple(run), tuple(failures), tuple(skipped))
