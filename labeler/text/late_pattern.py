"""Patterns that are compiled when they are first used, and then remembered for later runs.

Prose needs few of the large patterns of forms, and all of them take 0.4 s to compile, 0.01 s to recall.
"""

import copyreg
import hashlib
import sys
from collections.abc import Iterator
from typing import Any

import regex

from labeler.rules.cache import recall_data, remember_data

_KIND, _KEPT = "pattern", 200
_SHORT = 300
"""Characters; a pattern so short is compiled sooner than recalled."""


class LatePattern:
    """A pattern that is compiled, without regard to case, when it is first used."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._made: regex.Pattern[str] | None = None

    def _make(self) -> "regex.Pattern[str]":
        self._made = _recalled(self._pattern)
        return self._made

    def match(self, *where: Any) -> "regex.Match[str] | None":
        """As of a compiled pattern: the text and, if given, where to begin and to end."""
        return (self._made or self._make()).match(*where)

    def search(self, *where: Any) -> "regex.Match[str] | None":
        """As of a compiled pattern."""
        return (self._made or self._make()).search(*where)

    def fullmatch(self, *where: Any) -> "regex.Match[str] | None":
        """As of a compiled pattern."""
        return (self._made or self._make()).fullmatch(*where)

    def finditer(self, *where: Any, **how: Any) -> "Iterator[regex.Match[str]]":
        """As of a compiled pattern."""
        yield from (self._made or self._make()).finditer(*where, **how)


def _recalled(pattern: str) -> "regex.Pattern[str]":
    """A pattern as an earlier run compiled it, else compiled now."""
    # How `regex` lets its patterns be pickled: a function, and plain data that it makes the pattern from.
    reduce: Any = copyreg.dispatch_table.get(regex.Pattern)
    if reduce is None or len(pattern) < _SHORT:
        return regex.compile(pattern, regex.IGNORECASE)
    made_by = f"{regex.__version__}\0{sys.implementation.cache_tag}\0{pattern}"
    key = hashlib.sha256(made_by.encode()).hexdigest()
    data = recall_data(_KIND, key)
    if isinstance(data, tuple):
        make, _ = reduce(regex.compile(""))
        recalled: regex.Pattern[str] = make(*data)
        return recalled
    made = regex.compile(pattern, regex.IGNORECASE)
    _, data = reduce(made)
    remember_data(_KIND, key, data, _KEPT)
    return made
