"""Is all that a sentence says understood, and does it state something normal?

No Finding rests on this: it holds where something normal is said, and nothing is left that may be
abnormal and was not understood; `silent.yaml` declares both. A word that no rule knows is read like a
finding of an unknown kind: where a cue denies it, it does not matter; otherwise it may be anything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from labeler.assertion.classifier import Assertion, Classifier
from labeler.assertion.reading import Reading
from labeler.engine.doubt import sentence_doubts
from labeler.mentions.matcher import (
    ABNORMAL_WORDS,
    ABSENT_WORDS,
    NORMAL,
    NORMAL_WORDS,
    REMARK,
    REMARK_BEHIND,
    WORSE_WORDS,
    Extractor,
    Found,
    Span,
)
from labeler.rules.load import RuleSet, phrase_lists
from labeler.text.bits import places
from labeler.text.lexicon import ANATOMY, KNOWN, NAMED
from labeler.text.prepared import Prepared
from labeler.text.sentences import FURTHER
from labeler.text.tokens import Tokenizer

_UNKNOWN = "unknown"
_NORMAL = "normal"
_ANSWERS = {"present": 1, "absent": 0, _NORMAL: 0, "uncertain": -1}
_SHORT = 5
"""Letters; the ending of a word so short is no ending."""


class Silence(NamedTuple):
    """What a sentence contributes to No Finding.

    Attributes:
        normal: it states something normal, apart from the findings that it denies.
        strange: it holds something that may be abnormal and was not understood.
        spoken: it refers to the body at all, in whatever way.
        unknown: how many of its words no rule knows.
        doubts: bits of the reasons to doubt it, from `labeler.engine.doubt`.
        explained: the findings that it says are something else; not joined.
    """

    normal: bool
    strange: bool
    spoken: bool
    unknown: int
    doubts: int = 0
    explained: tuple[str, ...] = ()


UNSAID = Silence(normal=False, strange=False, spoken=False, unknown=0)


class Understanding:
    """Judges sentences.

    Args:
        rules: the rule set.
        tokenizer: folds the words of the rules as those of reports.
        extractor: knows the phrases of the rules.
        classifier: tells whether what is unspecific, or unknown, is denied.
        prepared: what earlier runs made of the phrases.
    """

    def __init__(
        self,
        rules: RuleSet,
        tokenizer: Tokenizer,
        extractor: Extractor,
        classifier: Classifier,
        prepared: Prepared,
    ) -> None:
        self._extractor = extractor
        self._classifier = classifier
        self._judges = bool(rules.silent.words)
        self._harmless = tuple(rules.silent.harmless_endings)
        anatomy = prepared.get("anatomy", lambda: tokenizer.vocabulary(rules.silent.anatomy))
        known = prepared.get(
            "vocabulary", lambda: anatomy | tokenizer.vocabulary(_vocabulary(rules))
        )
        named = anatomy | extractor.finding_words
        classifier.lexicon.mark({KNOWN: known, NAMED: named, ANATOMY: anatomy})

    def __call__(
        self,
        reading: Reading,
        said: Sequence[Assertion],
        answer: str = "",
    ) -> Silence:
        """Judge one sentence.

        Args:
            reading: the sentence with what extraction found in it.
            said: its mentions with their values.
            answer: what the sentence means if it is an answer, from `Sentence`.
        """
        words, found = reading.words, reading.found
        roles = self._classifier.roles(reading)
        idle = roles.idle & ~found.taken if said else 0
        idle = idle >> reading.heading << reading.heading
        unknown = self._runs(words, roles.strange & ~found.taken) if self._judges else []
        kinds = _unspecific(found)
        normal = answer == _NORMAL or (not answer and NORMAL_WORDS in kinds.values())
        kinds = {span: kind for span, kind in kinds.items() if kind != NORMAL_WORDS}
        spoken = normal or bool(roles.anatomy or said or kinds or found.named or found.states)
        kinds |= dict.fromkeys(unknown, _UNKNOWN)
        strange = False
        if kinds:
            normal, strange = self._weigh(reading, kinds, answer, normal=normal)
        doubts = sentence_doubts(
            roles.size,
            said,
            found,
            cues=sum(map(len, reading.cues.values())),
            unknown=unknown,
            judged=self._judges,
            unread=idle != 0 and _unread(reading, said, idle),
            idle=spoken and not (said or normal or strange or found.words.get(REMARK)),
            refers=roles.pronoun != 0,
        )
        return Silence(normal, strange, spoken, len(unknown), doubts)

    def _runs(self, words: Sequence[str], strange: int) -> list[Span]:
        """Words that no rule knows, those beside each other as one, without those of a harmless ending."""
        runs: list[Span] = []
        for i in places(strange):
            word = words[i]
            if len(word) < 2 or (len(word) > _SHORT and word.endswith(self._harmless)):
                continue
            if runs and runs[-1][1] == i:
                runs[-1] = runs[-1][0], i + 1
            else:
                runs.append((i, i + 1))
        return runs

    def _weigh(
        self, reading: Reading, kinds: Mapping[Span, str], answer: str, *, normal: bool
    ) -> tuple[bool, bool]:
        """Do unspecific and unknown words state something normal, and something strange?

        Args:
            reading: the sentence.
            kinds: their places.
            answer: what the sentence means if it is an answer.
            normal: does it state something normal anyway?
        """
        strange = False
        aside = _aside(reading.roles.size if reading.roles else 0, reading.found)
        for span, value in self._values(reading, kinds, answer):
            kind = kinds.get(span, _UNKNOWN)  # "a small one" stands for what is unknown, too
            if value == 0:
                normal = normal or kind in (ABNORMAL_WORDS, ABSENT_WORDS)
            elif kind == WORSE_WORDS:
                strange = strange or value == 1
            elif kind != ABSENT_WORDS and span[0] not in aside:
                strange = True
        return normal, strange

    def _values(
        self,
        reading: Reading,
        places: Iterable[Span],
        answer: str,
    ) -> Iterator[tuple[Span, int]]:
        """Places of unspecific and unknown words, and whether they are stated, hedged or denied."""
        if answer and answer != FURTHER:
            for place in places:
                if place[0] < reading.heading and answer in _ANSWERS:
                    yield place, _ANSWERS[answer]
            return
        unnamed = self._extractor.unnamed
        more = [(start, end, unnamed) for start, end in places]
        found = reading.found
        every = found.with_findings(sorted(found.findings + more))
        for made in self._classifier(reading.again(every, unnamed)):
            yield (made.start, made.end), made.value


def _vocabulary(rules: RuleSet) -> Iterator[str]:
    """Every word of the rules that by itself names no finding."""
    for words in rules.silent.words.values():
        yield from words
    for group in rules.cue_groups.values():
        for cues in group.cues:
            yield from cues.phrases
    for file in rules.findings.values():
        for finding in file.findings:
            for structure in finding.structures:
                yield from structure.phrases
    for _, phrases in phrase_lists(rules.clauses):
        yield from phrases
    sections = rules.sections
    yield from (*sections.view_words, *sections.views, *sections.title_words, *rules.forms.names)


def _unspecific(found: Found) -> dict[Span, str]:
    """The places of words like "normal" and "abnormal", and their kinds."""
    kinds: dict[Span, str] = {}
    for kind in (ABSENT_WORDS, WORSE_WORDS, ABNORMAL_WORDS, NORMAL_WORDS):
        for span in found.words.get(kind, ()):
            # what a rule names is that rule's business: "airspace disease", "nipple shadow"
            if not _held(span, found.named):
                kinds[span] = kind
    # "without alteration" is one state, and a normal one
    for start, end, states in found.states:
        if end - start > 1 and NORMAL in states.values():
            kinds[start, end] = NORMAL_WORDS
    if len(kinds) < 2:
        return kinds
    # the "normal" of "not normal" is none, nor is the "abnormality" of "negative abnormality" one
    return {span: kind for span, kind in kinds.items() if not _held(span, kinds.keys() - {span})}


def _unread(reading: Reading, said: Sequence[Assertion], idle: int) -> bool:
    """Does one of some tokens belong neither to a mention nor to a cue?"""
    for made in said:
        idle &= ~((1 << made.end) - (1 << made.start))
    for cues in reading.cues.values():
        for cue in cues:
            idle &= ~((1 << cue.end) - (1 << cue.start))
    return idle != 0


def _held(span: Span, others: Iterable[Span]) -> bool:
    """Does another span hold it, or stand at the same place?"""
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _aside(size: int, found: Found) -> range:
    """The tokens of a remark, in which a word that is not understood does not matter."""
    if found.words.get(REMARK):
        return range(size)
    behind = found.words.get(REMARK_BEHIND, ())
    return range(min((start for start, _ in behind), default=size), size)
