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
        self._alone: dict[str, Value] = {}
        # first word -> second word -> how many words the phrases have that begin so, a bit each
        self._lengths: dict[str, dict[str, int]] = {}
        for words, value in phrases.items():
            if len(words) == 1:
                self._alone[words[0]] = value
                continue
            behind = self._lengths.get(words[0])
            if behind is None:
                behind = self._lengths[words[0]] = {}
            behind[words[1]] = behind.get(words[1], 0) | 1 << len(words)
        masks = {mask for behind in self._lengths.values() for mask in behind.values()}
        self._sizes = {
            mask: tuple(n for n in range(mask.bit_length()) if mask >> n & 1) for mask in masks
        }

    def find(self, words: Sequence[str]) -> list[tuple[Value, int, int]]:
        """What stands in a sentence, with its place `[start, end)` in tokens; in text order, the shorter first."""
        found: list[tuple[Value, int, int]] = []
        sentence = tuple(words)
        last = len(sentence) - 1
        for start, word in enumerate(sentence):
            if word in self._alone:
                found.append((self._alone[word], start, start + 1))
            if start == last or word not in self._lengths:
                continue
            lengths = self._lengths[word].get(sentence[start + 1])
            for length in self._sizes[lengths] if lengths is not None else ():
                end = start + length
                if end > last + 1:
                    break
                phrase = sentence[start:end]
                if phrase in self._values:
                    found.append((self._values[phrase], start, end))
        return found
