"""Break rule `run-on`: where a full stop or a comma was lost between two findings."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from labeler.assertion.layout import Coordinator, any_in, first_in, last_in
from labeler.assertion.signs import Signs
from labeler.mentions.matcher import Found
from labeler.text.lexicon import (
    ACCOMPANIMENT,
    COORDINATOR,
    DESCRIPTION,
    EXISTENTIAL,
    OPENING,
    OR,
    PREDICATE,
    PREPOSITION,
    PUNCTUATION,
    VERB,
)


def run_ons(
    signs: Signs, found: Found, breaks: Sequence[int], units: Sequence[Coordinator]
) -> list[int]:
    """Break rule `run-on`: a full stop was lost ("no focal consolidation the heart is enlarged")."""
    out: list[int] = []
    if len(found.findings) + len(signs.bound) < 2:
        return out
    tags = signs.tags
    states = dict(signs.bound)
    spans = sorted({(s, e) for s, e, _ in found.findings} | states.keys())
    starts = [unit.start for unit in units]
    for (_, end), (start, stop) in pairwise(spans):
        if end > start or any_in(breaks, end, start + 1):
            continue
        if _closed_twice(signs, end, start, stop):
            out.append(end + 1)
        low = breaks[bisect_right(breaks, end) - 1]
        if not any_in(signs.ahead, low, end):
            if _beside_list(signs, low, end, start, stop):
                out.append(start if any_in(signs.joining, stop, stop + 1) else end)
            continue
        between = range(end, start)
        verb = last_in(signs.verb_places, end, start)
        if verb is not None and tags[verb] & EXISTENTIAL and tags[verb + 1] & DESCRIPTION:
            # "no fracture is seen old healed fractures"
            if not any(tags[i] & (PREPOSITION | COORDINATOR) for i in range(end, start)):
                out.append(verb + 1)
            continue
        if any_in(signs.verb_places, end, start) or any(
            tags[i] & (PREPOSITION | ACCOMPANIMENT | COORDINATOR) for i in between
        ):
            continue
        limit = breaks[min(bisect_left(breaks, stop), len(breaks) - 1)]
        n = bisect_left(starts, stop)
        joined = units[n] if n < len(units) and units[n].start <= limit else None
        limit = joined.start if joined else limit
        predicate = first_in(signs.verb_places, stop, limit)
        stated = predicate is not None and not any_in(signs.existential, predicate, limit)
        listed = predicate is None and joined is not None and joined.kind == OR
        opened = not listed and any(tags[i] & OPENING for i in between)
        said = states.get((start, stop), (0, 0))[0]
        told = said >= stop or (bool(between) and said >= end)
        # "no pneumothorax lines unchanged"
        closed = stop < limit and tags[stop] & PREDICATE and not tags[stop] & EXISTENTIAL
        if opened or stated or told or closed:
            out.append(end)
    return out


def _beside_list(signs: Signs, low: int, end: int, start: int, stop: int) -> bool:
    """Does one of two findings belong to an alternative, and the other stand beside it?

    "opacity at the base | atelectasis or pneumonia | small effusion"

    Args:
        signs: of the sentence.
        low: where the statement begins.
        end: where the first finding ends.
        start, stop: the second finding.
    """
    tags = signs.tags
    before = any_in(signs.joining, low, end)
    if not before and not any_in(signs.joining, stop, stop + 1):
        return False
    parted = VERB | COORDINATOR | ACCOMPANIMENT | PUNCTUATION
    if any_in(signs.cued, end, start) or any(
        tags[i] & parted or signs.verbs[i] for i in range(end, start)
    ):
        return False
    if before:
        return start > end and bool(tags[end] & DESCRIPTION)
    # what stands right beside each other may have lost the word between: "opacities XXXX scar or ..."
    return not tags[start - 1] and any(tags[i] & PREPOSITION for i in range(end, start))


def _closed_twice(signs: Signs, end: int, start: int, stop: int) -> bool:
    """Has each of two findings a word of its own behind it: "left effusion smaller right one resolved"?

    Args:
        signs: of the sentence.
        end: where the first finding ends.
        start, stop: the second finding.
    """
    apart = PREPOSITION | COORDINATOR | ACCOMPANIMENT | PUNCTUATION
    return (
        end < start
        and bool(signs.tags[end] & PREDICATE)
        and not any(signs.tags[i] & apart for i in range(end + 1, start))
        and any_in(signs.behind, stop, stop + 2)
        and not any_in(signs.behind, end, start)
    )
