"""Stage 2, mention classification: is a mention positive, negative or uncertain, and by which cue.

A sentence's tokens are tagged with their roles, the sentence is cut into statements, each cue is given its
scope, and the cue files are asked in the order of their names: the first with a cue that reaches a mention
decides it (the order of the CheXpert labeler, Irvin et al. 2019: uncertainty before negation, negation,
uncertainty after negation). docs/assertion.md tells it in a page.
"""

from collections.abc import Sequence
from typing import NamedTuple

from labeler.assertion.cues import (
    Cue,
    CueTable,
    GroupKinds,
    MakeFinder,
    Remark,
    Target,
    cue_groups,
)
from labeler.assertion.layout import Layout, verbs_of
from labeler.assertion.reach import Scopes
from labeler.assertion.reading import Reading
from labeler.assertion.signs import read_signs
from labeler.assertion.statements import lay_out
from labeler.mentions.anaphora import anaphors
from labeler.mentions.matcher import (
    ABNORMAL,
    BORDERLINE,
    HIDDEN,
    NORMAL,
    Extractor,
    Found,
    Rule,
    Span,
)
from labeler.mentions.states import StatedStructure, bind
from labeler.rules.load import RuleSet
from labeler.rules.schema import BORDERLINE_STATE, EXPLAINED, STATED, UNCLEAR_STATE
from labeler.text.bits import last, within
from labeler.text.lexicon import Lexicon, TokenRoles
from labeler.text.prepared import Prepared
from labeler.text.tokens import Tokenizer


class Assertion(NamedTuple):
    """A mention with its value, in tokens; `cue` is empty where the mention states itself.

    `reason` names what decided the value: a cue's name in its file, or one of `schema.OWN_REASONS`.
    """

    rule: int
    value: int
    start: int
    end: int
    cue: tuple[int, ...]
    reason: str
    unclear: bool = False
    """A structure whose size is not said: stable, unchanged, or hidden."""
    weak: bool = False
    """Gives way to any other mention of its label: a heart that cannot be judged on this image."""
    remarks: tuple[Remark, ...] = ()


def _may_be_cued(state: StatedStructure | None) -> bool:
    """Do cues decide a mention, or does the state of a structure say all?"""
    return state is None or state.kind in (ABNORMAL, BORDERLINE)


