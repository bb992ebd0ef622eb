"""Structures and their states: "heart" says nothing, "the heart is enlarged" does.

A state is bound to the structure it speaks of, in both orders ("enlarged heart", "heart is enlarged"), and
through lists ("heart, mediastinum and hila are normal").
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from labeler.mentions.matcher import ABNORMAL, BORDERLINE, HIDDEN, NORMAL, UNCLEAR, Found, Hit, Span
from labeler.text.lexicon import ClauseWords


@dataclass(frozen=True, slots=True)
class Bound:
    """A structure with the state that decides it: token spans, the rule's index, the kind of state."""

    structure: Span
    state: Span
    rule: int
    kind: str


def bind(
    words: Sequence[str],
    found: Found,
    verbs: Sequence[bool],
    heading: int,
    clause_words: ClauseWords,
) -> list[Bound]:
    """Bind every state to its structures; of several states of a structure the most telling is kept."""
    if not found.structures or not found.states:
        return []
    anatomy = sorted({(s, e) for s, e, _ in found.structures} | set(found.words.get("anatomy", ())))
    anatomy = [
        a for a in anatomy if not any(b != a and b[0] <= a[0] and a[1] <= b[1] for b in anatomy)
    ]
    walls = {i for s, e in found.words.get("termination", ()) for i in range(s, e)}
    walls |= {s for s, _ in found.words.get("clause opener", ())}
    borderline = set(found.words.get("borderline", ()))
    chosen: dict[tuple[Span, int], Bound] = {}
    states = _longest(found.states, {rule for _, _, rule in found.structures})
    findings = [(s, e) for s, e, _ in found.findings]
    for start, end, kinds in states:
        named = any(s <= start and end <= e and (s, e) != (start, end) for s, e in findings)
        for structure in _structures_of(
            words, start, end, kinds, found, states, anatomy, verbs, walls, heading, clause_words
        ):
            s, e, rule = structure
            if named and e <= heading:
                continue  # "Mediastinum: cardiac enlargement."
            kind = kinds[rule]
            near = {b for b in borderline if start - 3 <= b[0] < end + 2}
            if kind == ABNORMAL and near:
                kind = BORDERLINE
            candidate = Bound((s, e), (start, end), rule, kind)
            key = ((s, e), rule)
            if key in chosen and {kind, chosen[key].kind} == {ABNORMAL, NORMAL}:
                earlier = chosen[key].state
                between = words[min(earlier[1], end) : max(earlier[0], start)]
                if "or" in between or between[:1] == ["to"]:
                    candidate = replace(candidate, kind=BORDERLINE)  # "normal or mildly enlarged"
            if key not in chosen or _rank(candidate) > _rank(chosen[key]):
                chosen[key] = candidate
    return sorted(chosen.values(), key=lambda b: b.structure)


def _rank(bound: Bound) -> int:
    """A said size outranks "stable" or "obscured"; "borderline" outranks the size it softens."""
    return {HIDDEN: 0, UNCLEAR: 1, ABNORMAL: 2, NORMAL: 2, BORDERLINE: 3}[bound.kind]


def _longest(
    states: list[tuple[int, int, dict[int, str]]], rules: set[int]
) -> list[tuple[int, int, dict[int, str]]]:
    """States that no longer state covers, structure by structure ("not enlarged" over "enlarged").

    Only the structures of the sentence, `rules`, are kept of a state's.
    """
    out = []
    for start, end, kinds in states:
        over = [k for s, e, k in states if s <= start and end <= e and (s, e) != (start, end)]
        mine = rules & kinds.keys()
        free = {rule: kinds[rule] for rule in mine if not any(rule in k for k in over)}
        if free or not (mine or over):
            out.append((start, end, free))
    return out


def _subject_before(
    words: Sequence[str],
    start: int,
    end: int,
    able: list[Hit],
    states: list[tuple[int, int, dict[int, str]]],
    anatomy: list[Span],
    clause_words: ClauseWords,
) -> list[Hit]:
    """The structures of which a second predicate speaks: "heart magnified by technique, but normal"."""
    turn = next(
        (i for i in range(start - 1, max(start - 5, 0), -1) if words[i] in clause_words.contrasts),
        None,
    )
    if turn is None or any(s >= turn and (s < start or s == end) for s, _ in anatomy):
        return []
    first = next((s for s, e, _ in states if e <= turn), None)
    return [h for h in able if first is not None and h[1] <= first]


