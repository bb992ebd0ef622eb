"""Which language a report is written in, by words that its language's rules declare.

A report is short and full of words that languages share, so a test of letters would not do. Counting the
words that only one of the languages has tells more (Dunning 1994 compares such tests).
"""

from collections.abc import Mapping

import regex

from labeler.rules.text_schema import LanguageFile
from labeler.text.inflection import without_accents

_WORD = regex.compile(r"\p{L}+")
_FIRST = 4_000
"""Characters that are looked at: the language of a report shows in its first lines."""
_CLEAR = 2
"""How many times as many words the language must have as any other."""


class LanguageFinder:
    """Tells the language of a text.

    Args:
        languages: language -> what its `language.yaml` says.
    """

    def __init__(self, languages: Mapping[str, LanguageFile]) -> None:
        told = {
            name: {without_accents(word.lower()) for word in file.words}
            for name, file in languages.items()
        }
        self._languages_of: dict[str, list[str]] = {}
        for name, words in told.items():
            for word in words:
                self._languages_of.setdefault(word, []).append(name)

    def count(self, text: str) -> tuple[dict[str, int], int]:
        """How many words of a text each language knows for its own, and how many words there are."""
        counts: dict[str, int] = {}
        total = 0
        for match in _WORD.finditer(text[:_FIRST]):
            total += 1
            known = self._languages_of.get(without_accents(match.group().lower()), ())
            # A word of several languages tells nothing.
            if len(known) == 1:
                counts[known[0]] = counts.get(known[0], 0) + 1
        return counts, total

    def __call__(self, text: str) -> str | None:
        """The language of a text, `None` where its words do not tell."""
        counts, _ = self.count(text)
        first, *others = [*sorted(counts.items(), key=lambda item: (-item[1], item[0])), ("", 0)]
        if first[1] == 0 or (others and first[1] < _CLEAR * others[0][1]):
            return None
        return first[0]
