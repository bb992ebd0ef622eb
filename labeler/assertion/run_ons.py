"""Break rule `run-on`: where a full stop or a comma was lost between two findings."""

from bisect import bisect_left, bisect_right

from labeler.assertion.layout import Coordinator
from labeler.assertion.signs import Signs
from labeler.mentions.matcher import Found
from labeler.text.bits import first, last, within
from labeler.text.lexicon import OR


def run_ons(signs: Signs, found: Found, breaks: list[int], units: list[Coordinator]) -> list[int]:
    """Break rule `run-on`: a full stop was lost ("no focal consolidation the heart is enlarged")."""
    out: list[int] = []
    if len(found.findings) + len(signs.states) < 2:
        return out
    roles, verbs = signs.roles, signs.verbs
    existential = roles.existential
    spans = sorted({(s, e) for s, e, _ in found.findings} | signs.states.keys())
    starts = [unit.start for unit in units]
    apart = roles.preposition | roles.accompaniment | roles.coordinator
    end = spans[0][1]
    for start, stop in spans[1:]:
        before, end = end, stop
        at = bisect_left(breaks, before)
        if before > start or (at < len(breaks) and breaks[at] <= start):
            continue
        if _closed_twice(signs, before, start, stop):
            out.append(before + 1)
        low = breaks[bisect_right(breaks, before) - 1]
        if not within(signs.ahead, low, before):
            if _beside_list(signs, low, before, start, stop):
                out.append(start if signs.joining >> stop & 1 else before)
            continue
        verb = last(within(verbs, before, start))
        if verb >= 0 and existential >> verb & 1 and roles.description >> (verb + 1) & 1:
            # "no fracture is seen old healed fractures"
            if not within(roles.preposition | roles.coordinator, before, start):
                out.append(verb + 1)
            continue
        if verb >= 0 or within(apart, before, start):
            continue
        limit = breaks[min(bisect_left(breaks, stop), len(breaks) - 1)]
        n = bisect_left(starts, stop)
        joined = units[n] if n < len(units) and units[n].start <= limit else None
        limit = joined.start if joined else limit
        predicate = first(within(verbs, stop, limit))
        stated = predicate >= 0 and not within(existential, predicate, limit)
        listed = predicate < 0 and joined is not None and joined.kind == OR
        opened = not listed and within(roles.opening, before, start)
        said = signs.states.get((start, stop), (0, 0))[0]
        told = said >= stop or (before < start and said >= before)
        # "no pneumothorax lines unchanged"
        closed = stop < limit and (roles.predicate & ~existential) >> stop & 1
        if opened or stated or told or closed:
            out.append(before)
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
    roles = signs.roles
    before = within(signs.joining, low, end)
    if not before and not signs.joining >> stop & 1:
        return False
    parted = roles.verb | roles.coordinator | roles.accompaniment | roles.punctuation
    if within(signs.cued | parted | signs.verbs, end, start):
        return False
    if before:
        return start > end and bool(roles.description >> end & 1)
    # what stands right beside each other may have lost the word between: "opacities XXXX scar or ..."
    bare = not roles.tagged >> (start - 1) & 1
    return bare and bool(within(roles.preposition, end, start))


def _closed_twice(signs: Signs, end: int, start: int, stop: int) -> bool:
    """Has each of two findings a word of its own behind it: "left effusion smaller right one resolved"?

    Args:
        signs: of the sentence.
        end: where the first finding ends.
        start, stop: the second finding.
    """
    roles = signs.roles
    if end >= start or not roles.predicate >> end & 1:
        return False
    apart = roles.preposition | roles.coordinator | roles.accompaniment | roles.punctuation
    return (
        not within(apart, end + 1, start)
        and bool(within(signs.behind, stop, stop + 2))
        and not within(signs.behind, end, start)
    )
