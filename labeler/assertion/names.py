"""What a sentence names where."""

from bisect import bisect_left

from labeler.assertion.cues import Target
from labeler.mentions.matcher import Found, Rule, Span

_OTHER = ""
"""The name of what is no finding."""


class Names:
    """What a sentence names where: its findings and their families, and things that are none."""

    def __init__(self, found: Found, rules: list[Rule]) -> None:
        self._at: dict[Span, set[str]] = {}
        named = [(start, end, rules[rule].family) for start, end, rule in found.findings]
        for start, end, rule in found.findings:
            self._at.setdefault((start, end), set()).update(
                (rules[rule].family, rules[rule].finding)
            )
        for start, end in found.words.get("alternative head", ()):
            # "bronchitis or bronchiolitis": the head is one more word for the same finding
            own = {rules[r].finding for s, e, r in found.findings if s <= start and end <= e}
            named.append((start, end, min(own, default=_OTHER)))
        self._named = sorted(named)
        self._starts = [start for start, _, _ in self._named]
        # for each name the next one that differs from it
        self._next = [len(named)] * len(named)
        for n in range(len(named) - 2, -1, -1):
            differs = self._named[n][2] != self._named[n + 1][2]
            self._next[n] = n + 1 if differs else self._next[n + 1]

    def of(self, target: Target) -> set[str]:
        """The families and findings of a target."""
        return self._at.get((target.start, target.end), set())

    def others(self, mine: set[str], low: int, high: int) -> bool:
        """Is something else than `mine` named in `[low, high)`?"""
        n = bisect_left(self._starts, low)
        while n < len(self._named) and self._named[n][1] <= high:
            if self._named[n][2] not in mine:
                return True
            n = self._next[n]
        return False
