"""What each word of a sentence does in it: its roles, as the rule files give them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from labeler.rules.assertion_schema import Roles
from labeler.text.tokens import Tokenizer

_ROLES: Final = tuple(Roles.model_fields)


def _bit(role: str) -> int:
    return 1 << _ROLES.index(role)


# `Final`, so that compiled code reads them without looking up their names.
COMMA: Final = _bit("comma")
AND: Final = _bit("conjunction")
OR: Final = _bit("alternative")
COORDINATOR: Final = COMMA | AND | OR
MARK: Final = _bit("mark")
QUESTION: Final = _bit("question")
BRACKET_OPENS: Final = _bit("bracket_opens")
PUNCTUATION: Final = MARK | QUESTION | BRACKET_OPENS
ARTICLE: Final = _bit("article")
PRONOUN: Final = _bit("pronoun")
ACCOMPANIMENT: Final = _bit("accompaniment")
CONTRAST: Final = _bit("contrast")
DESCRIPTION: Final = _bit("description")
OPENING: Final = ARTICLE | DESCRIPTION
"""What may open a statement behind a comma: "a small effusion", "stable cardiomegaly"."""
VERB: Final = _bit("verb")
EXPLETIVE: Final = _bit("expletive")
_GIVEN: Final = (1 << len(_ROLES)) - 1
KNOWN: Final = _GIVEN + 1
"""A word that some rule knows."""
NAMED: Final = KNOWN << 1
"""A word that names a finding, a structure or anatomy."""
ANATOMY: Final = KNOWN << 2


class Lexicon:
    """Tags words by the roles of `clauses.yaml`; a word may have several.

    Args:
        roles: the roles with their words.
        tokenizer: folds the words as it folds reports.
    """

    def __init__(self, roles: Roles, tokenizer: Tokenizer) -> None:
        self._tags: dict[str, int] = {}
        for role in _ROLES:
            for word in getattr(roles, role):
                for norm in tokenizer.words(word):
                    self._tags[norm] = self._tags.get(norm, 0) | _bit(role)
        self._sets: dict[str, list[int]] = {}
        self._sort()

    def mark(self, words: Mapping[int, Iterable[str]]) -> None:
        """Give words roles that `clauses.yaml` does not give: `KNOWN`, `NAMED`, `ANATOMY`."""
        tags = self._tags
        for role, those in words.items():
            for word in those:
                tags[word] = tags.get(word, 0) | role
        self._sort()

    def _sort(self) -> None:
        """Note to which sets of `TokenRoles` each word belongs, by their numbers."""
        shared: dict[int, list[int]] = {}
        for word, tag in self._tags.items():
            said = word.isalpha()
            key = tag if said else -tag
            if key not in shared:
                shared[key] = [i for i in range(len(_ROLES)) if tag >> i & 1] + [
                    len(_ROLES) + i
                    for i, belongs in enumerate(
                        (
                            tag & _GIVEN,
                            not said,
                            said and not tag & KNOWN,
                            said and not tag & (_GIVEN | NAMED),
                            tag & ANATOMY,
                        )
                    )
                    if belongs
                ]
            self._sets[word] = shared[key]

    def roles(self, words: Sequence[str]) -> "TokenRoles":
        """Which words of a sentence have which roles."""
        return TokenRoles(words, self._sets)


class TokenRoles:
    """Which tokens of a sentence have which roles: for each role their positions, as `labeler.text.bits`.

    The roles are those of `clauses.yaml`, by their names there.

    Args:
        words: the normalised tokens.
        sets: word -> the numbers of the sets below that it belongs to.

    Attributes:
        size: how many tokens there are.
        tagged: those that have any role.
        said: those that are words, neither marks nor numbers.
        strange: words that no rule knows.
        idle: words that have no role and name nothing.
        anatomy: words that name anatomy.
        coordinator, punctuation, opening: those that have one of several roles, as the constants say.
    """

    __slots__ = (
        "accompaniment",
        "alternative",
        "anaphor",
        "anatomy",
        "article",
        "bracket_closes",
        "bracket_opens",
        "comma",
        "conjunction",
        "contrast",
        "coordinator",
        "definite",
        "description",
        "dimension",
        "existential",
        "expletive",
        "genitive",
        "idle",
        "infinitive",
        "look",
        "mark",
        "opening",
        "predicate",
        "preposition",
        "pronoun",
        "punctuation",
        "question",
        "said",
        "size",
        "strange",
        "tagged",
        "verb",
    )

    def __init__(self, words: Sequence[str], sets: dict[str, list[int]]) -> None:
        self.size = len(words)
        of = [0] * (len(_ROLES) + 5)
        unknown = unsaid = 0
        bit = 1
        for word in words:
            numbers = sets.get(word)
            if numbers is not None:
                for number in numbers:
                    of[number] |= bit
            elif word.isalpha():
                unknown |= bit
            else:
                unsaid |= bit
            bit <<= 1
        (
            self.comma,
            self.conjunction,
            self.alternative,
            self.mark,
            self.question,
            self.bracket_opens,
            self.bracket_closes,
            self.article,
            self.pronoun,
            self.definite,
            self.preposition,
            self.genitive,
            self.anaphor,
            self.accompaniment,
            self.contrast,
            self.description,
            self.dimension,
            self.verb,
            self.infinitive,
            self.expletive,
            self.existential,
            self.predicate,
            self.look,
            self.tagged,
            marks,
            strange,
            idle,
            self.anatomy,
        ) = of
        self.said = (bit - 1) & ~(marks | unsaid)
        self.strange = strange | unknown
        self.idle = idle | unknown
        self.coordinator = self.comma | self.conjunction | self.alternative
        self.punctuation = self.mark | self.question | self.bracket_opens
        self.opening = self.article | self.description
