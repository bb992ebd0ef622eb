"""One sentence through stages 1 and 2."""

from collections.abc import Sequence
from typing import NamedTuple

from labeler.assertion.attributes import NOTHING, Cells
from labeler.assertion.attribution import Attribution
from labeler.assertion.classifier import Assertion, Classifier
from labeler.assertion.cues import CueTable, MakeFinder, Remark
from labeler.assertion.reading import Reading
from labeler.engine.doubt import BLANK, blanked
from labeler.engine.pairs import PairReader
from labeler.engine.remember import without_collection
from labeler.engine.understood import UNSAID, Silence, Understanding
from labeler.mentions.matcher import Extractor
from labeler.rules.load import RuleSet
from labeler.text.prepared import Prepared
from labeler.text.tokens import Place, Tokenizer


class SentenceMention(NamedTuple):
    """A mention by itself; offsets count from the sentence's start, or from the heading's."""

    finding: str
    rule: str
    value: int
    reason: str
    start: int
    end: int
    in_heading: bool
    cue_start: int
    cue_end: int
    cue_in_heading: bool
    weak: bool
    remarks: tuple[Remark, ...]
    """With cues in characters, as `(start, end, in the heading)`."""
    attributes: Cells = NOTHING


class Statement(NamedTuple):
    """What a mention says of the report, without its place."""

    finding: str
    value: int
    reason: str
    remarks: tuple[Remark, ...]
    weak: bool


def statement_of(mention: SentenceMention) -> Statement:
    """The same without its place."""
    remarks = _bare(mention.remarks)
    return Statement(mention.finding, mention.value, mention.reason, remarks, mention.weak)


def _bare(remarks: tuple[Remark, ...]) -> tuple[Remark, ...]:
    """Remarks without the places of their cues."""
    return tuple([remark._replace(cue=()) for remark in remarks]) if remarks else ()


