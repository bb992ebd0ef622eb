"""The statements of a sentence, and what joins the items of its lists."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labeler.mentions.matcher import Found, Span
from labeler.text.lexicon import AND, COMMA, COORDINATOR, INFINITIVE, LOOK, OR, VERB


@dataclass(frozen=True, slots=True)
class Coordinator:
    """A comma, conjunction or both together between two conjuncts; `[start, end)` in tokens.

    `kind` is OR, AND or COMMA: the strongest of its words.
    """

    start: int
    end: int
    kind: int
    comma: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The statements of a sentence.

    Attributes:
        breaks: token positions that no cue of reach `clause` crosses, ascending, 0 and the length
            included.
        names: position -> the rule that broke the sentence there.
        coordinators: the commas and conjunctions, in order.
        verbs: for each token, is it a verb or a link ("consistent with")?
        items: start positions of findings, of structures with a state, and of these states.
        tags: the roles of each token.
    """

    breaks: tuple[int, ...]
    names: Mapping[int, str]
    coordinators: tuple[Coordinator, ...]
    verbs: Sequence[bool]
    items: tuple[int, ...]
    tags: Sequence[int]

    def segment(self, at: int) -> Span:
        """The statement that holds token `at`."""
        i = bisect_right(self.breaks, at)
        return self.breaks[i - 1], self.breaks[min(i, len(self.breaks) - 1)]

    def end_behind(self, at: int) -> int:
        """The first break at or behind `at`."""
        return self.breaks[min(bisect_left(self.breaks, at), len(self.breaks) - 1)]

    def has_item(self, low: int, high: int) -> bool:
        """Does an item start in `[low, high)`?"""
        return any_in(self.items, low, high)


def any_in(places: Sequence[int], low: int, high: int) -> bool:
    """Is one of the ascending places in `[low, high)`?"""
    i = bisect_left(places, low)
    return i < len(places) and places[i] < high


def first_in(places: Sequence[int], low: int, high: int) -> int | None:
    """The first of the ascending places in `[low, high)`."""
    i = bisect_left(places, low)
    return places[i] if i < len(places) and places[i] < high else None


def last_in(places: Sequence[int], low: int, high: int) -> int | None:
    """The last of the ascending places in `[low, high)`."""
    i = bisect_left(places, high) - 1
    return places[i] if i >= 0 and places[i] >= low else None


def coordinators(tags: Sequence[int]) -> tuple[Coordinator, ...]:
    """The commas and conjunctions of a sentence, neighbouring ones (", and") as one."""
    out: list[Coordinator] = []
    size = len(tags)
    i = 0
    while i < size:
        if not tags[i] & COORDINATOR:
            i += 1
            continue
        start, kinds = i, 0
        while i < size and tags[i] & COORDINATOR:
            kinds |= tags[i]
            i += 1
        kind = OR if kinds & OR else AND if kinds & AND else COMMA
        out.append(Coordinator(start, i, kind, bool(kinds & COMMA)))
    return tuple(out)


def verbs_of(tags: Sequence[int], found: Found) -> list[bool]:
    """For each token: is it a verb, infinitives ("to exclude") aside, or part of a link?"""
    verbs = [
        bool(tag & (VERB | LOOK)) and not (i and tags[i - 1] & INFINITIVE)
        for i, tag in enumerate(tags)
    ]
    for start, end in found.words.get("link", ()):
        verbs[start:end] = [True] * (end - start)
    return verbs
