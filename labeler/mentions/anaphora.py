"""Words that stand for a finding named before: "no effusion on the right, a small one on the left"."""

from bisect import bisect_right
from collections.abc import Sequence

from labeler.mentions.matcher import Found, Hit
from labeler.text.lexicon import (
    ANAPHOR,
    COORDINATOR,
    DESCRIPTION,
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
    pronoun ("that on the left") needs a preposition behind it.

    Args:
        words, tags, verbs: the tokens, their roles, and whether they are verbs.
        found: what the rules hit.
    """
    ends = sorted((end, start) for start, end, _ in found.findings)
    out: list[Hit] = []
    for i, tag in enumerate(tags):
        if not tag & ANAPHOR or not _stands_alone(i, words, tags, verbs):
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
