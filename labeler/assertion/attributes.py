"""Which mention an attribute word refers to, by the statements and lists of the sentence.

A sentence falls into segments at the layout's breaks, and a segment into pieces at its commas and conjunctions. A
word refers to the mention of its own piece; in a piece without one it goes with the neighbour that it
continues. Then mentions of one list, and a finding and what explains it, share the place that one of them has.
"""

from collections.abc import Sequence

from labeler.assertion.attribute_words import AttributeHit, AttributeWords
from labeler.assertion.layout import Layout
from labeler.assertion.pieces import (
    AFTER,
    BEFORE,
    INSIDE,
    PLACE,
    SHARED,
    Bound,
    Piece,
    Statement,
    Target,
    binding_words,
    cut,
    merge,
    piece_at,
    says,
)
from labeler.assertion.sharing import Sharing
from labeler.text.bits import cover, first, last, span, within
from labeler.text.lexicon import AND, COMMA, TokenRoles
from labeler.types import ATTRIBUTES, CHANGE, SIDE

Cells = tuple[str, ...]
"""The attributes of a mention, in the order of `ATTRIBUTES`; `""` where nothing is said."""
NOTHING: Cells = ("",) * len(ATTRIBUTES)


_NUMBERS = {attribute: n for n, attribute in enumerate(ATTRIBUTES)}


class Binder:
    """Binds attribute words to mentions.

    Args:
        attributes: the words.
    """

    def __init__(self, attributes: AttributeWords) -> None:
        self._attributes = attributes
        self._kinds = binding_words(attributes)

    def __call__(
        self,
        words: Sequence[str],
        layout: Layout,
        denials: int,
        heading: int,
        hits: list[AttributeHit],
        targets: list[Target],
        findings: Sequence[str],
    ) -> list[Cells]:
        """The attributes of each mention of a sentence.

        Args:
            words, layout: the sentence.
            denials: tokens of its cues that deny, as bits.
            heading: how many tokens its heading has.
            hits: its attribute words.
            targets: what they may refer to.
            findings: the mentions' findings, by number.
        """
        merged = merge(targets)
        statement = Statement(words, layout, denials, heading, self._kinds)
        bound = _Reading(statement, hits, merged).bind()
        return self._cells(merged, [[hit for hit, _ in found] for found in bound], findings)

    def plainly(
        self,
        roles: TokenRoles,
        hits: list[AttributeHit],
        targets: list[Target],
        findings: Sequence[str],
    ) -> list[Cells] | None:
        """The same for "small left effusion", which needs no layout; `None` where one is needed."""
        if len(targets) != 1 or hits[-1].end > targets[0].start:
            return None
        apart = roles.punctuation | roles.coordinator | roles.accompaniment | roles.verb
        if within(apart, hits[0].end, targets[0].start):
            return None
        return self._cells(targets, [hits], findings)

    def _cells(
        self,
        targets: list[Target],
        bound: list[list[AttributeHit]],
        findings: Sequence[str],
    ) -> list[Cells]:
        said: list[dict[str, list[AttributeHit]]] = [{} for _ in findings]
        for target, found in zip(targets, bound, strict=True):
            for number in target.mentions:
                for hit in found:
                    if self._attributes.speaks_of(hit, findings[number]):
                        said[number].setdefault(hit.attribute, []).append(hit)
        out: list[Cells] = []
        for cells in said:
            if not cells:
                out.append(NOTHING)
                continue
            written = list(NOTHING)
            for attribute, hits in cells.items():
                written[_NUMBERS[attribute]] = (
                    hits[0].value if len(hits) == 1 else self._attributes.joined(sorted(set(hits)))
                )
            out.append(tuple(written))
        return out


