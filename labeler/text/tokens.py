"""Text to normalised tokens: the one place where spelling, plurals and hyphens are folded.

Rule phrases and reports go through the same tokenizer, so a rule file lists a phrase once, in its American
singular. Offsets into the original text are kept for every token.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, cast

import regex

from labeler.rules.phrases import expand
from labeler.rules.text_schema import SpellingFile
from labeler.text.inflection import make_fold, without_accents

# A hyphen inside a word is no token ("ground-glass" = "ground glass"); one between blanks is a dash.
_TOKEN = regex.compile(
    r"(?P<blank>_{2,}|\b[xX]{3,}\b)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<word>\p{L}+(?:\xad+\p{L}+)*)(?P<possessive>['’´`][sS]\b)?(?P<contraction>n?['’´`][tT]\b)?"
    r"|(?P<dash>(?<=\s)[-–—]+(?=[\s\p{L}])|[–—]|--+)"
    r"|(?P<mark>[^\s\w\-\p{C}])"
)
# A word that a hyphen parts, of the end of its line perhaps: "pneu-mothorax".
_HYPHENED = regex.compile(r"(?<![\p{L}\-])(\p{L}{2,})-(\p{L}{3,})(?![\p{L}\-])")
_LETTERS = regex.compile(r"\p{L}+")
_DASHES: Final = frozenset("-–—")
_QUOTES: Final = frozenset("'\"‘’“”`´*_")


_Rewriting = tuple[tuple[str, ...], tuple[str, ...]]
Place = tuple[int, int]
"""Where a token stands: `text[start:end]`."""
_MARKS: Final = frozenset(".,:;")
"""What most often ends a word."""
_KEPT: Final = 100_000
"""How many different chunks of text are remembered."""
MIN_CORRECTED: Final = 9
"""Shorter words are never corrected: too many real words are one letter away from them."""
MAX_WORD: Final = 80
"""Letters; what is longer is no word, and is not corrected."""


class Token(NamedTuple):
    """A normalised word and where it stands: `text[start:end]` is its original spelling."""

    norm: str
    start: int
    end: int


def _gaps(word: str) -> list[str]:
    """The word with one inner letter left out, each."""
    return [word[:i] + word[i + 1 :] for i in range(1, len(word) - 1)]


def _one_slip(word: str, meant: str) -> bool:
    """Are two words with the same first and last letter one slip apart (Damerau 1964)?"""
    if word[0] != meant[0] or word[-1] != meant[-1]:
        return False
    if len(word) != len(meant):
        short, long = sorted((word, meant), key=len)
        return short in _gaps(long)
    wrong = [i for i in range(len(word)) if word[i] != meant[i]]
    if len(wrong) == 1:
        return True
    return (
        len(wrong) == 2 and word[wrong[0]] == meant[wrong[1]] and word[wrong[1]] == meant[wrong[0]]
    )


class Tokenizer:
    """Makes normalised tokens.

    Args:
        spelling: one-word foldings (British, misspelt and irregular plural -> the word that rules are
            written in), several-word foldings (`air space` -> `airspace`), inflection.

    Raises:
        RulesError: the inflection names a stemmer that there is not.
    """

    def __init__(self, spelling: SpellingFile) -> None:
        self._fold = make_fold(spelling.inflection)
        self._not = spelling.negative_contraction
        self._and = spelling.ampersand
        words = {**spelling.american, **spelling.misspelled, **spelling.plurals}
        rewrites = {**spelling.joined, **spelling.slips, **spelling.abbreviations}
        # Reports come without accents where these are folded, so the spellings do too.
        self._bare = spelling.inflection.accents == "folded"
        self._words = {
            without_accents(k.lower()) if self._bare else k.lower(): v.lower()
            for k, v in words.items()
        }
        self.norm = lru_cache(maxsize=_KEPT)(self._norm)
        # What stands between blanks ("effusion,") falls into the same tokens wherever it stands.
        self._cut_norms: dict[str, tuple[str, ...]] = {}
        self._cut_places: dict[str, tuple[tuple[str, ...], tuple[Place, ...]]] = {}
        self._known: set[str] = set()
        self._spelt: dict[str, list[tuple[str, ...]]] = {}
        self._slips: dict[str, str] = {}
        # first word -> second, "" for none -> what begins so and what it is read as, the longest first
        self._rewrites: dict[str, dict[str, list[_Rewriting]]] = {}
        for source, target in rewrites.items():
            key = tuple(t.norm for t in self._plain(source))
            value = tuple(t.norm for t in self._plain(target))
            if key:
                behind = self._rewrites.setdefault(key[0], {})
                behind.setdefault(key[1] if len(key) > 1 else "", []).append((key, value))
        for behind in self._rewrites.values():
            for options in behind.values():
                options.sort(key=lambda option: -len(option[0]))

    def correct_towards(self, words: Iterable[str]) -> None:
        """From now on read a word that is one slip away from one of `words` as that word.

        Every word met before, so every word of the rules, means itself.

        A slip is a letter lost, doubled, wrong or swapped with its neighbour, inside a long word; the first
        and last letter must stand, so that inflections stay what they are.

        Args:
            words: normalised words worth correcting to.
        """
        slips: dict[str, str] = {}
        for word in words:
            if len(word) >= MIN_CORRECTED:
                for gap in (word, *_gaps(word)):
                    # a gap that two words share tells nothing
                    slips[gap] = word if slips.get(gap, word) == word else ""
        self._slips = {gap: word for gap, word in slips.items() if word}
        self._spelt.clear()
        self.norm.cache_clear()
        self._cut_norms.clear()
        self._cut_places.clear()

    def _norm(self, word: str) -> str:
        word = word.lower()
        if len(word) > MAX_WORD:
            return word
        if not word.isascii():
            word = unicodedata.normalize("NFKC", word)  # ligatures, full-width letters
            if self._bare:
                word = without_accents(word)
        word = self._words.get(word, word)
        word = self._words.get(word, word)  # British, then plural: "haemothoraces"
        folded = self._fold(word)
        if folded in self._words:
            folded = self._fold(self._words[folded])
        if not self._slips:
            self._known.add(folded)
            return folded
        if len(folded) < MIN_CORRECTED - 1 or folded in self._known:
            return folded
        for gap in (folded, *_gaps(folded)):
            meant = self._slips.get(gap)
            if meant and abs(len(meant) - len(folded)) <= 1 and _one_slip(folded, meant):
                return meant
        return folded

    def _mend(self, chunk: str) -> str:
        """A chunk whose hyphens inside words of the rules are soft ones."""
        if "-" not in chunk or not self._slips:
            return chunk

        def mended(match: "regex.Match[str]") -> str:
            whole = self.norm(match[1] + match[2])
            parts = {self.norm(match[1]), self.norm(match[2])}
            known = whole in self._known and not parts <= self._known
            return f"{match[1]}\xad{match[2]}" if known else str(match.group())

        return str(_HYPHENED.sub(mended, chunk))

    def _plain(self, text: str) -> Iterator[Token]:
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            start, end = match.span()
            if kind == "blank":
                continue  # a removed word says nothing: the rest is read as if it were not there
            if match["word"] is not None:
                word = match["word"]
                if "\xad" in word:
                    yield from self._parted(word, start)
                    continue
                if match["contraction"] and self._not:
                    word = word.lower()
                    if word.endswith("n") and word not in self._not.ending_in_n:
                        word = word[:-1]
                    yield Token(self.norm(word), start, end)
                    yield Token(self._not.word, start, end)
                else:
                    yield Token(self.norm(word), start, end)
            elif kind == "dash":
                yield Token("-", start, end)
            else:
                mark = match.group()
                if mark not in _QUOTES:
                    yield Token(self._and if mark == "&" else mark, start, end)

    def _parted(self, word: str, start: int) -> Iterator[Token]:
        """A word with soft hyphens: one word if the rules know it as one, else its parts."""
        whole = self.norm(word.replace("\xad", ""))
        if whole in self._known or len(whole) > MAX_WORD:
            yield Token(whole, start, start + len(word))
            return
        for part in _LETTERS.finditer(word):
            yield Token(self.norm(part.group()), start + part.start(), start + part.end())

    def tokens(self, text: str) -> list[Token]:
        """Normalised tokens of a text, offsets into it."""
        norms, places = self.placed(text)
        return [Token(norm, *place) for norm, place in zip(norms, places, strict=True)]

    def placed(self, text: str) -> tuple[tuple[str, ...], list[Place]]:
        """The norms of a text's tokens, and where they stand in it."""
        norms: list[str] = []
        places: list[Place] = []
        known = self._cut_places
        at = 0
        for chunk in text.split():
            begin = text.index(chunk, at)
            at = begin + len(chunk)
            if chunk[0] in _DASHES:
                # Whether it is a dash depends on what stands around it.
                chunk = " " * (begin > 0) + chunk + " " * (at < len(text))
                begin -= begin > 0
            cut = known.get(chunk) or self._place_anew(chunk)
            norms += cut[0]
            for start, end in cut[1]:
                places.append((begin + start, begin + end))
        return self._rewrite(tuple(norms), places), places

    def norms(self, text: str) -> tuple[str, ...]:
        """The same without their places, for half the time."""
        chunks = text.split()
        cut = list(map(self._cut_norms.get, chunks))
        if None in cut:
            for n, chunk in enumerate(chunks):
                if chunk[0] in _DASHES:  # what it is depends on what stands around it
                    return self.placed(text)[0]
                if cut[n] is None:
                    cut[n] = self._cut_anew(chunk)
        return self._rewrite(tuple(chain.from_iterable(cast("list[tuple[str, ...]]", cut))))

    def _cut_anew(self, chunk: str) -> tuple[str, ...]:
        """The norms of what stands between blanks, kept for the next time."""
        norms = self._cut(chunk)[0]
        if len(self._cut_norms) >= _KEPT:
            self._cut_norms.clear()
        self._cut_norms[chunk] = norms
        return norms

    def _place_anew(self, chunk: str) -> tuple[tuple[str, ...], tuple[Place, ...]]:
        """The same with their places in it."""
        cut = self._cut(chunk)
        if len(self._cut_places) >= _KEPT:
            self._cut_places.clear()
        self._cut_places[chunk] = cut
        return cut

    def _cut(self, chunk: str) -> tuple[tuple[str, ...], tuple[Place, ...]]:
        word = chunk[:-1] if chunk[-1] in _MARKS else chunk
        if word.isascii() and word.isalpha() and word[:3].lower() != "xxx":
            end = len(word)
            if end == len(chunk):
                return (self.norm(word),), ((0, end),)
            return (self.norm(word), chunk[-1]), ((0, end), (end, end + 1))
        tokens = list(self._plain(self._mend(chunk)))
        return tuple([t.norm for t in tokens]), tuple([(t.start, t.end) for t in tokens])

    def words(self, phrase: str) -> tuple[str, ...]:
        """The norms of a phrase's tokens, quickly: rules have tens of thousands of phrases."""
        if phrase.isascii() and phrase.replace(" ", "").isalpha() and "xxx" not in phrase.lower():
            words = tuple(map(self.norm, phrase.split()))
            return self._rewrite(words)
        # between blanks, where a dash is a dash
        return tuple(token.norm for token in self.tokens(f" {phrase} "))

    def spellings(self, phrase: str) -> list[tuple[str, ...]]:
        """The norms of each option of a rule's phrase, without those that have none."""
        spelt = self._spelt.get(phrase)
        if spelt is None:
            spelt = [words for option in expand(phrase) if (words := self.words(option))]
            if not self._slips:
                self._spelt[phrase] = spelt
        return spelt

    def vocabulary(self, phrases: Iterable[str]) -> frozenset[str]:
        """The words of rules' phrases."""
        words: set[str] = set()
        for phrase in phrases:
            words.update(*self.spellings(phrase))
        return frozenset(words)

    @property
    def known(self) -> frozenset[str]:
        """The words met so far, those of the rules."""
        return frozenset(self._known)

    def recall(self, known: Iterable[str]) -> None:
        """Know the words that another tokenizer of the same rules has met."""
        self._known.update(known)

    def _rewrite(
        self, words: tuple[str, ...], places: list[Place] | None = None
    ) -> tuple[str, ...]:
        """Read some words as others; `places`, if given, become those of what is returned."""
        rewrites = self._rewrites
        if rewrites.keys().isdisjoint(words):
            return words
        out: list[str] = []
        moved: list[Place] = []
        begin = 0  # of the words not yet taken
        for i, word in enumerate(words):
            if word in rewrites and i >= begin:
                option = self._rewriting(words, i)
                if option is not None:
                    key, value = option
                    end = i + len(key)
                    out += words[begin:i]
                    out += value
                    if places is not None:
                        whole = places[i][0], places[end - 1][1]
                        same = len(key) == len(value)
                        moved += places[begin:i]
                        moved += places[i:end] if same else [whole] * len(value)
                    begin = end
        if places is not None:
            places[:begin] = moved
        return (*out, *words[begin:]) if begin else words

    def _rewriting(self, words: tuple[str, ...], at: int) -> _Rewriting | None:
        """What begins at a word and is read as something else, the longest."""
        behind = self._rewrites[words[at]]
        if at + 1 < len(words):
            for option in behind.get(words[at + 1], ()):
                if words[at : at + len(option[0])] == option[0]:
                    return option
        alone = behind.get("")
        return alone[0] if alone else None
