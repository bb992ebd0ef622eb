"""A text and its mentions as a run of pieces to show, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labeler.types import ATTRIBUTES, SEPARATOR


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
    """A mention's attributes as one line: "side left, severity mild"."""
    return ", ".join(
        f"{name.replace('_', ' ')} {cells[name].replace(SEPARATOR, ' and ')}"
        for name in ATTRIBUTES
        if cells.get(name)
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
    bounds = {0, len(text)}
    for mark in mentions:
        bounds |= {mark.start, mark.end}
        if mark.cue_start >= 0:
            bounds |= {mark.cue_start, mark.cue_end}
    cuts = sorted(bounds)
    return [
        Piece(
            text[start:end],
            tuple(m for m in mentions if m.start <= start and end <= m.end),
            tuple(m for m in mentions if m.cue_start <= start and end <= m.cue_end),
            tuple(m for m in mentions if m.end == end and m.start < m.end),
        )
        for start, end in pairwise(cuts)
    ]
