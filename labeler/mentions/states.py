"""Structures and their states: "heart" says nothing, "the heart is enlarged" does.

A state is bound to the structure it refers to, in both orders ("enlarged heart", "heart is enlarged"), and
through lists ("heart, mediastinum and hila are normal").
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from labeler.mentions.matcher import ABNORMAL, BORDERLINE, HIDDEN, NORMAL, UNCLEAR, Found, Hit, Span
from labeler.text.lexicon import (
    ACCOMPANIMENT,
    AND,
    ARTICLE,
    CONTRAST,
    COORDINATOR,
    DIMENSION,
    INFINITIVE,
    OPENING,
    OR,
    PREPOSITION,
    PUNCTUATION,
)

_State = tuple[int, int, dict[int, str]]
"""(start, end, structure rule index -> kind of state)."""
_FARTHEST = 9
"""Tokens between a state and a structure behind it."""


@dataclass(frozen=True, slots=True)
class StatedStructure:
    """A structure with the state that decides it: token spans, the rule's index, the kind of state."""

    structure: Span
    state: Span
    rule: int
    kind: str


def bind(
    words: Sequence[str], tags: Sequence[int], found: Found, verbs: Sequence[bool], heading: int
) -> list[StatedStructure]:
    """Bind every state to its structures; of several states of a structure the most telling is kept.

    Args:
        words: the normalised tokens; `tags`: their roles; `verbs`: is it a verb?
        found: what the rules hit.
        heading: how many tokens at the start are a template line's heading, its colon included.
    """
    if not found.structures or not found.states:
        return []
    binder = _Binder(words, tags, found, verbs, heading)
    borderline = sorted(start for start, _ in found.words.get("borderline", ()))
    chosen: dict[tuple[Span, int], StatedStructure] = {}
    findings = sorted((s, e) for s, e, _ in found.findings)
    for start, end, kinds in binder.states:
        named = _inside_another(findings, start, end)
        near = bisect_left(borderline, start - 3) < bisect_left(borderline, end + 2)
        for s, e, rule in binder.structures_of(start, end, kinds):
            if named and e <= heading:
                continue  # "Mediastinum: cardiac enlargement."
            kind = BORDERLINE if kinds[rule] == ABNORMAL and near else kinds[rule]
            made = StatedStructure((s, e), (start, end), rule, kind)
            earlier = chosen.get(((s, e), rule))
            if earlier and {kind, earlier.kind} == {ABNORMAL, NORMAL}:
                low, high = sorted((earlier.state, made.state))
                between = tags[low[1] : high[0]] if high[0] - low[1] < _FARTHEST else ()
                if any(tag & (OR | INFINITIVE) for tag in between):
                    made = replace(made, kind=BORDERLINE)  # "normal or mildly enlarged"
            if earlier is None or _rank(made) > _rank(earlier):
                chosen[(s, e), rule] = made
    return sorted(chosen.values(), key=lambda made: made.structure)


def _inside_another(spans: Sequence[Span], start: int, end: int) -> bool:
    """Does one of the ascending spans hold `[start, end)` and more?"""
    for s, e in reversed(spans[: bisect_right(spans, (start, end + 1))]):
        if e >= end and (s, e) != (start, end):
            return True
        if s < start - _FARTHEST:
            break
    return False


def _rank(bound: StatedStructure) -> int:
    """A said size outranks "stable" or "obscured"; "borderline" outranks the size it softens."""
    return {HIDDEN: 0, UNCLEAR: 1, ABNORMAL: 2, NORMAL: 2, BORDERLINE: 3}[bound.kind]


def _longest(states: Sequence[_State], rules: set[int]) -> Iterator[_State]:
    """States that no longer state covers, structure by structure ("not enlarged" over "enlarged").

    Only the structures of the sentence, `rules`, are kept of a state's.
    """
    ordered = sorted(states, key=lambda state: (state[0], -state[1]))
    longer: list[_State] = []  # those that still reach on
    for start, end, kinds in ordered:
        longer = [state for state in longer if state[1] > start]
        over = [k for s, e, k in longer if end <= e and (s, e) != (start, end)]
        mine = rules & kinds.keys()
        free = {rule: kinds[rule] for rule in mine if not any(rule in k for k in over)}
        if free or not (mine or over):
            yield start, end, free
        longer.append((start, end, kinds))


