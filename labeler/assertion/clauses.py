"""A sentence's clauses: where the reach of a cue ends.

negspacy lets a cue reach everything up to a termination term, so "no edema, and a new effusion" would negate
both. Here the sentence is cut at walls: terminations ("but"), openers ("there is"), and those commas and
conjunctions behind which a new statement starts instead of a further item of the list.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from labeler.mentions.matcher import Found, Span, tokens_of
from labeler.text.lexicon import AND, COMMA, MARKS, OR, ClauseWords


class Coordinator(NamedTuple):
    """A comma, conjunction or both together between two conjuncts; `[start, end)` in tokens."""

    start: int
    end: int
    kind: str
    comma: bool


class Layout(NamedTuple):
    """How a sentence falls apart.

    Attributes:
        walls: token positions that no cue reaches across, 0 and the length included, ascending.
        coordinators: the commas and conjunctions, in order.
        verbs: for each token, is it a verb or a link ("consistent with")?
        items: start positions of mentions and bound structures.
    """

    walls: tuple[int, ...]
    coordinators: tuple[Coordinator, ...]
    verbs: tuple[bool, ...]
    items: tuple[int, ...]

    def segment(self, at: int) -> Span:
        """The stretch between walls that holds token `at`."""
        start = max(w for w in self.walls if w <= at)
        end = min((w for w in self.walls if w > at), default=self.walls[-1])
        return start, end


def coordinators(words: Sequence[str], kinds_of: Mapping[str, str]) -> tuple[Coordinator, ...]:
    """The commas and conjunctions of a sentence, neighbouring ones (", and") as one."""
    out: list[Coordinator] = []
    if kinds_of.keys().isdisjoint(words):
        return ()
    i = 0
    while i < len(words):
        if words[i] not in kinds_of:
            i += 1
            continue
        start, kinds = i, []
        while i < len(words) and words[i] in kinds_of:
            kinds.append(kinds_of[words[i]])
            i += 1
        kind = OR if OR in kinds else AND if AND in kinds else COMMA
        out.append(Coordinator(start, i, kind, COMMA in kinds))
    return tuple(out)


class _Marks(NamedTuple):
    """A sentence's words with all that says how it falls apart; positions are token indices."""

    words: Sequence[str]
    clause_words: ClauseWords
    verbs: tuple[bool, ...]
    items: tuple[int, ...]
    """Starts of findings, and of structures and states that are bound."""
    cue_starts: Set[int]
    """Where cues that look ahead begin."""
    cue_tokens: Set[int]
    listing: Set[int]
    following: Set[int]
    """Tokens of cues that look back."""
    bound: Sequence[tuple[Span, Span]]

    def cued(self, places: Iterable[int]) -> bool:
        """Does a cue that looks ahead begin there?"""
        return any(i in self.cue_starts for i in places)

    def verbal(self, places: Iterable[int]) -> bool:
        """Is there a verb, or a link?"""
        return any(self.verbs[i] for i in places)

    def only_tells_existence(self, places: Iterable[int]) -> bool:
        """Does a predicate there only say that something is there ("is seen")?"""
        return any(self.words[i] in self.clause_words.existential for i in places)


