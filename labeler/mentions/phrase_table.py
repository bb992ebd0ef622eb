"""Phrases in a sentence's words: every place where one stands, in one pass.

What spaCy's `PhraseMatcher` finds in a `Doc`, without the `Doc`: making one costs more than the search, and
leaves each new word of a corpus in spaCy's vocabulary for good.
"""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")
Words = tuple[str, ...]


class _Node(Generic[Value]):
    """Some words that phrases begin with.

    Attributes:
        size: how many words.
        value: what they stand for by themselves, `None` if they are no phrase.
        longer: the phrases that go on behind them, until `behind` holds them.
        behind: next word -> the node with it.
    """

    __slots__ = ("behind", "longer", "size", "value")

    def __init__(self, size: int) -> None:
        self.size = size
        self.value: Value | None = None
        self.longer: list[tuple[Words, Value]] = []
        self.behind: dict[str, _Node[Value]] = {}

    def add(self, words: Words, value: Value) -> None:
        """Add a phrase that begins with the node's words."""
        if len(words) == self.size:
            self.value = value
        else:
            self.longer.append((words, value))

    def unfold(self) -> None:
        """Make the nodes behind this one: when a sentence first asks, since most are never asked for."""
        size, behind = self.size, self.behind
        for words, value in self.longer:
            node = behind.get(words[size])
            if node is None:
                node = behind[words[size]] = _Node(size + 1)
            node.add(words, value)
        self.longer = []


class PhraseTable(Generic[Value]):
    """Finds phrases: a tree of their words.

    Args:
        phrases: normalised words -> what they stand for, which is never `None`.
    """

    def __init__(self, phrases: Mapping[Words, Value]) -> None:
        self._first: dict[str, _Node[Value]] = {}
        for words, value in phrases.items():
            node = self._first.get(words[0])
            if node is None:
                node = self._first[words[0]] = _Node(1)
            node.add(words, value)

    def find(self, words: Sequence[str]) -> list[tuple[Value, int, int]]:
        """What stands in a sentence, with its place `[start, end)` in tokens; in text order, the shorter first."""
        found: list[tuple[Value, int, int]] = []
        sentence = tuple(words)
        size = len(sentence)
        first = self._first
        for start, word in enumerate(sentence):
            node = first.get(word)
            end = start
            while node is not None:
                end += 1
                if node.value is not None:
                    found.append((node.value, start, end))
                if end == size:
                    break
                if node.longer:
                    node.unfold()
                node = node.behind.get(sentence[end])
        return found
