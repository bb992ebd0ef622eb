"""Stage 2, mention classification: is a mention positive, negative or uncertain, and by which cue.

Cue groups are asked in the order of the cue files; the first one that fires decides (the order of the CheXpert
labeler, Irvin et al. 2019: uncertainty before negation, negation, uncertainty after negation).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from labeler.assertion.clauses import lay_out
from labeler.assertion.cues import ClauseNegex
from labeler.assertion.scope import Cue, Place, Reading
from labeler.mentions.matcher import (
    ABNORMAL,
    BORDERLINE,
    HIDDEN,
    NORMAL,
    Extractor,
    Found,
    Rule,
    tokens_of,
)
from labeler.mentions.states import Bound, bind
from labeler.rules.load import RuleSet
from labeler.rules.schema import BORDERLINE_STATE, EXPLAINED, STATED, UNCLEAR_STATE
from labeler.text.lexicon import ClauseWords
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
    """Gives way to any other mention of its observation: a heart that cannot be judged on this image."""


def _may_be_cued(state: Bound | None) -> bool:
    """Do cues decide a mention, or does the state of a structure say all?"""
    return state is None or state.kind in (ABNORMAL, BORDERLINE)


class Classifier:
    """Turns the phrases found in a sentence into mentions with values."""

    def __init__(self, rules: RuleSet, nlp: Language, extractor: Extractor) -> None:
        tokenizer = nlp.tokenizer
        assert isinstance(tokenizer, Tokenizer)
        self._extractor = extractor
        self._clause_words = ClauseWords(rules.clauses, tokenizer)
        self._groups = [
            ClauseNegex(
                nlp,
                group,
                f"labeler_{rules.label_set.name}_{stem}",
                self._clause_words,
            )
            for stem, group in rules.cue_groups.items()
        ]

    def __call__(
        self, doc: Doc, found: Found, heading: int = 0, *, shortcut: bool = True
    ) -> list[Assertion]:
        """Classify the mentions of one sentence.

        Args:
            doc: the sentence as the tokenizer makes it, a template line's heading before it.
            found: the phrases that extraction found in it.
            heading: how many tokens the heading has, its colon included.
            shortcut: leave the clauses alone where no cue could make use of them.

        Returns:
            The mentions in text order, each with its value and the token indices of its cue.
        """
        words: Sequence[str] = doc.user_data["words"]
        bound: list[Bound] = []
        if found.structures and found.states:
            links = tokens_of(found.words.get("link", ()))
            verbs = [word in self._clause_words.verbs or i in links for i, word in enumerate(words)]
            bound = bind(words, found, verbs, heading, self._clause_words)
        doc.user_data["bound"] = bound  # read by the trace, as are the cues and the reading
        anchors = self._anchors(found, bound)
        if not anchors:
            return []
        present = set(words)
        cues = {
            group.extension_name: []
            if group.needed_words.isdisjoint(present)
            else group.find(doc, words)
            for group in self._groups
        }
        doc.user_data["cues"] = cues
        every = [cue for group in cues.values() for cue in group]
        if (
            shortcut
            and not every
            and not any(role.startswith("explained ") for role in found.words)
        ):
            # Nothing reaches a mention: most sentences that state something are of this kind.
            plain = [self._by_itself(found, *anchor) for anchor in anchors]
            return self._kept([a for a in plain if not self._only_names(found, a, heading)])
        preceding, following, listing = set(), set(), set()
        for cue in every:
            if cue.direction == "preceding":
                preceding.add((cue.start, cue.end))
            elif cue.direction == "following":
                following.add((cue.start, cue.end))
            if cue.scope == "list":
                listing.add(cue.start)
        layout = lay_out(
            words,
            found,
            clause_words=self._clause_words,
            preceding=preceding,
            listing=listing,
            following=following,
            bound=[(b.structure, b.state) for b in bound],
            heading=heading,
        )
        hedges = [c for g in self._groups if g.value == -1 for c in cues[g.extension_name]]
        reading = Reading(words, found, layout, every, hedges, self._extractor, self._clause_words)
        doc.user_data["reading"] = reading
        decided: dict[Place, tuple[int | None, Cue]] = {}
        doc.user_data["places"] = {place for place, _, state in anchors if _may_be_cued(state)}
        doc.user_data["decided"] = decided
        for group in self._groups:
            if cues[group.extension_name]:
                group(doc)
        out = [
            self._assert(decided, found, reading, *anchor, heading=heading) for anchor in anchors
        ]
        return self._kept([a for a in out if a is not None])

    def _kept(self, said: list[Assertion]) -> list[Assertion]:
        """In text order, without what another assertion of the sentence makes idle."""
        if len(said) < 2:
            return said
        rules = self._extractor.rules
        # "stable, and normal": beside a size that is said, "stable" tells nothing
        told = {
            rules[a.rule].observation for a in said if a.value != -1 and rules[a.rule].is_structure
        }
        kept = [a for a in said if not (a.unclear and rules[a.rule].observation in told)]
        return sorted(kept, key=lambda a: (a.start, a.end, a.rule))

    @staticmethod
    def _anchors(found: Found, bound: list[Bound]) -> list[tuple[Place, int, Bound | None]]:
        """What the cues must reach: a finding's own words, a structure's state."""
        out: list[tuple[Place, int, Bound | None]] = [
            ((start, end), index, None) for start, end, index in found.findings
        ]
        return out + [(b.state, b.rule, b) for b in bound]

    def _by_itself(self, found: Found, anchor: Place, index: int, state: Bound | None) -> Assertion:
        """What a mention says where no cue reaches it."""
        if state is None:
            return Assertion(index, self._extractor.rules[index].stated, *anchor, (), STATED)
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
        decided: Mapping[Place, tuple[int | None, Cue]],
        found: Found,
        reading: Reading,
        anchor: Place,
        index: int,
        state: Bound | None,
        *,
        heading: int,
    ) -> Assertion | None:
        """What a mention says, with the cues that reach it; nothing where it is none after all.

        Args:
            decided: by place, the value of the first cue group that fires, and its cue.
            found: what the rules hit.
            reading: of the sentence.
            anchor, index, state: the mention, from `_anchors`.
            heading: how many tokens the heading has.
        """
        made = self._by_itself(found, anchor, index, state)
        if not _may_be_cued(state):
            return made
        rule = self._extractor.rules[index]
        if anchor in decided and not self._faulty(found, reading, rule, anchor, decided[anchor][1]):
            value, deciding = decided[anchor]
            if value is None:
                return None
            made = made._replace(cue=tuple(range(deciding.start, deciding.end)))
            if value != 1:  # an affirmed mention keeps what its rule states
                made = made._replace(value=value, reason=deciding.name)
        elif self._only_names(found, made, heading):
            return None
        if made.value == 1:
            explained, cue = self._explained(found, reading, rule.observation, anchor)
            if cue is not None:
                tokens = tuple(range(cue.start, cue.end))
                return made._replace(value=-1, cue=tokens, reason=EXPLAINED)
            if explained and rule.observation in self._extractor.uncertain_when_explained:
                return made._replace(value=-1, reason=EXPLAINED, weak=True)
            if explained:
                return None
        return made

    @staticmethod
    def _faulty(found: Found, reading: Reading, rule: Rule, anchor: Place, cue: Cue) -> bool:
        """Does the cue speak of a fault of what is there: "no kinking of the tube"?"""
        faults = found.words.get(f"fault {rule.observation}", ())
        low, high = reading.layout.segment(anchor[0]) if faults else anchor
        if cue.direction == "preceding":
            low = max(low, cue.end)
        else:
            high = min(high, cue.start)
        return any(low <= start and end <= high for start, end in faults)

    def _only_names(self, found: Found, made: Assertion, heading: int) -> bool:
        """Is it a heading that only names what its line is about: "Lines/tubes: ETT in place."?"""
        rule = self._extractor.rules[made.rule]
        return (
            made.end <= heading and not rule.is_structure and self._said_again(found, rule, heading)
        )

    def _said_again(self, found: Found, rule: Rule, heading: int) -> bool:
        """Do the words behind the heading name the observation themselves?"""
        rules = self._extractor.rules
        return any(
            s >= heading and rules[r].observation == rule.observation for s, _, r in found.findings
        )

    def _links(self, reading: Reading, found: Found, between: range) -> bool:
        """Does the last verb say what the finding is, rather than where it lies ("overlying the rib")?"""
        if any(reading.words[i] in self._clause_words.accentuation for i in between):
            return False
        verbs = [i for i in between if reading.layout.verbs[i]]
        if not verbs:
            return False
        links = tokens_of(found.words.get("link", ()))
        last = verbs[-1]
        return last - 1 in links or reading.words[last] not in self._clause_words.no_explanation

    def _explained(
        self, found: Found, reading: Reading, observation: str, anchor: Place
    ) -> tuple[bool, Cue | None]:
        """Is the mention said to be something else ("density representing a nipple shadow"), and by which hedge?"""
        for start, end in found.words.get(f"explained {observation}", ()):
            if start < anchor[1]:
                continue
            if not reading.goes_on(anchor[1], start):
                continue
            between = range(anchor[1], start)
            if not self._links(reading, found, between):
                continue
            return True, reading.hedge(anchor[1], start, end)
        return False, None
