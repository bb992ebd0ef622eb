"""What the break rules look at in a sentence."""

from collections.abc import Sequence

from labeler.assertion.cues import Cue
from labeler.mentions.matcher import Found, Span
from labeler.mentions.states import StatedStructure
from labeler.text.lexicon import TokenRoles


class Signs:
    """What the break rules look at; places are token positions, as bits.

    Args:
        roles: of the tokens.
        verbs: which of them are verbs.
        heading: how many tokens at the start are a template line's heading, its colon included.

    Attributes:
        ahead: starts of cues that look ahead.
        listing: starts of cues whose list no description ends ("differential includes").
        behind: tokens of cues that look back.
        cued: tokens of cues that look ahead or back.
        joining: starts of alternatives ("or").
        items: starts of findings, and of structures and states that belong together.
        bound: of these, the starts of structures and states.
        states: structure -> its state.
    """

    __slots__ = (
        "ahead",
        "behind",
        "bound",
        "cued",
        "heading",
        "items",
        "joining",
        "listing",
        "roles",
        "states",
        "verbs",
    )

    def __init__(self, roles: TokenRoles, verbs: int, heading: int) -> None:
        self.roles = roles
        self.verbs = verbs
        self.heading = heading
        self.ahead = self.listing = self.behind = self.cued = self.joining = 0
        self.items = self.bound = 0
        self.states: dict[Span, Span] = {}


def read_signs(
    roles: TokenRoles,
    verbs: int,
    heading: int,
    found: Found,
    stated: list[StatedStructure],
    cues: Sequence[Cue],
) -> Signs:
    """Collect what the break rules look at.

    Args:
        roles, verbs, heading: as in `Signs`.
        found: what the rules hit.
        stated: the structures whose state is said.
        cues: those of all groups that decide.
    """
    signs = Signs(roles, verbs, heading)
    for cue in cues:
        direction = cue.direction
        own = (1 << cue.end) - (1 << cue.start)
        if direction == "alternative":
            signs.joining |= 1 << cue.start
        elif direction == "preceding":
            signs.ahead |= 1 << cue.start
            signs.cued |= own
        else:
            signs.behind |= own
            signs.cued |= own
        if cue.kind.reach == "list":
            signs.listing |= 1 << cue.start
    for bound in stated:
        signs.bound |= 1 << bound.structure[0] | 1 << bound.state[0]
        signs.states[bound.structure] = bound.state
    signs.items = signs.bound
    for start, _, _ in found.findings:
        signs.items |= 1 << start
    return signs