class Classifier:
    """Turns the phrases found in a sentence into mentions with values.

    Args:
        rules, tokenizer, extractor: of the rule set.
        finder: makes what finds the cues of the groups.
        prepared: what earlier runs made of the phrases.

    Raises:
        RulesError: a cue file says two things of one phrase.
    """

    def __init__(
        self,
        rules: RuleSet,
        tokenizer: Tokenizer,
        extractor: Extractor,
        finder: MakeFinder = CueTable,
        prepared: Prepared | None = None,
    ) -> None:
        self._extractor = extractor
        self._lexicon = Lexicon(rules.clauses.roles, tokenizer)
        self._groups = cue_groups(rules, tokenizer)
        self._cues = finder(self._groups, prepared or Prepared())
        self._kinds = GroupKinds(self._groups)

    def read(self, words: Sequence[str], heading: int) -> tuple[Reading, list[Assertion]]:
        """The mentions of a sentence in tokens, with all that they were made from.

        Args:
            words: its tokens, before them those of a name that it is a value of.
            heading: how many of them are the name's and its colon.
        """
        found = self._extractor(words)
        reading = Reading(words, found, heading)
        if not found.findings and not (found.structures and found.states):
            return reading, []
        return reading, self(reading)

    def __call__(self, reading: Reading) -> list[Assertion]:
        """Classify the mentions of one sentence, and note the steps in `reading`.

        Returns:
            The mentions in text order, each with its value and the token indices of its cue.
        """
        found, heading = reading.found, reading.heading
        roles = self.roles(reading)
        found.findings += anaphors(reading.words, roles, reading.verbs, found)
        if reading.asked is None:
            reading.stated = bind(roles, found, reading.verbs, heading)
        targets = _targets(found, reading.stated, reading.asked)
        if not targets:
            return []
        if not reading.looked:
            reading.cues, reading.looked = self._cues.find(reading.words, roles), True
        cues = reading.cues
        explains = not self._extractor.explaining.isdisjoint(found.words)
        if not (cues or explains or reading.thorough):
            # Nothing reaches a mention: most sentences that state something are of this kind.
            plain = [
                self._by_itself(found, target.start, target.end, index, state)
                for target, index, state in targets
            ]
            if heading:
                plain = [a for a in plain if not self._only_names(found, a, heading)]
            return self._kept(plain)
        remarking = self._kinds.remarking
        deciding = [c for name, group in cues.items() if name not in remarking for c in group]
        if reading.asked is not None:
            reading.stated = bind(roles, found, reading.verbs, heading)
        signs = read_signs(roles, reading.verbs, heading, found, reading.stated, deciding)
        layout = reading.layout = lay_out(signs, found)
        scopes = reading.scopes = Scopes(found, layout, cues, self._kinds, self._extractor.rules)
        reading.targets = [t for t, _, state in targets if _may_be_cued(state)]
        for group in self._groups:
            if group.name in cues:
                group.decide(reading, self._cues)
        said: list[Assertion] = []
        for target, index, state in targets:
            if _may_be_cued(state):
                made = self._assert(reading, layout, target, index, state)
                if made is not None and made.value == 1 and explains:
                    made = self._explained(reading, layout, scopes, target, made)
                if made is not None:
                    said.append(made)
                continue
            made = self._by_itself(found, target.start, target.end, index, state)
            # "the heart is probably normal"
            hedge = scopes.softener(target) if state and state.kind == NORMAL else None
            if hedge is not None:
                made = made._replace(value=-1, cue=hedge.tokens, reason=hedge.name)
            said.append(made)
        return self._kept(said)

    def roles(self, reading: Reading) -> TokenRoles:
        """The roles of a sentence's tokens, looked up once, with its verbs."""
        roles = reading.roles
        if roles is None:
            roles = reading.roles = self._lexicon.roles(reading.words)
            reading.verbs = verbs_of(roles, reading.found)
        return roles

    @property
    def lexicon(self) -> Lexicon:
        """The roles of words."""
        return self._lexicon

    def layout(self, reading: Reading) -> Layout:
        """The statements of a classified sentence; where no cue asked for them, they are made now."""
        if reading.layout is not None:
            return reading.layout
        roles = self.roles(reading)
        signs = read_signs(roles, reading.verbs, reading.heading, reading.found, reading.stated, ())
        return lay_out(signs, reading.found)

    def denials(self, reading: Reading) -> int:
        """Tokens of the cues of a classified sentence that deny what comes behind them, as bits."""
        denying = 0
        for group in self._groups:
            for cue in reading.cues.get(group.name, ()) if group.value == 0 else ():
                if cue.kind.direction == "preceding":
                    denying |= (1 << cue.end) - (1 << cue.start)
        return denying

    def _kept(self, said: list[Assertion]) -> list[Assertion]:
        """In text order, without what another assertion of the sentence makes idle."""
        if len(said) < 2:
            return said
        rules = self._extractor.rules
        if any(a.unclear for a in said):
            # "stable, and normal": beside a size that is said, "stable" tells nothing
            told = {
                rules[a.rule].family for a in said if a.value != -1 and rules[a.rule].is_structure
            }
            said = [a for a in said if not (a.unclear and rules[a.rule].family in told)]
        said.sort(key=_place)
        return said

    def _by_itself(
        self, found: Found, start: int, end: int, index: int, state: StatedStructure | None
    ) -> Assertion:
        """What a mention says where no cue reaches it: a finding `[start, end)`, or a structure with its state."""
        if state is None:
            return Assertion(index, self._extractor.rules[index].stated, start, end, (), STATED)
        start, end = state.structure
        low, high = state.state
        tokens = tuple(range(low, high))
        if state.kind == ABNORMAL:
            return Assertion(index, self._extractor.rules[index].stated, start, end, tokens, STATED)
        if state.kind == BORDERLINE:
            return Assertion(index, -1, start, end, tokens, BORDERLINE_STATE)
        reason = UNCLEAR_STATE
        for s, e in found.words.get("borderline", ()):
            if s < high and low < e:
                reason = BORDERLINE_STATE
        normal = state.kind == NORMAL
        value, hidden = 0 if normal else -1, state.kind == HIDDEN
        return Assertion(index, value, start, end, tokens, reason, not normal, hidden)

    def _assert(
        self,
        reading: Reading,
        layout: Layout,
        target: Target,
        index: int,
        state: StatedStructure | None,
    ) -> Assertion | None:
        """What a mention says that cues may decide; nothing where it is none after all.

        Args:
            reading, layout: the sentence.
            target, index, state: the mention, from `_targets`.
        """
        found = reading.found
        made = self._by_itself(found, target.start, target.end, index, state)
        cue = target.cue
        if cue is not None and not _faulty(
            found, layout, self._extractor.rules[index], target, cue
        ):
            if target.value is None:
                return None
            value, reason = target.value, cue.name
            if value == 1:  # an affirmed mention keeps what its rule states
                value, reason = made.value, made.reason
            tokens, remarks = cue.tokens, target.remarks
            return Assertion(index, value, made.start, made.end, tokens, reason, remarks=remarks)
        if reading.heading and self._only_names(found, made, reading.heading):
            return None
        return made._replace(remarks=target.remarks) if target.remarks else made

    def _explained(
        self, reading: Reading, layout: Layout, scopes: Scopes, target: Target, made: Assertion
    ) -> Assertion | None:
        """The mention as the sentence explains it, with a remark for each finding that it is said to be."""
        found = reading.found
        family = self._extractor.rules[made.rule].family
        explained, hedge = _explanation(found, layout, scopes, f"explained {family}", target)
        if hedge is not None:
            return made._replace(value=-1, cue=hedge.tokens, reason=EXPLAINED)
        if explained and family in self._extractor.uncertain_when_explained:
            return made._replace(value=-1, reason=EXPLAINED, weak=True)
        if explained:
            reading.explained.append(made.rule)
            return None
        for name in self._extractor.explained_as.get(family, ()):
            role = f"explained as {name} {family}"
            explained, hedge = _explanation(found, layout, scopes, role, target)
            if explained:
                tokens = hedge.tokens if hedge is not None else ()
                remark = Remark(name, None if hedge is None else -1, EXPLAINED, tokens)
                made = made._replace(remarks=(*made.remarks, remark))
        return made

    def _only_names(self, found: Found, made: Assertion, heading: int) -> bool:
        """Is it a heading that only names what its line is about: "Lines/tubes: ETT in place."?"""
        rules = self._extractor.rules
        rule = rules[made.rule]
        return (
            made.end <= heading
            and not rule.is_structure
            and any(s >= heading and rules[r].family == rule.family for s, _, r in found.findings)
        )


