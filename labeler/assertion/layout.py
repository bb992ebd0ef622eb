"""The statements of a sentence, and what joins the items of its lists."""

from bisect import bisect_left, bisect_right

from labeler.mentions.matcher import Found, Span
from labeler.text.bits import cover
from labeler.text.lexicon import AND, COMMA, OR, TokenRoles


class Coordinator:
    """A comma, conjunction or both together between two conjuncts; `[start, end)` in tokens.

    `kind` is OR, AND or COMMA: the strongest of its words.
    """

    __slots__ = ("comma", "end", "kind", "start")

    def __init__(self, start: int, end: int, kind: int, *, comma: bool) -> None:
        self.start = start
        self.end = end
        self.kind = kind
        self.comma = comma


class Layout:
    """The statements of a sentence.

    Args:
        breaks: token positions that no cue of reach `clause` crosses, ascending, 0 and the length
            included.
        names: position -> the rule that broke the sentence there.
        coordinators: the commas and conjunctions, in order.
        verbs: which tokens are verbs or parts of a link ("consistent with"), as bits.
        items: where findings, structures with a state, and these states start, as bits.
        roles: of the tokens.
    """

    __slots__ = ("breaks", "coordinators", "items", "names", "roles", "verbs")

    def __init__(
        self,
        breaks: list[int],
        names: dict[int, str],
        coordinators: list[Coordinator],
        verbs: int,
        items: int,
        roles: TokenRoles,
    ) -> None:
        self.breaks = breaks
        self.names = names
        self.coordinators = coordinators
        self.verbs = verbs
        self.items = items
        self.roles = roles

    def segment(self, at: int) -> Span:
        """The statement that holds token `at`."""
        i = bisect_right(self.breaks, at)
        return self.breaks[i - 1], self.breaks[min(i, len(self.breaks) - 1)]

    def end_behind(self, at: int) -> int:
        """The first break at or behind `at`."""
        return self.breaks[min(bisect_left(self.breaks, at), len(self.breaks) - 1)]


def coordinators(roles: TokenRoles) -> list[Coordinator]:
    """The commas and conjunctions of a sentence, neighbouring ones (", and") as one."""
    out: list[Coordinator] = []
    left = roles.coordinator
    while left:
        start = (left & -left).bit_length() - 1
        run = (left >> start) + 1  # adding one carries through the run
        end = start + (run & -run).bit_length() - 1
        own = (1 << end) - (1 << start)
        comma = bool(roles.comma & own)
        kind = OR if roles.alternative & own else AND if roles.conjunction & own else COMMA
        out.append(Coordinator(start, end, kind, comma=comma))
        left &= ~own
    return out


def verbs_of(roles: TokenRoles, found: Found) -> int:
    """Which tokens are verbs, infinitives ("to exclude") aside, or part of a link?"""
    verbs = (roles.verb | roles.look) & ~(roles.infinitive << 1)
    return verbs | cover(found.words.get("link", ()))
