"""The doubt about whole reports: what their sentences give, and what only the report shows."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import or_

from labeler.engine.aggregate import View
from labeler.engine.codes import UNCERTAIN, is_silent
from labeler.engine.doubt import (
    Doubt,
    Doubter,
    SignCounts,
    count_background,
    count_reasons,
    may_be_foreign,
)
from labeler.engine.masks import DOUBTS, Masks, signs
from labeler.engine.remember import remembered
from labeler.rules.load import RuleSet
from labeler.rules.schema import DoubtReason
from labeler.text.plain import plain_text
from labeler.text.policies import SectionPicker
from labeler.text.sections import SectionFinder
from labeler.text.sentences import SentenceSplitter
from labeler.types import Section

Texts = Mapping[str, str]
ADDENDUM = "addendum"


class Reviewer:
    """Tells how doubtful reports' labels are.

    Args:
        rules: the rule set.
        finder: finds the sections.
        picker: picks those that are labelled.
        splitter: splits them into sentences.
        masks: what sentences say of labels.
        each: the masks of a section's sentences.
        views: the label sets; the first is the one whose labels are looked at.
    """

    def __init__(
        self,
        rules: RuleSet,
        finder: SectionFinder,
        picker: SectionPicker,
        splitter: SentenceSplitter,
        masks: Masks,
        each: Callable[[Section, Texts], list[int]],
        views: Sequence[View],
    ) -> None:
        self._doubter = Doubter(rules.doubt)
        self._finder = finder
        self._picker = picker
        self._splitter = splitter
        self._longest = rules.sections.longest_sentence
        self._accents = rules.sections.accents
        self._masks = masks
        self._each = each
        self._spread = SignCounts(signs)
        self._ignored = views[0].ignored_places
        self._no_finding = views[0].no_finding
        self._weighed = remembered(self._weigh, 50_000)

    def __call__(self, cells: Texts, *, raw: bool) -> Doubt:
        """The doubt about one report's labels.

        Args:
            cells: section name -> text; of a raw report a single text.
            raw: is the report raw text?
        """
        return self.raw(cells[""]) if raw else self.split(cells)

    def raw(self, text: str) -> Doubt:
        """The doubt about a raw report's labels; none where there is no text."""
        sections = self._finder.find(text)
        texts = dict.fromkeys((section.name for section in sections), text)
        places = self._picker.raw(tuple([section.name for section in sections])).picked
        return self.report(sections, [sections[i] for i in places], texts, {})

    def split(self, texts: Texts) -> Doubt:
        """The doubt about the labels of a report that came split."""
        sections = [Section(name, 0, len(text)) for name, text in texts.items() if text.strip()]
        places = self._picker.split(tuple([section.name for section in sections])).picked
        return self.report(sections, [sections[i] for i in places], texts, {})

    def report(
        self,
        sections: Sequence[Section],
        picked: Sequence[Section],
        texts: Texts,
        seen: Mapping[int, Sequence[int]],
    ) -> Doubt:
        """The doubt about a report's labels.

        Args:
            sections: all its sections.
            picked: those that were labelled.
            texts: section name -> the text that its offsets count into.
            seen: masks of the sentences of sections that are known, by the section's `id`.
        """
        if not sections:
            return Doubt(0.0, ())
        each = [
            seen[id(section)] if id(section) in seen else self._each(section, texts)
            for section in picked
        ]
        spread = self._spread
        added = sum(map(spread.__getitem__, map(DOUBTS.__and__, chain.from_iterable(each))))
        left_out = False
        if len(sections) > len(picked):
            names = tuple([section.name for section in sections])
            rest = self._picker.left_out(names, {section.name for section in picked})
            each_left = [self._each(sections[i], texts) for i in rest]
            against = [self._masks.states(reduce(or_, masks, 0)) for masks in each_left]
            left_out = any(map(any, against))
        pieces = 0
        foreign = may_be_foreign(added)
        if foreign:
            foreign = any(self._doubter.is_foreign(texts[s.name][s.start : s.end]) for s in picked)
        for section in picked:
            if section.end - section.start > self._longest:
                pieces += self._pieces(section, texts[section.name])
        return self._weighed(
            tuple([reduce(or_, masks, 0) for masks in each]),
            added,
            foreign,
            left_out,
            ADDENDUM in [section.name for section in sections],
            pieces,
        )

    def _pieces(self, section: Section, text: str) -> int:
        """How many pieces stretches that are too long to be read whole were cut into."""
        text = plain_text(text, self._accents)
        return sum(s.cut for s in self._splitter.split(text, section.start, section.end))

    def _weigh(
        self,
        masks: tuple[int, ...],
        added: int,
        foreign: bool,
        left_out: bool,
        addendum: bool,
        pieces: int,
    ) -> Doubt:
        mask = reduce(or_, masks, 0)
        labels = self._masks.verdict(mask).labels[0]
        normal = self._no_finding is not None and labels[self._no_finding] == 1
        abnormal = any(
            code in (1, UNCERTAIN) for i, code in enumerate(labels) if i not in self._ignored
        )
        quiet = self._no_finding is not None and not normal and not abnormal
        counts: dict[DoubtReason, int] = count_reasons(added)
        counts["other language"] = foreign
        counts["cut"] = pieces
        counts["long sentence"] = max(counts["long sentence"] - pieces, 0)
        counts["No Finding withheld"] = quiet and self._masks.is_strange(mask)
        counts["hedged once"] = self._masks.hedged_once(mask)
        counts["left out"] = left_out
        counts["sections disagree"] = len(masks) > 1 and self._disagree(masks)
        counts["addendum"] = addendum
        counts["nothing said"] = is_silent(labels)
        return self._doubter.weigh(
            counts,
            {
                "No Finding": normal,
                "nothing abnormal": quiet,
                **count_background(added),
            },
        )

    def _disagree(self, masks: Sequence[int]) -> bool:
        """Does one section state what another denies?"""
        each = [self._masks.verdict(mask).labels[0] for mask in masks]
        return any(
            {0, 1} <= {*codes}
            for i, codes in enumerate(zip(*each, strict=True))
            if i != self._no_finding
        )
