"""How doubtful a report's labels are, and why: a queue for people.

What a sentence contributes is part of what is remembered of it; the rest is seen on the whole report.
The reasons and their weights are declared in `doubt.yaml`.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from labeler.assertion.classifier import Assertion
from labeler.mentions.matcher import Found, Span
from labeler.rules.schema import DoubtBackground, DoubtFile, DoubtReason
from labeler.text.bits import span, starts, within

SENTENCE_REASONS: tuple[DoubtReason, ...] = (
    "not understood",
    "not taken",
    "nothing read",
    "no state",
    "both ways",
    "far cue",
    "several cues",
    "unknown between",
    "refers back",
    "long sentence",
    "hedged",
    "blank",
)
"""Reasons that one sentence gives, in the order of their bits."""
SENTENCE_BACKGROUND: tuple[DoubtBackground, ...] = (
    "stating sentences",
    "placed findings",
    "words not read",
)
"""What else is counted of sentences, in the order of their bits, behind the reasons."""
REASONS: tuple[DoubtReason, ...] = get_args(DoubtReason)
"""All reasons, in the order in which they are written."""
_UNKNOWN: Literal["unknown"] = "unknown"
_SIGNS = (*SENTENCE_REASONS, *SENTENCE_BACKGROUND, _UNKNOWN)
SIGNS = len(_SIGNS)
"""How many bits the signs of a sentence take."""
_BITS = {sign: 1 << i for i, sign in enumerate(_SIGNS)}
BLANK = _BITS["blank"]
_BLANK = re.compile(r"_{2,}|\b[xX]{3,}\b")
_FAR, _LONG, _SEVERAL = 8, 30, 2
"""Tokens between a cue and its mention, tokens of a sentence, and cues in it, that are many."""
_WIDTH = 24
_FULL = (1 << _WIDTH) - 1


def blanked(sentence: str) -> bool:
    """Does it hold a word that de-identification removed?"""
    # most sentences hold none, which a look for its letters tells sooner
    may = "__" in sentence or "xxx" in sentence.lower()
    return may and bool(_BLANK.search(sentence))


def sentence_doubts(
    size: int,
    said: Sequence[Assertion],
    found: Found,
    *,
    cues: int,
    unknown: Sequence[Span],
    judged: bool,
    unread: bool,
    idle: bool,
    refers: bool,
) -> int:
    """The bits of a sentence's signs, but for blanks.

    Args:
        size: how many tokens it has.
        said: its mentions.
        found: what the rules hit in it.
        cues: how many cues stand in it.
        unknown: its runs of words that no rule knows.
        judged: do the rules tell which words they know?
        unread: does it state or deny a finding and hold a word that nothing found in it took up?
        idle: does it refer to the body, and nothing of it was taken for a finding, normal or a remark?
        refers: does it hold a word that stands for what was said before?
    """
    values = {made.value for made in said}
    far = False
    between = mentioned = 0
    for made in said:
        mentioned |= (1 << made.end) - (1 << made.start)
        if made.cue:
            start, end = _between(made)
            between |= span(start, end)
            far = far or end - start > _FAR
    untaken = False
    for start, end, _ in found.findings:
        untaken = untaken or not within(mentioned, start, end)
    held = (  # in the order of `_SIGNS`
        bool(unknown) and not (1 in values or -1 in values),
        untaken,
        idle,
        bool(found.structures) and not said,
        0 in values and 1 in values,
        far,
        cues >= _SEVERAL,
        bool(between & starts(unknown)),
        refers and bool(said),
        size > _LONG,
        -1 in values,
        False,  # blanks are seen in the text
        1 in values,
        bool(said) and bool(found.words.get("anatomy")),
        unread,
        bool(unknown) or not judged,
    )
    bits = 0
    for i, holds in enumerate(held):
        if holds:
            bits |= 1 << i
    return bits


def _between(made: Assertion) -> Span:
    """The tokens between a mention and the cue that decided it; an empty stretch where they touch."""
    low, high = made.cue[0], made.cue[-1] + 1
    return (made.end, low) if low >= made.end else (high, made.start)


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


def count_reasons(added: int) -> dict[DoubtReason, int]:
    """Reason -> how many sentences give it, from added `SignCounts`."""
    return {reason: _count(added, i) for i, reason in enumerate(SENTENCE_REASONS)}


def count_background(added: int) -> dict[DoubtBackground, int]:
    """The same of what is no reason."""
    first = len(SENTENCE_REASONS)
    return {name: _count(added, first + i) for i, name in enumerate(SENTENCE_BACKGROUND)}


def may_be_foreign(added: int) -> bool:
    """Does a sentence hold a word that no rule knows? If none does they are all of the rules' language."""
    return bool(_count(added, SIGNS - 1))


def _count(added: int, sign: int) -> int:
    return added >> sign * _WIDTH & _FULL


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
