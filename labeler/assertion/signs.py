"""What the break rules look at in a sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from labeler.assertion.cues import Cue
from labeler.mentions.matcher import Found, Span
from labeler.mentions.states import StatedStructure
from labeler.text.lexicon import TokenRoles


@dataclass(slots=True)
class Signs:
    """What the break rules look at; places are token positions, as bits.

    Attributes:
        roles: of the tokens.
        verbs: which of them are verbs.
        heading: how many tokens at the start are a template line's heading, its colon included.
        ahead: starts of cues that look ahead.
        listing: starts of cues whose list no description ends ("differential includes").
        behind: tokens of cues that look back.
        cued: tokens of cues that look ahead or back.
        joining: starts of alternatives ("or").
        items: starts of findings, and of structures and states that belong together.
        bound: of these, the starts of structures and states.
        states: structure -> its state.
    """

    roles: TokenRoles
    verbs: int
    heading: int
    ahead: int
    listing: int
    behind: int
    cued: int
    joining: int
    items: int
    bound: int
    states: dict[Span, Span]


def read_signs(
    roles: TokenRoles,
    verbs: int,
    heading: int,
    found: Found,
    stated: Sequence[StatedStructure],
    cues: Iterable[Cue],
) -> Signs:
    """Collect what the break rules look at.

    Args:
        roles, verbs, heading: as in `Signs`.
        found: what the rules hit.
        stated: the structures whose state is said.
        cues: those of all groups that decide.
    """
    ahead = listing = behind = cued = joining = items = bound = 0
    for cue in cues:
        direction = cue.direction
        if direction == "alternative":
            joining |= 1 << cue.start
        else:
            own = (1 << cue.end) - (1 << cue.start)
            cued |= own
            if direction == "preceding":
                ahead |= 1 << cue.start
            else:
                behind |= own
        if cue.kind.reach == "list":
            listing |= 1 << cue.start
    states: dict[Span, Span] = {}
    for structure, state, _, _ in stated:
        bound |= 1 << structure[0] | 1 << state[0]
        states[structure] = state
    for start, _, _ in found.findings:
        items |= 1 << start
    return Signs(
        roles,
        verbs,
        heading,
        ahead,
        listing,
        behind,
        cued,
        joining,
        items | bound,
        bound,
        states,
    )
