"""The cues of the rules found by negspacy's `Negex`, in place of `labeler.assertion.cues.CueTable`.

One `Negex` a cue group holds the group's termset, matches it in a `Doc`, drops the cues inside a pseudo cue, and
sets the flag of a span that a cue reaches. A test holds both ways equal. This one takes several times as long,
and imports spaCy; it serves pipelines of spaCy (`labeler.spacy_component`).
"""

from collections.abc import Sequence
from functools import lru_cache, partial
from threading import RLock

from negspacy.negation import Negex
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer
from spacy.vocab import Vocab

from labeler.assertion.cues import Cue, CueGroup, Hit, Target
from labeler.text.lexicon import TokenRoles
from labeler.text.prepared import Prepared


class _Norms(DummyTokenizer):
    """Takes a text for normalised words with blanks between."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        return Doc(self.vocab, words=text.split(" "))


class NegexGroup(Negex):
    """`Negex` for one cue group.

    Args:
        nlp: a pipeline whose tokenizer leaves normalised words as they are.
        group: the cue group.
    """

    def __init__(self, nlp: Language, group: CueGroup) -> None:
        self.group = group
        self.phrases = {
            words: tuple([group.kinds[number] for number in numbers])
            for words, numbers in group.phrases().items()
        }
        termset: dict[str, list[str]] = {
            "pseudo_negations": [],
            "preceding_negations": [],
            "following_negations": [],
            "termination": [],
        }
        for words, kinds in self.phrases.items():
            phrase = " ".join(words)
            directions = {kind.direction for kind in kinds}
            if not kinds:
                termset["pseudo_negations"].append(phrase)
            if "preceding" in directions:
                termset["preceding_negations"].append(phrase)
            if directions - {"preceding"}:
                # An alternative ("or") looks both ways; Negex knows it as a following cue.
                termset["following_negations"].append(phrase)
        super().__init__(nlp, group.name, neg_termset=termset, extension_name=group.name)

    def build_patterns(self) -> None:
        """Match as `Negex` does, with the end of a pseudo cue where `Negex` takes it to be."""
        super().build_patterns()
        matcher, pseudo = self.matcher, self.nlp.vocab.strings["pseudo"]
        # Negex takes the end of a pseudo cue for its last token.
        self.matcher = lambda doc: [  # type: ignore[assignment]
            (key, start, end - (key == pseudo)) for key, start, end in matcher(doc)
        ]

    def hits(self, doc: Doc) -> list[Hit]:
        """The cue phrases of a sentence that no pseudo cue hides, in text order."""
        preceding, following, _ = self.process_negations(doc)
        words = tuple(token.text for token in doc)
        places = sorted({(start, end) for _, start, end in (*preceding, *following)})
        return [(self.phrases[words[start:end]], start, end) for start, end in places]

    def flags(self, cue: Cue, target: Target, doc: Doc) -> bool:
        """Does a cue set the flag of a target's span?"""
        span = doc[target.start : target.end]
        span._.set(self.extension_name, False)  # spans at one place share it
        match = [(0, cue.start, cue.end)]
        self._apply_negation(span, match, match)
        return bool(span._.get(self.extension_name))


class NegexCues:
    """Finds the cues of several groups by one `Negex` each; a `labeler.assertion.cues.CueFinder`.

    Args:
        groups: the groups.
        prepared: not used: the patterns of spaCy are not remembered.
    """

    def __init__(self, groups: Sequence[CueGroup], prepared: Prepared) -> None:
        nlp = English(create_tokenizer=lambda nlp: _Norms(nlp.vocab))
        self._groups = {group.name: NegexGroup(nlp, group) for group in groups}
        self._doc = lru_cache(maxsize=16)(partial(_doc_of, nlp.vocab))
        # The flags of spans are kept by the Doc, which several calls share.
        self._lock = RLock()

    def find(self, words: Sequence[str], roles: TokenRoles) -> dict[str, list[Cue]]:
        """The cues of a sentence of these words, by the name of their group, for each group that has one."""
        with self._lock:
            doc = self._doc(tuple(words))
            cues = {
                name: one.group.standing(one.hits(doc), words, roles)
                for name, one in self._groups.items()
            }
        return {name: standing for name, standing in cues.items() if standing}

    def applies(self, group: str, cue: Cue, target: Target, words: Sequence[str]) -> bool:
        """Does `Negex` flag a target by this cue?"""
        with self._lock:
            return self._groups[group].flags(cue, target, self._doc(tuple(words)))


def _doc_of(vocab: Vocab, words: tuple[str, ...]) -> Doc:
    return Doc(vocab, words=list(words))
