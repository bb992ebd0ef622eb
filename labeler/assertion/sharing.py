"""What mentions of one list, or a finding and what explains it, have in common."""

from collections.abc import Sequence

from labeler.assertion.attribute_words import AttributeHit, AttributeWords
from labeler.assertion.pieces import AFTER, BEFORE, PLACE, SHARED, Bound, Statement, Target, says
from labeler.text.lexicon import ACCOMPANIMENT, AND, COMMA, OR, PUNCTUATION
from labeler.types import ATTRIBUTES, CHANGE, LOCATION, SEVERITY, SIDE

SAME, BESIDE = -1, -2
_SHARED_AHEAD: dict[int, tuple[str, ...]] = {
    AND: (SIDE, LOCATION, CHANGE),
    COMMA: (SIDE, LOCATION, CHANGE),
    OR: (SIDE, LOCATION, SEVERITY, CHANGE),
    SAME: (SIDE, LOCATION),
    BESIDE: (SIDE, LOCATION),
}
"""What the first of two targets lends to the second, by how they are joined."""


def near(words: Sequence[str], attributes: AttributeWords, i: int) -> bool:
    """Does a word put another finding beside: "adjacent atelectasis", but not "adjacent to"?"""
    behind = words[i + 1] if i + 1 < len(words) else ""
    return words[i] in attributes.beside and behind not in attributes.places


class Sharing:
    """Lets the targets of a sentence take over what they have in common.

    Args:
        statement: the sentence.
        targets: in text order.
        attributes: the words.
    """

    def __init__(
        self, statement: Statement, targets: Sequence[Target], attributes: AttributeWords
    ) -> None:
        self._statement = statement
        self._targets = targets
        self._attributes = attributes

    def __call__(self, bound: list[list[Bound]]) -> None:
        """Let neighbours take over what they have in common."""
        pairs = [(n, self._relation(n)) for n in range(len(self._targets) - 1)]
        for n, relation in pairs:
            for attribute in _SHARED_AHEAD.get(relation, ()):
                if says(bound[n + 1], attribute):
                    continue
                # "new effusion and basilar atelectasis": what is described anew is only perhaps new
                bare = all(where != BEFORE for _, where in bound[n + 1])
                if attribute == CHANGE and not bare:
                    continue
                for hit, where in list(bound[n]):
                    closed = where == AFTER and (relation == AND or attribute == CHANGE)
                    if hit.attribute == attribute and not closed:
                        bound[n + 1].append(Bound(hit, SHARED))
        for n, relation in reversed(pairs):
            for attribute in ATTRIBUTES if relation else ():
                if says(bound[n], attribute):
                    continue
                for hit, where in list(bound[n + 1]):
                    if hit.attribute != attribute or where not in (AFTER, SHARED):
                        continue
                    if attribute in PLACE or (
                        relation in (AND, OR, COMMA) and self._predicated(n + 1, hit)
                    ):
                        bound[n].append(Bound(hit, SHARED))

    def _predicated(self, target: int, hit: AttributeHit) -> bool:
        end = self._targets[target].end
        return any(
            self._statement.verbs[i] for i in range(end, min(hit.end, len(self._statement.words)))
        )

    def _relation(self, n: int) -> int:
        """How a target goes on to the next, 0 where it does not.

        A list's `AND` or `COMMA`; an alternative's `OR`; `SAME` for a finding and what explains it; `BESIDE`
        for what is found with it.
        """
        words, attributes = self._statement.words, self._attributes
        a, b = self._targets[n], self._targets[n + 1]
        between = range(a.end, b.start)
        if a.end < self._statement.heading or any(
            self._statement.tags[i] & PUNCTUATION for i in between
        ):
            return 0
        if any(near(words, attributes, i) for i in between):
            return BESIDE
        if any(words[i] in attributes.alternatives for i in between):
            return OR
        equals = [i for i in between if words[i] in attributes.equals]
        with_ = [i for i in between if self._statement.tags[i] & ACCOMPANIMENT]
        if any(i - 1 not in equals for i in with_):
            return BESIDE
        kinds = {
            kind: start
            for start, end, kind in self._statement.joins
            if a.end <= start and end <= b.start
        }
        breaks = [w for w in self._statement.breaks if a.end <= w <= b.start]
        if equals:
            return OR if OR in kinds else SAME
        named = b.end < len(words) and words[b.end] in attributes.alternatives
        if named and breaks == [kinds.get(COMMA)]:
            return SAME  # "opacity in the left base, atelectasis versus pneumonia"
        if any(w != kinds.get(OR) for w in breaks):
            return 0
        if not kinds:
            return SAME
        if any(self._statement.verbs[i] for i in between):
            return 0
        if OR in kinds:
            return OR
        return AND if AND in kinds else COMMA
