"""A sentence's clauses: where the reach of a cue ends.

negspacy lets a cue reach everything up to a termination term, so "no edema, and a new effusion" would negate
both. Here the sentence is cut at walls: terminations ("but"), openers ("there is"), and those commas and
conjunctions behind which a new statement starts instead of a further item of the list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labeler.extract import Found, Span
from labeler.rules.schema import ClausesFile
from labeler.tokens import Tokenizer

MARKS = frozenset({";", ".", ":", "(", "-", "?"})
"""Punctuation that parts statements."""
COMMA, AND, OR = "comma", "and", "or"


@dataclass(frozen=True, slots=True)
class Coordinator:
    """A comma, conjunction or both together between two conjuncts; `[start, end)` in tokens."""

    start: int
    end: int
    kind: str
    comma: bool


@dataclass(frozen=True, slots=True)
class Layout:
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


class ClauseWords:
    """The single words of `clauses.yaml`, folded as reports are."""

    def __init__(self, clauses: ClausesFile, tokenizer: Tokenizer) -> None:
        def fold(words: Iterable[str]) -> frozenset[str]:
            return frozenset(norm for word in words for norm in tokenizer.words(word))

        self.verbs = fold(clauses.verbs)
        self.existential = fold(clauses.existential)
        self.openers = fold(clauses.statement_openers)
        self.predicates = fold(clauses.predicates)
        self.ties = fold(clauses.ties)
        self.no_explanation = fold(clauses.no_explanation)
        self.accentuation = fold(clauses.accentuation)
        self.pronouns = fold(clauses.pronouns)
        self.expletives = fold(clauses.expletives)
        self.articles = fold(clauses.articles)
        self.prepositions = fold(clauses.prepositions)
        self.attributes = fold(clauses.attributes)
        self.barriers = fold(clauses.barriers) | MARKS
        self.accompaniment = fold(clauses.accompaniment)
        self.companions_before = fold(clauses.companions.before)
        self.companions_behind = fold(clauses.companions.behind)
        joins = clauses.coordinators
        self.coordinators = {
            **dict.fromkeys(fold(joins.comma), COMMA),
            **dict.fromkeys(fold(joins.conjunction), AND),
            **dict.fromkeys(fold(joins.alternative), OR),
        }


def coordinators(words: Sequence[str], kinds_of: Mapping[str, str]) -> tuple[Coordinator, ...]:
    """The commas and conjunctions of a sentence, neighbouring ones (", and") as one."""
    out: list[Coordinator] = []
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


def lay_out(
    words: Sequence[str],
    found: Found,
    *,
    clause_words: ClauseWords,
    preceding: Iterable[Span],
    following: Iterable[Span],
    listing: Iterable[int],
    bound: Sequence[tuple[Span, Span]],
    heading: int,
) -> Layout:
    """Cut a sentence into clauses.

    Args:
        words: the normalised tokens.
        found: what the rules hit.
        clause_words: verbs, openers.
        preceding: spans of cues that look ahead; `following`: of cues that look back.
        listing: starts of cues whose list no new statement cuts short ("differential includes").
        bound: (structure span, state span) of the structures whose state is said.
        heading: how many tokens at the start are a template line's heading, its colon included.

    Returns:
        The walls and what they were found from.
    """
    size = len(words)
    links = {i for s, e in found.words.get("link", ()) for i in range(s, e)}
    verbs = tuple(
        (word in clause_words.verbs and (i == 0 or words[i - 1] != "to")) or i in links
        for i, word in enumerate(words)
    )
    cue_starts = {s for s, _ in preceding}
    cue_tokens = {i for s, e in (*preceding, *following) for i in range(s, e)}
    following_tokens = {i for s, e in following for i in range(s, e)}
    items = sorted(
        {s for s, _, _ in found.findings} | {s for (s, _), _ in bound} | {s for _, (s, _) in bound}
    )
    walls = {0, size}
    for start, end in found.words.get("termination", ()):
        if not cue_tokens.intersection(range(start, end)):
            walls.add(start)
    for start, _ in found.words.get("clause opener", ()):
        if start - 1 not in cue_tokens and start not in cue_tokens - cue_starts:
            walls.add(start)
    for i, word in enumerate(words):
        if word in (":", ";", "-", "?", ".") and i >= heading and i not in cue_tokens:
            walls.add(i if word != "?" else i + 1)
        elif word == "(" and ")" in words[i:]:
            close = i + list(words[i:]).index(")")
            inside = range(i + 1, close)
            if any(j in cue_tokens or j in items for j in inside):
                walls |= {i, close + 1}

    units = coordinators(words, clause_words.coordinators)
    bound_at = {s for s, _ in (span for pair in bound for span in pair)}
    for n, unit in enumerate(units):
        if unit.start in walls or unit.end in walls or unit.end >= size or unit.start == 0:
            continue
        left = max(w for w in walls if w <= unit.start)
        stop = min(w for w in walls if w > unit.start)
        right = min(stop, units[n + 1].start if n + 1 < len(units) else size)
        if _starts_statement(
            words,
            unit,
            range(max(left, heading), unit.start),
            range(unit.end, right),
            later=[u for u in units[n + 1 :] if u.end <= stop],
            verbs=verbs,
            items=items,
            cue_starts=cue_starts,
            listing=set(listing),
            following=following_tokens,
            bound_at=bound_at,
            clause_words=clause_words,
        ):
            walls.add(unit.start)
    walls |= _run_ons(words, found, cue_starts, verbs, bound, clause_words, walls)
    return Layout(tuple(sorted(walls)), units, verbs, tuple(items))


def _run_ons(
    words: Sequence[str],
    found: Found,
    cue_starts: set[int],
    verbs: Sequence[bool],
    bound: Sequence[tuple[Span, Span]],
    clause_words: ClauseWords,
    walls: set[int],
) -> set[int]:
    """Walls where a full stop was lost: "no focal consolidation the heart is enlarged"."""
    spans = sorted({(s, e) for s, e, _ in found.findings} | {structure for structure, _ in bound})
    out: set[int] = set()
    for (_, end), (start, stop) in pairwise(spans):
        if end > start or any(w in walls for w in range(end, start + 1)):
            continue
        if not any(i in cue_starts for i in range(max(w for w in walls if w <= end), end)):
            continue
        between = range(end, start)
        if any(
            words[i] in clause_words.ties or words[i] in clause_words.coordinators or verbs[i]
            for i in between
        ):
            continue
        stops = [i for i in range(stop, len(words)) if words[i] in clause_words.coordinators]
        nxt = min([*stops, *(w for w in walls if w >= stop)])
        predicate = next((i for i in range(stop, nxt) if verbs[i]), None)
        stated = predicate is not None and not any(
            words[i] in clause_words.existential for i in range(predicate, nxt)
        )
        listed = any(
            clause_words.coordinators.get(words[i]) == OR
            for i in range(stop, predicate or nxt + 1)
            if i < len(words)
        )
        opened = any(words[i] in clause_words.openers for i in between) and not listed
        told = any(at == (start, stop) and state[0] >= end for at, state in bound)
        if opened or stated or (told and bool(between)):
            out.add(end)
    return out


def _starts_statement(
    words: Sequence[str],
    unit: Coordinator,
    before: range,
    after: range,
    *,
    later: Sequence[Coordinator],
    verbs: Sequence[bool],
    items: Sequence[int],
    cue_starts: set[int],
    listing: set[int],
    following: set[int],
    bound_at: set[int],
    clause_words: ClauseWords,
) -> bool:
    """Does a new statement start behind the coordinator, rather than a further item of its list?"""
    if not before or not after:
        return False
    last_cue = max((i for i in before if i in cue_starts), default=None)
    cue_before = last_cue is not None
    verb_before = any(verbs[i] for i in before if last_cue is None or i > last_cue + 2)
    if words[after.start] in ("which", "who", "that"):
        return False
    items_after = [i for i in items if i in after]
    verb_after = next(
        (
            i
            for i in after
            if verbs[i] or (words[i] in clause_words.predicates and any(j < i for j in items_after))
        ),
        None,
    )
    if unit.kind == OR and cue_before and not verb_before:
        return False  # "no air leak or pneumothorax has developed"
    if unit.kind == COMMA and words[after.start] in clause_words.accompaniment:
        return True
    list_goes_on = unit.kind == OR or any(
        u.kind == OR and not any(verbs[after.start : u.start]) for u in later
    )
    if any(i in cue_starts for i in (after.start, after.start + 1) if i in after):
        return unit.kind != OR and not (cue_before and list_goes_on)
    if verb_after is not None:
        subject = [i for i in items_after if i < verb_after]
        participle = bool(items_after) and words[after.start] in clause_words.openers
        if not subject and verb_after == after.start and not participle:
            return False  # "and has resolved" goes on about the same thing
        if participle and not subject:
            return cue_before and not list_goes_on and last_cue not in listing
        if verb_before:
            return True
        shared = any(words[i] in clause_words.existential for i in range(verb_after, after.stop))
        if cue_before:
            return not shared
        if unit.kind == AND and unit.comma and words[after.start] in clause_words.articles:
            return True
        return unit.kind == COMMA and not list_goes_on
    if any(i in following for i in after) and not verb_before and not cue_before:
        # "new infiltrate, aspiration favored", but "effusion, possible"
        return unit.kind == COMMA and after.start not in following and not list_goes_on
    first = next((i for i in after if i in bound_at), None)
    if cue_before and not list_goes_on and last_cue not in listing:
        if words[after.start] in clause_words.openers:
            return True
        if first is not None:
            return True
    return False
