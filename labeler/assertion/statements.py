"""A sentence cut into statements: where the reach of a cue ends.

negspacy lets a cue reach everything up to a termination term, so "no edema, and a new effusion" would negate
both. Here a sentence is cut by the named break rules of `clauses.yaml`. Those of the first kind look at marks
and phrases alone; those of the second ask of each comma and conjunction whether a new statement starts
behind it, or one more item of the list.
"""

from bisect import bisect_right

from labeler.assertion.layout import Coordinator, Layout, coordinators
from labeler.assertion.run_ons import run_ons
from labeler.assertion.signs import Signs
from labeler.mentions.matcher import Found, Span
from labeler.text.bits import first, last, places, within
from labeler.text.lexicon import AND, COMMA, OR


def lay_out(signs: Signs, found: Found) -> Layout:
    """Cut a sentence into statements.

    Args:
        signs: of the sentence.
        found: what the rules hit.
    """
    roles = signs.roles
    names = {0: "", roles.size: ""}
    if roles.punctuation:
        _marks(signs, names)
        _brackets(signs, names)
    _phrases(signs, found, names)
    _introduction(signs, found, names)
    units = coordinators(roles) if roles.coordinator else []
    if units:
        _coordinators(signs, units, names)
    breaks = sorted(names)
    ran_on = run_ons(signs, found, breaks, units)
    if ran_on:
        for at in ran_on:
            names.setdefault(at, "run-on")
        breaks = sorted(names)
    return Layout(breaks, names, units, signs.verbs, signs.items, roles)


Breaks = dict[int, str]
"""Position -> the name of the rule that breaks the sentence there, the first one that does."""


def _marks(signs: Signs, names: Breaks) -> None:
    """Break rule `mark`: semicolons, colons, dashes; a question mark ends what it asks."""
    roles = signs.roles
    marks = (roles.mark | roles.question) & ~signs.cued
    for at in places(marks >> signs.heading << signs.heading):
        names.setdefault(at + (roles.question >> at & 1), "mark")


def _brackets(signs: Signs, names: Breaks) -> None:
    """Break rule `bracket`: a bracket that holds a cue or an item is a statement of its own."""
    roles = signs.roles
    if not roles.bracket_closes:
        return
    for at in places(roles.bracket_opens):
        close = first(roles.bracket_closes >> at << at)
        if close > 0 and within(signs.cued | signs.items, at + 1, close):
            names.setdefault(at, "bracket")
            names.setdefault(close + 1, "bracket")


def _phrases(signs: Signs, found: Found, names: Breaks) -> None:
    """Break rules `subordinator`, `occasion` and `opener`, each with phrases of its own."""
    for start, end in found.words.get("break subordinator", ()):
        if not within(signs.cued, start, end):
            names.setdefault(start, "subordinator")
    longest: dict[int, int] = {}
    for start, end in found.words.get("break occasion", ()):
        longest[start] = max(end, longest.get(start, 0))
    for start, end in longest.items():
        if not signs.items >> end & 1:
            names.setdefault(start, "occasion")
    for start, _ in found.words.get("break opener", ()):
        inside = (signs.cued & ~signs.ahead) >> start & 1
        # "doubtful that this is a fracture"
        before = start - 1 - (start > 1 and signs.roles.pronoun >> (start - 1) & 1)
        if start and not inside and not within(signs.cued, before, start):
            names.setdefault(start, "opener")


def _introduction(signs: Signs, found: Found, names: Breaks) -> None:
    """Break rule `introduction`: "with the tube on suction | the pneumothorax has resolved"."""
    opened = [end for start, end in found.words.get("break introduction", ()) if not start]
    if not opened:
        return
    roles = signs.roles
    low = max(opened) + 2
    definite = first((roles.definite & ~(roles.tagged << 1)) >> low << low)
    if definite < 0 or within(roles.comma, low, definite + 1):
        return  # the comma decides
    if within(signs.items, 0, definite) and signs.items >> definite:
        names.setdefault(definite, "introduction")


