"""Words to their base form: the endings or the stemmer that a language's `spelling.yaml` declares."""

import unicodedata
from collections.abc import Callable

import snowballstemmer

from labeler.errors import RulesError
from labeler.rules.text_schema import Inflection

_FEWEST = 2
"""An ending is only an ending behind this many letters ("ties" is no plural of "ty")."""


def without_accents(word: str) -> str:
    """A word without its combining marks: capitals often lack them."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join(part for part in parts if not unicodedata.combining(part))


def make_fold(inflection: Inflection) -> Callable[[str], str]:
    """The function that folds a lower-case word of a language.

    Words are only compared with others folded the same way, so a fold need not give a real word.

    Args:
        inflection: accents, stemmer and endings, from `spelling.yaml`.

    Raises:
        RulesError: there is no stemmer of that name.
    """
    kept = tuple(inflection.kept_endings)
    endings = sorted(inflection.endings.items(), key=lambda pair: -len(pair[0]))

    def by_endings(word: str) -> str:
        if len(word) < inflection.shortest or (kept and word.endswith(kept)):
            return word
        for ending, base in endings:
            if word.endswith(ending) and len(word) >= len(ending) + _FEWEST:
                return word[: len(word) - len(ending)] + base
        return word

    stem = by_endings
    if inflection.stemmer:
        try:
            stemmer = snowballstemmer.stemmer(inflection.stemmer)
        except KeyError:
            raise RulesError(
                f"spelling.yaml: inflection.stemmer: no stemmer {inflection.stemmer!r}; there are "
                f"{', '.join(sorted(snowballstemmer.algorithms()))}"
            ) from None
        kept_words = inflection.kept_words
        folded = inflection.accents == "folded"
        protected = frozenset(map(without_accents, kept_words) if folded else kept_words)

        def stem(word: str) -> str:
            # Again until nothing changes: the singular of a word may lose more than its plural, and text that
            # was stemmed before it was published must fall into the same stems.
            while word not in protected:
                stemmed = str(stemmer.stemWord(word))
                if stemmed == word:
                    break
                word = stemmed
            return word

    if inflection.accents == "folded":
        return lambda word: stem(without_accents(word))
    return stem
