"""A text and its mentions as a run of pieces to show, one after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from labeler.types import ATTRIBUTES, SEPARATOR, SIZE


@dataclass(frozen=True, slots=True)
class Marked:
    """A mention in a text: its place, what it was labelled, and why.

    Attributes:
        start, end: offsets into the text of the block.
        observation: name of the observation.
        value: 1, 0 or -1.
        cue: the words that decided, `""` for none.
        cue_start, cue_end: their offsets, -1 where they were not found.
        rule: the rule that found the mention.
        attributes: side, place, severity and change, for people; `""` where nothing is said.
    """

    start: int
    end: int
    observation: str
    value: int
    cue: str
    cue_start: int
    cue_end: int
    rule: str
    attributes: str = ""


def describe(cells: Mapping[str, str]) -> str:
    """A mention's attributes as one line: "side left, severity mild, size 12 mm"."""
    said = {name: cells[name].replace(SEPARATOR, " and ") for name in ATTRIBUTES if cells.get(name)}
    return ", ".join(
        f"size {value} mm" if name == SIZE else f"{name} {value}" for name, value in said.items()
    )


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a report to show: a section, the whole report, or a sentence."""

    name: str
    text: str
    mentions: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text without a boundary inside.

    Attributes:
        text: the characters.
        mentions: the mentions that cover it.
        cues: the mentions whose cue covers it.
        ends: the mentions that end with it.
    """

    text: str
    mentions: tuple[Marked, ...]
    cues: tuple[Marked, ...]
    ends: tuple[Marked, ...]


def pieces(text: str, mentions: Sequence[Marked]) -> list[Piece]:
    """Cut a text at every boundary of a mention or a cue; mentions may overlap.

    Args:
        text: the text.
        mentions: with offsets into it.

    Returns:
        Pieces that join to the text again.
    """
    spans = [(m.start, m.end) for m in mentions]
    cue_spans = [(m.cue_start, m.cue_end) if m.cue_start >= 0 else (0, 0) for m in mentions]
    bounds = {0, len(text), *chain.from_iterable(spans), *chain.from_iterable(cue_spans)}
    cuts = sorted(bounds)
    out = []
    for (start, end), covering, cues in zip(
        pairwise(cuts), _covering(spans, cuts), _covering(cue_spans, cuts), strict=True
    ):
        marks = tuple(mentions[i] for i in covering)
        out.append(
            Piece(
                text[start:end],
                marks,
                tuple(mentions[i] for i in cues),
                tuple(m for m in marks if m.end == end),
            )
        )
    return out


def _covering(spans: Sequence[tuple[int, int]], cuts: Sequence[int]) -> Iterator[list[int]]:
    """For each stretch between two cuts the places of the spans that cover it, in one pass."""
    beginning: dict[int, list[int]] = {}
    for i, (start, end) in enumerate(spans):
        if start < end:
            beginning.setdefault(start, []).append(i)
    covering: list[int] = []
    for cut in cuts[:-1]:
        covering = [i for i in covering if spans[i][1] > cut]
        if cut in beginning:
            covering = sorted(covering + beginning[cut])
        yield covering
