"""Stage 1, mention extraction: a sentence's tokens -> the rule phrases that stand in it.

All phrases of all rules are found in one pass; a phrase that several rules share is matched once and
stands for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labeler.mentions.meaning import HARMLESS, Meaning
from labeler.mentions.phrase_table import Folded, PhraseTable, Words, fold
from labeler.rules.load import RuleSet
from labeler.rules.schema import Finding, FindingsFile, Structure, WordRule
from labeler.text.bits import first, last, starts
from labeler.text.prepared import Prepared
from labeler.text.tokens import Tokenizer

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
REMARK: Final = "remark"
REMARK_BEHIND: Final = "remark behind"
Span = tuple[int, int]
Hit = tuple[int, int, int]
"""Start and end in tokens, index of the rule."""
State = tuple[int, int, dict[int, str]]
"""Start and end in tokens, structure rule index -> kind of state."""


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
    unless: bool
    """Do other words of its clause silence it?"""
    only_with: bool
    """Does it need other words in the sentence?"""
    may_be_normal: bool
    """Can the finding be there and in order? So can what has faults, a device."""


class Found:
    """What the rules' phrases hit in one sentence.

    Attributes:
        findings: cleared of overlaps within a family, the longest kept.
        structures: likewise.
        states: (start, end, structure rule index -> kind of state).
        words: clause words and contexts by role.
        named: every finding, structure or exclusion that stands there, whether it counts or not.
        taken: the tokens of all hits, as `labeler.text.bits`.
    """

    __slots__ = ("findings", "named", "states", "structures", "taken", "words")

    def __init__(
        self,
        findings: list[Hit],
        structures: list[Hit],
        states: list[State],
        words: dict[str, list[Span]],
        named: list[Span],
        taken: int,
    ) -> None:
        self.findings = findings
        self.structures = structures
        self.states = states
        self.words = words
        self.named = named
        self.taken = taken

    def with_findings(self, findings: list[Hit]) -> "Found":
        """The same with other findings."""
        return Found(findings, self.structures, self.states, self.words, self.named, self.taken)


_Place = tuple[Meaning, int, int]


class Extractor:
    """Finds the phrases of a rule set in the words that its tokenizer makes.

    Args:
        rules: the rule set.
        tokenizer: splits its phrases.
        prepared: what earlier runs made of the phrases.

    Attributes:
        explained_as: family -> the names under which its mentions may be explained as another finding.
        explaining: the roles of phrases that say that a finding is something else.
        finding_words: the words of phrases that name findings and structures.
        unnamed: the rule that stands for findings that no rule names; asked about by `engine.understood` alone.
    """

    def __init__(
        self, rules: RuleSet, tokenizer: Tokenizer, prepared: Prepared | None = None
    ) -> None:
        self.rules = [
            _rule(stem, finding.id, file, part)
            for stem, file in rules.findings.items()
            for finding in file.findings
            for part in _parts(finding)
        ]
        self.unnamed = len(self.rules)
        self.rules.append(Rule("silent:", "", "", False, 1, False, False, False))
        self.explained_as: dict[str, list[str]] = {}
        for file in rules.findings.values():
            for name in file.explained_as:
                self.explained_as.setdefault(file.family, []).append(name)
        self.uncertain_when_explained = frozenset(
            file.family for file in rules.findings.values() if file.explained_is == "uncertain"
        )
        self.explaining = frozenset(
            f"explained {of}{file.family}"
            for file in rules.findings.values()
            for of in ("", *(f"as {name} " for name in file.explained_as))
        )
        self._families = [rule.family for rule in self.rules]
        parents = rules.parents()
        self._lineage = [frozenset(lineage(rule.finding, parents)[1:]) for rule in self.rules]
        self._excluded_by = [(f"family {r.family}", r.finding) for r in self.rules]
        self._needing = frozenset(i for i, rule in enumerate(self.rules) if rule.only_with)
        conditional = self._needing.union(i for i, rule in enumerate(self.rules) if rule.unless)
        roles, phrases, finding_words = (prepared or Prepared()).get(
            "mentions", lambda: _folded(rules, tokenizer)
        )
        self.finding_words: frozenset[str] = finding_words
        meanings = [Meaning(pairs) for pairs in roles]
        for meaning in meanings:
            meaning.conditional = conditional.intersection((*meaning.findings, *meaning.structures))
        self._phrases = PhraseTable(phrases, meanings)

    def __call__(self, sentence: Sequence[str]) -> Found:
        """Find all rule phrases in the normalised words of one sentence."""
        hits = self._phrases.find(sentence)
        findings: list[_Place] = []
        structures: list[_Place] = []
        states: list[State] = []
        words: dict[str, list[Span]] = {}
        named: list[Span] = []
        excludes: dict[str, list[Span]] = {}
        conditional: set[int] = set()
        taken = 0
        for hit in hits:
            meaning, start, end = hit
            span = start, end
            taken |= (1 << end) - (1 << start)
            for word in meaning.words:
                if word in words:
                    words[word].append(span)
                else:
                    words[word] = [span]
            if meaning.states:
                states.append((start, end, meaning.states))
            if not meaning.names:
                continue
            named.append(span)
            if meaning.findings:
                findings.append(hit)
            if meaning.structures:
                structures.append(hit)
            if meaning.conditional:
                conditional |= meaning.conditional
            for excluded in meaning.excludes:
                excludes.setdefault(excluded, []).append(span)
        silent = self._silent(hits, conditional, words) if conditional else {}
        return Found(
            self._clear(findings, excludes, silent, structures=False) if findings else [],
            self._clear(structures, excludes, silent, structures=True) if structures else [],
            states,
            words,
            named,
            taken,
        )

    def _silent(
        self, hits: list[_Place], rules: set[int], words: dict[str, list[Span]]
    ) -> dict[int, int]:
        """Where other words of the sentence keep some conditional rules from speaking: rule -> tokens."""
        # the breaks that show before a sentence's cues are read
        breaks = starts(words.get("break subordinator", ())) | starts(words.get("break cue", ()))
        silent: dict[int, int] = {}
        needing = rules & self._needing
        for meaning, start, _ in hits:
            if needing and meaning.allows:
                needing -= meaning.allows
            if meaning.silences:
                for rule in rules & meaning.silences:
                    silent[rule] = silent.get(rule, 0) | _clause(breaks, start)
        for rule in needing:
            silent[rule] = -1
        return silent

    def _clear(
        self,
        places: list[_Place],
        excludes: dict[str, list[Span]],
        silent: dict[int, int],
        *,
        structures: bool,
    ) -> list[Hit]:
        """The findings, or the structures, of some phrases, cleared of overlaps.

        Args:
            places: the phrases.
            excludes: family or finding -> where it is none.
            silent: rule -> the tokens where it does not speak.
            structures: are they wanted, not the findings?
        """
        overlap = _overlap(places)
        if overlap:
            # the longest first
            order = sorted([(start - end, start, n) for n, (_, start, end) in enumerate(places)])
            places = [places[n] for _, _, n in order]
        kept: list[Hit] = []
        taken: dict[str, int] = {}  # family -> its tokens
        for meaning, start, end in places:
            rules = meaning.structures if structures else meaning.findings
            if overlap or excludes or silent:
                rules = self._speaking(rules, start, end, excludes, silent, taken)
            if len(rules) > 1 and not structures:
                rules = self._finest(rules)
            for rule in rules:
                kept.append((start, end, rule))
        if overlap:
            kept.sort()
        return kept

    def _speaking(
        self,
        rules: list[int],
        start: int,
        end: int,
        excludes: dict[str, list[Span]],
        silent: dict[int, int],
        taken: dict[str, int],
    ) -> list[int]:
        """Those of a phrase's rules that say something at `[start, end)`, which is noted in `taken`."""
        bits = (1 << end) - (1 << start)
        own: list[int] = []
        for rule in rules:
            # silent words count before longer phrases oust shorter ones
            if silent and silent.get(rule, 0) >> start & 1:
                continue
            if excludes and self._excluded(rule, start, end, excludes):
                continue
            if not taken.get(self._families[rule], 0) & bits:
                own.append(rule)
        # A structure counts for several findings of a family, each by its own states, and a word for
        # several where other words of the sentence choose: "fractures of rib and clavicle".
        for rule in own:
            family = self._families[rule]
            taken[family] = taken.get(family, 0) | bits
        return own

    def _excluded(self, rule: int, start: int, end: int, excludes: dict[str, list[Span]]) -> bool:
        """Does an exclusion of the rule's family or finding hold `[start, end)`?"""
        for key in self._excluded_by[rule]:
            for low, high in excludes.get(key, ()):
                if low <= start and end <= high:
                    return True
        return False

    def _finest(self, rules: list[int]) -> list[int]:
        """The rules of a phrase without findings whose child it names, too: "fracture" beside "rib fracture"."""
        coarse: set[str] = set()
        for rule in rules:
            coarse |= self._lineage[rule]
        return [rule for rule in rules if self.rules[rule].finding not in coarse]