def lay_out(
    words: Sequence[str],
    found: Found,
    *,
    clause_words: ClauseWords,
    preceding: Set[Span],
    following: Set[Span],
    listing: Set[int],
    bound: Sequence[tuple[Span, Span]],
    heading: int,
) -> Layout:
    """Cut a sentence into clauses.

    Args:
        words: the normalised tokens.
        found: what the rules hit.
        clause_words: the words of `clauses.yaml`.
        preceding: spans of cues that look ahead; `following`: of cues that look back.
        listing: starts of cues whose list no new statement cuts short ("differential includes").
        bound: (structure span, state span) of the structures whose state is said.
        heading: how many tokens at the start are a template line's heading, its colon included.

    Returns:
        The walls and what they were found from.
    """
    links = tokens_of(found.words.get("link", ()))
    cue_starts = {start for start, _ in preceding}
    following_tokens = tokens_of(following)
    items = {start for start, _, _ in found.findings}
    for structure, state in bound:
        items |= {structure[0], state[0]}
    marks = _Marks(
        words=words,
        clause_words=clause_words,
        verbs=tuple(
            [
                (word in clause_words.verbs and (i == 0 or words[i - 1] != "to")) or i in links
                for i, word in enumerate(words)
            ]
        ),
        items=tuple(sorted(items)),
        cue_starts=cue_starts,
        cue_tokens=tokens_of(preceding) | following_tokens,
        listing=listing,
        following=following_tokens,
        bound=bound,
    )
    walls = _fixed_walls(marks, found, heading)
    units = coordinators(words, clause_words.coordinators)
    for n, unit in enumerate(units):
        if unit.start in walls or unit.end in walls or unit.end >= len(words) or unit.start == 0:
            continue
        left = max(w for w in walls if w <= unit.start)
        stop = min(w for w in walls if w > unit.start)
        right = min(stop, units[n + 1].start if n + 1 < len(units) else len(words))
        if unit.kind == OR and n and units[n - 1].comma:
            left = max(left, units[n - 1].end)  # "lung is hazy, effusion or thickening is ..."
        before, after = range(max(left, heading), unit.start), range(unit.end, right)
        later = [u for u in units[n + 1 :] if u.end <= stop]
        if before and after and _starts_statement(marks, unit, before, after, later):
            walls.add(unit.start)
    walls |= _run_ons(marks, found, walls)
    return Layout(tuple(sorted(walls)), units, marks.verbs, marks.items)


def _fixed_walls(marks: _Marks, found: Found, heading: int) -> set[int]:
    """Walls that punctuation and fixed words make, whatever stands around them."""
    words, cue_tokens = marks.words, marks.cue_tokens
    walls = {0, len(words)}
    for start, end in found.words.get("termination", ()):
        if cue_tokens.isdisjoint(range(start, end)):
            walls.add(start)
    occasions = found.words.get("occasion", ())
    for start, end in occasions:
        longest = max(e for s, e in occasions if s == start)
        if end == longest and end not in marks.items:
            walls.add(start)
    for start, _ in found.words.get("clause opener", ()):
        if start - 1 not in cue_tokens and start not in cue_tokens - marks.cue_starts:
            walls.add(start)
    for i, word in enumerate(words) if not MARKS.isdisjoint(words) else ():
        if word in MARKS and word != "(" and i >= heading and i not in cue_tokens:
            walls.add(i if word != "?" else i + 1)
        elif word == "(" and ")" in words[i:]:
            close = i + list(words[i:]).index(")")
            if any(j in cue_tokens or j in marks.items for j in range(i + 1, close)):
                walls |= {i, close + 1}
    return walls


def _run_ons(marks: _Marks, found: Found, walls: set[int]) -> set[int]:
    """Walls where a full stop was lost: "no focal consolidation the heart is enlarged"."""
    words, clause_words = marks.words, marks.clause_words
    out: set[int] = set()
    if len(found.findings) + len(marks.bound) < 2:
        return out
    spans = sorted({(s, e) for s, e, _ in found.findings} | {at for at, _ in marks.bound})
    for (_, end), (start, stop) in pairwise(spans):
        if end > start or any(w in walls for w in range(end, start + 1)):
            continue
        between = range(end, start)
        if _closed_twice(marks, end, start, stop):
            out.add(end + 1)
        if not marks.cued(range(max(w for w in walls if w <= end), end)):
            continue
        if marks.verbal(between) or any(
            words[i] in clause_words.ties or words[i] in clause_words.coordinators for i in between
        ):
            continue
        stops = [i for i in range(stop, len(words)) if words[i] in clause_words.coordinators]
        limit = min([*stops, *(w for w in walls if w >= stop)])
        predicate = next((i for i in range(stop, limit) if marks.verbs[i]), None)
        stated = predicate is not None and not marks.only_tells_existence(range(predicate, limit))
        listed = any(
            clause_words.coordinators.get(words[i]) == OR
            for i in range(stop, min(predicate or limit + 1, len(words)))
        )
        opened = any(words[i] in clause_words.openers for i in between) and not listed
        told = any(at == (start, stop) and state[0] >= end for at, state in marks.bound)
        if opened or stated or (told and bool(between)):
            out.add(end)
    return out


