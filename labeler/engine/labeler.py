"""Report text in, labels and evidence out: the three stages behind one object."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from operator import or_
from pathlib import Path

import pandas as pd

from labeler.assertion.cues import CueTable, MakeFinder
from labeler.engine.aggregate import View
from labeler.engine.amendments import Amendments
from labeler.engine.arguments import (
    check_columns,
    check_sections,
    frame_texts,
    report_text,
    section_names,
    split_report,
    whole_sections,
)
from labeler.engine.codes import decode, is_silent
from labeler.engine.doubt import Doubt
from labeler.engine.evidence import EvidenceReader, Read, Row, merged
from labeler.engine.exchange import Exchange
from labeler.engine.frames import add_doubt, label_frame
from labeler.engine.masks import Masks, Verdict
from labeler.engine.memory import SentenceMemory
from labeler.engine.portable import Portable
from labeler.engine.remember import weak, without_collection
from labeler.engine.review import Reviewer
from labeler.engine.sentence import SentenceLabeler, SentenceMention
from labeler.errors import InputError
from labeler.rules.languages import AUTO
from labeler.rules.load import LANGUAGE, load_rules
from labeler.text.plain import plain_text
from labeler.text.policies import SectionPicker, Selection
from labeler.text.sections import SectionFinder
from labeler.text.sentences import SentenceSplitter
from labeler.types import LabeledReport, Mention, Section

_Pick = Callable[[tuple[str, ...]], Selection]
_Texts = Mapping[str, str]


class Labeler(Portable):
    """Labels reports by the rules of one label set, or of several that are read in one pass.

    Safe to use from several threads at a time, and can be pickled (joblib, multiprocessing, dask).

    Args:
        label_set: name of a label set, `"chexpert"` for example, or several names. With several, labels are
            named `"chexpert:Edema"` in frames and mentions, and a report's `label_sets` hold the labels by set.
        rules: folder with the rule files; the ones that come with the package by default.
        sections: the policy that picks the sections to label, a name in `sections.yaml`.
        language: the language of the reports, a folder of the rule folder; `"auto"` tells it report by report.
        cache_size: how many distinct sentences' results are remembered; 0 remembers none.
        cue_finder: how cues are found: in tables, or with `labeler.assertion.negex.NegexCues` by negspacy.

    Raises:
        RulesError: a rule file is wrong.
        InputError: there is no such label set or section policy.

    Examples:
        >>> from labeler import Labeler
        >>> report = Labeler().label("Small left pleural effusion. No pneumothorax.")
        >>> {name: value for name, value in report.labels.items() if value is not None}
        {'Pneumothorax': 0, 'Pleural Effusion': 1}
    """

    def __new__(cls, *_: object, language: str = LANGUAGE, **__: object) -> "Labeler":
        """A labeler of one language, or with `language="auto"` of all that have rules."""
        if language == AUTO and cls is Labeler:
            from labeler.engine.languages import AutoLabeler

            cls = AutoLabeler
        return super().__new__(cls)

    def __init__(
        self,
        label_set: str | Sequence[str] = "chexpert",
        rules: str | Path | None = None,
        sections: str = "findings+impression",
        *,
        language: str = LANGUAGE,
        cache_size: int = 200_000,
        cue_finder: MakeFinder = CueTable,
    ) -> None:
        self.rules = load_rules(label_set, rules, language)
        super().__init__(label_set, rules, sections, language, cache_size, cue_finder)
        self.policy = sections
        self._exchange: Exchange | None = None
        with without_collection():
            self._finder = SectionFinder(self.rules.sections, self.rules.forms)
            self._picker = SectionPicker(self.rules.sections, sections)
            self._section_names = section_names(self.rules.sections)
            self._splitter = SentenceSplitter(self.rules.sections, self.rules.forms)
            self.sentences = SentenceLabeler(self.rules, cue_finder)
            parents = self.rules.parents()
            self.views = tuple(View(labels, parents) for labels in self.rules.label_sets.values())
            self._masks = Masks(self.views)
            self.reviewer = Reviewer(
                self.rules,
                self._finder,
                self._picker,
                self._splitter,
                self._masks,
                weak(self._each),
                self.views,
            )
            accents = self.rules.sections.accents
            self._evidence = EvidenceReader(self.sentences, self._masks, self.views)
            self._amendments = Amendments(
                self.rules.sections, parents, self._splitter, self.sentences, self._evidence
            )
            self._known = SentenceMemory(weak(self._mask), self._splitter, accents, cache_size)
            self._known_sayings = SentenceMemory(
                weak(self._evidence.read), self._splitter, accents, cache_size
            )

    @property
    def observations(self) -> tuple[str, ...]:
        """The labels in output order; with several label sets each with its set's name: `"chexpert:Edema"`."""
        return tuple(self.rules.columns)

    def exchange_with(self, exchange: Exchange) -> None:
        """Tell other processes what sentences say, and hear it from them."""
        self._exchange = exchange

    def label(self, text: str | float | None) -> LabeledReport:
        """Label one report's raw text; offsets of the mentions count into `text`.

        A report that is missing (`None`, NaN) is labelled as one without text: all blank.

        Raises:
            InputError: `text` is neither text nor missing.
        """
        text = report_text(text)
        found = self._finder.find(text)
        return self._label(found, self._picker.raw, dict.fromkeys((s.name for s in found), text))

    def label_sections(self, sections: Mapping[str, str | float | None]) -> LabeledReport:
        """Label a report that is already split; offsets count into the section's own text.

        Args:
            sections: section name -> its text, or `None` or NaN; the names are those of
                `sections.yaml`, of which the policies pick `findings` and `impression`.

        Raises:
            InputError: there is no such section, or one is neither text nor missing.
        """
        texts = split_report(sections, self._section_names)
        return self._label(whole_sections(texts), self._picker.split, texts)

    def findings(self, sections: Mapping[str, str | float | None]) -> list[SentenceMention]:
        """The findings of all sections given, as they are read before any label set looks at them."""
        texts = split_report(sections, self._section_names)
        found: list[SentenceMention] = []
        for section in whole_sections(texts):
            text = plain_text(texts[section.name], self.rules.sections.accents)
            for sentence in self._splitter.split(text, section.start, section.end):
                words = text[sentence.start : sentence.end]
                heading = text[sentence.heading_start : sentence.heading_end]
                found += self.sentences.analyse(words, heading, sentence.first, sentence.answer)[0]
        return found

    def _label(self, sections: Sequence[Section], pick: _Pick, texts: _Texts) -> LabeledReport:
        """Label the sections that the policy picks, evidence included."""
        chosen, rows = self._show(sections, pick, texts)
        labels = {
            view.name: dict(zip(view.observations, decode(codes), strict=True))
            for view, (_, codes) in zip(self.views, chosen, strict=True)
        }
        return LabeledReport(
            labels=labels[self.views[0].name],
            mentions=tuple([Mention(**row) for row in rows]),
            sections=tuple(chosen[0][0]),
            label_sets=labels,
        )

    def _show(
        self,
        sections: Sequence[Section],
        pick: _Pick,
        texts: _Texts,
        seen: dict[int, list[int]] | None = None,
        *,
        others: bool = True,
    ) -> tuple[list[tuple[list[Section], bytes]], list[Row]]:
        """What `_choose` gives, and the evidence for it; `seen` as in `_count`, `others` as in `rows`."""
        readings: dict[int, list[Read]] = {}

        def read(picked: list[Section]) -> Verdict:
            said: list[Read] = []
            for section in picked:
                found = self._known_sayings.placed(section, texts[section.name])
                said.append((section, found))
                if seen is not None:
                    seen[id(section)] = [placed[0].mask for placed in found]
            said = self._amendments(picked, texts) or said
            readings[id(picked)] = said
            return self._masks.verdict(merged(said))

        chosen = self._choose(sections, pick, read, texts)
        rows = [
            row
            for i, (picked, _) in enumerate(chosen)
            for row in self._evidence.rows(readings[id(picked)], i, texts, others=others)
        ]
        if len(self.views) > 1:  # label set after label set becomes mention after mention
            places = {id(section): place for place, section in enumerate(sections)}
            rows.sort(key=lambda made: (places[id(made[0])], made[1]["start"], made[1]["end"]))
        return chosen, [row for _, row in rows]

    def _choose(
        self,
        sections: Sequence[Section],
        pick: _Pick,
        read: Callable[[list[Section]], Verdict],
        texts: _Texts,
    ) -> list[tuple[list[Section], bytes]]:
        """For each label set the sections that are labelled, and their labels.

        These are the sections that the policy picks. Where they mention no label of the set, others may be
        read instead: the next that the policy picks, or a preliminary reading. A finding in text that
        nobody chose to leave out takes No Finding away, and so does one that a recommendation states.
        """
        selection = pick(tuple([section.name for section in sections]))
        picked = [sections[i] for i in selection.picked]
        verdict = read(picked)
        chosen = [(picked, labels) for labels in verdict.labels]
        if verdict.silent and selection.instead:
            rest = [sections[i] for i in selection.instead]
            others = read(rest).labels
            chosen = [
                (rest, other) if is_silent(labels) and not is_silent(other) else (own, labels)
                for (own, labels), other in zip(chosen, others, strict=True)
            ]
        if selection.left_out or selection.advising:
            against = self._count([sections[i] for i in selection.left_out], texts)
            advised = self._count([sections[i] for i in selection.advising], texts)
            withdrawn = self._masks.withdrawn(against, advised)
            if True in withdrawn:
                chosen = [
                    (own, view.without_no_finding(labels) if taken else labels)
                    for view, taken, (own, labels) in zip(
                        self.views, withdrawn, chosen, strict=True
                    )
                ]
        return chosen

    def label_batches(
        self,
        batches: Iterable[pd.DataFrame],
        *,
        text: str | None = None,
        sections: Mapping[str, str] | None = None,
        keep: Iterable[str] = (),
        evidence: bool = False,
        doubt: bool = False,
    ) -> Iterator[pd.DataFrame]:
        """Label frames of reports one after the other, with constant memory.

        Args:
            batches: frames with either a column of raw report text or a column for each section.
            text: name of the raw text column.
            sections: section name -> column name, e.g. `{"findings": "findings"}`.
            keep: columns to carry through unchanged, ids usually.
            evidence: also give a column `evidence`, for each report a list of dicts with the keys of
                `Mention`; `sentence` among them is the sentence's text.
            doubt: also give the columns `doubt`, 0 to 1, and `reasons`, joined by `;`.

        Yields:
            A frame for each frame, on its index: the kept columns, the observations as nullable `Int8`
            (1, 0, -1, missing), and `sections`, the names of the sections labelled joined by `+`
            (`""` for a report without text).

        Raises:
            InputError: neither or both of `text` and `sections` are given, a column is missing, or
                there is no such section.
        """
        if (text is None) == (sections is None):
            raise InputError("give either the raw text column or the section columns")
        check_sections(sections or (), self._section_names)
        keep = list(keep)
        for batch in batches:
            wanted = [*keep, *([text] if text is not None else (sections or {}).values())]
            check_columns(batch, wanted)
            texts = frame_texts(batch, text, sections or {})
            raw = text is not None
            yield self._frame(batch, texts, keep, raw=raw, evidence=evidence, doubt=doubt)

    def label_frame(
        self, frame: pd.DataFrame, text: str | None = None, *, doubt: bool = False, **sections: str
    ) -> pd.DataFrame:
        """Label a frame of reports.

        Args:
            frame: one report a row.
            text: name of the raw text column; or
            doubt: also give the columns `doubt`, 0 to 1, and `reasons`, joined by `;`.
            sections: the columns of the sections, `findings="findings", impression="impression"`.

        Returns:
            The observations as nullable `Int8` columns (1, 0, -1, missing) on the frame's index.

        Raises:
            InputError: a column is missing, there is no such section, or it is not said which
                column to take.
        """
        if text is None and not sections:
            text = "report"
        (labels,) = self.label_batches([frame], text=text, sections=sections or None, doubt=doubt)
        return labels[[*self.observations, *(["doubt", "reasons"] if doubt else [])]]

    def _read(
        self, picked: Sequence[Section], texts: _Texts, seen: dict[int, list[int]] | None
    ) -> Verdict:
        """The labels of some sections."""
        return self._masks.verdict(self._count(picked, texts, seen))

    def _count(
        self,
        picked: Sequence[Section],
        texts: _Texts,
        seen: dict[int, list[int]] | None = None,
    ) -> int:
        """The mask of some sections; into `seen` those of the sentences of each, by the section's `id`."""
        if amended := self._amendments(picked, texts):
            return merged(amended)
        every = 0
        for section in picked:
            masks = self._each(section, texts)
            every = reduce(or_, masks, every)
            if seen is not None:
                seen[id(section)] = masks
        return every

    def _each(self, section: Section, texts: _Texts) -> list[int]:
        """The masks of a section's sentences."""
        return self._known.each(section, texts[section.name])

    def _mask(self, words: str, heading: str, first: bool, answer: str) -> int:
        if self._exchange is None:
            return self._mask_alone(words, heading, first, answer)
        return self._exchange.get((words, heading, first, answer), self._mask_alone)

    def _mask_alone(self, words: str, heading: str, first: bool, answer: str) -> int:
        return self._masks.mask(*self.sentences.statements(words, heading, first, answer))

    def _frame(
        self,
        batch: pd.DataFrame,
        texts: Iterable[Mapping[str, str]],
        keep: Sequence[str],
        *,
        raw: bool,
        evidence: bool,
        doubt: bool,
    ) -> pd.DataFrame:
        """The frame of a batch, as `label_batches` yields it."""
        rows: list[bytes] = []
        mentions: list[list[Row]] = []
        doubts: list[Doubt] = []
        seen: dict[int, list[int]] | None = {} if doubt else None
        sections: list[Sequence[Section]] = []
        for cells in texts:
            if raw:
                found, pick = self._finder.find(cells[""]), self._picker.raw
                cells = dict.fromkeys([section.name for section in found], cells[""])
            else:
                found, pick = whole_sections(cells), self._picker.split
            if evidence:
                # a finding that no label takes is no evidence for a label
                chosen, shown = self._show(found, pick, cells, seen, others=False)
                mentions.append(shown)
            else:
                read = partial(self._read, texts=cells, seen=seen)
                chosen = self._choose(found, pick, read, cells)
            if seen is not None:
                doubts.append(self.reviewer.report(found, chosen[0][0], cells, seen))
                seen.clear()
            rows.append(b"".join([labels for _, labels in chosen]))
            sections.append(chosen[0][0])
        frame = label_frame(batch, keep, rows, sections, self.observations)
        if evidence:
            frame["evidence"] = pd.Series(mentions, index=frame.index, dtype=object)
        return add_doubt(frame, doubts) if doubt else frame
