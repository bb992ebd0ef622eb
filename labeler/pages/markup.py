"""A text and its mentions as a run of pieces to print, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from labeler.evidence import Marked


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
    out = []
    for start, end in pairwise(cuts):
        out.append(
            Piece(
                text[start:end],
                tuple(m for m in mentions if m.start <= start and end <= m.end),
                tuple(
                    m
                    for m in mentions
                    if m.cue_start >= 0 and m.cue_start <= start and end <= m.cue_end
                ),
                tuple(m for m in mentions if m.end == end and m.start < m.end),
            )
        )
    return out