def _place(made: Assertion) -> tuple[int, int, int]:
    return made.start, made.end, made.rule


def _targets(
    found: Found, stated: list[StatedStructure], asked: int | None
) -> list[tuple[Target, int, StatedStructure | None]]:
    """What the cues must reach, with its rule: a finding's own words, a structure's state."""
    at: dict[Span, Target] = {}
    out: list[tuple[Target, int, StatedStructure | None]] = []
    for start, end, index in found.findings:
        if asked is None or index == asked:
            target = at.get((start, end))
            if target is None:
                target = at[start, end] = Target(start, end)
            out.append((target, index, None))
    for bound in stated:
        target = at.get(bound.state)
        if target is None:
            target = at[bound.state] = Target(*bound.state)
        out.append((target, bound.rule, bound))
    return out


def _faulty(found: Found, layout: Layout, rule: Rule, target: Target, cue: Cue) -> bool:
    """Does the cue refer to a fault of what is there: "no kinking of the tube"?"""
    faults = found.words.get(f"fault {rule.family}", ())
    if not faults:
        return False
    low, high = layout.segment(target.start)
    if cue.direction == "preceding":
        low = max(low, cue.end)
    else:
        high = min(high, cue.start)
    return any(low <= start and end <= high for start, end in faults)


def _explanation(
    found: Found, layout: Layout, scopes: Scopes, role: str, target: Target
) -> tuple[bool, Cue | None]:
    """Is the mention said to be something else ("density representing a nipple shadow"), and by which hedge?"""
    places = found.words.get(role, ())
    ends = {start: end for start, end, _ in found.findings} if places else {}
    low = target.end
    while low in ends:  # "hazy opacity" are two findings and one thing
        low = ends[low]
    for start, end in places:
        if start < low:
            continue
        if not scopes.goes_on(low, start):
            break
        # the last verb must say what the finding is, not where it lies ("overlying the rib")
        verb = last(within(layout.verbs, low, start))
        if verb >= 0 and not layout.roles.look >> verb & 1:
            return True, scopes.hedge(low, start, end)
    return False, None