def _structures_of(
    words: Sequence[str],
    start: int,
    end: int,
    kinds: dict[int, str],
    found: Found,
    states: list[tuple[int, int, dict[int, str]]],
    anatomy: list[Span],
    verbs: Sequence[bool],
    walls: set[int],
    heading: int,
    clause_words: ClauseWords,
) -> list[tuple[int, int, int]]:
    """The structures that the state at `[start, end)` speaks of, by the first reading that fits."""
    able = [h for h in found.structures if h[2] in kinds]
    if not able:
        return []
    inside = [h for h in able if h[0] < end and start < h[1]]
    if inside:
        return inside
    subject = _subject_before(words, start, end, able, states, anatomy, clause_words)
    if subject:
        return subject

    stated = {i for s, e, _ in states for i in range(s, e)}

    def barrier(i: int) -> bool:
        """Does no state reach across this token? "Prominent but stable heart": across that one."""
        if i in walls and i + 1 in stated:
            return False
        return i in walls or (
            words[i] in clause_words.barriers and not (words[i] == ":" and i < heading)
        )

    def path(low: int, high: int) -> range | None:
        """The tokens between, or nothing where a barrier or another statement stands in them."""
        if any(barrier(i) for i in range(low, high)):
            return None
        for s, e, _ in states:
            if low <= s and e <= high and any(verbs[i] for i in range(e, high)):
                return None
        return range(low, high)

    def listed(place: Span, *, backwards: bool) -> list[tuple[int, int, int]]:
        """The able structures at a place and at the places that are listed with it."""
        out = [h for h in able if place[0] <= h[0] and h[1] <= place[1]]
        edge = place[0] if backwards else place[1]
        for s, e in sorted(anatomy, reverse=backwards):
            if (e > edge) if backwards else (s < edge):
                continue
            between = range(e, edge) if backwards else range(edge, s)
            joins = [i for i in between if words[i] in clause_words.coordinators]
            if between and not joins:
                break
            if not all(
                i in joins or words[i] in clause_words.articles or adjective(i) for i in between
            ):
                break
            if not backwards and any(edge <= a < s for a, _, _ in states):
                break
            out += [h for h in able if s <= h[0] and h[1] <= e]
            edge = s if backwards else e
        return out

    def adjective(i: int) -> bool:
        return words[i].isalpha() and not verbs[i] and words[i] not in clause_words.prepositions

    def plain(tokens: range) -> bool:
        """No list in it, but "normal and stable", "normal size and configuration of" are none."""
        return not any(
            words[i] in clause_words.coordinators
            and i + 1 not in stated
            and (i + 1 == len(words) or words[i + 1] not in clause_words.attributes)
            for i in tokens
        )

    left = max((a for a in anatomy if a[1] <= start), key=lambda a: a[1], default=None)
    right = min((a for a in anatomy if a[0] >= end), key=lambda a: a[0], default=None)
    before = path(left[1], start) if left else None
    after = path(end, right[0]) if right else None
    lefts = listed(left, backwards=True) if left and before is not None else []
    if right and after is not None and len(after) <= 9 and not any(verbs[i] for i in after):
        rights = listed(right, backwards=False)
        if lefts and any(i in walls for i in after):
            rights = []  # "lungs clear but enlarged heart"
    else:
        rights = []
    # "heart is enlarged": a verb joins them
    if lefts and before is not None and plain(before) and any(verbs[i] for i in before):
        return lefts
    # "enlarged heart", "enlargement of the heart"; but "heart normal lungs clear" reads on to the left
    if rights and right and after is not None and plain(after):
        own = next((s for s, _, k in states if s >= right[1] and rights[0][2] in k), None)
        # "heart normal lungs clear", "heart normal, lungs are clear"
        its_own = own is not None and (
            own == right[1] or any(verbs[i] for i in range(right[1], own))
        )
        elliptic = (
            bool(lefts)
            and before is not None
            and not any(i in stated or words[i] in clause_words.coordinators for i in before)
            and any(words[i] in clause_words.coordinators for i in after)
        )
        if not (its_own and lefts) and not elliptic:
            return rights
    # "heart size and abnormal markings": the state belongs to what comes behind it
    if before is not None and not any(verbs[i] for i in before) and not plain(before):
        joined = [i for i in before if words[i] in clause_words.coordinators]
        behind = words[end] if end < len(words) else ""
        noun = any(
            words[i] not in clause_words.openers and words[i] not in clause_words.articles
            for i in range(joined[-1] + 1, start)
        )
        if noun:
            return []  # "heart size and vascular prominence"
        close = all(
            words[i] in clause_words.articles or adjective(i) for i in range(joined[-1] + 1, start)
        )
        if (
            close
            and behind.isalpha()
            and behind not in clause_words.prepositions
            and not verbs[end]
        ):
            return []
    return lefts
