"""A sentence in the pieces by which attribute words find their mentions."""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from labeler.assertion.attribute_words import AttributeHit, AttributeWords
from labeler.assertion.layout import Layout
from labeler.mentions.matcher import Span
from labeler.text.bits import cover
from labeler.types import LOCATION, SIDE

PLACE: Final = frozenset({SIDE, LOCATION})
BEFORE: Final = "before"
INSIDE: Final = "inside"
AFTER: Final = "after"
SHARED: Final = "shared"
"""Where a word stands that refers to a target; `SHARED` if it refers to another one first."""
_KINDS: Final = ("places", "neutral", "equals", "alternatives", "beside", "anaphora")


class Target(NamedTuple):
    """What attribute words may refer to: a mention's words, or those of its state.

    Attributes:
        start, end: tokens.
        mentions: the mentions, by number; none for what only draws words to itself.
        is_state: "enlarged" of "the heart is enlarged".
    """

    start: int
    end: int
    mentions: tuple[int, ...]
    is_state: bool = False


def binding_words(attributes: AttributeWords) -> dict[str, list[int]]:
    """Word -> the numbers of the lists of `binding.yaml` that hold it, for a `Statement`."""
    kinds: dict[str, list[int]] = {}
    for number, name in enumerate(_KINDS):
        for word in getattr(attributes, name):
            kinds.setdefault(word, []).append(number)
    return kinds


class Statement:
    """A sentence laid out, as attributes need it; sets of tokens are bits (`labeler.text.bits`).

    Args:
        words: the normalised tokens.
        layout: its statements.
        denials: tokens of cues that deny.
        heading: how many tokens the heading has.
        kinds: from `binding_words`.

    Attributes:
        roles, verbs, breaks, joins: of the layout; `joins` are its commas and conjunctions.
        places, neutral, equals, alternatives, anaphora: the tokens that `binding.yaml` lists so.
        accompanies: words that put another finding beside: "with", "adjacent", but not "adjacent to".
        near: those of them that are listed as `beside`.
        turns: verbs and links, behind which another finding is named.
    """

    __slots__ = (
        "accompanies",
        "alternatives",
        "anaphora",
        "breaks",
        "denials",
        "equals",
        "heading",
        "joins",
        "near",
        "neutral",
        "places",
        "roles",
        "turns",
        "verbs",
        "words",
    )

    def __init__(
        self,
        words: Sequence[str],
        layout: Layout,
        denials: int,
        heading: int,
        kinds: Mapping[str, list[int]],
    ) -> None:
        of = [0] * len(_KINDS)
        bit = 1
        for word in words:
            for number in kinds.get(word, ()):
                of[number] |= bit
            bit <<= 1
        self.words = words
        self.roles = layout.roles
        self.verbs = layout.verbs
        self.breaks = layout.breaks
        self.joins = layout.coordinators
        self.denials = denials
        self.heading = heading
        self.places, self.neutral, self.equals, self.alternatives, beside, self.anaphora = of
        self.near = beside & ~(self.places >> 1)
        self.accompanies = self.near | layout.roles.accompaniment
        self.turns = self.verbs | self.equals


class Piece(NamedTuple):
    """A stretch between breaks, commas and conjunctions.

    Attributes:
        start, end: tokens.
        segment: number of the stretch between breaks that holds it.
        joined_by: kind of the comma or conjunction before it, 0 at a segment's start.
        targets: numbers of the targets in it.
    """

    start: int
    end: int
    segment: int
    joined_by: int
    targets: list[int]


class Bound(NamedTuple):
    """A hit bound to a target: before it, inside or after it, or taken over from another target."""

    hit: AttributeHit
    where: str


def merge(targets: Iterable[Target]) -> list[Target]:
    """Targets in text order, those that overlap as one."""
    out: list[Target] = []
    for target in sorted(targets):
        if out and target.start < out[-1].end:
            last = out[-1]
            mentions = tuple(dict.fromkeys((*last.mentions, *target.mentions)))
            end = max(last.end, target.end)
            out[-1] = Target(last.start, end, mentions, last.is_state and target.is_state)
        else:
            out.append(target)
    return out


def says(found: list[Bound], attribute: str) -> bool:
    """Does one of the hits say something of the attribute?"""
    return attribute in [hit.attribute for hit, _ in found]


def cut(statement: Statement, targets: list[Target], hits: Sequence[AttributeHit]) -> list[Piece]:
    """Cut a sentence at breaks, commas and conjunctions, but not inside a target or hit."""
    held: list[Span] = [(t.start, t.end) for t in targets]
    held += [(h.start, h.end) for h in hits]
    inside = cover([(start + 1, end) for start, end in held])
    whole = cover(held)
    breaks = {w for w in statement.breaks if not inside >> w & 1}
    cuts = {w: (w, 0) for w in breaks}
    for unit in statement.joins:
        start, end = unit.start, unit.end
        own = (1 << end) - (1 << start)
        if own & ~whole or not _is_held(held, start, end):
            parted = start in breaks or end in breaks
            cuts.pop(end, None)
            cuts[start] = (end, 0 if parted else unit.kind)
    out: list[Piece] = []
    segment = n = 0
    places = sorted(cuts)
    places.append(len(statement.words))
    for at, stop in itertools.pairwise(places):
        begin, kind = cuts[at]
        if not kind:
            segment += 1
        if begin < stop:
            named: list[int] = []
            while n < len(targets) and targets[n].start < stop:
                if targets[n].start >= begin:
                    named.append(n)
                n += 1
            out.append(Piece(begin, stop, segment, kind, named))
    return out


def _is_held(held: list[Span], start: int, end: int) -> bool:
    """Does one span hold `[start, end)`?"""
    return any(low <= start and end <= high for low, high in held)


def piece_at(pieces: list[Piece], at: int) -> int:
    """The number of the piece that holds a token, -1 for a comma or conjunction between them."""
    n = bisect_right(pieces, at, key=_start) - 1
    return n if n >= 0 and at < pieces[n].end else -1


def _start(piece: Piece) -> int:
    return piece.start
