"""How doubtful a report's labels are, and why: a queue for people.

What a sentence contributes is part of what is remembered of it; the rest is seen on the whole report.
The reasons and their weights are declared in `doubt.yaml`.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from labeler.assertion.classifier import Assertion
from labeler.mentions.matcher import Span
from labeler.rules.schema import DoubtBackground, DoubtFile, DoubtReason

SENTENCE_REASONS: tuple[DoubtReason, ...] = (
    "not understood",
    "not taken",
    "nothing read",
    "both ways",
    "far cue",
    "refers back",
    "long sentence",
    "hedged",
    "blank",
)
"""Reasons that one sentence gives, in the order of their bits."""
REASONS: tuple[DoubtReason, ...] = get_args(DoubtReason)
"""All reasons, in the order in which they are written."""
BLANK = 1 << SENTENCE_REASONS.index("blank")
STATES = 1 << len(SENTENCE_REASONS)
"""The bit of a sentence that states a finding: no reason, but it is counted with them."""
SIGNS = len(SENTENCE_REASONS) + 1
"""How many bits a sentence's reasons and `STATES` take."""
_BLANK = re.compile(r"_{2,}|\b[xX]{3,}\b")
_FAR, _LONG = 5, 30
"""Tokens between a cue and its mention, and tokens of a sentence, that are many."""
_WIDTH = 24
_FULL = (1 << _WIDTH) - 1


def blanked(sentence: str) -> bool:
    """Does it hold a word that de-identification removed?"""
    return bool(_BLANK.search(sentence))


def sentence_doubts(
    words: Sequence[str],
    said: Sequence[Assertion],
    named: Iterable[Span],
    *,
    unknown: bool,
    unread: bool,
    refers: bool,
) -> int:
    """The bits of a sentence's reasons, but for blanks.

    Args:
        words: its tokens.
        said: its mentions.
        named: where findings are named in it, mentions or not.
        unknown: does it hold a word that no rule knows?
        unread: does it refer to the body, and nothing of it was taken for a finding, normal or a remark?
        refers: does it hold a word that stands for what was said before?
    """
    values = {made.value for made in said}
    far = any(
        made.cue and max(min(made.cue) - made.end, made.start - max(made.cue) - 1) > _FAR
        for made in said
    )
    idle = any(all(end <= m.start or m.end <= start for m in said) for start, end in named)
    flags = (
        unknown,
        idle,
        unread,
        {0, 1} <= values,
        far,
        refers and bool(said),
        len(words) > _LONG,
        -1 in values,
        False,
        1 in values,
    )
    return sum(flag << i for i, flag in enumerate(flags))


class SignCounts(dict[int, int]):
    """A sentence's mask -> a number of which each `_WIDTH` bits count one reason: such numbers can be added.

    Args:
        signs: the bits of the reasons in a mask.
    """

    def __init__(self, signs: Callable[[int], int]) -> None:
        super().__init__()
        self._signs = signs

    def __missing__(self, mask: int) -> int:
        bits = self._signs(mask)
        spread = sum((bits >> i & 1) << i * _WIDTH for i in range(SIGNS))
        self[mask] = spread
        return spread


def count_signs(added: int) -> dict[DoubtReason, int]:
    """Reason -> how many sentences give it, from added `SignCounts`."""
    return {reason: added >> i * _WIDTH & _FULL for i, reason in enumerate(SENTENCE_REASONS)}


def count_stating(added: int) -> int:
    """How many sentences state a finding, from added `SignCounts`."""
    return added >> len(SENTENCE_REASONS) * _WIDTH & _FULL


@dataclass(frozen=True, slots=True)
class Doubt:
    """The doubt about a report's labels, 0 to 1, and its reasons."""

    doubt: float
    reasons: tuple[DoubtReason, ...]


class Doubter:
    """Weighs reasons.

    Args:
        rules: the weights and the words of other languages.
    """

    def __init__(self, rules: DoubtFile) -> None:
        self._rules = rules
        self._foreign = frozenset(word.casefold() for word in rules.foreign_words)

    def is_foreign(self, text: str) -> bool:
        """Is a text in another language than the rules'?"""
        words = text.casefold().split()
        small = sum(map(self._foreign.__contains__, words))
        return small > 1 and small >= self._rules.foreign_share * len(words)

    def weigh(
        self, counts: Mapping[DoubtReason, int], background: Mapping[DoubtBackground, int]
    ) -> Doubt:
        """The doubt of a report: log odds that grow with the logarithm of each count.

        Args:
            counts: how many sentences give a reason; 1 for one that only the whole report shows.
            background: what is no reason but goes with wrong labels, or with right ones.
        """
        reasons = tuple(reason for reason in REASONS if counts.get(reason))
        rules = self._rules
        odds = rules.intercept
        odds += sum(rules.weights.get(r, 0.0) * math.log2(1 + counts[r]) for r in reasons)
        odds += sum(
            rules.background.get(name, 0.0) * math.log2(1 + n) for name, n in background.items()
        )
        return Doubt(round(1 / (1 + math.exp(-odds)), 3), reasons)
