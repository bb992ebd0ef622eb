"""What a sentence says of a report's labels, as one number: runs for labels only add up these.

A mask is a set of effects on labels, a bit each, of all label sets asked for; a report's mask is the union of its
sentences'. The labels of a mask are worked out once and remembered.
"""

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import NamedTuple

from labeler.engine.aggregate import Effect, View, firm
from labeler.engine.doubt import SIGNS
from labeler.engine.remember import remembered
from labeler.engine.sentence import Statement
from labeler.engine.understood import Silence

_NORMAL, _STRANGE, _SPOKEN, _DOUBTS = 1, 2, 4, 3
_OWN_BITS = _DOUBTS + SIGNS
DOUBTS = (1 << _OWN_BITS) - (1 << _DOUBTS)
"""The bits of a mask that tell of reasons to doubt its sentence."""

NOT_MENTIONED = 2
"""The code of a label that is `None`; the others are their own codes."""

_Effects = tuple[tuple[Effect, ...], ...]


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
        self._effects: list[_Effects] = []
        self._bits: dict[_Effects, int] = {}
        self._known: dict[Statement, int] = {}
        self._lock = Lock()
        self._verdicts = remembered(self._verdict, 50_000)
        self._withdrawals = remembered(self._withdrawn, 50_000)

    def mask(self, statements: Iterable[Statement], silence: Silence) -> int:
        """The mask of one sentence; its lowest bits tell what it contributes to No Finding."""
        mask = silence.normal * _NORMAL | silence.strange * _STRANGE | silence.spoken * _SPOKEN
        mask |= silence.doubts << _DOUBTS
        for statement in statements:
            bit = self._known.get(statement)
            if bit is None:
                bit = self._known[statement] = self._bit(statement)
            mask |= bit
        return mask

    def _bit(self, statement: Statement) -> int:
        """Statements that say the same of all labels share a bit."""
        # which remark decided a value does not matter here
        effects = tuple(
            tuple(e._replace(remark=min(e.remark, -1)) for e in view.effects(*statement))
            for view in self._views
        )
        with self._lock:
            if effects not in self._bits:
                self._bits[effects] = 1 << len(self._effects) + _OWN_BITS
                self._effects.append(effects)
            return self._bits[effects]

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

    def asserts(self, mask: int) -> list[bool]:
        """Does a mask state, and not only hedge, what stands in the way of No Finding, label set by label set?"""
        said = self._said(mask)
        return [
            any(e.stops and e.value == 1 for e in firm(e for effects in said for e in effects[i]))
            for i in range(len(self._views))
        ]

    def states(self, mask: int) -> list[bool]:
        """Does a mask state or hedge anything that stands in the way of No Finding, label set by label set?"""
        labels = self.verdict(mask & ~_STRANGE | _NORMAL).labels
        return [
            view.no_finding is not None and own[view.no_finding] != 1
            for view, own in zip(self._views, labels, strict=True)
        ]

    def hedged_once(self, mask: int) -> bool:
        """Is a label of the first set hedged by one mention, and stated or denied by another?"""
        values: dict[int, set[int]] = {}
        for effects in self._said(mask):
            for effect in effects[0]:
                values.setdefault(effect.label, set()).add(effect.value)
        return any(-1 in own and len(own) > 1 for own in values.values())

    def _said(self, mask: int) -> list[_Effects]:
        """What the mentions of a mask say."""
        said = []
        rest = mask >> _OWN_BITS
        while rest:
            lowest = rest & -rest
            said.append(self._effects[lowest.bit_length() - 1])
            rest ^= lowest
        return said

    def _withdrawn(self, against: int, advised: int) -> tuple[bool, ...]:
        pairs = zip(self.states(against), self.asserts(advised), strict=True)
        return tuple([stated or named for stated, named in pairs])

    def _verdict(self, mask: int) -> Verdict:
        said = self._said(mask)
        labels: list[bytes] = []
        for i, view in enumerate(self._views):
            values = view.add_up(
                firm(e for effects in said for e in effects[i]),
                normal=bool(mask & _NORMAL),
                strange=bool(mask & _STRANGE),
                spoken=bool(mask & _SPOKEN),
            )
            labels.append(encode(values))
        return Verdict(tuple(labels), any(is_silent(codes) for codes in labels))


def encode(values: Iterable[int | None]) -> bytes:
    """Labels as signed bytes."""
    return bytes((NOT_MENTIONED if value is None else value) & 0xFF for value in values)


def decode(codes: bytes) -> list[int | None]:
    """The labels that `encode` wrote."""
    return [None if code == NOT_MENTIONED else code - 256 if code > 127 else code for code in codes]


def is_silent(labels: bytes) -> bool:
    """Is no label mentioned?"""
    return labels.count(NOT_MENTIONED) == len(labels)


def without_no_finding(view: View, labels: bytes) -> bytes:
    """The labels of a label set without its No Finding."""
    at = view.no_finding
    if at is None:
        return labels
    return labels[:at] + bytes([NOT_MENTIONED]) + labels[at + 1 :]


def signs(mask: int) -> int:
    """The bits of the reasons to doubt one sentence, from its mask."""
    return (mask & DOUBTS) >> _DOUBTS
