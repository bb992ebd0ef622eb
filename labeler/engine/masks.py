"""What a sentence says of a report's labels, as one number: runs for labels only add up these.

A mask is what mentions say of the labels of all label sets asked for, and what else counts of their sentences; a
report's mask is the union of its sentences'. The labels of a mask are worked out once and remembered.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from labeler.engine.aggregate import View
from labeler.engine.codes import is_silent
from labeler.engine.doubt import SIGNS
from labeler.engine.remember import remembered
from labeler.engine.sentence import Statement
from labeler.engine.understood import Silence

_NORMAL, _STRANGE, _SPOKEN, _DOUBTS = 1, 2, 4, 3
_OWN_BITS = _DOUBTS + SIGNS
DOUBTS = (1 << _OWN_BITS) - (1 << _DOUBTS)
"""The bits of a mask that tell of reasons to doubt its sentence."""
_MOST_KNOWN = 100_000


class Verdict(NamedTuple):
    """The labels of a mask.

    Attributes:
        labels: the labels of each label set in output order, a signed byte each.
        silent: does it mention no label of one of the sets?
    """

    labels: tuple[bytes, ...]
    silent: bool


class Masks:
    """Turns mentions into masks, and masks into labels.

    Args:
        views: the label sets.
    """

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        ends = list(accumulate([view.width for view in views], initial=_OWN_BITS))
        self._places = [
            (view, at, (1 << view.width) - 1) for view, at in zip(views, ends, strict=False)
        ]
        self._known: dict[Statement, int] = {}
        self._same: dict[int, int] = {}
        self._verdicts = remembered(self._verdict, 50_000)
        self._withdrawals = remembered(self._withdrawn, 50_000)

    def mask(self, statements: Iterable[Statement], silence: Silence) -> int:
        """The mask of one sentence; its lowest bits tell what it contributes to No Finding."""
        mask = silence.normal * _NORMAL | silence.strange * _STRANGE | silence.spoken * _SPOKEN
        mask |= silence.doubts << _DOUBTS
        for statement in statements:
            votes = self._known.get(statement)
            if votes is None:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                votes = 0
                for view, at, _ in self._places:
                    votes |= view.votes(view.effects(*statement)) << at
                self._known[statement] = votes
            mask |= votes
        # most sentences say what others said: kept once
        if len(self._same) >= _MOST_KNOWN:
            self._same.clear()
        return self._same.setdefault(mask, mask)

    def verdict(self, mask: int) -> Verdict:
        """The labels of a report's mask, remembered."""
        return self._verdicts(mask & ~DOUBTS)

    def withdrawn(self, against: int, advised: int) -> tuple[bool, ...]:
        """From which label sets does text that is not labelled take No Finding away? Remembered.

        Args:
            against: the mask of what was left out; what it states or hedges counts.
            advised: the mask of what is advised; what it states counts.
        """
        return self._withdrawals(against & ~DOUBTS, advised & ~DOUBTS)

    def is_strange(self, mask: int) -> bool:
        """Does it hold something that may be abnormal and was not understood?"""
        return bool(mask & _STRANGE)

    def states(self, mask: int) -> list[bool]:
        """Does a mask state or hedge anything that stands in the way of No Finding, label set by label set?"""
        labels = self.verdict(mask & ~_STRANGE | _NORMAL).labels
        return [
            view.no_finding is not None and own[view.no_finding] != 1
            for view, own in zip(self._views, labels, strict=True)
        ]

    def hedged_once(self, mask: int) -> bool:
        """Is a label of the first set hedged by one mention, and stated or denied by another?"""
        view, at, full = self._places[0]
        return view.hedged_once(mask >> at & full)

    def _withdrawn(self, against: int, advised: int) -> tuple[bool, ...]:
        stated = self.states(against)
        return tuple(
            [
                left_out or view.states(advised >> at & full)
                for left_out, (view, at, full) in zip(stated, self._places, strict=True)
            ]
        )

    def _verdict(self, mask: int) -> Verdict:
        normal, strange, spoken = mask & _NORMAL != 0, mask & _STRANGE != 0, mask & _SPOKEN != 0
        labels = tuple(
            [
                view.elect(mask >> at & full, normal=normal, strange=strange, spoken=spoken)
                for view, at, full in self._places
            ]
        )
        return Verdict(labels, any(map(is_silent, labels)))


def signs(mask: int) -> int:
    """The bits of the reasons to doubt one sentence, from its mask."""
    return (mask & DOUBTS) >> _DOUBTS
