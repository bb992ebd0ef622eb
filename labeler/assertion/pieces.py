"""A sentence in the pieces by which attribute words find their mentions."""

from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from labeler.assertion.attribute_words import AttributeHit
from labeler.mentions.matcher import Span
from labeler.types import LOCATION, SIDE

PLACE = frozenset({SIDE, LOCATION})
BEFORE, INSIDE, AFTER, SHARED = "before", "inside", "after", "shared"
"""Where a word stands that refers to a target; `SHARED` if it refers to another one first."""


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


class Statement(NamedTuple):
    """A sentence laid out, as attributes need it; positions are token indices.

    Attributes:
        words: the normalised tokens.
        tags: the roles of each token.
        breaks: where statements part, 0 and the length included, ascending.
        joins: the commas and conjunctions: start, end, kind.
        verbs: for each token, is it a verb or a link?
        denials: tokens of cues that deny.
        heading: how many tokens the heading has.
    """

    words: Sequence[str]
    tags: Sequence[int]
    breaks: Sequence[int]
    joins: Sequence[tuple[int, int, int]]
    verbs: Sequence[bool]
    denials: Set[int]
    heading: int


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
    targets: tuple[int, ...]


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


def says(found: Iterable[Bound], attribute: str) -> bool:
    """Does one of the hits say something of the attribute?"""
    return any(hit.attribute == attribute for hit, _ in found)


def cut(
    statement: Statement, targets: Sequence[Target], hits: Sequence[AttributeHit]
) -> list[Piece]:
    """Cut a sentence at breaks, commas and conjunctions, but not inside a target or hit."""
    held: list[Span] = [(t.start, t.end) for t in targets] + [(h.start, h.end) for h in hits]
    within = {i for start, end in held for i in range(start + 1, end)}
    breaks = {w for w in statement.breaks if w not in within}
    cuts = {w: (w, 0) for w in breaks}
    for start, end, kind in statement.joins:
        if not any(s <= start and end <= e for s, e in held):
            parted = start in breaks or end in breaks
            cuts.pop(end, None)
            cuts[start] = (end, 0 if parted else kind)
    out: list[Piece] = []
    segment = 0
    places = sorted(cuts)
    for n, at in enumerate(places):
        begin, kind = cuts[at]
        stop = places[n + 1] if n + 1 < len(places) else len(statement.words)
        if not kind:
            segment += 1
        if begin < stop:
            inside = tuple(i for i, t in enumerate(targets) if begin <= t.start and t.start < stop)
            out.append(Piece(begin, stop, segment, kind, inside))
    return out
