"""A sentence cut into statements: where the reach of a cue ends.

negspacy lets a cue reach everything up to a termination term, so "no edema, and a new effusion" would negate
both. Here a sentence is cut by the named break rules of `clauses.yaml`. Those of the first kind look at marks
and phrases alone; those of the second ask of each comma and conjunction whether a new statement starts
behind it, or one more item of the list.
"""

from bisect import bisect_right
from collections.abc import Sequence

from labeler.assertion.layout import Coordinator, Layout, any_in, coordinators, first_in, last_in
from labeler.assertion.run_ons import run_ons
from labeler.assertion.signs import Signs
from labeler.mentions.matcher import Found, Span
from labeler.text.lexicon import (
    AND,
    ARTICLE,
    BRACKET_CLOSES,
    BRACKET_OPENS,
    COMMA,
    DEFINITE,
    DESCRIPTION,
    MARK,
    OPENING,
    OR,
    PREDICATE,
    PRONOUN,
    QUESTION,
)


def lay_out(signs: Signs, found: Found) -> Layout:
    """Cut a sentence into statements.

    Args:
        signs: of the sentence.
        found: what the rules hit.
    """
    size = len(signs.tags)
    names = {0: "", size: ""}
    for rule in (_marks, _brackets, _phrases, _introduction):
        for at, name in rule(signs, found):
            names.setdefault(at, name)
    fixed = sorted(names)
    units = coordinators(signs.tags)
    next_or = _next_or(units)
    last = 0
    for n, unit in enumerate(units):
        if unit.start in names or unit.end in names or unit.end >= size or unit.start == 0:
            continue
        left = max(last, fixed[bisect_right(fixed, unit.start) - 1])
        stop = fixed[bisect_right(fixed, unit.start)]
        right = min(stop, units[n + 1].start if n + 1 < len(units) else size)
        if unit.kind == OR and n and units[n - 1].comma:
            left = max(left, units[n - 1].end)  # "lung is hazy, effusion or thickening is ..."
        before, after = (max(left, signs.heading), unit.start), (unit.end, right)
        if before[0] >= before[1] or after[0] >= after[1]:
            continue
        further = next_or[n]
        goes_on = unit.kind == OR or (
            further is not None
            and further.end <= stop
            and not any_in(signs.verb_places, after[0], further.start)
        )
        name = _new_statement(signs, unit, before, after, goes_on=goes_on)
        if name:
            names[unit.start] = name
            last = unit.start
    for at in run_ons(signs, found, sorted(names), units):
        names.setdefault(at, "run-on")
    return Layout(
        tuple(sorted(names)), names, units, tuple(signs.verbs), tuple(signs.items), signs.tags
    )


def _next_or(units: Sequence[Coordinator]) -> list[Coordinator | None]:
    """For each coordinator the next alternative behind it."""
    out: list[Coordinator | None] = []
    following: Coordinator | None = None
    for unit in reversed(units):
        out.append(following)
        if unit.kind == OR:
            following = unit
    return out[::-1]


Breaks = list[tuple[int, str]]


def _marks(signs: Signs, found: Found) -> Breaks:
    """Break rule `mark`: semicolons, colons, dashes; a question mark ends what it asks."""
    return [
        (i + 1 if tag & QUESTION else i, "mark")
        for i, tag in enumerate(signs.tags)
        if tag & (MARK | QUESTION) and i >= signs.heading and not any_in(signs.cued, i, i + 1)
    ]


def _brackets(signs: Signs, found: Found) -> Breaks:
    """Break rule `bracket`: a bracket that holds a cue or an item is a statement of its own."""
    out: Breaks = []
    closing = [i for i, tag in enumerate(signs.tags) if tag & BRACKET_CLOSES]
    for i, tag in enumerate(signs.tags) if closing else ():
        if tag & BRACKET_OPENS:
            close = first_in(closing, i, len(signs.tags))
            if close and (any_in(signs.cued, i + 1, close) or any_in(signs.items, i + 1, close)):
                out += [(i, "bracket"), (close + 1, "bracket")]
    return out


def _phrases(signs: Signs, found: Found) -> Breaks:
    """Break rules `subordinator`, `occasion` and `opener`, each with phrases of its own."""
    out: Breaks = []
    for start, end in found.words.get("break subordinator", ()):
        if not any_in(signs.cued, start, end):
            out.append((start, "subordinator"))
    longest: dict[int, int] = {}
    for start, end in found.words.get("break occasion", ()):
        longest[start] = max(end, longest.get(start, 0))
    for start, end in longest.items():
        if not any_in(signs.items, end, end + 1):
            out.append((start, "occasion"))
    for start, _ in found.words.get("break opener", ()):
        inside = any_in(signs.cued, start, start + 1) and not any_in(signs.ahead, start, start + 1)
        # "doubtful that this is a fracture"
        before = start - 1 - bool(start > 1 and signs.tags[start - 1] & PRONOUN)
        if start and not inside and not any_in(signs.cued, before, start):
            out.append((start, "opener"))
    return out


