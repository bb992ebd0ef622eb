"""Sentences that are read once and remembered: what a section says is looked up, sentence by sentence."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, TypeVar, cast

from labeler.engine.remember import remembered
from labeler.rules.text_schema import Accents
from labeler.text.plain import plain_text
from labeler.text.sentences import SentenceSplitter
from labeler.types import Section

Result = TypeVar("Result")
Placed = tuple[Result, int, int, int]
"""What a sentence says and where it stands: its start and end, and the start of its heading."""

_LONGEST_KEPT = 1000
"""Characters of what may be remembered together."""


class SentenceMemory(Generic[Result]):
    """Reads sections, and remembers what was read of each distinct sentence.

    Args:
        read: reads a sentence: its words, its heading (`""` for none), whether it is the first below it, and
            what it means if it is an answer. It must not return `None`, nor hold its object.
        splitter: splits sections into sentences.
        accents: what happens to the accents of texts.
        size: how many sentences are remembered, the least recently used goes first.
    """

    def __init__(
        self,
        read: Callable[[str, str, bool, str], Result],
        splitter: SentenceSplitter,
        accents: Accents,
        size: int,
    ) -> None:
        self._read = read
        self._splitter = splitter
        self._accents = accents
        # Most sentences stand under no heading: their text alone is the smallest key, and most of
        # those are found by their full stops alone.
        self._plain = remembered(self._read_piece, size)
        self._whole = remembered(self._read_whole, size)
        self._under = lru_cache(maxsize=size)(read)
        self._passage = remembered(self._read_passage, size // 4)

    def each(self, section: Section, text: str) -> list[Result]:
        """What the sentences of a section say.

        Args:
            section: a stretch of the text.
            text: the report, or the section's own text.
        """
        text = plain_text(text, self._accents)
        pieces = self._splitter.cut(text, section.start, section.end)
        if pieces is not None:
            found = list(map(self._plain, pieces))
            if None not in found:
                return cast("list[Result]", found)
            passages = self._passages(pieces, found, section, text)
            if passages is not None:
                return [placed[0] for _, passage in passages for placed in passage]
        return [placed[0] for placed in self._with_care(text, section.start, section.end)]

    def placed(self, section: Section, text: str) -> list[Placed[Result]]:
        """The same, each with where it stands in the text."""
        text = plain_text(text, self._accents)
        start = section.start
        body = text[start : section.end]
        pieces = self._splitter.cut(text, start, section.end)
        # A piece stands where it stood if nothing but single line breaks was folded.
        if pieces is not None and sum(map(len, pieces)) + len(pieces) - 1 == len(body.strip()):
            found = list(map(self._plain, pieces))
            at = start + len(body) - len(body.lstrip())
            if None not in found:
                out: list[Placed[Result]] = []
                for piece, result in zip(pieces, cast("list[Result]", found), strict=True):
                    low = at
                    at += len(piece)
                    if piece[:1].isspace():
                        low = at - len(piece.lstrip())
                    out.append((result, low, at, 0))
                    at += 1
                return out
            passages = self._passages(pieces, found, section, text)
            if passages is not None:
                start = at
                return [
                    (result, start + at + low, start + at + high, 0)
                    for at, passage in passages
                    for result, low, high, _ in passage
                ]
        return list(self._with_care(text, start, section.end))

    def _passages(
        self, pieces: Sequence[str], found: Sequence[Result | None], section: Section, text: str
    ) -> list[tuple[int, Sequence[Placed[Result]]]] | None:
        """What the pieces of a section say, those together that may not be parted, each with where it begins.

        Where the splitter cuts a section without lines and colons depends on the neighbouring pieces only:
        so a few pieces are remembered together, and need not be split anew with each section.

        Args:
            pieces: the pieces.
            found: what each says, `None` where it may be no whole sentence.
            section, text: where they stand.

        Returns:
            `None` where a piece may be more than running text, and all of the section must be looked at.
        """
        if None in found and not self._splitter.is_one_line(text, section.start, section.end):
            return None
        out: list[tuple[int, Sequence[Placed[Result]]]] = []
        at = first = 0
        for i, piece in enumerate(pieces, 1):
            if i < len(pieces):
                known = found[i - 1] is not None and found[i] is not None
                if not known and not self._splitter.are_parted(pieces, i):
                    continue
            result = found[first] if i == first + 1 else None
            if result is not None:
                out.append((at, ((result, len(piece) - len(piece.lstrip()), len(piece), 0),)))
                at += len(piece) + 1
            else:
                words = " ".join(pieces[first:i])
                passage = self._passage(words) if len(words) <= _LONGEST_KEPT else None
                if passage is None:
                    return None
                out.append((at, passage))
                at += len(words) + 1
            first = i
        return out

    def _with_care(self, text: str, start: int, end: int) -> Iterator[Placed[Result]]:
        """The sentences of a stretch of text in which full stops alone do not part them."""
        for sentence in self._splitter.split(text, start, end):
            words = text[sentence.start : sentence.end]
            if sentence.heading_end:
                heading = text[sentence.heading_start : sentence.heading_end]
                result = self._under(words, heading, sentence.first, sentence.answer)
            else:
                # Most of these are known from where they stood between full stops.
                plain = self._plain(words)
                result = self._whole(words) if plain is None else plain
            yield result, sentence.start, sentence.end, sentence.heading_start

    def _read_passage(self, passage: str) -> tuple[Placed[Result], ...] | None:
        """What some pieces say together, `None` if they may be more than running text."""
        if not self._splitter.is_passage(passage):
            return None
        return tuple(self._with_care(passage, 0, len(passage)))

    def _read_piece(self, piece: str) -> Result | None:
        """What a piece that the splitter cut says, `None` if it may be no whole sentence."""
        piece = piece.lstrip()
        return self._read_whole(piece) if self._splitter.is_sentence(piece) else None

    def _read_whole(self, words: str) -> Result:
        return self._read(words, "", True, "")
