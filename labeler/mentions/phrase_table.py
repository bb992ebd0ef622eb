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
        self._alone = {words[0]: value for words, value in phrases.items() if len(words) == 1}
        self._values = {words: value for words, value in phrases.items() if len(words) > 1}
        # first word -> second word -> how many words the phrases have that begin so
        self._lengths: dict[str, dict[str, list[int]]] = {}
        for words in self._values:
            lengths = self._lengths.setdefault(words[0], {}).setdefault(words[1], [])
            if len(words) not in lengths:
                lengths.append(len(words))
                lengths.sort()

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
            for length in self._lengths[word].get(sentence[start + 1], ()):
                end = start + length
                if end > last + 1:
                    break
                phrase = sentence[start:end]
                if phrase in self._values:
                    found.append((self._values[phrase], start, end))
        return found
