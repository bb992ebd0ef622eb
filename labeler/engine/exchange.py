"""What labelers in several processes tell one another of the sentences they have read."""

import pickle
from collections.abc import Callable
from typing import TypeVar

Said = TypeVar("Said")
Key = tuple[str, str, bool, str]


class Exchange:
    """Results of sentences: those found here to be told, those told by others to be used.

    Distinct sentences grow as n^0.82. Without an exchange each process reads its own: two read 1.13 times as many
    as one, eight 1.45 times.

    Args:
        size: how many sentences told by others are kept; the oldest go first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._told: dict[Key, object] = {}
        self._found: dict[Key, object] = {}
        self._same: dict[object, object] = {}

    def get(self, key: Key, read: Callable[..., Said]) -> Said:
        """The result of a sentence: what another process told, else `read(*key)`."""
        told = self._told.get(key)
        if told is not None:
            return told  # type: ignore[return-value]
        said = read(*key)
        # most sentences say what others said: pickled once, and kept once
        self._found[key] = self._same.setdefault(said, said)
        return said

    def tell(self) -> bytes:
        """What was found here since this was last asked."""
        found, self._found, self._same = self._found, {}, {}
        return pickle.dumps(found, pickle.HIGHEST_PROTOCOL) if found else b""

    def hear(self, news: bytes) -> None:
        """Take what another process told, made by the same version of this package."""
        if not news:
            return
        self._told.update(pickle.loads(news))
        for key in list(self._told)[: max(len(self._told) - self._size, 0)]:
            del self._told[key]