def _overlap(places: list[_Place]) -> bool:
    """Do some of the phrases, in text order, overlap?"""
    reach = 0
    for _, start, end in places:
        if start < reach:
            return True
        reach = end
    return False


def _clause(breaks: int, at: int) -> int:
    """The tokens of the clause that holds token `at`, of a sentence with clauses that start at `breaks`."""
    low = max(last(breaks & ((2 << at) - 1)), 0)
    behind = breaks >> (at + 1)
    return (1 << (at + 1 + first(behind))) - (1 << low) if behind else -1 << low


def _parts(finding: Finding) -> list[WordRule | Structure]:
    return [*finding.word_rules, *finding.structures]


def _rule(stem: str, finding: str, file: FindingsFile, part: WordRule | Structure) -> Rule:
    return Rule(
        id=f"{stem}:{part.name}",
        finding=finding,
        family=file.family,
        is_structure=isinstance(part, Structure),
        stated=VALUES[part.stated],
        unless=bool(part.unless),
        only_with=bool(part.only_with),
        may_be_normal=bool(file.faults),
    )


_Pairs = tuple[tuple[str, Any], ...]
"""The roles of a phrase, each with a rule, a family, or nothing."""


def _folded(rules: RuleSet, tokenizer: Tokenizer) -> tuple[list[_Pairs], Folded, frozenset[str]]:
    """The roles that phrases have, the phrases with the numbers of their roles, the words that name findings."""
    roles: dict[Words, dict[tuple[str, Any], None]] = {}
    finding_words: set[str] = set()
    for phrases, role, value in _listed(rules):
        mark = role, value
        for phrase in phrases:
            for words in tokenizer.spellings(phrase):
                roles.setdefault(words, {})[mark] = None
                if role in ("finding", "structure"):
                    finding_words.update(words)
    # Phrases with the same roles share what they stand for.
    numbers: dict[_Pairs, int] = {}
    folded = fold({w: numbers.setdefault(tuple(r), len(numbers)) for w, r in roles.items()})
    return list(numbers), folded, frozenset(finding_words)


