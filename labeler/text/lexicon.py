"""The words by which a sentence falls into clauses and lists, folded as reports are."""

from collections.abc import Iterable

from labeler.rules.schema import ClausesFile
from labeler.text.tokens import Tokenizer

MARKS = frozenset({";", ":", "(", "-", "?"})
"""Punctuation that parts statements; a full stop left in a sentence is an abbreviation's."""
COMMA, AND, OR = "comma", "and", "or"


class ClauseWords:
    """The single words of `clauses.yaml`, folded as reports are."""

    def __init__(self, clauses: ClausesFile, tokenizer: Tokenizer) -> None:
        def fold(words: Iterable[str]) -> frozenset[str]:
            return frozenset(norm for word in words for norm in tokenizer.words(word))

        self.verbs = fold(clauses.verbs)
        self.existential = fold(clauses.existential)
        self.openers = fold(clauses.statement_openers)
        self.predicates = fold(clauses.predicates)
        self.ties = fold(clauses.ties)
        self.no_explanation = fold(clauses.no_explanation)
        self.accentuation = fold(clauses.accentuation)
        self.pronouns = fold(clauses.pronouns)
        self.expletives = fold(clauses.expletives)
        self.clause_ends = fold(clauses.clause_ends)
        self.relatives = fold(clauses.relatives)
        self.articles = fold(clauses.articles)
        self.prepositions = fold(clauses.prepositions)
        self.attributes = fold(clauses.attributes)
        self.barriers = fold(clauses.barriers) | MARKS
        self.contrasts = fold(clauses.contrasts)
        self.comparisons = fold(clauses.comparisons)
        self.asides_behind_a_finding = fold(clauses.asides.behind_a_finding)
        self.asides = fold(clauses.asides.anywhere)
        self.aside_closers = fold(clauses.asides.closers)
        self.accompaniment = fold(clauses.accompaniment)
        self.companions_before = fold(clauses.companions.before)
        self.companions_behind = fold(clauses.companions.behind)
        joins = clauses.coordinators
        self.coordinators = {
            **dict.fromkeys(fold(joins.comma), COMMA),
            **dict.fromkeys(fold(joins.conjunction), AND),
            **dict.fromkeys(fold(joins.alternative), OR),
        }
