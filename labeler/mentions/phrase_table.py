"""Phrases in a sentence's words: every place where one stands, in one pass.

What spaCy's `PhraseMatcher` finds in a `Doc`, without the `Doc`: making one costs more than the search, and
leaves each new word of a corpus in spaCy's vocabulary for good.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")
Words = tuple[str, ...]


class PhraseTable(Generic[Value]):
    """Finds phrases.

    Args:
        phrases: normalised words -> what they stand for.
    """

    def __init__(self, phrases: Mapping[Words, Value]) -> None:
        self._values = phrases
        lengths: dict[str, set[int]] = {}
        for words in phrases:
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {first: tuple(sorted(sizes)) for first, sizes in lengths.items()}

    def find(self, words: Sequence[str]) -> Iterator[tuple[Value, int, int]]:
        """What stands in a sentence, with its place `[start, end)` in tokens; in text order, the shorter first."""
        words = tuple(words)
        size = len(words)
        for start, word in enumerate(words):
            for length in self._lengths.get(word, ()):
                end = start + length
                if end > size:
                    break
                value = self._values.get(words[start:end])
                if value is not None:
                    yield value, start, end
