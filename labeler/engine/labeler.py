"""Report text in, labels and evidence out: the three stages behind one object."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import pandas as pd
import regex

from labeler.engine.aggregate import Aggregator
from labeler.engine.arguments import check_sections, report_text, section_names, split_report
from labeler.engine.masks import NOT_MENTIONED, BallotBox, speaks
from labeler.engine.sentence import SentenceLabeler, SentenceMention
from labeler.errors import InputError
from labeler.rules.load import load_rules
from labeler.rules.phrases import expand
from labeler.text.sections import SectionFinder
from labeler.text.sentences import Sentence, SentenceSplitter
from labeler.types import LabeledReport, Mention, Section

Result = TypeVar("Result")
_Pick = Callable[[Sequence[Section], str], list[Section]]
_Texts = Mapping[str, str]
_Hit = tuple[Section, Sentence, SentenceMention]


class Labeler:
    """Labels reports by the rules of one label set.

    Args:
        label_set: name of a folder of rule files, `"chexpert"` or `"chestxray14"`.
        rules: folder with the rule files; the ones that come with the package by default.
        sections: the policy that picks the sections to label, a name in `sections.yaml`.
        cache_size: how many distinct sentences' results are remembered; 0 remembers none.

    Raises:
        RulesError: a rule file is wrong.
        InputError: there is no such label set or section policy.

    Examples:
        >>> from labeler import Labeler
        >>> report = Labeler().label("Small left pleural effusion. No pneumothorax.")
        >>> {name: value for name, value in report.labels.items() if value is not None}
        {'Pneumothorax': 0, 'Pleural Effusion': 1}
    """

    def __init__(
        self,
        label_set: str = "chexpert",
        rules: str | Path | None = None,
        sections: str = "findings+impression",
        *,
        cache_size: int = 200_000,
    ) -> None:
        self.rules = load_rules(label_set, rules)
        self.policy = sections
        self._finder = SectionFinder(self.rules.sections, self.rules.forms)
        self._finder.check_policy(sections)
        self._section_names = section_names(self.rules.sections)
        self._splitter = SentenceSplitter(self.rules.sections, self.rules.forms)
        self._sentence = SentenceLabeler(self.rules, cache_size)
        self._aggregate = Aggregator(self.rules.label_set)
        self._box = BallotBox(self._aggregate)
        # Most sentences stand under no heading: their text alone is the smallest key, and most of
        # those are found by their full stops alone.
        self._plain = lru_cache(maxsize=cache_size)(self._cast_plain)
        self._ballot = lru_cache(maxsize=cache_size)(self._cast)
        self._ballot_under = lru_cache(maxsize=cache_size)(self._cast)
        no_finding = self.rules.label_set.no_finding
        silent = [expand(phrase) for phrase in no_finding.silent] if no_finding else []
        self._silent = frozenset(option for options in silent for option in options)

    @property
    def observations(self) -> tuple[str, ...]:
        """The label set's observations in output order."""
        return self._aggregate.observations

    def label(self, text: str | float | None) -> LabeledReport:
        """Label one report's raw text; offsets of the mentions count into `text`.

        A report that is missing (`None`, NaN) is labelled as one without text: all blank.

        Raises:
            InputError: `text` is neither text nor missing.
        """
        text = report_text(text)
        found = self._finder.find(text)
        return self._label(found, self._finder.pick, dict.fromkeys((s.name for s in found), text))

    def label_sections(self, sections: Mapping[str, str | float | None]) -> LabeledReport:
        """Label a report that is already split; offsets count into the section's own text.

        Args:
            sections: section name -> its text, or `None` or NaN; the names are those of
                `sections.yaml`, of which the policies pick `findings` and `impression`.

        Raises:
            InputError: there is no such section, or one is neither text nor missing.
        """
        texts = split_report(sections, self._section_names)
        return self._label(_whole(texts), self._finder.pick_split, texts)

    def _label(self, sections: Sequence[Section], pick: _Pick, texts: _Texts) -> LabeledReport:
        """Label the sections that the policy picks, evidence included."""
        _, report = self._first_that_speaks(
            sections,
            pick,
            lambda picked: self._report(picked, *self._read(picked, texts), texts),
            lambda report: any(value is not None for value in report.labels.values()),
        )
        return report

    def _elect(
        self, sections: Sequence[Section], pick: _Pick, texts: _Texts
    ) -> tuple[list[Section], bytes]:
        """The sections that the policy picks and their labels, as `BallotBox.elect` gives them."""
        return self._first_that_speaks(
            sections, pick, lambda picked: self._box.elect(self._count(picked, texts)), speaks
        )

    def _first_that_speaks(
        self,
        sections: Sequence[Section],
        pick: _Pick,
        read: Callable[[list[Section]], Result],
        speaks: Callable[[Result], bool],
    ) -> tuple[list[Section], Result]:
        """Read the sections that the policy picks; where it says so, pass over the silent ones."""
        picked = pick(sections, self.policy)
        result = read(picked)
        if self._finder.skips_silent(self.policy) and not speaks(result):
            rest = pick([s for s in sections if s not in picked], self.policy)
            if rest:
                other = read(rest)
                if speaks(other):
                    return rest, other
        return picked, result

    def label_batches(
        self,
        batches: Iterable[pd.DataFrame],
        *,
        text: str | None = None,
        sections: Mapping[str, str] | None = None,
        keep: Iterable[str] = (),
        evidence: bool = False,
    ) -> Iterator[pd.DataFrame]:
        """Label frames of reports one after the other, with constant memory.

        Args:
            batches: frames with either a column of raw report text or a column for each section.
            text: name of the raw text column.
            sections: section name -> column name, e.g. `{"findings": "findings"}`.
            keep: columns to carry through unchanged, ids usually.
            evidence: also give a column `evidence`, for each report a list of dicts with the keys of
                `Mention`; `sentence` among them is the sentence's text.

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
            missing = [name for name in wanted if name not in batch.columns]
            if missing:
                raise InputError(
                    f"no column {missing[0]!r}; the columns are {', '.join(map(str, batch.columns))}"
                )
            texts: Iterable[Mapping[str, str]]
            if text is not None:
                texts = ({"": _text(cell)} for cell in batch[text])
            else:
                names = list(sections or {})
                columns = [batch[column] for column in (sections or {}).values()]
                texts = (
                    {name: _text(cell) for name, cell in zip(names, cells, strict=True)}
                    for cells in zip(*columns, strict=True)
                )
            if evidence:
                yield self._evidence_frame(batch, texts, keep, raw=text is not None)
            else:
                yield self._label_frame(batch, texts, keep, raw=text is not None)

    def label_frame(
        self, frame: pd.DataFrame, text: str | None = None, **sections: str
    ) -> pd.DataFrame:
        """Label a frame of reports.

        Args:
            frame: one report a row.
            text: name of the raw text column; or
            sections: the columns of the sections, `findings="findings", impression="impression"`.

        Returns:
            The observations as nullable `Int8` columns (1, 0, -1, missing) on the frame's index.

        Raises:
            InputError: a column is missing, there is no such section, or it is not said which
                column to take.
        """
        if text is None and not sections:
            text = "report"
        (labels,) = self.label_batches([frame], text=text, sections=sections or None)
        return labels[list(self.observations)]

    def _count(self, picked: Sequence[Section], texts: _Texts) -> int:
        """The ballot of some sections."""
        ballot = 0
        for section in picked:
            text = texts[section.name]
            pieces = self._splitter.cut(text, section.start, section.end)
            casts = list(map(self._plain, pieces))
            if None in casts:
                ballot |= self._count_with_care(text, section)
            else:
                ballot |= reduce(or_, cast("list[int]", casts), 0)
        return ballot

    def _count_with_care(self, text: str, section: Section) -> int:
        """The ballot of a section in which full stops alone do not part the sentences."""
        ballot = 0
        for sentence in self._splitter.split(text, section.start, section.end):
            words = text[sentence.start : sentence.end]
            if sentence.heading_end:
                heading = text[sentence.heading_start : sentence.heading_end]
                ballot |= self._ballot_under(words, heading, sentence.first, sentence.answer)
            else:
                # Most of these are known from where they stood between full stops.
                plain = self._plain(words)
                ballot |= self._ballot(words) if plain is None else plain
        return ballot

    def _cast_plain(self, piece: str) -> int | None:
        """The ballot of a piece that the splitter cut, `None` if it may be no whole sentence."""
        piece = piece.lstrip()
        return self._cast(piece) if self._splitter.is_sentence(piece) else None

    def _cast(self, words: str, heading: str = "", first: bool = True, answer: str = "") -> int:
        votes = self._sentence.votes(words, heading, first, answer)
        # a mention says something; what holds none may still ("The chest is normal.")
        return self._box.ballot(votes, says=bool(votes) or _says_something(words, self._silent))

    def _read(self, picked: Sequence[Section], texts: _Texts) -> tuple[list[_Hit], bool]:
        hits: list[_Hit] = []
        says = False
        for section in picked:
            text = texts[section.name]
            for sentence in self._splitter.split(text, section.start, section.end):
                words = text[sentence.start : sentence.end]
                heading = text[sentence.heading_start : sentence.heading_end]
                mentions = self._sentence(words, heading, sentence.first, sentence.answer)
                hits += [(section, sentence, mention) for mention in mentions]
                says = says or bool(mentions) or _says_something(words, self._silent)
        firm = {hit.observation for _, _, hit in hits if not hit.weak}
        return [h for h in hits if not (h[2].weak and h[2].observation in firm)], says

    def _report(
        self,
        picked: Sequence[Section],
        hits: Sequence[_Hit],
        says: bool,
        texts: _Texts,
    ) -> LabeledReport:
        labels = self._aggregate(
            ((m.observation, m.rule, m.value, m.reason) for _, _, m in hits), says=says
        )
        mentions = []
        for section, sentence, hit in hits:
            text = texts[section.name]
            base = sentence.heading_start if hit.in_heading else sentence.start
            start, end = base + hit.start, base + hit.end
            cue_start = cue_end = -1
            if hit.cue_start >= 0:
                cue_base = sentence.heading_start if hit.cue_in_heading else sentence.start
                cue_start, cue_end = cue_base + hit.cue_start, cue_base + hit.cue_end
            mentions.append(
                Mention(
                    observation=hit.observation,
                    value=hit.value,
                    section=section.name,
                    start=start,
                    end=end,
                    text=text[start:end],
                    cue=text[cue_start:cue_end] if cue_start >= 0 else "",
                    cue_start=cue_start,
                    cue_end=cue_end,
                    rule=hit.rule,
                    sentence=text[min(sentence.start, start) : max(sentence.end, end)],
                    sentence_start=min(sentence.start, start),
                )
            )
        return LabeledReport(labels=labels, mentions=tuple(mentions), sections=tuple(picked))

    def _evidence_frame(
        self,
        batch: pd.DataFrame,
        texts: Iterable[Mapping[str, str]],
        keep: Sequence[str],
        *,
        raw: bool,
    ) -> pd.DataFrame:
        reports = [self.label(cells[""]) if raw else self.label_sections(cells) for cells in texts]
        rows = [
            bytes((NOT_MENTIONED if v is None else v) & 0xFF for v in report.labels.values())
            for report in reports
        ]
        frame = self._frame(batch, keep, rows, [report.sections for report in reports])
        # what only stands in the way of No Finding is no observation of the label set
        known = set(self.observations)
        mentions = [
            [asdict(mention) for mention in report.mentions if mention.observation in known]
            for report in reports
        ]
        frame["evidence"] = pd.Series(mentions, index=frame.index, dtype=object)
        return frame

    def _label_frame(
        self,
        batch: pd.DataFrame,
        texts: Iterable[Mapping[str, str]],
        keep: Sequence[str],
        *,
        raw: bool,
    ) -> pd.DataFrame:
        rows: list[bytes] = []
        sections: list[Sequence[Section]] = []
        for cells in texts:
            if raw:
                found, pick = self._finder.find(cells[""]), self._finder.pick
                cells = dict.fromkeys((section.name for section in found), cells[""])
            else:
                found, pick = _whole(cells), self._finder.pick_split
            picked, labels = self._elect(found, pick, cells)
            rows.append(labels)
            sections.append(picked)
        return self._frame(batch, keep, rows, sections)

    def _frame(
        self,
        batch: pd.DataFrame,
        keep: Sequence[str],
        rows: Sequence[bytes],
        sections: Sequence[Sequence[Section]],
    ) -> pd.DataFrame:
        frame = batch[list(keep)].copy()
        codes = np.frombuffer(b"".join(rows), dtype=np.int8).reshape(-1, len(self.observations))
        for i, name in enumerate(self.observations):
            column = codes[:, i].copy()
            frame[name] = pd.arrays.IntegerArray(column, column == NOT_MENTIONED)
        frame["sections"] = ["+".join(s.name for s in picked) for picked in sections]
        return frame


_NO_WORD = re.compile(r"[\W_]+")
_COMPARED = regex.compile(r" (?:from|since|(?:when |as )?compared|in comparison)\b")


def _whole(texts: _Texts) -> list[Section]:
    """The sections of a report that came split."""
    return [Section(name, 0, len(text)) for name, text in texts.items() if text.strip()]


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _says_something(words: str, silent: frozenset[str]) -> bool:
    plain = _NO_WORD.sub(" ", words.lower()).split()
    said = [word for word in plain if word.isalpha() and word.strip("x")]
    text = " ".join(said)
    # "no change since the last film": what is compared with says nothing either
    head, *compared = _COMPARED.split(text, maxsplit=1)
    return (
        bool(said)
        and text not in silent
        and (head not in silent or not compared or "normal" in compared[0])
    )