class _Binder:
    """Finds the structures that each state of one sentence refers to."""

    def __init__(
        self,
        words: Sequence[str],
        tags: Sequence[int],
        found: Found,
        verbs: Sequence[bool],
        heading: int,
    ) -> None:
        self.words, self.tags, self.verbs = words, tags, verbs
        self.structures = found.structures
        self._structure_starts = [s for s, _, _ in found.structures]
        self.states = list(_longest(found.states, {rule for _, _, rule in found.structures}))
        spans = sorted(
            {(s, e) for s, e, _ in found.structures} | set(found.words.get("anatomy", ())),
            key=lambda span: (span[0], -span[1]),
        )
        self.anatomy: list[Span] = []
        for span in spans:
            if not self.anatomy or span[1] > self.anatomy[-1][1]:
                self.anatomy.append(span)
        self._anatomy_starts = [s for s, _ in self.anatomy]
        self._anatomy_ends = [e for _, e in self.anatomy]
        self._noun_starts = sorted({*self._anatomy_starts, *(s for s, _, _ in found.findings)})
        self.stated = {i for s, e, _ in self.states for i in range(s, e)}
        self._state_starts = [s for s, _, _ in self.states]
        self.breaks = {i for s, e in found.words.get("break subordinator", ()) for i in range(s, e)}
        self.breaks |= {s for s, _ in found.words.get("break opener", ())}
        barriers = {
            i
            for i, tag in enumerate(tags)
            if i in self.breaks or (tag & (PUNCTUATION | ACCOMPANIMENT) and i >= heading)
        }
        # "Prominent but stable heart": a state reaches across that one
        self._barriers = sorted(
            i for i in barriers if not (i in self.breaks and i + 1 in self.stated)
        )

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
        n = bisect_right(self._anatomy_ends, start) - 1
        left = self.anatomy[n] if n >= 0 else None
        n = bisect_left(self._anatomy_starts, end)
        right = self.anatomy[n] if n < len(self.anatomy) else None
        before = self._path(left[1], start) if left else None
        lefts = self._listed(left, kinds, backwards=True) if left and before is not None else []
        rights, after = self._behind(end, right, kinds, turned=bool(lefts))
        if self._behind_a_preposition(start, end):
            return rights
        # "heart is enlarged": a verb joins them
        if lefts and before is not None and self._plain(before) and self._verbal(before):
            return lefts
        # "enlarged heart", "enlargement of the heart"; but "heart normal lungs clear" reads on to the left
        if rights and right and after is not None and self._plain(after):
            # right behind one structure, and words before the next: "heart size normal old rib fractures"
            parted = bool(lefts) and before is not None and not before and len(after) > 0
            own = parted or (bool(lefts) and self._has_its_own(right, rights[0][2]))
            if not own and not self._elliptic(lefts, before, after):
                return rights
        if before is not None and self._belongs_behind(before, start, end):
            return []
        return lefts

    def _between(self, low: int, high: int) -> Sequence[Hit]:
        """The structures that start in `[low, high)`."""
        starts = self._structure_starts
        return self.structures[bisect_left(starts, low) : bisect_left(starts, high)]

    def _subject_before(self, start: int, end: int, kinds: dict[int, str]) -> list[Hit]:
        """The structures of which a second predicate speaks: "heart magnified by technique, but normal"."""
        turn = next(
            (i for i in range(start - 1, max(start - 5, 0), -1) if self.tags[i] & (CONTRAST | AND)),
            None,
        )
        if turn is None:
            return []
        places = self._anatomy_starts
        at = bisect_left(places, turn)
        if at < len(places) and places[at] < start:
            return []
        at = bisect_left(places, end)
        if at < len(places) and places[at] == end:
            return []
        first = self.states[0]
        if first[1] > turn:
            return []
        return [h for h in self._between(0, first[0]) if h[2] in kinds and h[1] <= first[0]]

    def _path(self, low: int, high: int) -> range | None:
        """The tokens between, or nothing where a barrier or another statement stands in them."""
        n = bisect_left(self._barriers, low)
        if n < len(self._barriers) and self._barriers[n] < high:
            return None
        n = bisect_left(self._state_starts, low)
        while n < len(self.states) and self._state_starts[n] < high:
            if self.states[n][1] <= high and self._verbal(range(self.states[n][1], high)):
                return None
            n += 1
        return range(low, high)

    def _verbal(self, tokens: range) -> bool:
        return any(self.verbs[i] for i in tokens)

    def _adjective(self, i: int) -> bool:
        return self.words[i].isalpha() and not self.verbs[i] and not self.tags[i] & PREPOSITION

    def _listed(self, place: Span, kinds: dict[int, str], *, backwards: bool) -> list[Hit]:
        """The structures at a place and at the places that are listed with it."""

        def able(span: Span) -> list[Hit]:
            hits = self._between(span[0], span[1])
            return [hit for hit in hits if hit[2] in kinds and hit[1] <= span[1]]

        out = able(place)
        edge = place[0] if backwards else place[1]
        at = self._anatomy_starts.index(place[0])
        further = reversed(self.anatomy[:at]) if backwards else iter(self.anatomy[at + 1 :])
        for span in further:
            between = range(span[1], edge) if backwards else range(edge, span[0])
            joined = [i for i in between if self.tags[i] & COORDINATOR]
            if between and not joined:
                break
            if not all(
                self.tags[i] & (COORDINATOR | ARTICLE) or self._adjective(i) for i in between
            ):
                break
            if any(i in self.stated for i in between):
                break
            out += able(span)
            edge = span[0] if backwards else span[1]
        return out

    def _plain(self, tokens: range) -> bool:
        """No list in it, but "normal and stable", "normal size and configuration of" are none."""
        tags = self.tags
        return not any(
            tags[i] & COORDINATOR
            and i + 1 not in self.stated
            and (i + 1 == len(tags) or not tags[i + 1] & DIMENSION)
            for i in tokens
        )

    def _behind(
        self, end: int, right: Span | None, kinds: dict[int, str], *, turned: bool
    ) -> tuple[list[Hit], range | None]:
        """The structures behind a state, and the tokens on the way to them.

        Args:
            end: of the state.
            right: the structure behind it.
            kinds: what the state says of which rule.
            turned: is there one before the state, too?
        """
        after = self._path(end, right[0]) if right and right[0] - end <= _FARTHEST else None
        if right is None or after is None or self._verbal(after):
            return [], after
        if turned and any(i in self.breaks for i in after):
            return [], after  # "lungs clear but enlarged heart"
        return self._listed(right, kinds, backwards=False), after

    def _has_its_own(self, right: Span, rule: int) -> bool:
        """Has the structure behind a state one of its own: "heart normal lungs clear"?"""
        n = bisect_left(self._state_starts, right[1])
        own = next((s for s, _, k in self.states[n:] if rule in k), None)
        return own is not None and (own == right[1] or self._verbal(range(right[1], own)))

    def _elliptic(self, lefts: list[Hit], before: range | None, after: range) -> bool:
        """Is it "heart normal, lungs ...", the verb left out?"""
        return (
            bool(lefts)
            and before is not None
            and not any(i in self.stated or self.tags[i] & COORDINATOR for i in before)
            and any(self.tags[i] & COORDINATOR for i in after)
        )

    def _behind_a_preposition(self, start: int, end: int) -> bool:
        """Does a preposition tie the state to the noun behind it: "obscured by the large effusion"?"""
        at = start - 1
        while at >= 0 and self.tags[at] & (ARTICLE | OPENING) and at not in self.stated:
            at -= 1
        if at < 0 or not self.tags[at] & PREPOSITION or self.tags[at] & OPENING:
            return False
        n = bisect_left(self._noun_starts, end)
        noun = self._noun_starts[n] if n < len(self._noun_starts) else None
        return noun is not None and all(self._adjective(i) for i in range(end, noun))

    def _belongs_behind(self, before: range, start: int, end: int) -> bool:
        """Does the state belong to a noun behind it: "heart size and abnormal markings"?"""
        if self._verbal(before) or self._plain(before):
            return False
        joined = [i for i in before if self.tags[i] & COORDINATOR]
        rest = range(joined[-1] + 1, start)
        if any(not self.tags[i] & OPENING for i in rest):
            return True  # "heart size and vascular prominence"
        return (
            all(self.tags[i] & ARTICLE or self._adjective(i) for i in rest)
            and end < len(self.words)
            and self.words[end].isalpha()
            and not self.tags[end] & PREPOSITION
            and not self.verbs[end]
        )
