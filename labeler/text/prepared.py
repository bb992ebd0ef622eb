"""Remembers between runs what is made of a rule set's phrases: most of the time that a start takes.

A rule set's tens of thousands of phrases fall into the same words, and these into the same tables, each time. They are
found by the rule set's fingerprint and a digest of the code that makes them.
"""

import hashlib
import marshal
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from labeler.rules.cache import recall_data, remember_data
from labeler.rules.load import RuleSet
from labeler.version import __version__

_KIND, _KEPT = "phrases", 4
_PACKAGES = ("rules", "text", "mentions", "assertion", "engine")
"""Those whose code makes what is remembered."""


class Prepared:
    """What is made of the phrases of a rule set, by name; without a rule set nothing is remembered.

    All of it is of the kinds that marshal writes: text, numbers, bytes, tuples, lists, sets, dicts.

    Args:
        rules: the rule set.
    """

    def __init__(self, rules: RuleSet | None = None) -> None:
        self._key = _key(rules) if rules is not None else ""
        parts = recall_data(_KIND, self._key) if self._key else None
        self._parts: dict[str, Any] = parts if isinstance(parts, dict) else {}
        self._has_more = False

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """One part: as remembered, else as it is made now."""
        if name not in self._parts:
            self._parts[name] = make()
            self._has_more = True
        return self._parts[name]

    def remember(self) -> None:
        """Remember all parts for later runs, if some are new."""
        if self._has_more and self._key:
            remember_data(_KIND, self._key, self._parts, _KEPT)


def _key(rules: RuleSet) -> str:
    stemmer = version("snowballstemmer") if rules.spelling.inflection.stemmer else ""
    python = f"{sys.implementation.cache_tag} {marshal.version}"
    made_by = f"{__version__}\0{python}\0{stemmer}\0{rules.language}\0{rules.fingerprint}"
    digest = hashlib.sha256(made_by.encode())
    package = Path(__file__).parents[1]
    for name in _PACKAGES:
        for file in sorted((package / name).glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
