"""Structures and their states: "heart" says nothing, "the heart is enlarged" does.

A state is bound to the structure it refers to, in both orders ("enlarged heart", "heart is enlarged"), and
through lists ("heart, mediastinum and hila are normal").
"""

from bisect import bisect_left, bisect_right
from typing import Final

from labeler.mentions.matcher import ABNORMAL, BORDERLINE, HIDDEN, NORMAL, UNCLEAR, Found, Hit, Span
from labeler.text.bits import cover, first, last, span, starts, within
from labeler.text.lexicon import TokenRoles

_State = tuple[int, int, dict[int, str]]
"""(start, end, structure rule index -> kind of state)."""
_FARTHEST: Final = 9
"""Tokens between a state and a structure behind it."""
_RANK: Final = {HIDDEN: 0, UNCLEAR: 1, ABNORMAL: 2, NORMAL: 2, BORDERLINE: 3}
"""A said size outranks "stable" or "obscured"; "borderline" outranks the size it softens."""


class StatedStructure:
    """A structure with the state that decides it: token spans, the rule's index, the kind of state."""

    __slots__ = ("kind", "rule", "state", "structure")

    def __init__(self, structure: Span, state: Span, rule: int, kind: str) -> None:
        self.structure = structure
        self.state = state
        self.rule = rule
        self.kind = kind


def bind(roles: TokenRoles, found: Found, verbs: int, heading: int) -> list[StatedStructure]:
    """Bind every state to its structures; of several states of a structure the most telling is kept.

    Args:
        roles: of the tokens.
        found: what the rules hit.
        verbs: which tokens are verbs.
        heading: how many tokens at the start are a template line's heading, its colon included.
    """
    if not found.structures or not found.states:
        return []
    rules = {rule for _, _, rule in found.structures}
    states = _longest(found.states, rules)
    if not any(kinds for _, _, kinds in states):
        return []
    binder = _Binder(roles, found, states, verbs, heading)
    borderline = starts(found.words.get("borderline", ()))
    chosen: dict[tuple[Span, int], StatedStructure] = {}
    findings = sorted((s, e) for s, e, _ in found.findings) if heading else []
    for start, end, kinds in states:
        named = _inside_another(findings, start, end) if heading else False
        near = within(borderline, max(start - 3, 0), end + 2)
        for s, e, rule in binder.structures_of(start, end, kinds):
            if named and e <= heading:
                continue  # "Mediastinum: cardiac enlargement."
            kind = BORDERLINE if near and kinds[rule] == ABNORMAL else kinds[rule]
            key = (s, e), rule
            made = StatedStructure((s, e), (start, end), rule, kind)
            earlier = chosen.get(key)
            if earlier is None:
                chosen[key] = made
                continue
            if {kind, earlier.kind} == {ABNORMAL, NORMAL}:
                low, high = sorted((earlier.state, made.state))
                close = high[0] - low[1] < _FARTHEST
                if close and within(roles.alternative | roles.infinitive, low[1], high[0]):
                    made.kind = BORDERLINE  # "normal or mildly enlarged"
            if _RANK[made.kind] > _RANK[earlier.kind]:
                chosen[key] = made
    bound = list(chosen.values())
    if len(bound) > 1:
        bound.sort(key=_structure)
    return bound


def _structure(bound: StatedStructure) -> Span:
    return bound.structure


def _inside_another(spans: list[Span], start: int, end: int) -> bool:
    """Does one of the ascending spans hold `[start, end)` and more?"""
    for s, e in reversed(spans[: bisect_right(spans, (start, end + 1))]):
        if e >= end and (s, e) != (start, end):
            return True
        if s < start - _FARTHEST:
            break
    return False


def _longest(states: list[_State], rules: set[int]) -> list[_State]:
    """States that no longer state covers, structure by structure ("not enlarged" over "enlarged").

    Only the structures of the sentence, `rules`, are kept of a state's.
    """
    out: list[_State] = []
    longer: list[_State] = []  # those that still reach on
    for start, end, kinds in sorted(states, key=_longest_first) if len(states) > 1 else states:
        if longer:
            longer = [state for state in longer if state[1] > start]
        over = [k for s, e, k in longer if end <= e and (s, e) != (start, end)]
        mine = rules & kinds.keys()
        free = {rule: kinds[rule] for rule in mine if not any(rule in k for k in over)}
        if free or not (mine or over):
            out.append((start, end, free))
        longer.append((start, end, kinds))
    return out


