"""What each word of a sentence does in it: its roles, as the rule files give them."""

from collections.abc import Mapping, Sequence

from labeler.rules.assertion_schema import Roles
from labeler.text.tokens import Tokenizer

_ROLES = tuple(Roles.model_fields)


def _bit(role: str) -> int:
    return 1 << _ROLES.index(role)


COMMA, AND, OR = _bit("comma"), _bit("conjunction"), _bit("alternative")
COORDINATOR = COMMA | AND | OR
MARK, QUESTION = _bit("mark"), _bit("question")
BRACKET_OPENS, BRACKET_CLOSES = _bit("bracket_opens"), _bit("bracket_closes")
PUNCTUATION = MARK | QUESTION | BRACKET_OPENS
ANAPHOR, DEFINITE, GENITIVE = _bit("anaphor"), _bit("definite"), _bit("genitive")
ARTICLE, PRONOUN, PREPOSITION = _bit("article"), _bit("pronoun"), _bit("preposition")
ACCOMPANIMENT, CONTRAST = _bit("accompaniment"), _bit("contrast")
DESCRIPTION, DIMENSION = _bit("description"), _bit("dimension")
OPENING = ARTICLE | DESCRIPTION
"""What may open a statement behind a comma: "a small effusion", "stable cardiomegaly"."""
VERB, INFINITIVE, EXISTENTIAL = _bit("verb"), _bit("infinitive"), _bit("existential")
PREDICATE, LOOK, EXPLETIVE = _bit("predicate"), _bit("look"), _bit("expletive")


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
        self._numbers = {
            tag: [i for i in range(len(_ROLES)) if tag >> i & 1] for tag in set(self._tags.values())
        }

    def tags(self, words: Sequence[str]) -> list[int]:
        """The roles of each word, as bits: `tags[i] & VERB`."""
        get = self._tags.get
        return [get(word, 0) for word in words]

    def roles(self, words: Sequence[str]) -> "TokenRoles":
        """Which words of a sentence have which roles."""
        return TokenRoles(words, self.tags(words), self._numbers)


class TokenRoles:
    """Which tokens of a sentence have which roles: for each role their positions, as `labeler.text.bits`.

    The roles are those of `clauses.yaml`, by their names there.

    Args:
        words: the normalised tokens.
        tags: the roles of each, from `Lexicon.tags`.
        numbers: tag -> the numbers of its roles.

    Attributes:
        tags: as given.
        size: how many tokens there are.
        said: those that are words, neither marks nor numbers.
        tagged: those that have any role.
        coordinator, punctuation, opening: those that have one of several roles, as the constants say.
    """

    __slots__ = (
        "accompaniment",
        "alternative",
        "anaphor",
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
        "tagged",
        "tags",
        "verb",
    )

    def __init__(
        self, words: Sequence[str], tags: list[int], numbers: Mapping[int, Sequence[int]]
    ) -> None:
        self.tags = tags
        self.size = len(tags)
        of = [0] * len(_ROLES)
        said = tagged = 0
        bit = 1
        for i, tag in enumerate(tags):
            if tag:
                tagged |= bit
                for number in numbers[tag]:
                    of[number] |= bit
            if words[i].isalpha():
                said |= bit
            bit <<= 1
        self.said, self.tagged = said, tagged
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
        ) = of
        self.coordinator = self.comma | self.conjunction | self.alternative
        self.punctuation = self.mark | self.question | self.bracket_opens
        self.opening = self.article | self.description