def _closed_twice(marks: _Marks, end: int, start: int, stop: int) -> bool:
    """Has each of two findings a word of its own behind it: "left effusion smaller right one resolved"?

    Args:
        marks: the sentence.
        end: where the first finding ends.
        start, stop: the second finding.
    """
    words, clause_words = marks.words, marks.clause_words
    apart = clause_words.ties | clause_words.coordinators.keys() | clause_words.accompaniment
    return (
        end < start
        and words[end] in clause_words.predicates
        and not any(words[i] in apart or words[i] in MARKS for i in range(end + 1, start))
        and any(i in marks.following for i in (stop, stop + 1))
        and not any(i in marks.following for i in range(end, start))
    )


def _starts_statement(
    marks: _Marks, unit: Coordinator, before: range, after: range, later: Sequence[Coordinator]
) -> bool:
    """Does a new statement start behind the coordinator, rather than a further item of its list?

    Args:
        marks: the sentence.
        unit: the coordinator.
        before: tokens from the last wall to it.
        after: tokens from it to the next coordinator or wall.
        later: the coordinators behind, up to the next wall.
    """
    words, clause_words = marks.words, marks.clause_words
    first = words[after.start]
    last_cue = max((i for i in before if i in marks.cue_starts), default=None)
    cue_before = last_cue is not None
    verb_before = marks.verbal(i for i in before if last_cue is None or i > last_cue + 2)
    if first in clause_words.relatives:
        return False
    if unit.kind == OR and cue_before and not verb_before:
        return False  # "no air leak or pneumothorax has developed"
    if unit.kind == COMMA and first in clause_words.accompaniment:
        return True
    list_goes_on = unit.kind == OR or any(
        u.kind == OR and not marks.verbal(range(after.start, u.start)) for u in later
    )
    # "and no effusion", "and small possible effusion"; but "and effusion resolved" looks back
    named = unit.kind == AND and after.start in marks.items
    opening = (after.start,) if named else (after.start, after.start + 1)
    if marks.cued(i for i in opening if i in after):
        return unit.kind != OR and not (cue_before and list_goes_on)
    may_part = cue_before and not list_goes_on and last_cue not in marks.listing
    items = [i for i in marks.items if i in after]
    verb = next(
        (
            i
            for i in after
            if marks.verbs[i] or (words[i] in clause_words.predicates and any(j < i for j in items))
        ),
        None,
    )
    if verb is not None:
        subject = any(i < verb for i in items)
        participle = bool(items) and first in clause_words.openers
        if not subject and participle:
            return may_part
        if not subject and verb == after.start:
            return False  # "and has resolved" goes on about the same thing
        if verb_before:
            return True
        if cue_before:
            return not marks.only_tells_existence(range(verb, after.stop))
        if unit.kind == AND and unit.comma and first in clause_words.articles:
            return True
        return unit.kind == COMMA and not list_goes_on
    followed = next((i for i in after if i in marks.following), None)
    if followed is not None and verb_before and unit.kind == AND and first in clause_words.articles:
        # "there is consolidation and an underlying mass needs to be excluded"
        return any(i < followed for i in items)
    if followed is not None and not verb_before and not cue_before:
        # "new infiltrate, aspiration favored", but "effusion, possible"
        return unit.kind == COMMA and after.start not in marks.following and not list_goes_on
    bound_at = {span[0] for pair in marks.bound for span in pair}
    return may_part and (first in clause_words.openers or any(i in bound_at for i in after))
