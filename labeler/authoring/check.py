"""`examples:` of the rule files: each shows a rule at work, and each is run.

Examples are checked before the policies of a label set (`uncertain_as`, `negative_as`) decide what
is written, because they show what the rules read, not how a corpus counts it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from labeler.engine.aggregate import Aggregator
from labeler.engine.labeler import Labeler
from labeler.errors import InputError
from labeler.mentions.matcher import VALUES
from labeler.rules.lines import Location, line_of
from labeler.rules.load import LANGUAGE, RuleSet
from labeler.rules.location import rules_folder
from labeler.rules.schema import CueExample

NAMES = {value: name for name, value in VALUES.items()} | {None: "none"}
"""Label value -> its name in rule files."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a rule file and what it must give.

    Attributes:
        file: the rule file.
        location: where in it the sentence stands.
        text: the sentence.
        gives: observation -> value.
        exact: must the sentence give nothing else? Hidden observations and No Finding aside.
    """

    file: Path
    location: Location
    text: str
    gives: Mapping[str, int | None]
    exact: bool

    @property
    def line(self) -> int:
        """Line of the sentence in its file."""
        return line_of(self.file.read_text(encoding="utf-8-sig"), self.location)


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold."""

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
        failures: those that do not hold.
        skipped: files whose examples speak of no observation of any label set here.
    """

    label_sets: tuple[str, ...]
    examples: tuple[Example, ...]
    failures: tuple[Failure, ...]
    skipped: tuple[Path, ...]


class ExampleReader:
    """Reads examples by the rules of one label set."""

    def __init__(self, label_set: str, folder: Path) -> None:
        self._labeler = Labeler(label_set, folder)
        self.rules = self._labeler.rules
        labels = self.rules.label_set
        self._aggregate = Aggregator(
            labels.model_copy(
                update={
                    "observations": [*labels.observations, *labels.hidden],
                    "uncertain_as": {},
                    "negative_as": "negative",
                    "no_finding": None,
                }
            )
        )
        self.hidden = frozenset(labels.hidden)
        named = labels.no_finding
        self.observations = frozenset(self._aggregate.observations) - {named.label if named else ""}

    def read(self, text: str) -> dict[str, int | None]:
        """Every observation of the label set, hidden ones too, and what the sentence says of it."""
        report = self._labeler.label_sections({"findings": text})
        said = ((m.observation, m.rule, m.value, "") for m in report.mentions)
        return self._aggregate(said, says=True)

    def fails(self, example: Example) -> Failure | None:
        """The failure of an example, `None` where it holds."""
        unknown = sorted(set(example.gives) - self.observations)
        if unknown:
            return Failure(example, f"unknown observation {unknown[0]!r}")
        got = self.read(example.text)
        wanted = dict(example.gives)
        if example.exact:
            wanted = {name: wanted.get(name) for name in self.observations - self.hidden} | wanted
        wrong = [
            f"{name} should be {NAMES[wanted[name]]}, is {NAMES[got[name]]}"
            for name in got
            if name in wanted and got[name] != wanted[name]
        ]
        return Failure(example, "; ".join(wrong)) if wrong else None


def observation_examples(rules: RuleSet, home: Path) -> Iterator[Example]:
    """The examples of a label set's observation files; `home` is its folder."""
    for stem, observation in rules.observations.items():
        file = home / rules.label_set.observation_files / f"{stem}.yaml"
        for kind, value in [*VALUES.items(), ("none", None)]:
            for i, text in enumerate(getattr(observation.examples, kind)):
                yield Example(
                    file, ("examples", kind, i), text, {observation.observation: value}, False
                )


def assertion_examples(rules: RuleSet) -> Iterator[Example]:
    """The examples of a label set's cue, state and clause files, shared ones and its own."""
    folder = rules.folder / LANGUAGE / "assertion"
    placed: list[tuple[Path, Location, list[CueExample]]]
    files: dict[Path, list[CueExample]] = {
        **{
            rules.folder / rules.cue_files[stem]: group.examples
            for stem, group in rules.cue_groups.items()
        },
        folder / "states.yaml": rules.states.examples,
        folder.parent / "forms.yaml": rules.forms.examples,
    }
    placed = [(file, (), examples) for file, examples in files.items()]
    placed += [
        (folder / "clauses.yaml", ("breaks", name), rule.examples)
        for name, rule in rules.clauses.breaks.items()
    ]
    for file, place, examples in placed:
        for i, example in enumerate(examples):
            gives = {name: VALUES[value] for name, value in example.gives.items()}
            yield Example(file, (*place, "examples", i, "text"), example.text, gives, True)


def label_sets(folder: Path) -> list[str]:
    """Names of the label sets in a rule folder.

    Raises:
        InputError: there is no such folder, or no label set in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such rule folder")
    names = sorted(path.parent.name for path in folder.glob("*/labelset.yaml"))
    if not names:
        raise InputError(f"{folder}: no label set there: a folder with a labelset.yaml in it")
    return names


def check_rules(folder: str | Path | None = None) -> Outcome:
    """Load every label set of a rule folder and run every example of every rule file.

    The files that label sets share are read with the label set that knows most of the observations
    that their examples name.

    Args:
        folder: the rule folder; the one that comes with the package by default.

    Raises:
        InputError: there is no such folder, or no label set in it.
        RulesError: a file is not valid; the message names file, line and key.
    """
    root = Path(folder) if folder is not None else rules_folder()
    names = label_sets(root)
    readers = [ExampleReader(name, root) for name in names]
    run: list[Example] = []
    failures: list[Failure] = []
    for name, reader in zip(names, readers, strict=True):
        for example in observation_examples(reader.rules, root / name):
            run.append(example)
            failures += filter(None, [reader.fails(example)])
    by_file: dict[Path, list[Example]] = {}
    users: dict[Path, list[ExampleReader]] = {}
    for reader in readers:
        mine: dict[Path, list[Example]] = {}
        for example in assertion_examples(reader.rules):
            mine.setdefault(example.file, []).append(example)
        for file in mine:
            users.setdefault(file, []).append(reader)
        by_file |= mine
    skipped = []
    for file, examples in by_file.items():
        said = {name for example in examples for name in example.gives}
        reader = max(users[file], key=lambda r: len(said & r.observations))
        if not said & reader.observations:
            skipped.append(file)
            continue
        run += examples
        failures += filter(None, map(reader.fails, examples))
    return Outcome(tuple(names), tuple(run), tuple(failures), tuple(skipped))