class _Reading:
    """One sentence while its attribute words are bound."""

    def __init__(
        self, statement: Statement, hits: list[AttributeHit], targets: list[Target]
    ) -> None:
        self.statement = statement
        self.roles = statement.roles
        self.hits = hits
        self.targets = targets
        self.hit_tokens = cover([(h.start, h.end) for h in hits])
        self.pieces = cut(statement, targets, hits)

    def bind(self) -> list[list[Bound]]:
        """For each target the hits that refer to it."""
        out: list[list[Bound]] = [[] for _ in self.targets]
        general: list[AttributeHit] = []
        for hit in self.hits:
            if hit.end <= self.statement.heading and not self._inside(hit):
                general.append(hit)
                continue
            for target, where in self._targets_of(hit):
                # "markings are increased, stable since May": what a state says, another word overrules
                state = (
                    where == INSIDE and hit.attribute == CHANGE and self.targets[target].is_state
                )
                out[target].append(Bound(hit._replace(soft=True) if state else hit, where))
        self._join_states(out)
        Sharing(self.statement, self.targets)(out)
        for found in out:
            for hit in general:
                if not says(found, hit.attribute):
                    found.append(Bound(hit, SHARED))
        return out

    def _join_states(self, bound: list[list[Bound]]) -> None:
        """The words of a structure and those of its state refer to one mention."""
        for n, state in enumerate(self.targets):
            if state.is_state and len(state.mentions) == 1:
                for m, target in enumerate(self.targets):
                    if m != n and target.mentions == state.mentions:
                        bound[m] = bound[n] = bound[m] + bound[n]

    def _inside(self, hit: AttributeHit) -> bool:
        return any(t.start <= hit.start and hit.end <= t.end for t in self.targets)

    def _targets_of(self, hit: AttributeHit) -> list[tuple[int, str]]:
        for n, target in enumerate(self.targets):
            if target.start < hit.end and hit.start < target.end:
                # "increased markings" tells no change, "heart size is increased" and "extubated" do
                whole = hit.start <= target.start and target.end <= hit.end
                own = hit.attribute != CHANGE or whole or hit.start < target.start
                return [(n, INSIDE)] if own or target.is_state else []
        number = piece_at(self.pieces, hit.start)
        if number < 0:
            return []
        before = after = None
        for n in self.pieces[number].targets:
            if self.targets[n].end <= hit.start:
                before = n
            elif after is None and self.targets[n].start >= hit.end:
                after = n
        if before is None and after is None:
            return self._from_afar(hit, number)
        if before is None and after is not None and self._ends_list(hit, after, number):
            earlier = self._earlier(hit, number)
            if earlier is not None:
                return earlier
        if before is not None and after is not None:
            if self._goes_back(hit, before, after):
                after = None
            else:
                before = None
        elif before is not None and self._opens_next(hit, before, number):
            before, after = None, self.pieces[number + 1].targets[0]
        if after is not None:
            return [(after, BEFORE)] if self._reaches_forward(hit, after) else []
        assert before is not None
        return [(before, AFTER)] if self._reaches_back(hit) else []

    def _ends_list(self, hit: AttributeHit, after: int, number: int) -> bool:
        """Does it belong before its piece: "effusions, left more than right, with atelectasis"?"""
        low, high = hit.end, self.targets[after].start
        if within(self.statement.accompanies, low, high):
            return True
        return bool(within(self.statement.turns, low, high)) and self._is_open(number - 1, hit)

    def _is_open(self, number: int, hit: AttributeHit) -> bool:
        """Is there a word of the same attribute behind the last target of a piece?"""
        piece = self.pieces[max(number, 0)]
        if not piece.targets:
            return False
        end = self.targets[piece.targets[-1]].end
        return any(
            end <= h.start and h.end <= piece.end and h.attribute == hit.attribute
            for h in self.hits
        )

    def _opens_next(self, hit: AttributeHit, before: int, number: int) -> bool:
        """Does it belong to the next piece: "cardiomegaly with mild, patchy edema"?"""
        if not within(self.statement.accompanies, self.targets[before].end, hit.start):
            return False
        rest = self.pieces[number + 1 : number + 2]
        return (
            bool(rest) and rest[0].segment == self.pieces[number].segment and bool(rest[0].targets)
        )

    def _goes_back(self, hit: AttributeHit, before: int, after: int) -> bool:
        """Between two mentions: does the hit refer to the first?"""
        statement = self.statement
        left = self.targets[before].end, hit.start
        right = hit.end, self.targets[after].start
        if within(statement.accompanies, *left):
            return False
        if within(statement.accompanies | statement.turns, *right):
            return True
        turn = last(within(statement.turns, *left))
        placed = within(statement.places, max(turn + 1, left[0]), left[1])
        if placed and hit.attribute in PLACE:
            return True
        # "effusion is small" against "opacity representing small effusion"
        return not placed and bool(within(statement.places, *right))

    def _reaches_forward(self, hit: AttributeHit, target: int) -> bool:
        if hit.attribute in PLACE:
            return True
        return not within(self.roles.accompaniment, hit.end, self.targets[target].start)

    def _reaches_back(self, hit: AttributeHit) -> bool:
        """Does a hit behind a mention refer to it, and not to a noun of its own?"""
        if hit.attribute in PLACE:
            return True
        statement, roles = self.statement, self.roles
        number = piece_at(self.pieces, hit.start)
        stop = self.pieces[number].end if number >= 0 else roles.size
        border = first(within(statement.places | roles.punctuation, hit.end, stop))
        known = self.hit_tokens | statement.verbs | statement.neutral | statement.equals
        return not within(roles.said & ~known, hit.end, border if border >= 0 else stop)

    def _from_afar(self, hit: AttributeHit, number: int) -> list[tuple[int, str]]:
        """The target of a hit whose piece names none."""
        piece = self.pieces[number]
        if self._denies(piece, hit):
            return []
        own = self._has_own_subject(piece)
        back, forth = None if own else self._neighbour(number, -1), self._neighbour(number, 1)
        if back is not None and forth is not None:
            if self._continues(number, hit):
                forth = None
            else:
                back = None
        if forth is not None:
            target = self.pieces[forth].targets[0]
            reaches = self._reaches_forward(hit, target) and not self._parts(number)
            return [(target, BEFORE)] if reaches else []
        if not own:
            earlier = self._earlier(hit, number)
            if earlier is not None:
                return earlier
        later = [n for n, t in enumerate(self.targets) if t.start >= piece.end]
        comma = hit.end == piece.end and bool(self.roles.comma >> piece.end & 1)
        open_end = hit.attribute in PLACE or comma
        return [(later[0], BEFORE)] if later and open_end else []

    def _earlier(self, hit: AttributeHit, number: int) -> list[tuple[int, str]] | None:
        """The last target before a piece, where the hit refers to it; `None` where there is none."""
        piece, heading = self.pieces[number], self.statement.heading
        before = [
            n for n, t in enumerate(self.targets) if heading <= t.start and t.end <= piece.start
        ]
        if not before:
            return None
        return [(before[-1], AFTER)] if self._reaches_back(hit) else []

    def _neighbour(self, number: int, step: int) -> int | None:
        """The nearest piece of the same segment that names something."""
        at = number + step
        while 0 <= at < len(self.pieces) and self.pieces[at].segment == self.pieces[number].segment:
            if self.pieces[at].targets:
                return at
            at += step
        return None

    def _continues(self, number: int, hit: AttributeHit) -> bool:
        """Between a piece before and one behind: does it go on with the one before?"""
        piece = self.pieces[number]
        verb = self.statement.verbs & ~self.hit_tokens
        if (self.statement.places | self.roles.pronoun) >> piece.start & 1:
            return True
        inside = [h for h in self.hits if piece.start <= h.start < piece.end]
        if inside[0].attribute == SIDE and inside[-1].attribute not in PLACE:
            return True  # "bilateral effusions, left small, right moderate"
        if verb >> piece.start & 1 or self._is_open(number - 1, hit):
            return True
        behind = self.pieces[number + 1]
        if behind.targets:
            start = self.targets[behind.targets[0]].start
            if any(
                h.start >= behind.start and h.end <= start and h.attribute == hit.attribute
                for h in self.hits
            ):
                return False
        return not (piece.joined_by == AND or behind.joined_by == COMMA)

    def _parts(self, number: int) -> bool:
        """Does a new noun phrase begin behind: "bibasilar hypoventilation and some atelectasis"?"""
        if number + 1 == len(self.pieces):
            return False
        opens = (self.roles.opening & ~self.hit_tokens) >> self.pieces[number + 1].start & 1
        said = (self.roles.said & ~self.hit_tokens) >> (self.pieces[number].end - 1) & 1
        return bool(opens and said)

    def _denies(self, piece: Piece, hit: AttributeHit) -> bool:
        """Does a piece deny something else, as "none on the left" does and ", not as large" does not?"""
        denials = self.statement.denials & ~span(hit.start, hit.end)
        return bool(within(denials, piece.start, piece.end))

    def _has_own_subject(self, piece: Piece) -> bool:
        """Does the piece say something of a thing of its own: "the right lung is clear"?"""
        statement, roles = self.statement, self.roles
        verb = first(within(statement.verbs, piece.start, piece.end))
        if verb < 0 or within(statement.anaphora, piece.start, verb):
            return False
        empty = roles.article | roles.expletive | roles.contrast | roles.coordinator | roles.pronoun
        empty |= statement.places | statement.neutral | self.hit_tokens
        return bool(within(roles.said & ~empty, piece.start, verb))
