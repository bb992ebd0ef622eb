"""Stage 1, mention extraction: a sentence's tokens -> the rule phrases that stand in it.

All phrases of all rules are found in one pass; a phrase that several rules share is matched once and
stands for all of them.
"""

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from labeler.mentions.phrase_table import PhraseTable
from labeler.rules.load import RuleSet
from labeler.rules.schema import Structure, WordRule
from labeler.text.tokens import Tokenizer

_CLAUSE_ENDS: Final = ("break subordinator", "break cue")
"""The breaks that show before a sentence's cues are read: an `unless` looks no farther."""
VALUES = {"positive": 1, "negative": 0, "uncertain": -1}
ABNORMAL: Final = "abnormal"
NORMAL: Final = "normal"
UNCLEAR: Final = "unclear"
HIDDEN: Final = "hidden"
BORDERLINE: Final = "borderline"
NORMAL_WORDS: Final = "normal"
ABNORMAL_WORDS: Final = "abnormal"
ABSENT_WORDS: Final = "absent"
WORSE_WORDS: Final = "worse"
HARMLESS: Final = "harmless"
REMARK: Final = "remark"
REMARK_BEHIND: Final = "remark behind"
Span = tuple[int, int]
Hit = tuple[int, int, int]
"""Start and end in tokens, index of the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The phrases or a structure of one finding, ready to match.

    Attributes:
        id: `file:name`.
        finding: id of the finding.
        family: the findings that it is read together with, for overlaps and alternatives.
    """

    id: str
    finding: str
    family: str
    is_structure: bool
    stated: int
    unless: frozenset[str]
    only_with: frozenset[str]
    states: tuple[tuple[str, str], ...]
    """(phrase, kind of state) pairs of a structure."""
    may_be_normal: bool
    """Can the finding be there and in order? So can what has faults, a device."""


@dataclass(slots=True)
class Found:
    """Everything that the rules' phrases hit in one sentence; spans are token ranges `[start, end)`."""

    findings: list[Hit] = field(default_factory=list)
    """Cleared of overlaps within a family, the longest kept."""
    structures: list[Hit] = field(default_factory=list)
    states: list[tuple[int, int, dict[int, str]]] = field(default_factory=list)
    """(start, end, structure rule index -> kind of state)."""
    words: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    """Clause words and contexts by role."""
    named: list[Span] = field(default_factory=list)
    """Every finding, structure or exclusion that stands there, whether it counts or not."""


@dataclass(frozen=True, slots=True)
class _Roles:
    """What a phrase stands for: rule indices, states of structures, families or findings, clause words."""

    findings: tuple[int, ...]
    structures: tuple[int, ...]
    states: dict[int, str]
    excludes: tuple[str, ...]
    words: tuple[str, ...]
    names: bool


def _roles(pairs: Iterable[tuple[str, Any]]) -> _Roles:
    """Sort a phrase's (role, value) pairs by role, once for all its hits."""
    by_role: dict[str, list[Any]] = defaultdict(list)
    words = []
    for role, value in pairs:
        by_role[role].append(value)
        if role in ("explained", "explained as", "fault"):
            words.append(f"{role} {value}")
        elif role not in ("finding", "structure", "state", "exclude"):
            words.append(role)
    return _Roles(
        findings=tuple(by_role["finding"]),
        structures=tuple(by_role["structure"]),
        states=dict(by_role["state"]),
        excludes=tuple(by_role["exclude"]),
        words=tuple(words),
        names=any(by_role[role] for role in ("finding", "structure", "exclude", HARMLESS)),
    )


