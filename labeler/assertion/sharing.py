"""What mentions of one list, or a finding and what explains it, have in common."""

from typing import Final

from labeler.assertion.pieces import AFTER, BEFORE, PLACE, SHARED, Bound, Statement, Target, says
from labeler.text.bits import within
from labeler.text.lexicon import AND, COMMA, OR
from labeler.types import ATTRIBUTES, CHANGE, LOCATION, SEVERITY, SIDE

SAME: Final = -1
BESIDE: Final = -2
_SHARED_AHEAD: Final[dict[int, tuple[str, ...]]] = {
    AND: (SIDE, LOCATION, CHANGE),
    COMMA: (SIDE, LOCATION, CHANGE),
    OR: (SIDE, LOCATION, SEVERITY, CHANGE),
    SAME: (SIDE, LOCATION),
    BESIDE: (SIDE, LOCATION),
}
"""What the first of two targets lends to the second, by how they are joined."""


class Sharing:
    """Lets the targets of a sentence take over what they have in common.

    Args:
        statement: the sentence.
        targets: in text order.
    """

    def __init__(self, statement: Statement, targets: list[Target]) -> None:
        self._statement = statement
        self._targets = targets
        self._relations: dict[int, int] = {}

    def __call__(self, bound: list[list[Bound]]) -> None:
        """Let neighbours take over what they have in common."""
        for n in range(len(self._targets) - 1):
            if bound[n]:
                self._lend_ahead(bound, n)
        for n in range(len(self._targets) - 2, -1, -1):
            if bound[n + 1]:
                self._lend_back(bound, n)

    def _lend_ahead(self, bound: list[list[Bound]], n: int) -> None:
        """Let the next target take over what is said of target `n`."""
        relation = self._relation(n)
        for attribute in _SHARED_AHEAD.get(relation, ()):
            if says(bound[n + 1], attribute) or not says(bound[n], attribute):
                continue
            # "new effusion and basilar atelectasis": what is described anew is only perhaps new
            if attribute == CHANGE and any(where == BEFORE for _, where in bound[n + 1]):
                continue
            for hit, where in list(bound[n]):
                closed = where == AFTER and (relation == AND or attribute == CHANGE)
                if hit.attribute == attribute and not closed:
                    bound[n + 1].append(Bound(hit, SHARED))

    def _lend_back(self, bound: list[list[Bound]], n: int) -> None:
        """Let target `n` take over what is said of the next one."""
        relation = self._relation(n)
        for attribute in ATTRIBUTES if relation else ():
            if says(bound[n], attribute):
                continue
            for hit, where in list(bound[n + 1]):
                if hit.attribute != attribute or where not in (AFTER, SHARED):
                    continue
                if attribute in PLACE or (
                    relation in (AND, OR, COMMA) and self._predicated(n + 1, hit.end)
                ):
                    bound[n].append(Bound(hit, SHARED))

    def _predicated(self, target: int, end: int) -> bool:
        """Does a verb stand between a target and the end of a hit?"""
        return bool(within(self._statement.verbs, self._targets[target].end, end))

    def _relation(self, n: int) -> int:
        """How a target goes on to the next, 0 where it does not; found once.

        A list's `AND` or `COMMA`; an alternative's `OR`; `SAME` for a finding and what explains it; `BESIDE`
        for what is found with it.
        """
        relation = self._relations.get(n)
        if relation is None:
            relation = self._relations[n] = self._related(self._targets[n], self._targets[n + 1])
        return relation

    def _related(self, a: Target, b: Target) -> int:
        statement = self._statement
        low, high = a.end, b.start
        if low < statement.heading or within(statement.roles.punctuation, low, high):
            return 0
        if within(statement.near, low, high):
            return BESIDE
        if within(statement.alternatives, low, high):
            return OR
        equals = within(statement.equals, low, high)
        if within(statement.roles.accompaniment, low, high) & ~(equals << 1):
            return BESIDE
        kinds: dict[int, int] = {}
        for unit in statement.joins:
            if low <= unit.start and unit.end <= high:
                kinds[unit.kind] = unit.start
        if equals:
            return OR if OR in kinds else SAME
        breaks = [w for w in statement.breaks if low <= w <= high]
        if statement.alternatives >> b.end & 1 and breaks == [kinds.get(COMMA)]:
            return SAME  # "opacity in the left base, atelectasis versus pneumonia"
        for w in breaks:
            if w != kinds.get(OR):
                return 0
        if not kinds:
            return SAME
        if within(statement.verbs, low, high):
            return 0
        if OR in kinds:
            return OR
        return AND if AND in kinds else COMMA
