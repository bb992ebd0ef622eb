"""Words that stand for a finding named before: "no effusion on the right, a small one on the left"."""

from bisect import bisect_right
from collections.abc import Sequence

from labeler.mentions.matcher import Found, Hit
from labeler.text.lexicon import (
    ANAPHOR,
    COORDINATOR,
    DESCRIPTION,
    EXPLETIVE,
    GENITIVE,
    PREDICATE,
    PREPOSITION,
    PRONOUN,
    PUNCTUATION,
)


def anaphors(
    words: Sequence[str], tags: Sequence[int], verbs: Sequence[bool], found: Found
) -> list[Hit]:
    """The hits of such words, each of the rules of the last finding before it.

    A noun behind the word ("one rib"), or an "of" ("one of the tubes"), shows that it stands for nothing; a
    pronoun ("that on the left") needs a preposition behind it. Where a place follows "there is" at once, and no
    further finding, the verb itself stands for it: "but there is on the left".

    Args:
        words, tags, verbs: the tokens, their roles, and whether they are verbs.
        found: what the rules hit.
    """
    ends = sorted((end, start) for start, end, _ in found.findings)
    out: list[Hit] = []
    for i, tag in enumerate(tags):
        stands = tag & ANAPHOR and _stands_alone(i, words, tags, verbs)
        if not stands and not (ends and ends[-1][0] <= i and _leaves_out(i, tags, verbs)):
            continue
        n = bisect_right(ends, (i, i)) - 1
        if n >= 0:
            end, start = ends[n]
            out += [(i, i + 1, rule) for s, e, rule in found.findings if (s, e) == (start, end)]
    return out


def _stands_alone(i: int, words: Sequence[str], tags: Sequence[int], verbs: Sequence[bool]) -> bool:
    if i + 1 == len(words):
        return not tags[i] & PRONOUN
    behind = tags[i + 1]
    if behind & GENITIVE:
        return i > 0 and bool(
            tags[i - 1] & DESCRIPTION
        )  # "an old one of the rib", "one of the tubes"
    if behind & PREPOSITION:
        return True
    if tags[i] & PRONOUN:
        return False
    return (
        bool(behind & (COORDINATOR | PUNCTUATION | PREDICATE))
        or verbs[i + 1]
        or not words[i + 1].isalnum()
    )


def _leaves_out(i: int, tags: Sequence[int], verbs: Sequence[bool]) -> bool:
    """Is token `i` the verb of a "there is" that a place follows at once?"""
    return (
        verbs[i]
        and 0 < i < len(tags) - 1
        and bool(tags[i - 1] & EXPLETIVE)
        and bool(tags[i + 1] & PREPOSITION)
        and not tags[i + 1] & GENITIVE
    )
