"""Phrases in a sentence's words: every place where one stands, in one pass.

What spaCy's `PhraseMatcher` finds in a `Doc`, without the `Doc`: making one costs more than the search, and
leaves each new word of a corpus in spaCy's vocabulary for good.
"""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")
Words = tuple[str, ...]


class PhraseTable(Generic[Value]):
    """Finds phrases.

    Args:
        phrases: normalised words -> what they stand for.
    """

    def __init__(self, phrases: Mapping[Words, Value]) -> None:
        self._values = dict(phrases)
        lengths: dict[str, set[int]] = {}
        for words in phrases:
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {first: sorted(sizes) for first, sizes in lengths.items()}

    def find(self, words: Sequence[str]) -> list[tuple[Value, int, int]]:
        """What stands in a sentence, with its place `[start, end)` in tokens; in text order, the shorter first."""
        found: list[tuple[Value, int, int]] = []
        sentence = tuple(words)
        size = len(sentence)
        for start, word in enumerate(sentence):
            if word not in self._lengths:
                continue
            for length in self._lengths[word]:
                end = start + length
                if end > size:
                    break
                phrase = sentence[start:end]
                if phrase in self._values:
                    found.append((self._values[phrase], start, end))
        return found
