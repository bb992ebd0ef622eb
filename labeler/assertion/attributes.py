"""Which mention an attribute word refers to, by the statements and lists of the sentence.

A sentence falls into segments at the layout's breaks, and a segment into pieces at its commas and conjunctions. A
word refers to the mention of its own piece; in a piece without one it goes with the neighbour that it
continues. Then mentions of one list, and a finding and what explains it, share the place that one of them has.
"""

from collections.abc import Sequence

from labeler.assertion.attribute_words import AttributeHit, AttributeWords
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
    cut,
    merge,
    says,
)
from labeler.assertion.sharing import Sharing, near
from labeler.text.lexicon import (
    ACCOMPANIMENT,
    AND,
    ARTICLE,
    COMMA,
    CONTRAST,
    COORDINATOR,
    EXPLETIVE,
    OPENING,
    PRONOUN,
    PUNCTUATION,
    VERB,
    Lexicon,
)
from labeler.types import ATTRIBUTES, CHANGE, SIDE

Cells = tuple[str, ...]
"""The attributes of a mention, in the order of `ATTRIBUTES`; `""` where nothing is said."""
NOTHING: Cells = ("",) * len(ATTRIBUTES)


class Binder:
    """Binds attribute words to mentions.

    Args:
        attributes: the words.
        lexicon: the roles of words.
    """

    def __init__(self, attributes: AttributeWords, lexicon: Lexicon) -> None:
        self._attributes = attributes
        self._lexicon = lexicon

    def __call__(
        self,
        statement: Statement,
        hits: Sequence[AttributeHit],
        targets: Sequence[Target],
        findings: Sequence[str],
    ) -> list[Cells]:
        """The attributes of each mention of a sentence.

        Args:
            statement: the sentence.
            hits: its attribute words.
            targets: what they may refer to.
            findings: the mentions' findings, by number.
        """
        merged = merge(targets)
        reading = _Reading(statement, hits, merged, self._attributes)
        bound = [[hit for hit, _ in found] for found in reading.bind()]
        return self._cells(merged, bound, findings)

    def plainly(
        self,
        words: Sequence[str],
        hits: Sequence[AttributeHit],
        targets: Sequence[Target],
        findings: Sequence[str],
    ) -> list[Cells] | None:
        """The same for "small left effusion", which needs no layout; `None` where one is needed."""
        if len(targets) != 1 or hits[-1].end > targets[0].start:
            return None
        between = self._lexicon.tags(words[hits[0].end : targets[0].start])
        if any(tag & (PUNCTUATION | COORDINATOR | ACCOMPANIMENT | VERB) for tag in between):
            return None
        return self._cells(targets, [hits], findings)

    def _cells(
        self,
        targets: Sequence[Target],
        bound: Sequence[Sequence[AttributeHit]],
        findings: Sequence[str],
    ) -> list[Cells]:
        said: list[list[list[AttributeHit]]] = [[[] for _ in ATTRIBUTES] for _ in findings]
        for target, found in zip(targets, bound, strict=True):
            for number in target.mentions:
                for hit in found:
                    if self._attributes.speaks_of(hit, findings[number]):
                        said[number][ATTRIBUTES.index(hit.attribute)].append(hit)
        return [
            tuple(self._attributes.joined(sorted(set(cell))) if cell else "" for cell in cells)
            for cells in said
        ]


