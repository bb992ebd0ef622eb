"""Names across rule files: every finding, label, state set and cue that a file names exists, and only once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.errors import RulesError
from labeler.rules import assertion_schema, schema
from labeler.rules.lines import line_of
from labeler.rules.location import Layers
from labeler.rules.phrases import expand

if TYPE_CHECKING:
    from labeler.rules.cache import StoredRules


@dataclass(frozen=True, slots=True)
class Names:
    """What a label set may name: ids of findings, remarks, and names of hedges."""

    findings: frozenset[str]
    remarks: frozenset[str]
    hedges: frozenset[str]

    def __or__(self, other: "Names") -> "Names":
        return Names(
            self.findings | other.findings, self.remarks | other.remarks, self.hedges | other.hedges
        )


def names_of(
    findings: Iterable[schema.FindingsFile], cue_groups: Iterable[assertion_schema.CueFile]
) -> Names:
    """The names that the files of one language give."""
    findings, cue_groups = list(findings), list(cue_groups)
    uncertain = [group for group in cue_groups if group.value == "uncertain"]
    return Names(
        findings=frozenset(finding.id for file in findings for finding in file.findings),
        remarks=frozenset(group.group for group in cue_groups if group.remark)
        | frozenset(name for file in findings for name in file.explained_as),
        hedges=frozenset(cues.name for group in uncertain for cues in group.cues)
        | frozenset(schema.OWN_REASONS),
    )


def check_names(
    rules: "StoredRules", layers: Layers, language: str, elsewhere: Callable[[], Names]
) -> None:
    """Check what the files of a rule set say of each other.

    Label sets serve all languages, and a language need not have all that they name.

    Args:
        rules: the rule set of one language.
        layers: the rule folder.
        language: the language.
        elsewhere: gives the names of the other languages; asked only where one is missing.

    Raises:
        RulesError: a name is unknown or stands twice; the message names file and line.
    """
    files = {stem: layers.path(f"{language}/findings/{stem}.yaml") for stem in rules.findings}
    _check_findings(rules, files)
    _check_phrases(rules.findings, files)
    known = names_of(rules.findings.values(), rules.cue_groups.values())
    for name, labels in rules.label_sets.items():
        file = layers.path(f"label_sets/{name}.yaml")
        try:
            _check_label_set(labels, file, known)
        except RulesError:
            known |= elsewhere()
            _check_label_set(labels, file, known)


def _check_findings(rules: "StoredRules", files: Mapping[str, Path]) -> None:
    """Check ids, parents, rule names and state sets."""
    parents: dict[str, tuple[str, ...]] = {}
    for stem, file in rules.findings.items():
        names: set[str] = set()
        for i, finding in enumerate(file.findings):
            if finding.id in parents:
                raise RulesError(
                    f"{_at(files[stem], 'findings', i, 'id')}: finding {finding.id!r} stands twice"
                )
            parents[finding.id] = finding.parents
            for key in ("word_rules", "structures"):
                for part in getattr(finding, key):
                    if part.name in names:
                        raise RulesError(
                            f"{_at(files[stem], 'findings', i)}: two rules or structures are named "
                            f"{part.name!r}"
                        )
                    names.add(part.name)
            for k, structure in enumerate(finding.structures):
                for j, state in enumerate(structure.states):
                    if state not in rules.states.sets:
                        place = ("findings", i, "structures", k, "states", j)
                        raise RulesError(
                            f"{_at(files[stem], *place)}: structure {structure.name!r} uses state "
                            f"set {state!r}, which assertion/states.yaml does not have"
                        )
    grouping = {parent for some in parents.values() for parent in some}
    for stem, file in rules.findings.items():
        for i, finding in enumerate(file.findings):
            if not (finding.word_rules or finding.structures or finding.id in grouping):
                raise RulesError(
                    f"{_at(files[stem], 'findings', i)}: finding {finding.id!r} has no words, and is "
                    "no parent"
                )
            where = _at(files[stem], "findings", i, "parent")
            above: list[str] = [*finding.parents]
            for parent in above:
                if parent not in parents:
                    raise RulesError(f"{where}: no finding {parent!r}")
                if parent == finding.id:
                    raise RulesError(f"{where}: {parent!r} is a parent of itself")
                above += [one for one in parents[parent] if one not in above]


def _check_phrases(findings: Mapping[str, schema.FindingsFile], files: Mapping[str, Path]) -> None:
    """No two files state a finding by the same phrase, unless the words beside it choose."""
    seen: dict[str, str] = {}
    for stem, file in findings.items():
        for i, finding in enumerate(file.findings):
            for rule in finding.word_rules:
                if rule.only_with or rule.unless:
                    continue
                for option in (option for phrase in rule.phrases for option in expand(phrase)):
                    other = seen.setdefault(option.lower(), stem)
                    if other != stem:
                        raise RulesError(
                            f"{_at(files[stem], 'findings', i)}: duplicate phrase {option!r}: finding "
                            f"{finding.id!r} here, also in {files[other]}"
                        )


def _check_label_set(labels: schema.LabelSetFile, file: Path, known: Names) -> None:
    _check_no_finding(labels, file, known.findings)
    names: set[str] = set()
    for i, label in enumerate(labels.labels):
        if label.name in names:
            raise RulesError(f"{_at(file, 'labels', i, 'name')}: label {label.name!r} stands twice")
        names.add(label.name)
        no_finding = labels.no_finding.label if labels.no_finding else None
        if not (label.findings or label.possible or label.every_other or label.name == no_finding):
            raise RulesError(f"{_at(file, 'labels', i)}: label {label.name!r} has no finding")
        for key in ("findings", "without", "possible"):
            for j, finding in enumerate(getattr(label, key)):
                if finding not in known.findings:
                    raise RulesError(f"{_at(file, 'labels', i, key, j)}: no finding {finding!r}")
        for j, remark in enumerate(label.remarks):
            if remark not in known.remarks:
                raise RulesError(
                    f"{_at(file, 'labels', i, 'remarks', j)}: no remark {remark!r}; there are "
                    f"{', '.join(sorted(known.remarks)) or 'none'}"
                )
        for hedge in label.uncertain_as.hedges if label.uncertain_as else ():
            if hedge not in known.hedges:
                raise RulesError(
                    f"{_at(file, 'labels', i, 'uncertain_as', 'hedges', hedge)}: no cue is named "
                    f"{hedge!r}; the hedges are {', '.join(sorted(known.hedges))}"
                )
    for i, implication in enumerate(labels.implications):
        if implication.finding not in known.findings:
            raise RulesError(
                f"{_at(file, 'implications', i, 'finding')}: no finding {implication.finding!r}"
            )
        for name in implication.adds:
            if name not in names:
                raise RulesError(f"{_at(file, 'implications', i, 'adds')}: unknown label {name!r}")


def _check_no_finding(labels: schema.LabelSetFile, file: Path, ids: frozenset[str]) -> None:
    names = {*labels.observations}
    if labels.no_finding:
        if labels.no_finding.label not in names:
            raise RulesError(
                f"{_at(file, 'no_finding', 'label')}: unknown label {labels.no_finding.label!r}"
            )
        for i, name in enumerate(labels.no_finding.ignores):
            if name not in names | ids:
                raise RulesError(
                    f"{_at(file, 'no_finding', 'ignores', i)}: no label or finding {name!r}"
                )


def _at(path: Path, *location: int | str) -> str:
    return f"{path}:{line_of(path.read_text(encoding='utf-8-sig'), location)}"
