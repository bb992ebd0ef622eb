"""How doubtful a report's labels are, and why: a queue for people.

What a sentence contributes is part of what is remembered of it; the rest is seen on the whole report.
The reasons and their weights are declared in `doubt.yaml`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labeler.assertion.classifier import Assertion
from labeler.rules.schema import DoubtFile, DoubtReason

SENTENCE_REASONS: tuple[DoubtReason, ...] = (
    "not understood",
    "both ways",
    "far cue",
    "long sentence",
    "hedged",
    "blank",
)
"""Reasons that one sentence gives, in the order of their bits."""
REASONS: tuple[DoubtReason, ...] = (
    "other language",
    *SENTENCE_REASONS,
    "left out",
    "sections disagree",
    "addendum",
    "nothing said",
)
"""All reasons, in the order in which they are written."""
BLANK = 1 << SENTENCE_REASONS.index("blank")
_BLANK = re.compile(r"_{2,}|\b[xX]{3,}\b")
_FAR, _LONG = 8, 30
"""Tokens between a cue and its mention, and tokens of a sentence, that are many."""


def blanked(sentence: str) -> bool:
    """Does it hold a word that de-identification removed?"""
    return bool(_BLANK.search(sentence))


def sentence_doubts(words: Sequence[str], said: Sequence[Assertion], unknown: int) -> int:
    """The bits of a sentence's reasons, but for blanks."""
    values = {made.value for made in said}
    far = any(
        made.cue and max(min(made.cue) - made.end, made.start - max(made.cue) - 1) > _FAR
        for made in said
    )
    flags = (
        unknown > 0 and not said,
        len(values) > 1,
        far,
        len(words) > _LONG,
        -1 in values,
    )
    return sum(flag << i for i, flag in enumerate(flags))


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
        self._known: dict[tuple[DoubtReason, ...], Doubt] = {}

    def is_foreign(self, text: str) -> bool:
        """Is a text in another language than the rules'?"""
        words = text.casefold().split()
        small = sum(map(self._foreign.__contains__, words))
        return small > 1 and small >= self._rules.foreign_share * len(words)

    def weigh(self, flags: Mapping[DoubtReason, bool]) -> Doubt:
        """The doubt for the reasons that hold."""
        reasons = tuple(reason for reason in REASONS if flags.get(reason))
        if reasons not in self._known:
            odds = self._rules.intercept + sum(self._rules.weights.get(r, 0.0) for r in reasons)
            self._known[reasons] = Doubt(round(1 / (1 + math.exp(-odds)), 3), reasons)
        return self._known[reasons]
