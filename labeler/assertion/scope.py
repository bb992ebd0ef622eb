"""How far the cues of a sentence reach, by its clause layout."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from labeler.assertion.clauses import Coordinator, Layout
from labeler.mentions.matcher import Extractor, Found
from labeler.text.lexicon import OR, ClauseWords

Place = tuple[int, int]


class Cue(NamedTuple):
    """A cue phrase that stands in a sentence, with its direction, its scope and its name in the cue file."""

    start: int
    end: int
    direction: str
    scope: str
    name: str
    gives_way: bool
    with_anything: bool = False
    qualifies: bool = False

    def covers(self, other: "Cue") -> bool:
        """Does it hold all of a shorter one?"""
        return (
            self.start <= other.start
            and other.end <= self.end
            and (self.start, self.end) != (other.start, other.end)
        )


class Reading:
    """How far each cue of one sentence reaches, by its clause layout."""

    def __init__(
        self,
        words: Sequence[str],
        found: Found,
        layout: Layout,
        cues: Sequence[Cue],
        hedges: Iterable[Cue],
        rules: Extractor,
        clause_words: ClauseWords,
    ) -> None:
        self.words = words
        self.found = found
        self.layout = layout
        self.rules = rules
        self.hedges = sorted(hedges, key=lambda cue: cue.start)
        self.hedge_starts = {cue.start for cue in self.hedges}
        self.joins = {i for unit in layout.coordinators for i in range(unit.start, unit.end)}
        self.clause_words = clause_words
        self._alternatives: dict[Cue, tuple[Place, tuple[set[str], set[str]]]] = {}
        self.cue_tokens = {i for cue in cues for i in range(cue.start, cue.end)}
        self.qualifiers = {cue.start for cue in cues if cue.qualifies}
        self.starts = sorted(
            cue.start for cue in cues if cue.direction == "preceding" and not cue.gives_way
        )

    def ahead(self, cue: Cue) -> int:
        """End of a preceding cue's scope."""
        if cue.scope == "sentence":
            return len(self.words)
        limit = min(w for w in self.layout.walls if w >= cue.end)
        items = [i for i in self.layout.items if i >= cue.end]
        first = items[0] if items else limit
        aside = self._end_of_aside(cue, first, limit)
        if aside is not None:
            return aside
        for i in range(first + 1, limit):
            word = self.words[i]
            # "no edema with a small effusion": what comes with the first item is a new statement
            if word == "with" and not self._goes_with(i, cue):
                return i
            alone = i not in self.hedge_starts or i - 1 not in self.joins
            if i in self.starts and alone and self.words[i - 1] not in ("or", "nor"):
                if i in self.qualifiers and self._one_phrase(first, i):
                    continue
                return i
            if cue.scope == "phrase" and word in (",", "and"):
                return i
        return limit

    def back(self, cue: Cue) -> int:
        """Start of a following cue's scope."""
        if cue.scope == "sentence":
            return 0
        wall = max(w for w in self.layout.walls if w <= cue.start)
        between = range(wall, cue.start)
        if cue.scope == "clause before":
            named = any(i in between for i in self.layout.items)
            return wall if named else max((w for w in self.layout.walls if w < wall), default=0)
        opens = not any(self.words[i].isalpha() for i in between)
        refers = opens or any(
            self.words[i] in self.clause_words.pronouns or self.layout.verbs[i] for i in between
        )
        if opens and cue.end in self.layout.items and cue.end not in self.layout.walls:
            return wall  # "improved edema; resolved effusions" speaks of what comes next
        if wall and refers and not any(i in between for i in self.layout.items):
            # "..., though this cannot be excluded" speaks of what was said before
            before = [w for w in self.layout.walls if w < wall]
            earlier = before[-1]
            # "though" and "this is" are walls both, with nothing between them to speak of
            joint = sum(word.isalpha() for word in self.words[earlier:wall]) == 1
            if joint and not any(earlier <= i < wall for i in self.layout.items):
                earlier = before[-2:][0]
            return earlier
        return wall

    def _end_of_aside(self, cue: Cue, first: int, limit: int) -> int | None:
        """Where "without a lateral correlate" ends, if no finding stands in it, or "the absence of ...".

        Args:
            cue: the cue that opens it.
            first: the first finding behind the cue.
            limit: the end of its clause.
        """
        words = self.clause_words
        opener = self.words[cue.start]
        if opener in words.asides:
            stop = limit
        elif opener in words.asides_behind_a_finding and any(
            i < cue.start for i in self.layout.items
        ):
            stop = min(first, limit)
        else:
            return None
        for i in range(cue.end + 1, stop):
            if self.words[i] in words.aside_closers and self.words[i - 1] not in ("that", "to"):
                return i
        return None

    def _one_phrase(self, low: int, high: int) -> bool:
        """Does no verb, comma or "and" stand between: "opacity in the left lung concerning for ..."?"""
        return not any(
            self.layout.verbs[i] or self.words[i] in (",", "and", "with") for i in range(low, high)
        )

    def _goes_with(self, i: int, cue: Cue) -> bool:
        """Is what "with" adds part of the same thing: "atelectasis with superimposed pneumonia"?"""
        words = self.clause_words
        behind = self.words[i + 1] if i + 1 < len(self.words) else ""
        if self.words[i - 1] in words.companions_before or behind in words.companions_behind:
            return True
        return cue in self.hedges and behind not in self.clause_words.openers

    def goes_on(self, low: int, high: int) -> bool:
        """Is nothing but a comma, and no other finding, between two places: "density, probably a nipple"?"""
        walls = [w for w in self.layout.walls if low <= w <= high]
        if not walls:
            return True
        joins = {unit.start for unit in self.layout.coordinators if unit.kind != OR}
        joins |= {
            w
            for w in walls
            if self.words[w : w + 1] and self.words[w] in self.clause_words.comparisons
        }
        return set(walls) <= joins and not any(low <= i < high for i in self.layout.items)

    def hedge(self, low: int, start: int, end: int) -> Cue | None:
        """The hedge, if any, of an explanation `[start, end)` of what ends at `low`."""
        for cue in self.hedges:
            ahead = cue.direction == "preceding" and low <= cue.start < start
            beside = cue.direction != "preceding" and cue.start >= low and cue.start - 2 <= end
            if ahead or (beside and cue.end <= self.layout.segment(start)[1]):
                return cue
        return None

    def alternative(self, cue: Cue, start: int, end: int) -> bool:
        """Is the mention one side of the alternative, and does the other side name something else?"""
        known = self._alternatives.get(cue)
        if known is None:
            known = self._alternatives[cue] = self._sides(cue)
        (low, high), sides = known
        if not (low <= start and end <= high):
            return False
        mine = {
            self.rules.rules[r].observation
            for s, e, r in self.found.findings
            if (s, e) == (start, end)
        }
        return bool(mine) and bool(sides[start < cue.end] - mine)

    def _sides(self, cue: Cue) -> tuple[Place, tuple[set[str], set[str]]]:
        """What an "or" joins: the stretch of its list, and what is named on either side of it."""
        low, high = self._conjuncts(cue)
        sides: tuple[set[str], set[str]] = (set(), set())
        for s, e, rule in self.found.findings:
            if low <= s and e <= high:
                sides[s >= cue.end].add(self.rules.rules[rule].observation)
        for s, e in self.found.words.get("alternative head", ()):
            if low <= s and e <= high:
                sides[s >= cue.end].add("something else")
        for side, span in zip(sides, (range(low, cue.start), range(cue.end, high)), strict=True):
            if cue.with_anything and any(self.words[i].isalpha() for i in span):
                side.add("something else")
        return (low, high), sides

    def _cued(self, i: int, cue: Cue) -> bool:
        """Is the token part of a cue, other than of an alternative?"""
        return i in self.cue_tokens and i not in self.joins

    def _conjuncts(self, cue: Cue) -> Place:
        """The stretch of the list that an "or" joins, both sides."""
        low, high = self.layout.segment(cue.start)
        verbs = self.layout.verbs
        for i in range(cue.start - 1, low - 1, -1):
            if verbs[i] or self.words[i] in self.clause_words.accompaniment or self._cued(i, cue):
                low = i + 1
                break
        right = cue.end
        while right < high and (
            verbs[right] or right in self.cue_tokens or self.words[right] == ","
        ):
            right += 1  # "versus due to hyperinflation", "or, less likely, pneumonia"
        for i in range(right, high):
            if verbs[i] or self.words[i] in self.clause_words.accompaniment:
                high = i
                break
        unit = next((u for u in self.layout.coordinators if u.start <= cue.start < u.end), None)
        if unit is None:  # "favored over"
            unit = Coordinator(cue.start, cue.end, OR, False)
        for other in reversed([u for u in self.layout.coordinators if low <= u.start < unit.start]):
            if other.kind == OR or (unit.comma and other.comma):
                continue
            low = other.end
            break
        for other in [u for u in self.layout.coordinators if unit.end <= u.start < high]:
            if other.kind == OR or all(i in self.cue_tokens for i in range(cue.end, other.start)):
                continue  # "atelectasis or, less likely, pneumonia"
            if other.comma and any(
                u.kind == OR and other.start < u.start < high for u in self.layout.coordinators
            ):
                continue
            high = other.start
            break
        return low, high
