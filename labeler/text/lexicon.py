"""What each word of a sentence does in it: its roles, as the rule files give them."""

from collections.abc import Sequence

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

    def tags(self, words: Sequence[str]) -> list[int]:
        """The roles of each word, as bits: `tags[i] & VERB`."""
        get = self._tags.get
        return [get(word, 0) for word in words]
