"""What the break rules look at in a sentence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from labeler.mentions.matcher import Found, Span, tokens_of
from labeler.text.lexicon import EXISTENTIAL


@dataclass(frozen=True, slots=True)
class Signs:
    """What the break rules look at; places are token positions, ascending.

    Attributes:
        ahead: starts of cues that look ahead.
        listing: starts of those whose list no description ends ("differential includes").
        behind: tokens of cues that look back.
        cued: tokens of any of them.
        items: starts of findings, and of structures and states that belong together.
        bound: (structure, state) spans.
        joining: starts of alternatives ("or").
    """

    tags: Sequence[int]
    verbs: Sequence[bool]
    heading: int
    ahead: Sequence[int]
    listing: Collection[int]
    behind: Sequence[int]
    cued: Sequence[int]
    items: Sequence[int]
    bound: Sequence[tuple[Span, Span]]
    verb_places: Sequence[int]
    existential: Sequence[int]
    joining: Sequence[int]


def read_signs(
    tags: Sequence[int],
    verbs: Sequence[bool],
    found: Found,
    *,
    preceding: Collection[Span],
    following: Collection[Span],
    listing: Collection[int],
    bound: Sequence[tuple[Span, Span]],
    heading: int,
    joining: Collection[int] = (),
) -> Signs:
    """Collect what the break rules look at.

    Args:
        tags, verbs: of each token.
        found: what the rules hit.
        preceding: spans of cues that look ahead; `following`: of cues that look back.
        listing: starts of cues whose list no description ends.
        bound: (structure span, state span) of the structures whose state is said.
        heading: how many tokens at the start are a template line's heading, its colon included.
        joining: starts of alternatives.
    """
    behind = tokens_of(following)
    items = {start for start, _, _ in found.findings}
    for structure, state in bound:
        items |= {structure[0], state[0]}
    return Signs(
        tags=tags,
        verbs=verbs,
        heading=heading,
        ahead=sorted({start for start, _ in preceding}),
        listing=listing,
        behind=sorted(behind),
        cued=sorted(tokens_of(preceding) | behind),
        items=sorted(items),
        bound=bound,
        verb_places=[i for i, verb in enumerate(verbs) if verb],
        existential=[i for i, tag in enumerate(tags) if tag & EXISTENTIAL],
        joining=sorted(joining),
    )
