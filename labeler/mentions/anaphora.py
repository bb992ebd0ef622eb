"""Words that stand for a finding named before: "no effusion on the right, a small one on the left"."""

from bisect import bisect_right
from collections.abc import Sequence

from labeler.mentions.matcher import Found, Hit
from labeler.text.bits import places
from labeler.text.lexicon import TokenRoles


def anaphors(words: Sequence[str], roles: TokenRoles, verbs: int, found: Found) -> list[Hit]:
    """The hits of such words, each of the rules of the last finding before it.

    A noun behind the word ("one rib"), or an "of" ("one of the tubes"), shows that it stands for nothing; a
    pronoun ("that on the left") needs a preposition behind it. Where a place follows "there is" at once, and no
    further finding, the verb itself stands for it: "but there is on the left".

    Args:
        words, roles: the tokens and their roles.
        verbs: which of them are verbs.
        found: what the rules hit.
    """
    # "there is on the left": the verb between an expletive and a preposition
    left_out = verbs & (roles.expletive << 1) & (roles.preposition >> 1) & ~(roles.genitive >> 1)
    if not (roles.anaphor | left_out) or not found.findings:
        return []
    ends = sorted((end, start) for start, end, _ in found.findings)
    out: list[Hit] = []
    for i in places(roles.anaphor | left_out):
        if not (roles.anaphor >> i & 1 and _stands_alone(i, words, roles, verbs)) and not (
            left_out >> i & 1 and ends[-1][0] <= i
        ):
            continue
        n = bisect_right(ends, (i, i)) - 1
        if n >= 0:
            end, start = ends[n]
            out += [(i, i + 1, rule) for s, e, rule in found.findings if (s, e) == (start, end)]
    return out


def _stands_alone(i: int, words: Sequence[str], roles: TokenRoles, verbs: int) -> bool:
    """Has the word at `i` no noun behind it?"""
    if i + 1 == roles.size:
        return not roles.pronoun >> i & 1
    behind = 1 << (i + 1)
    if roles.genitive & behind:
        # "an old one of the rib", "one of the tubes"
        return i > 0 and bool(roles.description >> (i - 1) & 1)
    if roles.preposition & behind:
        return True
    if roles.pronoun >> i & 1:
        return False
    ends = roles.coordinator | roles.punctuation | roles.predicate | verbs
    return bool(ends & behind) or not words[i + 1].isalnum()
