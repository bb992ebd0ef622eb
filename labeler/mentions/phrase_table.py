"""Phrases in a sentence's words: every place where one stands, in one pass.

What spaCy's `PhraseMatcher` finds in a `Doc`, without the `Doc`: making one costs more than the search, and
leaves each new word of a corpus in spaCy's vocabulary for good.
"""

import marshal
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")
Words = tuple[str, ...]
Folded = dict[str, tuple[int, bytes]]
"""Phrases by their first word: its own number as a phrase, -1 if it is none, and what goes on behind it, likewise
and marshalled."""


class _Node:
    """Some words that phrases begin with.

    Attributes:
        number: that of the phrase that they are by themselves, -1 if they are none.
        longer: the phrases that go on behind them, folded and marshalled, until `behind` holds them.
        behind: next word -> the node with it.
    """

    __slots__ = ("behind", "longer", "number")

    def __init__(self, number: int, longer: bytes) -> None:
        self.number = number
        self.longer = longer
        self.behind: dict[str, _Node] = {}

    def unfold(self) -> None:
        """Make the nodes behind this one: when a sentence first asks, since most are never asked for."""
        longer = self.longer
        if longer:
            # in this order, for another thread that looks meanwhile
            self.behind = _nodes(marshal.loads(longer))
            self.longer = b""


def _nodes(phrases: Folded) -> dict[str, _Node]:
    return {word: _Node(number, longer) for word, (number, longer) in phrases.items()}


def fold(phrases: Mapping[Words, int]) -> Folded:
    """Make numbered phrases ready for a table, and to be remembered."""
    alone: dict[str, int] = {}
    longer: dict[str, dict[Words, int]] = {}
    for words, number in phrases.items():
        behind = longer.setdefault(words[0], {})
        if len(words) == 1:
            alone[words[0]] = number
        else:
            behind[words[1:]] = number
    return {
        word: (alone.get(word, -1), marshal.dumps(fold(behind)) if behind else b"")
        for word, behind in longer.items()
    }


class PhraseTable(Generic[Value]):
    """Finds phrases: a tree of their words.

    Args:
        phrases: from `fold`.
        values: what the phrases stand for, by their numbers.
    """

    def __init__(self, phrases: Folded, values: Sequence[Value]) -> None:
        self._values = list(values)
        self._first = _nodes(phrases)

    def find(self, words: Sequence[str]) -> list[tuple[Value, int, int]]:
        """What stands in a sentence, with its place `[start, end)` in tokens; in text order, the shorter first."""
        found: list[tuple[Value, int, int]] = []
        sentence = tuple(words)
        size = len(sentence)
        first, values = self._first, self._values
        for start, word in enumerate(sentence):
            node = first.get(word)
            end = start
            while node is not None:
                end += 1
                if node.number >= 0:
                    found.append((values[node.number], start, end))
                if end == size:
                    break
                if node.longer:
                    node.unfold()
                node = node.behind.get(sentence[end])
        return found


def phrase_table(phrases: Mapping[Words, Value]) -> PhraseTable[Value]:
    """A table of some phrases with what each stands for."""
    numbers = {words: number for number, words in enumerate(phrases)}
    return PhraseTable(fold(numbers), list(phrases.values()))
