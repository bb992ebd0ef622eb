"""Stage 2, mention classification: is a mention positive, negative or uncertain, and by which cue.

A sentence's tokens are tagged with their roles, the sentence is cut into statements, each cue is given its
scope, and the cue files are asked in the order of their names: the first with a cue that reaches a mention
decides it (the order of the CheXpert labeler, Irvin et al. 2019: uncertainty before negation, negation,
uncertainty after negation). docs/assertion.md tells it in a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from spacy.language import Language

from labeler.assertion.cues import Cue, CueGroup, CueTable, Remark, Target
from labeler.assertion.layout import Layout, verbs_of
from labeler.assertion.reach import Scopes
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
)
from labeler.mentions.states import StatedStructure, bind
from labeler.rules.load import RuleSet
from labeler.rules.schema import BORDERLINE_STATE, EXPLAINED, STATED, UNCLEAR_STATE
from labeler.text.bits import last, within
from labeler.text.lexicon import Lexicon, TokenRoles
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


@dataclass(slots=True)
class Reading:
    """One sentence on its way through classification, and what each step makes of it.

    Attributes:
        words: its normalised tokens, the name that it is a value of before them.
        found: the phrases that extraction found in it.
        heading: how many tokens the name has, its colon included.
        thorough: are the steps wanted that change nothing, for a trace?
        roles: of its tokens.
        verbs: which of them are verbs, as bits.
        stated: structures with their states.
        cues: by group.
        layout: the sentence's statements, `None` where nothing in it needs them.
        scopes: of its cues.
        targets: what cues may decide.
        explained: rules of the mentions that are none, since they are said to be something else.
    """

    words: Sequence[str]
    found: Found
    heading: int = 0
    thorough: bool = False
    roles: TokenRoles | None = None
    verbs: int = 0
    stated: list[StatedStructure] = field(default_factory=list)
    cues: dict[str, list[Cue]] = field(default_factory=dict)
    layout: Layout | None = None
    scopes: Scopes | None = None
    targets: list[Target] = field(default_factory=list)
    explained: list[int] = field(default_factory=list)

    def again(self, found: Found) -> "Reading":
        """The same sentence with other findings in it; what does not depend on them is kept."""
        reading = Reading(self.words, found, self.heading)
        reading.roles, reading.verbs, reading.cues = self.roles, self.verbs, self.cues
        return reading

    def deciding(self, group: str, target: Target) -> Cue | None:
        """The cue of a group that decides a target, if one reaches it."""
        return self.scopes.deciding(group, target) if self.scopes is not None else None


def _may_be_cued(state: StatedStructure | None) -> bool:
    """Do cues decide a mention, or does the state of a structure say all?"""
    return state is None or state.kind in (ABNORMAL, BORDERLINE)


class Classifier:
    """Turns the phrases found in a sentence into mentions with values.

    Raises:
        RulesError: a cue file says two things of one phrase.
    """

    def __init__(self, rules: RuleSet, nlp: Language, extractor: Extractor) -> None:
        tokenizer = nlp.tokenizer
        assert isinstance(tokenizer, Tokenizer)
        self._extractor = extractor
        self._lexicon = Lexicon(rules.clauses.roles, tokenizer)
        self._groups = [
            CueGroup(
                nlp,
                group,
                f"labeler_{rules.language}_{stem}",
                str(rules.path("assertion", f"{stem}.yaml")),
            )
            for stem, group in rules.cue_groups.items()
        ]
        self._cues = CueTable(self._groups)
        self._hedging = [g.extension_name for g in self._groups if g.value == -1]
        self._remarking = frozenset(g.extension_name for g in self._groups if g.remark)

    def __call__(self, reading: Reading) -> list[Assertion]:
        """Classify the mentions of one sentence, and note the steps in `reading`.

        Returns:
            The mentions in text order, each with its value and the token indices of its cue.
        """
        found, heading = reading.found, reading.heading
        roles = self.roles(reading)
        found.findings += anaphors(reading.words, roles, reading.verbs, found)
        stated = reading.stated = bind(roles, found, reading.verbs, heading)
        targets = _targets(found, stated)
        if not targets:
            return []
        if not reading.cues:
            reading.cues = self._cues.find(reading.words, roles.tags)
        cues = reading.cues
        if not reading.thorough and not any(cues.values()) and not _explains(found):
            # Nothing reaches a mention: most sentences that state something are of this kind.
            plain = [self._by_itself(found, *target) for target in targets]
            if heading:
                plain = [a for a in plain if not self._only_names(found, a, heading)]
            return self._kept(plain)
        deciding = [
            cue for name, group in cues.items() if name not in self._remarking for cue in group
        ]
        signs = read_signs(roles, reading.verbs, heading, found, stated, deciding)
        layout = reading.layout = lay_out(signs, found)
        scopes = reading.scopes = Scopes(
            found, layout, cues, self._hedging, self._remarking, self._extractor.rules
        )
        reading.targets = [t for t, _, state in targets if _may_be_cued(state)]
        for group in self._groups:
            if cues[group.extension_name]:
                group(reading)  # type: ignore[arg-type]
        out = [
            self._assert(reading, layout, scopes, *target, heading=heading) for target in targets
        ]
        return self._kept([a for a in out if a is not None])

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

    def denials(self, reading: Reading) -> set[int]:
        """Tokens of the cues of a classified sentence that deny what comes behind them."""
        return {
            i
            for group in self._groups
            if group.value == 0
            for cue in reading.cues.get(group.extension_name, ())
            if cue.direction == "preceding"
            for i in range(cue.start, cue.end)
        }

    def _kept(self, said: list[Assertion]) -> list[Assertion]:
        """In text order, without what another assertion of the sentence makes idle."""
        if len(said) < 2:
            return said
        rules = self._extractor.rules
        # "stable, and normal": beside a size that is said, "stable" tells nothing
        told = {rules[a.rule].family for a in said if a.value != -1 and rules[a.rule].is_structure}
        kept = [a for a in said if not (a.unclear and rules[a.rule].family in told)]
        return sorted(kept, key=lambda a: (a.start, a.end, a.rule))

    def _by_itself(
        self, found: Found, target: Target, index: int, state: StatedStructure | None
    ) -> Assertion:
        """What a mention says where no cue reaches it."""
        if state is None:
            stated = self._extractor.rules[index].stated
            return Assertion(index, stated, target.start, target.end, (), STATED)
        start, end = state.structure
        tokens = tuple(range(*state.state))
        if state.kind == ABNORMAL:
            stated = self._extractor.rules[index].stated
            return Assertion(index, stated, start, end, tokens, STATED)
        if state.kind == BORDERLINE:
            return Assertion(index, -1, start, end, tokens, BORDERLINE_STATE)
        low, high = state.state
        soft = any(s < high and low < e for s, e in found.words.get("borderline", ()))
        return Assertion(
            index,
            0 if state.kind == NORMAL else -1,
            start,
            end,
            tokens,
            BORDERLINE_STATE if soft else UNCLEAR_STATE,
            unclear=state.kind != NORMAL,
            weak=state.kind == HIDDEN,
        )

    def _assert(
        self,
        reading: Reading,
        layout: Layout,
        scopes: Scopes,
        target: Target,
        index: int,
        state: StatedStructure | None,
        *,
        heading: int,
    ) -> Assertion | None:
        """What a mention says, with the cues that reach it; nothing where it is none after all.

        Args:
            reading: the sentence.
            layout, scopes: of the sentence.
            target, index, state: the mention, from `_targets`.
            heading: how many tokens the heading has.
        """
        found = reading.found
        made = self._by_itself(found, target, index, state)
        if not _may_be_cued(state):
            # "the heart is probably normal"
            hedge = scopes.softener(target) if state and state.kind == NORMAL else None
            if hedge is None:
                return made
            tokens = tuple(range(hedge.start, hedge.end))
            return made._replace(value=-1, cue=tokens, reason=hedge.name)
        rule = self._extractor.rules[index]
        cue = target.cue
        if cue is not None and not _faulty(found, layout, rule, target, cue):
            if target.value is None:
                return None
            made = made._replace(cue=tuple(range(cue.start, cue.end)))
            if target.value != 1:  # an affirmed mention keeps what its rule states
                made = made._replace(value=target.value, reason=cue.name)
        elif self._only_names(found, made, heading):
            return None
        made = made._replace(remarks=target.remarks)
        if made.value == 1:
            role = f"explained {rule.family}"
            explained, hedge = _explained(found, layout, scopes, role, target)
            if hedge is not None:
                tokens = tuple(range(hedge.start, hedge.end))
                return made._replace(value=-1, cue=tokens, reason=EXPLAINED)
            if explained and rule.family in self._extractor.uncertain_when_explained:
                return made._replace(value=-1, reason=EXPLAINED, weak=True)
            if explained:
                reading.explained.append(index)
                return None
            return self._with_explanations(found, layout, scopes, rule, target, made)
        return made

    def _with_explanations(
        self,
        found: Found,
        layout: Layout,
        scopes: Scopes,
        rule: Rule,
        target: Target,
        made: Assertion,
    ) -> Assertion:
        """The mention with a remark for each finding that it is explained as."""
        for name in self._extractor.explained_as.get(rule.family, ()):
            role = f"explained as {name} {rule.family}"
            explained, hedge = _explained(found, layout, scopes, role, target)
            if explained:
                tokens = tuple(range(hedge.start, hedge.end)) if hedge is not None else ()
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


def _explains(found: Found) -> bool:
    """Is something in the sentence said to be something else than a finding?"""
    return any(role.startswith("explained ") for role in found.words)


def _targets(
    found: Found, stated: Sequence[StatedStructure]
) -> list[tuple[Target, int, StatedStructure | None]]:
    """What the cues must reach, with its rule: a finding's own words, a structure's state."""
    at: dict[tuple[int, int], Target] = {}

    def target(start: int, end: int) -> Target:
        return at.setdefault((start, end), Target(start, end))

    out: list[tuple[Target, int, StatedStructure | None]] = [
        (target(start, end), index, None) for start, end, index in found.findings
    ]
    return out + [(target(*bound.state), bound.rule, bound) for bound in stated]


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


def _explained(
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
