"""What labelers in several processes tell one another of the sentences they have read."""

import pickle
from collections.abc import Callable

Key = tuple[str, str, bool, str]
"""What a sentence is read by: its words, its heading, whether it is the first below it, what it means as an answer."""


class Exchange:
    """The masks of sentences: those found here to be told, those told by others to be used.

    Distinct sentences grow as n^0.82. Without an exchange each process reads its own: two read 1.13 times as many
    as one, eight 1.45 times.

    Args:
        size: how many sentences told by others are kept; the oldest go first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._told: dict[Key, int] = {}
        self._found: dict[Key, int] = {}

    def get(self, key: Key, read: Callable[[str, str, bool, str], int]) -> int:
        """The mask of a sentence: what another process told, else `read(*key)`."""
        told = self._told.get(key)
        if told is not None:
            return told
        mask = self._found[key] = read(*key)
        return mask

    def tell(self) -> bytes:
        """What was found here since this was last asked."""
        found, self._found = self._found, {}
        return pickle.dumps(found, pickle.HIGHEST_PROTOCOL) if found else b""

    def hear(self, news: bytes) -> None:
        """Take what another process told, made by the same version of this package."""
        if not news:
            return
        self._told.update(pickle.loads(news))
        for key in list(self._told)[: max(len(self._told) - self._size, 0)]:
            del self._told[key]
