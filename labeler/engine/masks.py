"""What a sentence says of a report's labels, as one number: runs for labels only add up these.

A ballot is a set of votes, a bit each; a report's ballot is the union of its sentences'. What
a ballot elects is aggregated once and remembered.
"""

from collections.abc import Iterable
from functools import lru_cache

from labeler.engine.aggregate import Aggregator
from labeler.engine.sentence import Vote

NOT_MENTIONED = 2
"""The code of a label that is `None`; the others are their own codes."""


class BallotBox:
    """Turns mentions into ballots, and ballots into labels.

    Args:
        aggregate: the label set's aggregation.
    """

    def __init__(self, aggregate: Aggregator) -> None:
        self._aggregate = aggregate
        self._votes: list[Vote] = []
        self._bits: dict[Vote, int] = {}
        self.elect = lru_cache(maxsize=50_000)(self._elect)

    def ballot(self, votes: Iterable[Vote], *, says: bool) -> int:
        """The ballot of one sentence; the lowest bit tells whether it says anything at all."""
        ballot = int(says)
        for vote in votes:
            if vote not in self._bits:
                # A rule's name matters only where it implies something of another observation.
                implies = self._aggregate.implies(vote.rule, vote.value)
                plain = vote if implies else vote._replace(rule="")
                if plain not in self._bits:
                    self._votes.append(plain)
                    self._bits[plain] = 1 << len(self._votes)
                self._bits[vote] = self._bits[plain]
            ballot |= self._bits[vote]
        return ballot

    def _elect(self, ballot: int) -> bytes:
        """The labels of a report's ballot in output order, a signed byte each."""
        voted = []
        rest = ballot >> 1
        while rest:
            lowest = rest & -rest
            voted.append(self._votes[lowest.bit_length() - 1])
            rest ^= lowest
        firm = {vote.observation for vote in voted if not vote.weak}
        labels = self._aggregate(
            (
                (vote.observation, vote.rule, vote.value, vote.reason)
                for vote in voted
                if not (vote.weak and vote.observation in firm)
            ),
            says=bool(ballot & 1),
        )
        codes = (NOT_MENTIONED if value is None else value for value in labels.values())
        return bytes(code & 0xFF for code in codes)


def speaks(labels: bytes) -> bool:
    """Is any observation mentioned?"""
    return any(code != NOT_MENTIONED for code in labels)