class SentenceLabeler:
    """Extracts and classifies the mentions of sentences.

    Args:
        rules: the rule set.
        finder: makes what finds the cues of the groups.
    """

    def __init__(self, rules: RuleSet, finder: MakeFinder = CueTable) -> None:
        prepared = Prepared(rules)
        self._tokenizer = tokenizer = Tokenizer(rules.spelling)
        self._extractor = Extractor(rules, tokenizer, prepared)
        self._classifier = Classifier(rules, tokenizer, self._extractor, finder, prepared)
        for word in rules.spelling.kept:
            tokenizer.norm(word)
        self._understanding = Understanding(
            rules, tokenizer, self._extractor, self._classifier, prepared
        )
        tokenizer.recall(prepared.get("words", lambda: tokenizer.known))
        prepared.remember()
        tokenizer.correct_towards(self._extractor.finding_words)
        self._rules = rules
        self._attributes: Attribution | None = None
        self._pairs = PairReader(
            self._classifier, self._extractor.rules, tokenizer.words(rules.forms.denial)
        )

    def analyse(
        self, sentence: str, heading: str, first: bool, answer: str
    ) -> tuple[tuple[SentenceMention, ...], Silence]:
        """The mentions of one sentence, and what it contributes to No Finding.

        Args:
            sentence: its text.
            heading: the name of a form that it is a value of, `""` for none.
            first: does it stand right behind the name?
            answer: what it means if it is an answer, from `Sentence`.
        """
        words, places = self._tokenizer.placed(sentence)
        spelt = _spelt(sentence, places)
        size = 0
        if heading:
            head, head_places = self._tokenizer.placed(heading)
            size = len(head) + 1
            words = (*head, ":", *words)
            colon = len(heading), len(heading)
            places = [*head_places, colon, *places]
            spelt = [*_spelt(heading, head_places), "", *spelt]
        if not words:
            return (), UNSAID
        reading, said, silence = self._made(words, size, first, answer, sentence)
        if not said:
            return (), silence
        if self._attributes is None:  # runs for labels only need none
            with without_collection():
                self._attributes = Attribution(
                    self._rules, self._tokenizer, self._extractor, self._classifier
                )
        attributes = self._attributes(reading, said, spelt)
        return tuple(
            [
                self._mention(one, cells, places, size)
                for one, cells in zip(said, attributes, strict=True)
            ]
        ), silence

    def _mention(
        self, made: Assertion, attributes: Cells, places: Sequence[Place], size: int
    ) -> SentenceMention:
        """A mention in characters.

        Args:
            made: the mention in tokens.
            attributes: its attributes.
            places: where the tokens stand, those of the heading in it.
            size: how many of them are the heading's.
        """
        rule = self._extractor.rules[made.rule]
        # what spans the name and the value is shown in the name; no mention is the colon alone
        begin = made.start + (made.start == size - 1)
        in_heading = begin < size
        last = (min(made.end, size) if in_heading else made.end) - 1
        cue_start, cue_end, cue_in_heading = _place(made.cue, places, size) or (-1, -1, 0)
        return SentenceMention(
            rule.finding,
            rule.id,
            made.value,
            made.reason,
            places[begin][0],
            places[last][1],
            in_heading,
            cue_start,
            cue_end,
            bool(cue_in_heading),
            made.weak,
            tuple(
                [
                    Remark(name, value, reason, _place(cue, places, size))
                    for name, value, reason, cue in made.remarks
                ]
            )
            if made.remarks
            else (),
            attributes,
        )

    def statements(
        self, sentence: str, heading: str, first: bool, answer: str
    ) -> tuple[tuple[Statement, ...], Silence]:
        """What the mentions say, without their places: for half the time."""
        norms = self._tokenizer.norms(sentence)
        size = 0
        if heading:
            head = (*self._tokenizer.norms(heading), ":")
            size, norms = len(head), head + norms
        if not norms:
            return (), UNSAID
        rules = self._extractor.rules
        _, said, silence = self._made(norms, size, first, answer, sentence)
        statements = [
            Statement(rules[m.rule].finding, m.value, m.reason, _bare(m.remarks), m.weak)
            for m in said
        ]
        return tuple(statements), silence

    def _made(
        self, words: Sequence[str], heading: int, first: bool, answer: str, sentence: str
    ) -> tuple[Reading, list[Assertion], Silence]:
        """The mentions of a sentence in tokens, all that they were made from, and what is understood.

        Args:
            words: its tokens, before them those of a name that it is a value of.
            heading: how many of them are the name's and its colon.
            first, answer: from `Sentence`.
            sentence: its text.
        """
        reading, said = self._classifier.read(words, heading)
        if heading:
            said = list(self._pairs(words, heading, first, answer))
        silence = self._understanding(reading, said, answer)
        if said and blanked(sentence):
            silence = silence._replace(doubts=silence.doubts | BLANK)
        if reading.explained:
            rules = self._extractor.rules
            found = tuple([rules[rule].finding for rule in reading.explained])
            silence = silence._replace(explained=found)
        return reading, said, silence


def _spelt(text: str, places: Sequence[Place]) -> list[str]:
    """The tokens of a text as it spells them, in lower case."""
    if not text.isascii():  # a letter's lower case may be longer
        return [text[start:end].lower() for start, end in places]
    lower = text.lower()
    return [lower[start:end] for start, end in places]


def _place(cue: Sequence[int], places: Sequence[Place], size: int) -> tuple[int, ...]:
    """Where a cue stands in characters: start, end, and 1 if in the heading of `size` tokens; or nothing.

    Of a cue that stands on both sides (": none") the part in the sentence is shown.
    """
    if not cue:
        return ()
    low = high = -1
    in_heading = max(cue) < size
    for i in cue:
        if in_heading or i >= size:
            start, end = places[i]
            if low < 0 or start < low:
                low = start
            if end > high:
                high = end
    return low, high, int(in_heading)