class _Reading:
    """One sentence while its attribute words are bound."""

    def __init__(
        self,
        statement: Statement,
        hits: Sequence[AttributeHit],
        targets: Sequence[Target],
        attributes: AttributeWords,
    ) -> None:
        self.words = statement.words
        self.statement = statement
        self.hits = hits
        self.targets = targets
        self.attributes = attributes
        self.tags = statement.tags
        self.hit_tokens = {i for h in hits for i in range(h.start, h.end)}
        self.pieces = cut(statement, targets, hits)
        self.piece_of = {
            i: n for n, piece in enumerate(self.pieces) for i in range(piece.start, piece.end)
        }

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
                out[target].append(Bound(hit._replace(soft=hit.soft or state), where))
        self._join_states(out)
        Sharing(self.statement, self.targets, self.attributes)(out)
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
        number = self.piece_of.get(hit.start)
        if number is None:
            return []
        piece = self.pieces[number]
        before = max((n for n in piece.targets if self.targets[n].end <= hit.start), default=None)
        after = min((n for n in piece.targets if self.targets[n].start >= hit.end), default=None)
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
        return [(before, AFTER)] if self._reaches_back(hit, self.targets[before].end) else []

    def _ends_list(self, hit: AttributeHit, after: int, number: int) -> bool:
        """Does it belong before its piece: "effusions, left more than right, with atelectasis"?"""
        between = range(hit.end, self.targets[after].start)
        if any(self._accompanies(i) for i in between):
            return True
        return any(self._turns(i) for i in between) and self._is_open(number - 1, hit)

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
        left = range(self.targets[before].end, hit.start)
        if not any(self._accompanies(i) for i in left):
            return False
        rest = self.pieces[number + 1 : number + 2]
        return (
            bool(rest) and rest[0].segment == self.pieces[number].segment and bool(rest[0].targets)
        )

    def _goes_back(self, hit: AttributeHit, before: int, after: int) -> bool:
        """Between two mentions: does the hit refer to the first?"""
        words = self.words
        left = range(self.targets[before].end, hit.start)
        right = range(hit.end, self.targets[after].start)
        if any(self._accompanies(i) for i in left):
            return False
        if any(self._accompanies(i) for i in right):
            return True
        if any(self._turns(i) for i in right):
            return True
        turn = max((i for i in left if self._turns(i)), default=left.start - 1)
        placed = any(words[i] in self.attributes.places for i in left if i > turn)
        if placed and hit.attribute in PLACE:
            return True
        # "effusion is small" against "opacity representing small effusion"
        return bool(right) and any(words[i] in self.attributes.places for i in right) and not placed

    def _accompanies(self, i: int) -> bool:
        """Does a word there put another finding beside: "with", "adjacent", but not "adjacent to"?"""
        if self.tags[i] & ACCOMPANIMENT:
            return True
        return near(self.words, self.attributes, i)

    def _turns(self, i: int) -> bool:
        """Is a verb or link there, behind which another finding is named?"""
        return self.statement.verbs[i] or self.words[i] in self.attributes.equals

    def _reaches_forward(self, hit: AttributeHit, target: int) -> bool:
        between = range(hit.end, self.targets[target].start)
        if hit.attribute in PLACE:
            return True
        return not any(self.tags[i] & ACCOMPANIMENT for i in between)

    def _reaches_back(self, hit: AttributeHit, end: int) -> bool:
        """Does a hit behind a mention refer to it, and not to a noun of its own?"""
        words = self.words
        if hit.attribute in PLACE:
            return True
        stop = next((p.end for p in self.pieces if p.start <= hit.start < p.end), len(words))
        for i in range(hit.end, stop):
            word = words[i]
            if word in self.attributes.places or self.tags[i] & PUNCTUATION:
                break
            if not word.isalpha() or i in self.hit_tokens or self.statement.verbs[i]:
                continue
            if word not in self.attributes.neutral and word not in self.attributes.equals:
                return False
        return True

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
        comma = hit.end == piece.end < len(self.tags) and bool(self.tags[piece.end] & COMMA)
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
        ok = self._reaches_back(hit, self.targets[before[-1]].end)
        return [(before[-1], AFTER)] if ok else []

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
        words, piece = self.words, self.pieces[number]
        first = words[piece.start]
        if first in self.attributes.places or self.tags[piece.start] & PRONOUN:
            return True
        inside = [h for h in self.hits if piece.start <= h.start < piece.end]
        if inside[0].attribute == SIDE and inside[-1].attribute not in PLACE:
            return True  # "bilateral effusions, left small, right moderate"
        if self.statement.verbs[piece.start] and piece.start not in self.hit_tokens:
            return True
        if self._is_open(number - 1, hit):
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
        first = self.pieces[number + 1].start
        last = self.pieces[number].end - 1
        return (
            bool(self.tags[first] & OPENING)
            and first not in self.hit_tokens
            and last not in self.hit_tokens
            and self.words[last].isalpha()
        )

    def _denies(self, piece: Piece, hit: AttributeHit) -> bool:
        """Does a piece deny something else, as "none on the left" does and ", not as large" does not?"""
        return any(
            i in self.statement.denials and not hit.start <= i < hit.end
            for i in range(piece.start, piece.end)
        )

    def _has_own_subject(self, piece: Piece) -> bool:
        """Does the piece say something of a thing of its own: "the right lung is clear"?"""
        verb = next((i for i in range(piece.start, piece.end) if self.statement.verbs[i]), None)
        if verb is None:
            return False
        before = range(piece.start, verb)
        if any(self.words[i] in self.attributes.anaphora for i in before):
            return False
        return any(
            self.words[i].isalpha()
            and not self.tags[i] & (ARTICLE | EXPLETIVE | CONTRAST | COORDINATOR | PRONOUN)
            and self.words[i] not in self.attributes.places | self.attributes.neutral
            and i not in self.hit_tokens
            for i in before
        )
