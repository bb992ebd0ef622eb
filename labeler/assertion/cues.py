"""One cue group: which of its cues stand in a sentence, and which mention each decides.

negspacy's `Negex` is the engine. What is changed here is its scope: a cue reaches to the next wall of the clause
layout instead of through the whole sentence, nearer cues come before farther ones, and the cue that
decided is kept.
"""

from collections.abc import Iterable, Iterator, Sequence

from negspacy.negation import Negex
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from labeler.assertion.scope import Cue, Place, Reading
from labeler.mentions.matcher import VALUES
from labeler.rules.phrases import expand
from labeler.rules.schema import CueFile
from labeler.text.lexicon import ClauseWords
from labeler.text.tokens import Tokenizer

_Kind = tuple[str, str, str, bool, bool, bool]
"""What a cue phrase is: the fields of `Cue` behind its place."""


class ClauseNegex(Negex):
    """`Negex` for one cue group, with clause scope, and with the cue kept that decided.

    It reads the sentence's `cues`, `reading` and `places` (of mentions, in tokens) from the `Doc`'s
    user data and adds the group's value and the cue that decides to `decided`: spaCy `Span`s with
    extensions, on which `Negex` keeps a flag, cost as much as finding the cue.

    Args:
        nlp: the pipeline whose tokenizer splits the cue phrases.
        group: the cue group; its termset is copied, never shared.
        clause_words: its `expletives` are words behind which no cue looks back ("there is suspected ...").
        name: name of the group.
    """

    def __init__(self, nlp: Language, group: CueFile, name: str, clause_words: ClauseWords) -> None:
        tokenizer = nlp.tokenizer
        assert isinstance(tokenizer, Tokenizer)
        self._tokenizer = tokenizer
        self._clause_words = clause_words
        self._phrases: dict[tuple[str, ...], dict[str, _Kind]] = {}
        for cues in group.cues:
            kind = (
                *(cues.direction, cues.scope, cues.name),
                *(cues.gives_way, cues.with_anything, cues.qualifies),
            )
            for words in self._spelt(cues.phrases):
                self._phrases.setdefault(words, {})[cues.direction] = kind
        super().__init__(
            nlp,
            name,
            neg_termset={
                "pseudo_negations": [" ".join(words) for words in self._spelt(group.pseudo)],
                "preceding_negations": self._of("preceding"),
                # An alternative ("or") looks both ways; Negex knows it as a following cue.
                "following_negations": self._of("following", "alternative"),
                "termination": [],
            },
            extension_name=name,
        )
        self.value = None if group.value == "none" else VALUES[group.value]
        # A phrase's longest word is its rarest, as a rule: without it there is nothing to find.
        self.needed_words = frozenset(max(words, key=len) for words in self._phrases)

    def _spelt(self, phrases: Iterable[str]) -> Iterator[tuple[str, ...]]:
        for phrase in phrases:
            for option in expand(phrase):
                if words := self._tokenizer.words(option):
                    yield words

    def _of(self, *directions: str) -> list[str]:
        return [
            " ".join(words)
            for words, kinds in self._phrases.items()
            if not kinds.keys().isdisjoint(directions)
        ]

    def build_patterns(self) -> None:
        """Fill the matcher as `Negex` does, but from normalised words and with a key a kind of cue."""
        self.matcher = PhraseMatcher(self.nlp.vocab, attr="ORTH")
        self._kinds: dict[int, tuple[_Kind, ...]] = {}
        by_kinds: dict[tuple[_Kind, ...], list[tuple[str, ...]]] = {}
        for words, kinds in self._phrases.items():
            by_kinds.setdefault(tuple(kinds.values()), []).append(words)
        by_kinds[()] = [tuple(phrase.split(" ")) for phrase in self.pseudo_negations]
        for i, (shared, phrases) in enumerate(by_kinds.items()):
            key = f"cues {i}"
            patterns = [self._tokenizer.pattern(words) for words in phrases]
            self.matcher.add(key, patterns)  # type: ignore[arg-type]
            self._kinds[self.nlp.vocab.strings[key]] = shared

    def find(self, doc: Doc, words: Sequence[str]) -> list[Cue]:
        """The group's cues in a sentence of these words: longest first, none inside a pseudo cue."""
        matches = self.matcher(doc)
        if not matches:
            return []
        pseudo = [(start, end) for key, start, end in matches if not self._kinds[key]]
        cues: list[Cue] = []
        for key, start, end in sorted(matches, key=_longest_first):
            if pseudo and any(s <= start < e for s, e in pseudo):
                continue
            for kind in self._kinds[key]:
                cue = Cue(start, end, *kind)
                looks_back = cue.direction == "following"
                if looks_back and start and words[start - 1] in self._clause_words.expletives:
                    continue
                if cue.scope == "final" and any(word.isalpha() for word in words[end:]):
                    continue
                if cue.scope == "clause end":
                    if not start or (end < len(words) and not self._may_follow(words[end])):
                        continue
                    if any(word.isalpha() for word in words[end:]):
                        # "Effusion suspected, bibasilar atelectasis": it does not look ahead as well
                        cues = [c for c in cues if (c.start, c.end) != (start, end)]
                if not any(c.covers(cue) for c in cues):
                    cues.append(cue)
        if len(cues) > 1:
            # "is suspicious for X" looks ahead only: what is cut short by a preceding cue is no
            # following one
            cues = [
                c
                for c in cues
                if c.direction != "following"
                or not any(o.direction == "preceding" and o.start < c.end < o.end for o in cues)
            ]
            cues.sort(key=lambda cue: cue.start)
        return cues

    def negex(self, doc: Doc) -> Doc:
        """Decide the mentions that a cue of this group reaches, and no earlier group decided."""
        cues: list[Cue] = doc.user_data["cues"][self.extension_name]
        reading: Reading = doc.user_data["reading"]
        ahead = [(cue, reading.ahead(cue)) for cue in cues if cue.direction == "preceding"]
        others = [cue for cue in cues if cue.direction != "preceding"]
        decided: dict[Place, tuple[int | None, Cue]] = doc.user_data["decided"]
        for place in doc.user_data["places"]:
            # What is affirmed is there no more surely than it was: "possible effusion, not changed".
            affirmed = place in decided and decided[place][0] == 1
            if place in decided and not (affirmed and self.value == -1):
                continue
            cue = _deciding(place, ahead, others, reading)
            listed = cue is not None and cue.direction == "alternative" and not cue.with_anything
            if cue is not None and not (affirmed and listed):
                decided[place] = self.value, cue
        return doc

    def _may_follow(self, word: str) -> bool:
        """May a word stand behind the end of a clause?"""
        return not word.isalnum() or word in self._clause_words.clause_ends


def _longest_first(match: tuple[int, int, int]) -> int:
    return match[1] - match[2]


def _deciding(
    place: Place, ahead: Iterable[tuple[Cue, int]], others: Iterable[Cue], reading: Reading
) -> Cue | None:
    """The nearest cue that reaches a mention; a preceding one before those that follow.

    Args:
        place: of the mention.
        ahead: preceding cues, each with the end of its scope.
        others: following cues and alternatives.
        reading: of the sentence.
    """
    start, end = place
    reaching = [cue for cue, stop in ahead if cue.start < start < stop]
    if len(reaching) > 1:
        # of two that overlap the first is the reason: "cannot exclude", not "exclude a small"
        reaching = [c for c in reaching if not any(o.start < c.start < o.end for o in reaching)]
        reaching.sort(key=lambda cue: -cue.start)
    for cue in others:
        if cue.direction == "alternative":
            if reading.alternative(cue, start, end):
                reaching.append(cue)
        elif cue.end > end and reading.back(cue) <= start:
            reaching.append(cue)
    return next((cue for cue in reaching if not cue.gives_way), reaching[0] if reaching else None)