def _introduction(signs: Signs, found: Found) -> Breaks:
    """Break rule `introduction`: "with the tube on suction | the pneumothorax has resolved"."""
    opened = [end for start, end in found.words.get("break introduction", ()) if not start]
    for i in range(max(opened) + 2, len(signs.tags)) if opened else ():
        if signs.tags[i] & COMMA:
            break  # the comma decides
        if signs.tags[i] & DEFINITE and not signs.tags[i - 1]:
            apart = any_in(signs.items, 0, i) and any_in(signs.items, i, len(signs.tags))
            return [(i, "introduction")] if apart else []
    return []


def _new_statement(
    signs: Signs, unit: Coordinator, before: Span, after: Span, *, goes_on: bool
) -> str:
    """The name of the rule by which a new statement starts behind a coordinator, `""` for none.

    Args:
        signs: of the sentence.
        unit: the coordinator.
        before: from the last break to it.
        after: from it to the next coordinator or break.
        goes_on: does an "or" further on show that this is a list still going on?
    """
    tags = signs.tags
    cue = last_in(signs.ahead, *before)
    verb_before = any_in(signs.verb_places, before[0] if cue is None else cue + 3, before[1])
    if unit.kind == OR and cue is not None and not verb_before:
        return ""  # "no air leak or pneumothorax has developed"
    # "and no effusion", "and small possible effusion"; but "and effusion resolved" looks back
    named = unit.kind == AND and any_in(signs.items, after[0], after[0] + 1)
    if any_in(signs.ahead, after[0], min(after[0] + (1 if named else 2), after[1])):
        return "cue" if unit.kind != OR and not (cue is not None and goes_on) else ""
    may_part = cue is not None and not goes_on and cue not in signs.listing
    verb = _predicate(signs, after, bare=may_part)
    if verb is not None:
        parts = _predicate_parts(
            signs, unit, after, verb, verb_before=verb_before, cued=cue is not None, goes_on=goes_on
        )
        if parts is not None:
            return "predicate" if parts else ""
        return "description" if may_part else ""
    followed = first_in(signs.behind, *after)
    if followed is not None and verb_before and unit.kind == AND and tags[after[0]] & ARTICLE:
        # "there is consolidation and an underlying mass needs to be excluded"
        return "cue" if any_in(signs.items, after[0], followed) else ""
    own = followed is not None and any_in(signs.items, after[0], followed)
    if followed is not None and cue is None and (own or not verb_before):
        # "new infiltrate, aspiration favored", "there is edema, effusion not excluded", but
        # "effusion, possible"
        return "cue" if unit.kind == COMMA and after[0] != followed and not goes_on else ""
    described = bool(tags[after[0]] & OPENING) or any(
        after[0] <= span[0] < after[1] for pair in signs.bound for span in pair
    )
    return "description" if may_part and described else ""


def _predicate(signs: Signs, after: Span, *, bare: bool) -> int | None:
    """The first verb, or the first predicate behind an item ("ICD lead unchanged").

    With `bare` a description at the end is one, too: "no pneumothorax, effusions small".
    """
    item = first_in(signs.items, *after)
    for i in range(*after):
        if signs.verbs[i] or (signs.tags[i] & PREDICATE and item is not None and item < i):
            return i
    if not bare:
        return None
    last = after[1] - 1
    while last > after[0] and not signs.tags[last]:
        last -= 1  # a full stop
    if item is not None and item < last and signs.tags[last] & DESCRIPTION:
        return last  # "no pneumothorax, effusions small"
    return None


def _predicate_parts(
    signs: Signs,
    unit: Coordinator,
    after: Span,
    verb: int,
    *,
    verb_before: bool,
    cued: bool,
    goes_on: bool,
) -> bool | None:
    """Break rule `predicate`: has what stands behind the coordinator a predicate of its own?

    `None` where the rule `description` is to decide.
    """
    subject = any_in(signs.items, after[0], verb)
    participle = any_in(signs.items, *after) and signs.tags[after[0]] & OPENING
    if not subject and participle:
        return None
    if not subject and verb == after[0]:
        return False  # "and has resolved" goes on about the same thing
    if verb_before:
        return True
    if cued:
        # "is seen" only says that something is there, and is shared by all items of a list
        if any_in(signs.existential, verb, after[1]):
            return None if signs.tags[after[0]] & OPENING else False
        return True
    if unit.kind == AND and unit.comma and signs.tags[after[0]] & ARTICLE:
        return True
    return unit.kind == COMMA and not goes_on