class Extractor:
    """Finds the phrases of a rule set in the words that its tokenizer makes."""

    def __init__(self, rules: RuleSet, tokenizer: Tokenizer) -> None:
        self.rules: list[Rule] = []
        self.explained_as: dict[str, list[str]] = {}
        """Family -> the names under which its mentions may be explained as another finding."""
        self.finding_words: set[str] = set()
        """The words of phrases that name findings and structures."""
        pending: dict[tuple[str, ...], dict[tuple[str, object], None]] = defaultdict(dict)

        def add(phrases: Iterable[str], role: str, value: object = None) -> None:
            mark = role, value
            for phrase in phrases:
                for words in tokenizer.spellings(phrase):
                    pending[words][mark] = None
                    if role in ("finding", "structure"):
                        self.finding_words.update(words)

        for stem, file in rules.findings.items():
            for finding in file.findings:
                parts: list[WordRule | Structure] = [*finding.word_rules, *finding.structures]
                for part in parts:
                    self._add_rule(rules, stem, finding.id, file.family, part, add)
                add(finding.exclude, "exclude", finding.id)
            add(file.exclude, "exclude", f"family {file.family}")
            add(file.explained_by, "explained", file.family)
            for name, phrases in file.explained_as.items():
                add(phrases, "explained as", f"{name} {file.family}")
                self.explained_as.setdefault(file.family, []).append(name)
            add(file.faults, "fault", file.family)
        self.uncertain_when_explained = frozenset(
            file.family for file in rules.findings.values() if file.explained_is == "uncertain"
        )
        self.explaining = frozenset(
            f"explained {of}{file.family}"
            for file in rules.findings.values()
            for of in ("", *(f"as {name} " for name in file.explained_as))
        )
        """The roles of phrases that say that a finding is something else."""
        clauses = rules.clauses
        for name, rule in clauses.breaks.items():
            add(rule.phrases, f"break {name}")
        add(clauses.presupposing.phrases, "presupposing")
        add(clauses.links, "link")
        add(clauses.alternative_heads, "alternative head")
        add(clauses.anatomy, "anatomy")
        add(rules.states.borderline, "borderline")
        silent = rules.silent
        add(silent.normal, NORMAL_WORDS)
        add(silent.abnormal, ABNORMAL_WORDS)
        add(silent.absent, ABSENT_WORDS)
        add(silent.worse, WORSE_WORDS)
        add(silent.harmless, HARMLESS)
        add(silent.remarks.sentence, REMARK)
        add(silent.remarks.behind, REMARK_BEHIND)
        # What stands for the findings that no rule names; asked about by `engine.understood` alone.
        self.unnamed = len(self.rules)
        self.rules.append(Rule("silent:", "", "", False, 1, frozenset(), frozenset(), (), False))
        self._families = [rule.family for rule in self.rules]
        parents = rules.parents()
        self._lineage = [frozenset(lineage(rule.finding, parents)[1:]) for rule in self.rules]
        self._excluded_by = [(f"family {r.family}", r.finding) for r in self.rules]
        self._conditional = frozenset(
            i for i, rule in enumerate(self.rules) if rule.unless or rule.only_with
        )
        # Phrases with the same roles share what they stand for.
        shared: dict[tuple[tuple[str, object], ...], _Roles] = {}
        standing: dict[tuple[str, ...], _Roles] = {}
        for words, roles in pending.items():
            key = tuple(roles)
            if key not in shared:
                shared[key] = _roles(key)
            standing[words] = shared[key]
        self._phrases = PhraseTable(standing)

    def _add_rule(
        self,
        rules: RuleSet,
        stem: str,
        finding: str,
        family: str,
        part: WordRule | Structure,
        add: Callable[..., None],
    ) -> None:
        index = len(self.rules)
        rule_id = f"{stem}:{part.name}"
        kinds: dict[str, str] = {}
        if isinstance(part, Structure):
            for name in part.states:
                shared = rules.states.sets[name]
                for kind in (ABNORMAL, NORMAL, UNCLEAR, HIDDEN):
                    kinds |= dict.fromkeys(getattr(shared, kind), kind)
            for kind in (ABNORMAL, NORMAL, UNCLEAR, HIDDEN):
                kinds |= dict.fromkeys(getattr(part, kind), kind)
            for phrase, kind in kinds.items():
                add([phrase], "state", (index, kind))
        add(part.phrases, "structure" if isinstance(part, Structure) else "finding", index)
        for role, phrases in (("unless", part.unless), ("only with", part.only_with)):
            add(phrases, f"{role} {rule_id}")
        self.rules.append(
            Rule(
                id=rule_id,
                finding=finding,
                family=family,
                is_structure=isinstance(part, Structure),
                stated=VALUES[part.stated],
                unless=frozenset([f"unless {rule_id}"] if part.unless else []),
                only_with=frozenset([f"only with {rule_id}"] if part.only_with else []),
                states=tuple(kinds.items()),
                may_be_normal=bool(rules.findings[stem].faults),
            )
        )

    def __call__(self, sentence: Sequence[str]) -> Found:
        """Find all rule phrases in the normalised words of one sentence."""
        found = Found()
        words = found.words
        findings: list[Hit] = []
        structures: list[Hit] = []
        excludes: dict[str, list[Span]] = {}
        for roles, start, end in self._phrases.find(sentence):
            if roles.names:
                found.named.append((start, end))
            for index in roles.findings:
                findings.append((start, end, index))
            for index in roles.structures:
                structures.append((start, end, index))
            for excluded in roles.excludes:
                excludes.setdefault(excluded, []).append((start, end))
            for word in roles.words:
                words[word].append((start, end))
            if roles.states:
                found.states.append((start, end, roles.states))
        found.findings = self._clear(findings, words, excludes)
        found.structures = self._clear(structures, words, excludes)
        return found

    def _clear(
        self, hits: list[Hit], words: dict[str, list[Span]], excludes: dict[str, list[Span]]
    ) -> list[Hit]:
        """The hits that the sentence's other words let speak, cleared of overlaps."""
        # Asked before longer hits oust shorter ones.
        if any(index in self._conditional for _, _, index in hits):
            ends = sorted({start for role in _CLAUSE_ENDS for start, _ in words.get(role, ())})
            hits = [h for h in hits if h[2] not in self._conditional or self._fits(h, words, ends)]
        if len(hits) < 2 and not excludes:
            return hits
        kept: list[Hit] = []
        for start, end, index in sorted(hits, key=_longest_first):
            around = (place for key in self._excluded_by[index] for place in excludes.get(key, ()))
            if any(s <= start and end <= e for s, e in around):
                continue
            family = self._families[index]
            # A structure counts for several findings of a family, each by its own states, and a word for
            # several where other words of the sentence choose: "fractures of rib and clavicle".
            for s, e, i in kept:
                same = (s, e) == (start, end)
                if s < end and start < e and self._families[i] == family and not same:
                    break
            else:
                kept.append((start, end, index))
        kept.sort()
        if any(one[:2] == other[:2] for one, other in pairwise(kept)):
            kept = self._finest(kept)
        return kept

    def _finest(self, hits: list[Hit]) -> list[Hit]:
        """The hits without findings whose child has the same words: "fracture" beside "rib fracture"."""
        at: dict[Span, set[str]] = {}
        for start, end, index in hits:
            at.setdefault((start, end), set()).update(self._lineage[index])
        return [
            hit
            for hit in hits
            if self.rules[hit[2]].is_structure or self.rules[hit[2]].finding not in at[hit[:2]]
        ]

    def _fits(self, hit: Hit, words: dict[str, list[Span]], ends: Sequence[int]) -> bool:
        """Do the clause's other words let this rule speak, and the sentence's?"""
        rule = self.rules[hit[2]]
        n = bisect_right(ends, hit[0])
        low = ends[n - 1] if n else 0
        high = ends[n] if n < len(ends) else sys.maxsize
        for role in rule.unless:
            if any(low <= start < high for start, _ in words.get(role, ())):
                return False
        return not rule.only_with or any(role in words for role in rule.only_with)


def lineage(finding: str, parents: Mapping[str, Sequence[str]]) -> list[str]:
    """A finding and all that it is a kind of, the nearest first."""
    line = [finding]
    for one in line:
        line += [parent for parent in parents.get(one, ()) if parent not in line]
    return line


def _longest_first(hit: Hit) -> Span:
    return hit[0] - hit[1], hit[0]


def tokens_of(spans: Iterable[Span]) -> set[int]:
    """The tokens of some spans."""
    tokens: set[int] = set()
    for start, end in spans:
        tokens.update(range(start, end))
    return tokens
