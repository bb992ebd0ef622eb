"""The attributes of a sentence's mentions: from the classifier's sentence to the binder's."""

from collections.abc import Sequence

from labeler.assertion.attribute_words import AttributeWords
from labeler.assertion.attributes import NOTHING, Binder, Cells
from labeler.assertion.classifier import Assertion, Classifier
from labeler.assertion.pieces import Target
from labeler.assertion.reading import Reading
from labeler.mentions.matcher import Extractor, Found
from labeler.mentions.states import StatedStructure
from labeler.rules.load import RuleSet
from labeler.text.tokens import Tokenizer


class Attribution:
    """Gives each mention of a sentence its side, place, severity, change and size.

    Args:
        rules: the rule set.
        tokenizer: folds phrases as it folds reports.
        extractor: found the phrases.
        classifier: classified the mentions.
    """

    def __init__(
        self, rules: RuleSet, tokenizer: Tokenizer, extractor: Extractor, classifier: Classifier
    ) -> None:
        self._extractor = extractor
        self._classifier = classifier
        self._bind: Binder | None = None
        if rules.binding is not None:
            self._words = AttributeWords(
                [*rules.attributes.values()], rules.binding, rules.parents(), tokenizer
            )
            self._bind = Binder(self._words)

    def __call__(
        self,
        reading: Reading,
        made: Sequence[Assertion],
        spelt: Sequence[str],
    ) -> list[Cells]:
        """The attributes of the mentions.

        Args:
            reading: the sentence as it was classified.
            made: the mentions.
            spelt: its tokens as the text spells them, in lower case.
        """
        words, found, heading = reading.words, reading.found, reading.heading
        hits = self._words.find(words, spelt) if self._bind is not None else []
        if self._bind is None or not hits or not made:
            return [NOTHING] * len(made)
        rules = self._extractor.rules
        findings = [rules[m.rule].finding for m in made]
        targets = _targets(found, made, reading.stated)
        if not heading and "termination" not in found.words:
            roles = self._classifier.roles(reading)
            plain = self._bind.plainly(roles, hits, targets, findings)
            if plain is not None:
                return plain
        layout = self._classifier.layout(reading)
        denials = self._classifier.denials(reading)
        return self._bind(words, layout, denials, heading, hits, targets, findings)


def _targets(
    found: Found, made: Sequence[Assertion], stated: Sequence[StatedStructure]
) -> list[Target]:
    """What attribute words may refer to; findings and structures that are no mention draw words, too."""
    out = [Target(m.start, m.end, (n,)) for n, m in enumerate(made)]
    taken = {(m.start, m.end) for m in made}
    for b in stated:
        place = (*b.structure, b.rule)
        mine = [n for n, m in enumerate(made) if (m.start, m.end, m.rule) == place]
        if mine:
            out.append(Target(*b.state, tuple(mine), is_state=True))
            taken.add(b.state)
    for start, end, _ in found.findings:
        if (start, end) not in taken:
            out.append(Target(start, end, ()))
    return out