def _longest_first(state: _State) -> Span:
    return state[0], -state[1]


class _Binder:
    """Finds the structures that each state of one sentence refers to.

    Stretches of tokens are `(low, high)`, sets of tokens bits.
    """

    def __init__(
        self,
        roles: TokenRoles,
        found: Found,
        states: list[_State],
        verbs: int,
        heading: int,
    ) -> None:
        self.roles = roles
        self.verbs = verbs
        self.states = states
        self.structures = found.structures
        self._structure_starts = [s for s, _, _ in found.structures]
        spans = {(s, e) for s, e, _ in found.structures}
        spans.update(found.words.get("anatomy", ()))
        self.anatomy: list[Span] = []
        reached = -1
        for place in sorted(spans, key=_outer_first):
            if place[1] > reached:
                self.anatomy.append(place)
                reached = place[1]
        self._anatomy_starts = [s for s, _ in self.anatomy]
        self._anatomy_ends = [e for _, e in self.anatomy]
        self._nouns = starts(self.anatomy)
        self._anatomy_bits = self._nouns
        for s, _, _ in found.findings:
            self._nouns |= 1 << s
        self.stated = 0
        for s, e, _ in states:
            self.stated |= (1 << e) - (1 << s)
        self._state_starts = [s for s, _, _ in states]
        self.breaks = cover(found.words.get("break subordinator", ()))
        self.breaks |= starts(found.words.get("break opener", ()))
        marks = (roles.punctuation | roles.accompaniment) >> heading << heading
        # "Prominent but stable heart": a state reaches across that one
        self._barriers = (self.breaks | marks) & ~(self.breaks & self.stated >> 1)
        self._adjectives = roles.said & ~verbs & ~roles.preposition

    def structures_of(self, start: int, end: int, kinds: dict[int, str]) -> list[Hit]:
        """The structures that the state at `[start, end)` refers to, by the first reading that fits."""
        inside = [
            hit
            for hit in self._between(start - _FARTHEST, end)
            if hit[2] in kinds and start < hit[1]
        ]
        if inside:
            return inside
        subject = self._subject_before(start, end, kinds)
        if subject:
            return subject
        left = bisect_right(self._anatomy_ends, start) - 1
        right = bisect_left(self._anatomy_starts, end)
        before = self._path(self._anatomy_ends[left], start) if left >= 0 else None
        lefts = self._listed(left, kinds, backwards=True) if before is not None else []
        rights, after = self._behind(end, right, kinds, turned=bool(lefts))
        if self._behind_a_preposition(start, end):
            return rights
        # "heart is enlarged": a verb joins them
        if lefts and before is not None and within(self.verbs, *before) and self._plain(before):
            return lefts
        # "enlarged heart", "enlargement of the heart"; but "heart normal lungs clear" reads on to the left
        if rights and after is not None and self._plain(after):
            # right behind one structure, and words before the next: "heart size normal old rib fractures"
            alone = before is not None and before[0] == before[1] and after[0] < after[1]
            own = bool(lefts) and (alone or self._has_its_own(right, rights[0][2]))
            if not own and not self._elliptic(lefts, before, after):
                return rights
        if before is not None and self._belongs_behind(before, end):
            return []
        return lefts

    def _between(self, low: int, high: int) -> list[Hit]:
        """The structures that start in `[low, high)`."""
        places = self._structure_starts
        return self.structures[bisect_left(places, low) : bisect_left(places, high)]

    def _subject_before(self, start: int, end: int, kinds: dict[int, str]) -> list[Hit]:
        """The structures of which a second predicate speaks: "heart magnified by technique, but normal"."""
        turns = self.roles.contrast | self.roles.conjunction
        turn = last(within(turns, max(start - 4, 1), start))
        if turn < 0 or within(self._anatomy_bits, turn, start) or self._anatomy_bits >> end & 1:
            return []
        low, high, _ = self.states[0]
        if high > turn:
            return []
        return [h for h in self._between(0, low) if h[2] in kinds and h[1] <= low]

    def _path(self, low: int, high: int) -> Span | None:
        """The tokens between, or nothing where a barrier or another statement stands in them."""
        if within(self._barriers, low, high):
            return None
        n = bisect_left(self._state_starts, low)
        while n < len(self.states) and self._state_starts[n] < high:
            if self.states[n][1] <= high and within(self.verbs, self.states[n][1], high):
                return None
            n += 1
        return low, high

    def _listed(self, at: int, kinds: dict[int, str], *, backwards: bool) -> list[Hit]:
        """The structures at a place of the anatomy, by its number, and at those that are listed with it."""
        place = self.anatomy[at]
        out = self._able(place, kinds)
        roles = self.roles
        edge = place[0] if backwards else place[1]
        step = -1 if backwards else 1
        at += step
        while 0 <= at < len(self.anatomy):
            place = self.anatomy[at]
            between = span(place[1], edge) if backwards else span(edge, place[0])
            if between and not between & roles.coordinator:
                break
            if between & (~(roles.coordinator | roles.article | self._adjectives) | self.stated):
                break
            out += self._able(place, kinds)
            edge = place[0] if backwards else place[1]
            at += step
        return out

    def _able(self, place: Span, kinds: dict[int, str]) -> list[Hit]:
        """The structures at a place of which the state says something."""
        hits = self._between(place[0], place[1])
        return [hit for hit in hits if hit[2] in kinds and hit[1] <= place[1]]

    def _plain(self, tokens: Span) -> bool:
        """No list in it, but "normal and stable", "normal size and configuration of" are none."""
        listing = self.roles.coordinator & ~(self.stated >> 1) & ~(self.roles.dimension >> 1)
        return not within(listing, *tokens)

    def _behind(
        self, end: int, right: int, kinds: dict[int, str], *, turned: bool
    ) -> tuple[list[Hit], Span | None]:
        """The structures behind a state, and the tokens on the way to them.

        Args:
            end: of the state.
            right: the number of the place behind it.
            kinds: what the state says of which rule.
            turned: is there a structure before the state, too?
        """
        start = self._anatomy_starts[right] if right < len(self.anatomy) else -1
        after = self._path(end, start) if 0 <= start <= end + _FARTHEST else None
        if after is None or within(self.verbs, *after):
            return [], after
        if turned and within(self.breaks, *after):
            return [], after  # "lungs clear but enlarged heart"
        return self._listed(right, kinds, backwards=False), after

    def _has_its_own(self, right: int, rule: int) -> bool:
        """Has the structure behind a state one of its own: "heart normal lungs clear"?"""
        end = self._anatomy_ends[right]
        for s, _, kinds in self.states[bisect_left(self._state_starts, end) :]:
            if rule in kinds:
                return s == end or bool(within(self.verbs, end, s))
        return False

    def _elliptic(self, lefts: list[Hit], before: Span | None, after: Span) -> bool:
        """Is it "heart normal, lungs ...", the verb left out?"""
        return (
            bool(lefts)
            and before is not None
            and not within(self.stated | self.roles.coordinator, *before)
            and bool(within(self.roles.coordinator, *after))
        )

    def _behind_a_preposition(self, start: int, end: int) -> bool:
        """Does a preposition tie the state to the noun behind it: "obscured by the large effusion"?"""
        roles = self.roles
        at = last(within(~roles.opening | self.stated, 0, start))
        if at < 0 or not (roles.preposition & ~roles.opening) >> at & 1:
            return False
        noun = first(self._nouns >> end << end)
        return noun >= 0 and not within(~self._adjectives, end, noun)

    def _belongs_behind(self, before: Span, end: int) -> bool:
        """Does the state belong to a noun behind it: "heart size and abnormal markings"?"""
        roles = self.roles
        if within(self.verbs, *before) or self._plain(before):
            return False
        rest = span(last(within(roles.coordinator, *before)) + 1, before[1])
        if rest & ~roles.opening:
            return True  # "heart size and vascular prominence"
        return not rest & ~(roles.article | self._adjectives) and bool(self._adjectives >> end & 1)


def _outer_first(place: Span) -> Span:
    return place[0], -place[1]