def _listed(rules: RuleSet) -> Iterator[tuple[Iterable[str], str, Any]]:
    """Phrases of the rules with their role, and the rule or family that they have it for."""
    index = 0
    for file in rules.findings.values():
        family = file.family
        for finding in file.findings:
            for part in _parts(finding):
                if isinstance(part, Structure):
                    for phrase, kind in _states(rules, part).items():
                        yield [phrase], "state", (index, kind)
                yield part.phrases, "structure" if isinstance(part, Structure) else "finding", index
                yield part.unless, "unless", index
                yield part.only_with, "only with", index
                index += 1
            yield finding.exclude, "exclude", finding.id
        yield file.exclude, "exclude", f"family {family}"
        yield file.explained_by, "explained", family
        for name, phrases in file.explained_as.items():
            yield phrases, "explained as", f"{name} {family}"
        yield file.faults, "fault", family
    clauses = rules.clauses
    for name, rule in clauses.breaks.items():
        yield rule.phrases, f"break {name}", None
    yield clauses.presupposing.phrases, "presupposing", None
    yield clauses.links, "link", None
    yield clauses.alternative_heads, "alternative head", None
    yield clauses.anatomy, "anatomy", None
    yield rules.states.borderline, "borderline", None
    silent = rules.silent
    yield silent.normal, NORMAL_WORDS, None
    yield silent.abnormal, ABNORMAL_WORDS, None
    yield silent.absent, ABSENT_WORDS, None
    yield silent.worse, WORSE_WORDS, None
    yield silent.harmless, HARMLESS, None
    yield silent.remarks.sentence, REMARK, None
    yield silent.remarks.behind, REMARK_BEHIND, None


def _states(rules: RuleSet, structure: Structure) -> dict[str, str]:
    """State phrase of a structure -> its kind."""
    kinds: dict[str, str] = {}
    for words in (*(rules.states.sets[name] for name in structure.states), structure):
        for kind in (ABNORMAL, NORMAL, UNCLEAR, HIDDEN):
            kinds |= dict.fromkeys(getattr(words, kind), kind)
    return kinds


def lineage(finding: str, parents: Mapping[str, Sequence[str]]) -> list[str]:
    """A finding and all that it is a kind of, the nearest first."""
    line = [finding]
    for one in line:
        line += [parent for parent in parents.get(one, ()) if parent not in line]
    return line
