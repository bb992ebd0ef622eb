"""How far the cues of one sentence reach, by its statements: our scope in place of `Negex`'s.

Cues of a sentence are asked in this order (the one table of priorities):

1. cue files, in the order of their names;
2. within a file: cues that look ahead, the nearest first; cues that look back, the nearest first;
   alternatives ("or").

Everything here costs time in proportion to the sentence's length: positions are kept sorted and looked up.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from labeler.assertion.cues import Cue, Target
from labeler.assertion.layout import Layout, any_in, first_in, last_in
from labeler.assertion.names import Names
from labeler.mentions.matcher import Extractor, Found, Span
from labeler.text.lexicon import (
    ACCOMPANIMENT,
    AND,
    COMMA,
    CONTRAST,
    DEFINITE,
    GENITIVE,
    INFINITIVE,
    OPENING,
    OR,
    PREPOSITION,
    PRONOUN,
    VERB,
)

_NEAR = 2
"""Tokens between a hedge and the state that it softens: "probably within normal limits"."""


class Scopes:
    """The scope of each cue of one sentence.

    Args:
        words: the normalised tokens.
        found: what the rules hit.
        layout: the sentence's statements.
        cues: by group, the cues that stand in it.
        hedging: the names of the groups whose cues make uncertain.
        remarking: the names of the groups that decide nothing: where they stand no scope ends.
        rules: knows the family of each rule.
    """

    def __init__(
        self,
        words: Sequence[str],
        found: Found,
        layout: Layout,
        cues: Mapping[str, Sequence[Cue]],
        hedging: Iterable[str],
        remarking: Collection[str],
        rules: Extractor,
    ) -> None:
        self.layout = layout
        self.found = found
        self._words = words
        self._tags = layout.tags
        self._rules = rules.rules
        every = [c for name, group in cues.items() if name not in remarking for c in group]
        self.hedges = sorted(
            (c for name in hedging if name not in remarking for c in cues[name]),
            key=lambda cue: cue.start,
        )
        self._hedging = {cue for name in hedging for cue in cues[name]}
        self._hedge_starts = {cue.start for cue in self.hedges}
        self._joins = {i for unit in layout.coordinators for i in range(unit.start, unit.end)}
        for cue in every:
            if cue.direction == "alternative":
                self._joins.update(range(cue.start, cue.end))
        self._cued = {i for cue in every for i in range(cue.start, cue.end)}
        # "opacity concerning for ...", "... to suggest ...": a verb that says more of the noun before it
        self._qualifiers = {
            cue.start
            for cue in self.hedges
            if layout.verbs[cue.end - 1] or (cue.start and self._tags[cue.start - 1] & INFINITIVE)
        }
        self._starts = {cue.start for cue in every if cue.direction == "preceding"}
        self._said = [i for i, word in enumerate(words) if word.isalpha()]
        self._told = [i for i in self._said if not self._tags[i] & CONTRAST]
        units = layout.coordinators
        self._unit_starts = [unit.start for unit in units]
        self._or_starts = [unit.start for unit in units if unit.kind == OR]
        ends = {i for i, verb in enumerate(layout.verbs) if verb} | (self._cued - self._joins)
        ends.update(i for i, tag in enumerate(self._tags) if tag & ACCOMPANIMENT)
        self._list_ends = sorted(ends)
        self._referring = [
            i for i, tag in enumerate(self._tags) if tag & PRONOUN or layout.verbs[i]
        ]
        # what a clause may refer to: "but the bases are not well seen" refers to no finding before
        things = {*layout.items, *(s for s, _ in found.words.get("anatomy", ()))}
        things.update(s for s, _, _ in found.structures)
        self._things = sorted(things)
        self._presupposing = self._presupposed_at()
        self._presupposed_starts = [start for start, _ in self._presupposing]
        self._ends: dict[tuple[int, int, bool, bool], int] = {}
        self._names: Names | None = None
        self._scopes = {name: self._of(group) for name, group in cues.items() if group}

    def _of(self, group: Sequence[Cue]) -> "_Scoped":
        ahead = [(cue, self.ahead(cue)) for cue in group if cue.direction == "preceding"]
        behind = [(cue, self.back(cue)) for cue in group if cue.direction == "following"]
        lists = [(cue, *self._list_of(cue)) for cue in group if cue.direction == "alternative"]
        return _Scoped(
            ahead=ahead,
            ahead_starts=[cue.start for cue, _ in ahead],
            behind=behind,
            behind_ends=[cue.end for cue, _ in behind],
            behind_least=list(accumulate((s for _, s in reversed(behind)), min))[::-1],
            lists=lists,
            lists_reached=list(accumulate((high for _, _, high in lists), max)),
            lists_least=list(accumulate((low for _, low, _ in reversed(lists)), min))[::-1],
        )

    def deciding(self, group: str, target: Target) -> Cue | None:
        """The cue of a group that decides a target, if one reaches it."""
        scoped = self._scopes.get(group)
        if scoped is None:
            return None
        for cue in (scoped.ahead_of(target), scoped.behind_of(target)):
            if cue is not None and not self._presupposed(cue, target):
                return cue
        return self._joining(scoped, target)

    def _presupposed_at(self) -> list[Span]:
        """The stretches whose targets a cue outside of them does not reach, by their first token.

        "no displacement | of the fracture", "no consolidation adjacent | to the effusion": such a stretch
        goes from the preposition to the next comma, verb or break.
        """
        tags, verbs = self._tags, self.layout.verbs
        tie = PREPOSITION | ACCOMPANIMENT
        starts = {
            end
            for _, end in self.found.words.get("presupposing", ())
            if end + 1 < len(tags) and tags[end] & (tie | DEFINITE) and not tags[end + 1] & VERB
        }
        for i in range(2, len(tags)):
            if tags[i] & DEFINITE and tags[i - 1] & tie and not tags[i - 1] & GENITIVE:
                starts.add(i - 1)
        out: list[Span] = []
        for start in sorted(starts):
            if out and start < out[-1][1]:
                continue
            end = self.layout.segment(start)[1]
            stop = next(
                (
                    i
                    for i in range(start + 1, end)
                    if tags[i] & COMMA
                    or verbs[i]
                    or (tags[i] & DEFINITE and i > start + 1 and not tags[i - 1] & DEFINITE)
                ),
                end,
            )
            out.append((start, stop))
        return out

    def _presupposed(self, cue: Cue, target: Target) -> bool:
        """Is the target in a stretch that the cue, outside of it, does not reach?"""
        n = bisect_right(self._presupposed_starts, target.start) - 1
        if n < 0:
            return False
        start, stop = self._presupposing[n]
        if target.start >= stop:
            return False
        if cue.direction == "preceding":
            # "may be residua of a fracture" hedges the fracture, "... of the fracture" does not
            known = cue not in self.hedges or bool(
                (self._tags[start] | self._tags[start + 1]) & DEFINITE
            )
            return known and cue.end < start and self._words[start - 1].isalpha()
        return cue.start >= stop and self.layout.segment(start) == self.layout.segment(cue.start)

    def ahead(self, cue: Cue) -> int:
        """End of the scope of a cue that looks ahead."""
        if cue.kind.reach == "sentence":
            return len(self._words)
        limit = self.layout.end_behind(cue.end)
        first = first_in(self.layout.items, cue.end, limit)
        if first is None:
            return limit
        key = (first, limit, cue.kind.reach == "phrase", cue in self._hedging)
        if key not in self._ends:
            self._ends[key] = self._end_of_scope(*key)
        return self._ends[key]

    def _end_of_scope(self, first: int, limit: int, phrase: bool, hedged: bool) -> int:
        """Where a scope ends whose first item is at `first` and whose statement ends at `limit`."""
        tags = self._tags
        for i in range(first + 1, limit):
            # "no edema with a small effusion": what comes with the first item is a new statement
            if tags[i] & ACCOMPANIMENT and not (hedged and self._shares(i, limit)):
                return i
            alone = i not in self._hedge_starts or i - 1 not in self._joins
            if i in self._starts and alone and not tags[i - 1] & OR:
                if i in self._qualifiers and self._one_phrase(first, i):
                    continue
                return i
            if phrase and tags[i] & (COMMA | AND):
                return i
        return limit

    def _shares(self, i: int, limit: int) -> bool:
        """Is what a "with" adds hedged as well: "may be atelectasis with pneumonia, ... associated with"?"""
        return self.layout.verbs[i] or (i + 1 < limit and not self._tags[i + 1] & OPENING)

    def _one_phrase(self, low: int, high: int) -> bool:
        """Does no verb, comma or "and" stand between: "opacity in the left lung concerning for ..."?"""
        apart = COMMA | AND | ACCOMPANIMENT
        return not any(self.layout.verbs[i] or self._tags[i] & apart for i in range(low, high))

    def back(self, cue: Cue) -> int:
        """Start of the scope of a cue that looks back."""
        if cue.kind.reach == "sentence":
            return 0
        breaks = self.layout.breaks
        n = bisect_right(breaks, cue.start) - 1
        start = breaks[n]
        named = any_in(self._things, start, cue.start)
        if n == 0 or named:
            return start
        if cue.kind.reach == "previous clause":
            return breaks[n - 1]
        opens = not any_in(self._told, start, cue.start)
        if opens and self.layout.has_item(cue.end, cue.end + 1) and cue.end not in breaks:
            return start  # "improved edema; resolved effusions" refers to what comes next
        if opens or any_in(self._referring, start, cue.start):
            # "..., though this cannot be excluded" refers to what was said before. "though" and
            # "this is" are breaks both, with nothing between them to refer to.
            said = bisect_left(self._said, start) - bisect_left(self._said, breaks[n - 1])
            joint = said == 1 and not self.layout.has_item(breaks[n - 1], start)
            return breaks[max(n - 2, 0)] if joint else breaks[n - 1]
        return start

    def softener(self, target: Target) -> Cue | None:
        """The hedge right before a state that says something normal, if there is one."""
        for cue in self.hedges:
            near = target.start - _NEAR <= cue.end <= target.start
            if (
                cue.direction == "preceding"
                and near
                and not any_in(self.layout.breaks, cue.start + 1, target.start + 1)
            ):
                return cue
        return None

    def goes_on(self, low: int, high: int) -> bool:
        """Is nothing but a comma, and no other finding, between two places: "density, probably a nipple"?"""
        breaks = self.layout.breaks
        between = breaks[bisect_left(breaks, low) : bisect_right(breaks, high)]
        if not between:
            return True
        joined = all(
            w < len(self._tags) and self._tags[w] & (COMMA | AND | PRONOUN) for w in between
        )
        return joined and not self.layout.has_item(low, high)

    def hedge(self, low: int, start: int, end: int) -> Cue | None:
        """The hedge, if any, of an explanation `[start, end)` of what ends at `low`."""
        for cue in self.hedges:
            ahead = cue.direction == "preceding" and low <= cue.start < start
            beside = cue.direction != "preceding" and cue.start >= low and cue.start - 2 <= end
            if ahead or (beside and cue.end <= self.layout.segment(start)[1]):
                return cue
        return None

    def _list_of(self, cue: Cue) -> Span:
        """The stretch of the list that an alternative joins, both sides."""
        tags, verbs = self._tags, self.layout.verbs
        low, high = self.layout.segment(cue.start)
        before = last_in(self._list_ends, low, cue.start)
        low = low if before is None else before + 1
        right = cue.end
        while right < high and (verbs[right] or right in self._cued or tags[right] & COMMA):
            right += 1  # "versus due to hyperinflation", "or, less likely, pneumonia"
        high = next((i for i in range(right, high) if verbs[i] or tags[i] & ACCOMPANIMENT), high)
        return self._nearer(cue, low, high)

    def _nearer(self, cue: Cue, low: int, high: int) -> Span:
        """The list without what another comma or "and" parts from it."""
        units = self.layout.coordinators
        at = bisect_right(self._unit_starts, cue.start) - 1
        own = at >= 0 and cue.start < units[at].end
        comma = own and units[at].comma
        first = at - 1 if own else at
        while first >= 0 and units[first].start >= low:
            unit = units[first]
            if unit.kind != OR and not (comma and unit.comma):
                low = unit.end
                break
            first -= 1
        n = at + 1
        last_or = last_in(self._or_starts, cue.end, high)
        while n < len(units) and units[n].start < high:
            unit = units[n]
            inside = all(i in self._cued for i in range(cue.end, unit.start))
            going_on = unit.comma and last_or is not None and last_or > unit.start
            if unit.kind != OR and not inside and not going_on:
                high = unit.start
                break
            n += 1
        return low, high

    def _joining(self, scoped: "_Scoped", target: Target) -> Cue | None:
        """The first alternative between the target and something else."""
        if not scoped.lists:
            return None
        names = self._names = self._names or Names(self.found, self._rules)
        mine = names.of(target)
        if not mine:
            return None
        for n in range(bisect_left(scoped.lists_reached, target.end), len(scoped.lists)):
            cue, low, high = scoped.lists[n]
            if scoped.lists_least[n] > target.start:
                break
            if low > target.start or target.end > high:
                continue
            other = (cue.end, high) if target.start < cue.end else (low, cue.start)
            if names.others(mine, *other) or (
                cue.kind.reach != "list" and any_in(self._said, *other)
            ):
                return cue
        return None


@dataclass(frozen=True, slots=True)
class _Scoped:
    """The cues of a group with their scopes, in text order, and what finds them quickly."""

    ahead: list[tuple[Cue, int]]
    ahead_starts: list[int]
    behind: list[tuple[Cue, int]]
    behind_ends: list[int]
    behind_least: list[int]
    """The least start of a scope from here on."""
    lists: list[tuple[Cue, int, int]]
    lists_reached: list[int]
    """The greatest end of a list up to here."""
    lists_least: list[int]

    def ahead_of(self, target: Target) -> Cue | None:
        """The last cue before the target that reaches it; of cues that overlap, the first one."""
        deciding: Cue | None = None
        for n in range(bisect_left(self.ahead_starts, target.start) - 1, -1, -1):
            cue, stop = self.ahead[n]
            if deciding is not None and cue.end <= deciding.start:
                break
            if stop > target.start:
                deciding = cue  # "cannot exclude", not the "exclude a small" inside it
        return deciding

    def behind_of(self, target: Target) -> Cue | None:
        """The first cue behind the target that reaches back to it."""
        for n in range(bisect_right(self.behind_ends, target.end), len(self.behind)):
            cue, start = self.behind[n]
            if start <= target.start:
                return cue
            if self.behind_least[n] > target.start:
                return None
        return None
