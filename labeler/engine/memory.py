"""Sentences that are read once and remembered: what a section says is looked up, sentence by sentence."""

from collections.abc import Callable, Iterator
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

    def each(self, section: Section, text: str) -> list[Result]:
        """What the sentences of a section say.

        Args:
            section: a stretch of the text.
            text: the report, or the section's own text.
        """
        text = plain_text(text, self._accents)
        pieces = self._splitter.cut(text, section.start, section.end)
        found = list(map(self._plain, pieces))
        if None in found:
            return [placed[0] for placed in self._with_care(text, section)]
        return cast("list[Result]", found)

    def placed(self, section: Section, text: str) -> list[Placed[Result]]:
        """The same, each with where it stands in the text."""
        text = plain_text(text, self._accents)
        body = text[section.start : section.end]
        pieces = self._splitter.cut(text, section.start, section.end)
        found = list(map(self._plain, pieces))
        # A piece stands where it stood if nothing but single line breaks was folded.
        if None in found or sum(map(len, pieces)) + len(pieces) - 1 != len(body.strip()):
            return list(self._with_care(text, section))
        at = section.start + len(body) - len(body.lstrip())
        out: list[Placed[Result]] = []
        for piece, result in zip(pieces, cast("list[Result]", found), strict=True):
            end = at + len(piece)
            out.append((result, end - len(piece.lstrip()), end, 0))
            at = end + 1
        return out

    def _with_care(self, text: str, section: Section) -> Iterator[Placed[Result]]:
        """The sentences of a section in which full stops alone do not part them."""
        for sentence in self._splitter.split(text, section.start, section.end):
            words = text[sentence.start : sentence.end]
            if sentence.heading_end:
                heading = text[sentence.heading_start : sentence.heading_end]
                result = self._under(words, heading, sentence.first, sentence.answer)
            else:
                # Most of these are known from where they stood between full stops.
                plain = self._plain(words)
                result = self._whole(words) if plain is None else plain
            yield result, sentence.start, sentence.end, sentence.heading_start

    def _read_piece(self, piece: str) -> Result | None:
        """What a piece that the splitter cut says, `None` if it may be no whole sentence."""
        piece = piece.lstrip()
        return self._read_whole(piece) if self._splitter.is_sentence(piece) else None

    def _read_whole(self, words: str) -> Result:
        return self._read(words, "", True, "")
