"""The cues of one group with their scopes: which of them reaches a target."""

from bisect import bisect_left, bisect_right

from labeler.assertion.cues import Cue, Target


class ScopedCues:
    """The cues of a group with their scopes, added in text order, and what finds them quickly.

    Attributes:
        ahead, ahead_starts: cues that look ahead with the ends of their scopes, and where they start.
        behind, behind_ends: cues that look back with the starts of their scopes, and where they end.
        behind_least: the least start of a scope from there on.
        lists: alternatives with their lists.
        lists_reached: the greatest end of a list up to there.
        lists_least: the least start of a list from there on.
    """

    __slots__ = (
        "ahead",
        "ahead_starts",
        "behind",
        "behind_ends",
        "behind_least",
        "lists",
        "lists_least",
        "lists_reached",
    )

    def __init__(self) -> None:
        self.ahead: list[tuple[Cue, int]] = []
        self.ahead_starts: list[int] = []
        self.behind: list[tuple[Cue, int]] = []
        self.behind_ends: list[int] = []
        self.behind_least: list[int] = []
        self.lists: list[tuple[Cue, int, int]] = []
        self.lists_reached: list[int] = []
        self.lists_least: list[int] = []

    def add_ahead(self, cue: Cue, end: int) -> None:
        """Add a cue that looks ahead up to `end`."""
        self.ahead.append((cue, end))
        self.ahead_starts.append(cue.start)

    def add_behind(self, cue: Cue, start: int) -> None:
        """Add a cue that looks back down to `start`."""
        self.behind.append((cue, start))
        self.behind_ends.append(cue.end)

    def add_list(self, cue: Cue, low: int, high: int) -> None:
        """Add an alternative with its list, `[low, high)`."""
        self.lists.append((cue, low, high))
        reached = self.lists_reached[-1] if self.lists_reached else 0
        self.lists_reached.append(max(high, reached))

    def close(self) -> None:
        """Note the least starts, when all cues are added."""
        if self.behind:
            self.behind_least = _least([start for _, start in self.behind])
        if self.lists:
            self.lists_least = _least([low for _, low, _ in self.lists])

    def ahead_of(self, target: Target) -> Cue | None:
        """The last cue before the target that reaches it; of cues that overlap, the first one."""
        deciding: Cue | None = None
        for n in range(bisect_left(self.ahead_starts, target.start) - 1, -1, -1):
            cue, stop = self.ahead[n]
            if deciding is not None and cue.end <= deciding.start:
                break
            if stop > target.start:
                deciding = cue  # "cannot exclude", not the "exclude a small" inside it
        return deciding

    def behind_of(self, target: Target) -> Cue | None:
        """The first cue behind the target that reaches back to it."""
        for n in range(bisect_right(self.behind_ends, target.end), len(self.behind)):
            cue, start = self.behind[n]
            if start <= target.start:
                return cue
            if self.behind_least[n] > target.start:
                return None
        return None


def _least(numbers: list[int]) -> list[int]:
    """For each number the least from there on."""
    for n in range(len(numbers) - 2, -1, -1):
        numbers[n] = min(numbers[n], numbers[n + 1])
    return numbers
