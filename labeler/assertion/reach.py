"""How far the cues of one sentence reach, by its statements: our scope in place of `Negex`'s.

Cues of a sentence are asked in this order (the one table of priorities):

1. cue files, in the order of their names;
2. within a file: cues that look ahead, the nearest first; cues that look back, the nearest first;
   alternatives ("or").

Everything here costs time in proportion to the sentence's length: places are bits, or sorted and looked up.
"""

from bisect import bisect_left, bisect_right
from typing import Final

from labeler.assertion.cues import Cue, GroupKinds, Target
from labeler.assertion.layout import Layout
from labeler.assertion.names import Names
from labeler.assertion.scoped_cues import ScopedCues
from labeler.mentions.matcher import Found, Rule, Span
from labeler.text.bits import first, last, places, span, starts, within
from labeler.text.lexicon import OR

_NEAR: Final = 2
"""Tokens between a hedge and the state that it softens: "probably within normal limits"."""


class Scopes:
    """The scope of each cue of one sentence.

    Args:
        found: what the rules hit.
        layout: the sentence's statements.
        cues: by group, the cues that stand in it.
        kinds: of the groups.
        rules: by index.

    Attributes:
        layout: as given.
        hedges: the cues that make uncertain and decide, in text order.
    """

    __slots__ = (
        "_cued",
        "_cues",
        "_ends",
        "_found",
        "_hedge_starts",
        "_joins",
        "_kinds",
        "_names",
        "_or_starts",
        "_presupposed_starts",
        "_presupposing",
        "_qualifiers",
        "_roles",
        "_rules",
        "_scoped",
        "_starts",
        "_things",
        "_unit_starts",
        "hedges",
        "layout",
    )

    def __init__(
        self,
        found: Found,
        layout: Layout,
        cues: dict[str, list[Cue]],
        kinds: GroupKinds,
        rules: list[Rule],
    ) -> None:
        self.layout = layout
        self._found = found
        self._roles = roles = layout.roles
        self._rules = rules
        self._cues = cues
        self._kinds = kinds
        self.hedges: list[Cue] = []
        begins = joined = cued = qualifiers = hedge_starts = 0
        verbs = layout.verbs
        for name, group in cues.items():
            if name in kinds.remarking:
                continue
            softening = name in kinds.softening
            if softening:
                self.hedges += group
            for cue in group:
                start = 1 << cue.start
                own = (1 << cue.end) - start
                cued |= own
                direction = cue.kind.direction
                if direction == "alternative":
                    joined |= own
                elif direction == "preceding":
                    begins |= start
                if softening:
                    hedge_starts |= start
                    # "opacity concerning for ...": a verb that says more of the noun before it
                    if verbs >> (cue.end - 1) & 1:
                        qualifiers |= start
        if len(self.hedges) > 1:
            self.hedges.sort(key=_start)
        self._starts = begins
        self._cued = cued
        self._hedge_starts = hedge_starts
        # "... to suggest ..."
        self._qualifiers = qualifiers | (hedge_starts & roles.infinitive << 1)
        self._joins = roles.coordinator | joined
        self._things = -1
        self._presupposing: list[Span] | None = None
        self._presupposed_starts: list[int] = []
        self._ends: dict[tuple[int, int, bool, bool], int] = {}
        self._names: Names | None = None
        self._unit_starts: list[int] = []
        self._or_starts = 0
        self._scoped: dict[str, ScopedCues] = {}

    def deciding(self, group: str, target: Target) -> Cue | None:
        """The cue of a group that decides a target, if one reaches it."""
        scoped = self._scoped.get(group)
        if scoped is None:
            scoped = self._scoped[group] = self._of(group)
        hedging = group in self._kinds.softening
        if scoped.ahead:
            cue = scoped.ahead_of(target)
            if cue is not None and not self._presupposed(cue, target, hedging=hedging):
                return cue
        if scoped.behind:
            cue = scoped.behind_of(target)
            if cue is not None and not self._presupposed(cue, target, hedging=hedging):
                return cue
        return self._joining(scoped, target) if scoped.lists else None

    def _of(self, name: str) -> ScopedCues:
        """The cues of a group with their scopes."""
        scoped = ScopedCues()
        for cue in self._cues.get(name, ()):
            direction = cue.kind.direction
            if direction == "preceding":
                scoped.add_ahead(cue, self.ahead(name, cue))
            elif direction == "following":
                scoped.add_behind(cue, self.back(cue))
            else:
                scoped.add_list(cue, *self._list_of(cue))
        scoped.close()
        return scoped

    def _presupposed_at(self) -> list[Span]:
        """The stretches whose targets a cue outside of them does not reach, by their first token.

        "no displacement | of the fracture", "no consolidation adjacent | to the effusion": such a stretch
        goes from the preposition to the next comma, verb or break.
        """
        roles = self._roles
        tie = roles.preposition | roles.accompaniment
        begins = roles.definite >> 1 & tie & ~roles.genitive & ~1
        for _, end in self._found.words.get("presupposing", ()):
            if (tie | roles.definite) >> end & 1 and end + 1 < roles.size:
                begins |= (~roles.verb >> (end + 1) & 1) << end
        out: list[Span] = []
        reached = -1
        stops = roles.comma | self.layout.verbs
        again = roles.definite & ~(roles.definite << 1)
        for start in places(begins):
            if start < reached:
                continue
            end = self.layout.segment(start)[1]
            stop = first(within(stops, start + 1, end) | within(again, start + 2, end))
            reached = stop if stop >= 0 else end
            out.append((start, reached))
        return out

    def _presupposed(self, cue: Cue, target: Target, *, hedging: bool) -> bool:
        """Is the target in a stretch that the cue, outside of it, does not reach?"""
        if self._presupposing is None:
            self._presupposing = self._presupposed_at()
            self._presupposed_starts = [start for start, _ in self._presupposing]
        n = bisect_right(self._presupposed_starts, target.start) - 1
        if n < 0:
            return False
        start, stop = self._presupposing[n]
        if target.start >= stop:
            return False
        if cue.direction == "preceding":
            # "may be residua of a fracture" hedges the fracture, "... of the fracture" does not
            known = not hedging or bool(within(self._roles.definite, start, start + 2))
            return known and cue.end < start and bool(self._roles.said >> (start - 1) & 1)
        return cue.start >= stop and self.layout.segment(start) == self.layout.segment(cue.start)

    def ahead(self, group: str, cue: Cue) -> int:
        """End of the scope of a cue that looks ahead."""
        if cue.kind.reach == "sentence":
            return self._roles.size
        limit = self.layout.end_behind(cue.end)
        item = first(within(self.layout.items, cue.end, limit))
        if item < 0:
            return limit
        key = (item, limit, cue.kind.reach == "phrase", group in self._kinds.hedging)
        if key not in self._ends:
            self._ends[key] = self._end_of_scope(*key)
        return self._ends[key]

    def _end_of_scope(self, item: int, limit: int, phrase: bool, hedged: bool) -> int:
        """Where a scope ends whose first item is at `item` and whose statement ends at `limit`."""
        roles = self._roles
        # a cue that an alternative or a joint ties to the one before begins no scope of its own
        own = self._starts & ~(self._hedge_starts & self._joins << 1) & ~(roles.alternative << 1)
        ends = roles.comma | roles.conjunction if phrase else 0
        for i in places(within(roles.accompaniment | own | ends, item + 1, limit)):
            # "no edema with a small effusion": what comes with the first item is a new statement
            if roles.accompaniment >> i & 1 and not (hedged and self._shares(i, limit)):
                return i
            if own >> i & 1:
                if self._qualifiers >> i & 1 and self._one_phrase(item, i):
                    continue
                return i
            if ends >> i & 1:
                return i
        return limit

    def _shares(self, i: int, limit: int) -> bool:
        """Is what a "with" adds hedged as well: "may be atelectasis with pneumonia, ... associated with"?"""
        opens = self._roles.opening >> (i + 1) & 1
        return bool(self.layout.verbs >> i & 1) or (i + 1 < limit and not opens)

    def _one_phrase(self, low: int, high: int) -> bool:
        """Does no verb, comma or "and" stand between: "opacity in the left lung concerning for ..."?"""
        roles = self._roles
        apart = roles.comma | roles.conjunction | roles.accompaniment | self.layout.verbs
        return not within(apart, low, high)

    def back(self, cue: Cue) -> int:
        """Start of the scope of a cue that looks back."""
        if cue.kind.reach == "sentence":
            return 0
        breaks, items, roles = self.layout.breaks, self.layout.items, self._roles
        n = bisect_right(breaks, cue.start) - 1
        start = breaks[n]
        if n == 0 or within(self._nameable(), start, cue.start):
            return start
        if cue.kind.reach == "previous clause":
            return breaks[n - 1]
        opens = not within(roles.said & ~roles.contrast, start, cue.start)
        if opens and items >> cue.end & 1 and cue.end not in breaks:
            return start  # "improved edema; resolved effusions" refers to what comes next
        if opens or within(roles.pronoun | self.layout.verbs, start, cue.start):
            # "..., though this cannot be excluded" refers to what was said before. "though" and
            # "this is" are breaks both, with nothing between them to refer to.
            said = within(roles.said, breaks[n - 1], start).bit_count()
            joint = said == 1 and not within(items, breaks[n - 1], start)
            return breaks[max(n - 2, 0)] if joint else breaks[n - 1]
        return start

    def _nameable(self) -> int:
        """What a clause may refer to: "but the bases are not well seen" refers to no finding before."""
        if self._things < 0:
            self._things = self.layout.items | starts(self._found.words.get("anatomy", ()))
            for start, _, _ in self._found.structures:
                self._things |= 1 << start
        return self._things

    def softener(self, target: Target) -> Cue | None:
        """The hedge right before a state that says something normal, if there is one."""
        for cue in self.hedges:
            if cue.kind.direction != "preceding":
                continue
            if target.start - _NEAR <= cue.end <= target.start and not self._broken(
                cue.start + 1, target.start + 1
            ):
                return cue
        return None

    def _broken(self, low: int, high: int) -> bool:
        """Does a statement begin in `[low, high)`?"""
        breaks = self.layout.breaks
        n = bisect_left(breaks, low)
        return n < len(breaks) and breaks[n] < high

    def goes_on(self, low: int, high: int) -> bool:
        """Is nothing but a comma, and no other finding, between two places: "density, probably a nipple"?"""
        breaks = self.layout.breaks
        between = breaks[bisect_left(breaks, low) : bisect_right(breaks, high)]
        if not between:
            return True
        roles = self._roles
        joining = roles.comma | roles.conjunction | roles.pronoun
        for at in between:
            if not joining >> at & 1:
                return False
        return not within(self.layout.items, low, high)

    def hedge(self, low: int, start: int, end: int) -> Cue | None:
        """The hedge, if any, of an explanation `[start, end)` of what ends at `low`."""
        for cue in self.hedges:
            looks_ahead = cue.kind.direction == "preceding"
            ahead = looks_ahead and low <= cue.start < start
            beside = not looks_ahead and cue.start >= low and cue.start - 2 <= end
            if ahead or (beside and cue.end <= self.layout.segment(start)[1]):
                return cue
        return None

    def _list_of(self, cue: Cue) -> Span:
        """The stretch of the list that an alternative joins, both sides."""
        roles, verbs = self._roles, self.layout.verbs
        low, high = self.layout.segment(cue.start)
        ends = verbs | (self._cued & ~self._joins) | roles.accompaniment
        before = last(within(ends, low, cue.start))
        low = low if before < 0 else before + 1
        # "versus due to hyperinflation", "or, less likely, pneumonia"
        right = first(within(~(verbs | self._cued | roles.comma), cue.end, high))
        right = right if right >= 0 else max(cue.end, high)
        end = first(within(verbs | roles.accompaniment, right, high))
        return self._nearer(cue, low, end if end >= 0 else high)

    def _nearer(self, cue: Cue, low: int, high: int) -> Span:
        """The list without what another comma or "and" parts from it."""
        units = self.layout.coordinators
        if not self._unit_starts:
            self._unit_starts = [unit.start for unit in units]
            for unit in units:
                self._or_starts |= int(unit.kind == OR) << unit.start
        at = bisect_right(self._unit_starts, cue.start) - 1
        own = at >= 0 and cue.start < units[at].end
        comma = own and units[at].comma
        n = at - 1 if own else at
        while n >= 0 and units[n].start >= low:
            if units[n].kind != OR and not (comma and units[n].comma):
                low = units[n].end
                break
            n -= 1
        last_or = last(within(self._or_starts, cue.end, high))
        n = at + 1
        while n < len(units) and units[n].start < high:
            unit = units[n]
            inside = not span(cue.end, unit.start) & ~self._cued
            going_on = unit.comma and last_or > unit.start
            if unit.kind != OR and not inside and not going_on:
                high = unit.start
                break
            n += 1
        return low, high

    def _joining(self, scoped: ScopedCues, target: Target) -> Cue | None:
        """The first alternative between the target and something else."""
        if self._names is None:
            self._names = Names(self._found, self._rules)
        names = self._names
        mine = names.of(target)
        if not mine:
            return None
        for n in range(bisect_left(scoped.lists_reached, target.end), len(scoped.lists)):
            cue, low, high = scoped.lists[n]
            if scoped.lists_least[n] > target.start:
                break
            if low > target.start or target.end > high:
                continue
            if target.start < cue.end:
                low = cue.end
            else:
                high = cue.start
            if names.others(mine, low, high) or (
                cue.kind.reach != "list" and within(self._roles.said, low, high)
            ):
                return cue
        return None


def _start(cue: Cue) -> int:
    return cue.start
