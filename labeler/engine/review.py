"""The doubt about whole reports: what their sentences give, and what only the report shows."""

from collections.abc import Callable, Mapping, Sequence

from labeler.engine.aggregate import View
from labeler.engine.doubt import Doubt, Doubter
from labeler.engine.masks import NOT_MENTIONED, Masks, doubts
from labeler.engine.remember import remembered
from labeler.rules.load import RuleSet
from labeler.rules.schema import DoubtReason
from labeler.text.sections import SectionFinder
from labeler.types import Section

Texts = Mapping[str, str]
ADDENDUM = "addendum"


class Reviewer:
    """Tells how doubtful reports' labels are.

    Args:
        rules: the rule set.
        finder: finds and picks the sections.
        policy: the policy that picks them.
        masks: what sentences say of labels.
        count: the mask of some sections.
        views: the label sets; the first is the one whose labels are looked at.
    """

    def __init__(
        self,
        rules: RuleSet,
        finder: SectionFinder,
        policy: str,
        masks: Masks,
        count: Callable[[Sequence[Section], Texts], int],
        views: Sequence[View],
    ) -> None:
        self._doubter = Doubter(rules.doubt)
        self._finder = finder
        self._policy = policy
        self._masks = masks
        self._count = count
        self._size = len(views[0].observations)
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
        return self.report(sections, self._finder.pick(sections, self._policy), texts, {})

    def split(self, texts: Texts) -> Doubt:
        """The doubt about the labels of a report that came split."""
        sections = [Section(name, 0, len(text)) for name, text in texts.items() if text.strip()]
        return self.report(sections, self._finder.pick_split(sections, self._policy), texts, {})

    def report(
        self,
        sections: Sequence[Section],
        picked: Sequence[Section],
        texts: Texts,
        seen: Mapping[int, int],
    ) -> Doubt:
        """The doubt about a report's labels.

        Args:
            sections: all its sections.
            picked: those that were labelled.
            texts: section name -> the text that its offsets count into.
            seen: masks of sections that are known, by `id`.
        """
        if not sections:
            return Doubt(0.0, ())
        masks = [
            seen[id(section)] if id(section) in seen else self._count([section], texts)
            for section in picked
        ]
        rest = self._finder.left_out(sections, picked, self._policy)
        return self._weighed(
            tuple(masks),
            any(self._doubter.is_foreign(texts[s.name][s.start : s.end]) for s in picked),
            bool(rest) and any(self._masks.states(self._count(rest, texts))),
            any(section.name == ADDENDUM for section in sections),
        )

    def _weigh(
        self, masks: tuple[int, ...], foreign: bool, left_out: bool, addendum: bool
    ) -> Doubt:
        mask = 0
        for one in masks:
            mask |= one
        labels = self._masks.labels(mask)[: self._size]
        flags: dict[DoubtReason, bool] = doubts(mask)
        flags["other language"] = foreign
        flags["left out"] = left_out
        flags["sections disagree"] = len(masks) > 1 and self._disagree(masks)
        flags["addendum"] = addendum
        flags["nothing said"] = all(code == NOT_MENTIONED for code in labels)
        return self._doubter.weigh(flags)

    def _disagree(self, masks: Sequence[int]) -> bool:
        """Does one section state what another denies?"""
        each = [self._masks.labels(mask)[: self._size] for mask in masks]
        return any(
            {0, 1} <= {*codes}
            for i, codes in enumerate(zip(*each, strict=True))
            if i != self._no_finding
        )
