"""An addendum that takes back a finding: what the report said of it before does not count."""

from collections.abc import Iterator, Mapping, Sequence

from labeler.engine.evidence import EvidenceReader, Read
from labeler.engine.sentence import SentenceLabeler, SentenceMention
from labeler.mentions.matcher import lineage
from labeler.rules.schema import EXPLAINED
from labeler.rules.text_schema import SectionsFile
from labeler.text.plain import plain_text
from labeler.text.sentences import Sentence, SentenceSplitter
from labeler.types import ATTRIBUTES, SIDE, Section

_SIDE = ATTRIBUTES.index(SIDE)
_Taken = list[tuple[str, str]]
"""Findings that are taken back, each with its side, `""` for any."""


class Amendments:
    """Reads reports whose addendum takes something back.

    It does so by denying a finding ("there is no pneumothorax"), or by saying what it really is ("the nodule is
    a nipple shadow"), if it does not state the finding as well. The finding, its kinds and what it is a kind of
    then do not count in the other sections, unless another side is named there.

    Args:
        rules: `sections.yaml`: which sections amend the others.
        parents: finding id -> its parents' ids, for all findings.
        splitter: splits sections into sentences.
        sentence: reads sentences.
        evidence: reads them for labels.
    """

    def __init__(
        self,
        rules: SectionsFile,
        parents: Mapping[str, Sequence[str]],
        splitter: SentenceSplitter,
        sentence: SentenceLabeler,
        evidence: EvidenceReader,
    ) -> None:
        self._names = frozenset(rules.amending)
        self._accents = rules.accents
        self._lines = {finding: frozenset(lineage(finding, parents)) for finding in parents}
        self._splitter = splitter
        self._sentence = sentence
        self._evidence = evidence

    def __call__(self, picked: Sequence[Section], texts: Mapping[str, str]) -> list[Read]:
        """What the sentences of some sections say after the amendment; nothing where none is made.

        Args:
            picked: the sections.
            texts: section name -> the text that its offsets count into.
        """
        amending: list[Section] = []
        for section in picked:
            if section.name in self._names:
                amending.append(section)
        if not amending or len(amending) == len(picked):
            return []
        taken = self._taken(amending, texts)
        if not taken:
            return []

        def counts(mention: SentenceMention) -> bool:
            return not mention.value or not any(self._same(mention, *one) for one in taken)

        out: list[Read] = []
        for section in picked:
            own = None if section in amending else counts
            placed = [
                (self._evidence.read(*said, own), *sentence[:3])
                for sentence, said in self._sentences(section, texts)
            ]
            out.append((section, placed))
        return out

    def _taken(self, amending: Sequence[Section], texts: Mapping[str, str]) -> _Taken:
        """What the amending sections take back."""
        stated: set[str] = set()
        taken: _Taken = []
        for section in amending:
            for _, said in self._sentences(section, texts):
                mentions, silence = self._sentence.analyse(*said)
                taken += [(finding, "") for finding in silence.explained]
                for mention in mentions:
                    reasons = {mention.reason, *(remark.reason for remark in mention.remarks)}
                    if mention.value and EXPLAINED not in reasons:
                        stated.add(mention.finding)
                    else:
                        taken.append((mention.finding, mention.attributes[_SIDE]))
        return [one for one in taken if one[0] not in stated]

    def _sentences(
        self, section: Section, texts: Mapping[str, str]
    ) -> Iterator[tuple[Sentence, tuple[str, str, bool, str]]]:
        """The sentences of a section, each with what reading it needs."""
        text = plain_text(texts[section.name], self._accents)
        for sentence in self._splitter.split(text, section.start, section.end):
            heading = text[sentence.heading_start : sentence.heading_end]
            words = text[sentence.start : sentence.end]
            yield sentence, (words, heading, sentence.first, sentence.answer)

    def _same(self, mention: SentenceMention, finding: str, side: str) -> bool:
        """Is a mention about a finding on a side, `""` for any?"""
        related = finding in self._lines[mention.finding] or mention.finding in self._lines[finding]
        return related and (not side or mention.attributes[_SIDE] in ("", side))
