"""Every phrase of a rule set with its place, to show what fired to those who edit the rules."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel

from labeler.mentions.phrase_table import Words, phrase_table
from labeler.rules.attributes import AttributeFile
from labeler.rules.lines import Location, line_of
from labeler.rules.load import RuleSet, phrase_lists
from labeler.rules.phrases import expand
from labeler.rules.schema import Finding, Structure, WordRule
from labeler.text.tokens import Tokenizer

_OF_VALUES = frozenset({"values", "otherwise", "plurals", "none"})
"""The keys of an attribute file that list the words of its values, or those that are none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a rule file: a phrase as it is written there.

    Attributes:
        file: the rule file.
        location: where in it the phrase stands.
        phrase: the phrase as written, alternations included.
        role: what it is for: `finding`, `structure`, `exclude`, `preceding cue`, `state`, ...
        rule: id of the rule or structure that it belongs to, `""` for none.
        owner: what it belongs to: a family of findings, a cue group, a state set, the value of an attribute;
            `""` for none.
        as_spelt: is it matched as the text spells it, and not as its words are read ("bases")?
    """

    file: Path
    location: Location
    phrase: str
    role: str
    rule: str
    owner: str
    as_spelt: bool = False

    @property
    def line(self) -> int:
        """Line in the file."""
        return line_of(self.file.read_text(encoding="utf-8-sig"), self.location)


def entries(rules: RuleSet) -> Iterator[Entry]:
    """All phrases of the findings, cue, state, clause and attribute files, in file order."""
    for stem in rules.findings:
        yield from finding_entries(rules, stem)
    yield from assertion_entries(rules)
    yield from attribute_entries(rules)


def assertion_entries(rules: RuleSet) -> Iterator[Entry]:
    """The phrases of the cue, state and clause files."""
    for stem, group in rules.cue_groups.items():
        for location, phrases in phrase_lists(group):
            role = "pseudo cue"
            if location[0] == "cues":
                role = f"{group.cues[int(location[1])].direction} cue"
            yield from _listed(
                rules.path("assertion", f"{stem}.yaml"), location, phrases, role, "", group.group
            )
    for name in ("states", "clauses"):
        model: BaseModel = getattr(rules, name)
        for location, phrases in phrase_lists(model):
            role = "state" if location[0] == "sets" else str(location[0]).replace("_", " ")
            owner = ".".join(map(str, location[1:]))
            file = rules.path("assertion", f"{name}.yaml")
            yield from _listed(file, location, phrases, role, "", owner)


def attribute_entries(rules: RuleSet) -> Iterator[Entry]:
    """The phrases of the attribute files; those of values have the attribute as their role."""
    files: dict[str, BaseModel] = {**rules.attributes}
    if rules.binding is not None:
        files["binding"] = rules.binding
    for stem, model in files.items():
        path = rules.path("attributes", f"{stem}.yaml")
        for location, phrases in phrase_lists(model):
            kind, owner = str(location[0]), str(location[-1])
            role = owner.replace("_", " ")
            if isinstance(model, AttributeFile) and kind in _OF_VALUES:
                role = model.attribute
            listed = _listed(path, location, phrases, role, "", owner)
            yield from (replace(entry, as_spelt=kind == "plurals") for entry in listed)


def finding_entries(rules: RuleSet, stem: str) -> Iterator[Entry]:
    """The phrases of one findings file."""
    path = rules.path("findings", f"{stem}.yaml")
    file = rules.findings[stem]
    for location, phrases in phrase_lists(file):
        role, rule = str(location[0]).replace("_", " "), ""
        if location[0] == "explained_as":
            role = "explained by"
        elif location[0] == "findings":
            last = str(location[-1])
            finding = file.findings[int(location[1])]
            part: Finding | WordRule | Structure = finding
            if len(location) > 3:
                part = getattr(finding, str(location[2]))[int(location[3])]
            is_structure = isinstance(part, Structure)
            rule = f"{stem}:{part.id if isinstance(part, Finding) else part.name}"
            role = "structure" if is_structure else "finding"
            if last in ("abnormal", "normal", "unclear", "hidden"):
                role = f"{last} state"
            elif last != "phrases":
                role = last.replace("_", " ")
        yield from _listed(path, location, phrases, role, rule, file.family)


def name_of_rule(entry: Entry) -> Entry:
    """The line with the name of the finding, rule or structure that a phrase belongs to."""
    deeper = entry.location[2:3] in (("rules",), ("structures",))
    place = (*entry.location[:4], "name") if deeper else (*entry.location[:2], "id")
    return replace(entry, location=place, phrase=entry.rule.partition(":")[2])


def _listed(
    file: Path, location: Location, phrases: Sequence[str], role: str, rule: str, owner: str
) -> Iterator[Entry]:
    for i, phrase in enumerate(phrases):
        yield Entry(file, (*location, i), phrase, role, rule, owner)


class Phrasebook:
    """Finds in a text which lines of the rule files have a phrase there.

    Args:
        listed: the lines to look for.
        tokenizer: the tokenizer of the rule set.
    """

    def __init__(self, listed: Iterable[Entry], tokenizer: Tokenizer) -> None:
        self.entries = tuple(listed)
        self._of: dict[Words, list[Entry]] = {}
        spelt: dict[Words, list[Entry]] = {}
        for entry in self.entries:
            for option in expand(entry.phrase):
                words = tuple(token.norm for token in tokenizer.tokens(option))
                table = self._of
                if entry.as_spelt:
                    table, words = spelt, tuple(option.lower().split())
                if words and entry not in table.setdefault(words, []):
                    table[words].append(entry)
        self._table = phrase_table(self._of)
        self._spelt = phrase_table(spelt)

    def of(self, words: Words) -> Sequence[Entry]:
        """The lines that stand for exactly these normalised words."""
        return self._of.get(words, ())

    def find(self, words: Sequence[str], spelt: Sequence[str]) -> Iterator[tuple[int, int, Entry]]:
        """(start, end, line) of every phrase in a sentence's words, in tokens, in text order.

        Args:
            words: its normalised tokens.
            spelt: the same tokens as the text spells them, in lower case.
        """
        found = [*self._table.find(words), *self._spelt.find(spelt)]
        for entries, start, end in sorted(found, key=lambda hit: hit[1:]):
            for entry in entries:
                yield start, end, entry