def _coordinators(signs: Signs, units: list[Coordinator], names: Breaks) -> None:
    """Break rules `cue`, `predicate` and `description`, for each comma and conjunction."""
    size = signs.roles.size
    fixed = sorted(names)
    alternatives = [unit for unit in units if unit.kind == OR] if signs.roles.alternative else []
    latest = passed = 0
    for n, unit in enumerate(units):
        while passed < len(alternatives) and alternatives[passed].start <= unit.start:
            passed += 1
        if unit.start in names or unit.end in names or unit.end >= size or unit.start == 0:
            continue
        at = bisect_right(fixed, unit.start)
        left, stop = max(latest, fixed[at - 1]), fixed[at]
        right = min(stop, units[n + 1].start) if n + 1 < len(units) else stop
        if unit.kind == OR and n and units[n - 1].comma:
            left = max(left, units[n - 1].end)  # "lung is hazy, effusion or thickening is ..."
        before, after = (max(left, signs.heading), unit.start), (unit.end, right)
        if before[0] >= before[1] or after[0] >= after[1]:
            continue
        goes_on = unit.kind == OR
        if not goes_on and passed < len(alternatives) and alternatives[passed].end <= stop:
            goes_on = not within(signs.verbs, after[0], alternatives[passed].start)
        name = _new_statement(signs, unit, before, after, goes_on=goes_on)
        if name:
            names[unit.start] = name
            latest = unit.start


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
    start, stop = after
    cue = last(within(signs.ahead, *before))
    cued = cue >= 0
    verb_before = bool(within(signs.verbs, cue + 3 if cued else before[0], before[1]))
    if unit.kind == OR and cued and not verb_before:
        return ""  # "no air leak or pneumothorax has developed"
    # "and no effusion", "and small possible effusion"; but "and effusion resolved" looks back
    named = unit.kind == AND and signs.items >> start & 1
    if within(signs.ahead, start, min(start + (1 if named else 2), stop)):
        return "cue" if unit.kind != OR and not (cued and goes_on) else ""
    may_part = cued and not goes_on and not signs.listing >> cue & 1
    verb = _predicate(signs, after, bare=may_part)
    if verb >= 0:
        parts = _predicate_parts(
            signs, unit, after, verb, verb_before=verb_before, cued=cued, goes_on=goes_on
        )
        if parts is not None:
            return "predicate" if parts else ""
        return "description" if may_part else ""
    followed = first(within(signs.behind, start, stop))
    article = bool(signs.roles.article >> start & 1)
    if followed >= 0 and verb_before and unit.kind == AND and article:
        # "there is consolidation and an underlying mass needs to be excluded"
        return "cue" if within(signs.items, start, followed) else ""
    own = followed >= 0 and within(signs.items, start, followed)
    if followed >= 0 and not cued and (own or not verb_before):
        # "new infiltrate, aspiration favored", "there is edema, effusion not excluded", but
        # "effusion, possible"
        return "cue" if unit.kind == COMMA and start != followed and not goes_on else ""
    if not may_part:
        return ""
    described = signs.roles.opening >> start & 1 or within(signs.bound, start, stop)
    return "description" if described else ""


def _predicate(signs: Signs, after: Span, *, bare: bool) -> int:
    """The first verb, or the first predicate behind an item ("ICD lead unchanged"), -1 for none.

    With `bare` a description at the end is one, too: "no pneumothorax, effusions small".
    """
    roles = signs.roles
    start, stop = after
    item = first(within(signs.items, start, stop))
    predicates = signs.verbs
    if item >= 0:
        predicates |= roles.predicate >> (item + 1) << (item + 1)
    found = first(within(predicates, start, stop))
    if found >= 0 or not bare:
        return found
    # the last word with a role: a full stop has none
    end = max(last(within(roles.tagged, start, stop)), start)
    if 0 <= item < end and roles.description >> end & 1:
        return end  # "no pneumothorax, effusions small"
    return -1


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
    start, stop = after
    subject = within(signs.items, start, verb)
    opening = signs.roles.opening >> start & 1
    if not subject and opening and within(signs.items, start, stop):
        return None
    if not subject and verb == start:
        return False  # "and has resolved" goes on about the same thing
    if verb_before:
        return True
    if cued:
        # "is seen" only says that something is there, and is shared by all items of a list
        if within(signs.roles.existential, verb, stop):
            return None if opening else False
        return True
    if unit.kind == AND and unit.comma and signs.roles.article >> start & 1:
        return True
    return unit.kind == COMMA and not goes_on
