"""Report text in, labels and evidence out: the three stages behind one object."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import regex

from labeler.aggregate import Aggregator
from labeler.errors import InputError
from labeler.rules.load import load_rules
from labeler.rules.phrases import expand
from labeler.sections import SectionFinder
from labeler.sentence_labels import SentenceLabeler, SentenceMention
from labeler.sentences import Sentence, SentenceSplitter
from labeler.types import LabeledReport, Mention, Section

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
        self._finder = SectionFinder(self.rules.sections)
        self._finder.check_policy(sections)
        self._splitter = SentenceSplitter(self.rules.sections)
        self._sentence = SentenceLabeler(self.rules, cache_size)
        self._aggregate = Aggregator(self.rules.label_set)
        no_finding = self.rules.label_set.no_finding
        silent = [expand(phrase) for phrase in no_finding.silent] if no_finding else []
        self._silent = frozenset(option for options in silent for option in options)

    @property
    def observations(self) -> tuple[str, ...]:
        """The label set's observations in output order."""
        return self._aggregate.observations

    def label(self, text: str) -> LabeledReport:
        """Label one report's raw text; offsets of the mentions count into `text`."""
        found = self._finder.find(text)
        return self._first_that_speaks(
            found, self._finder.pick, dict.fromkeys((s.name for s in found), text)
        )

    def label_sections(self, sections: Mapping[str, str]) -> LabeledReport:
        """Label a report that is already split; offsets count into the section's own text.

        Args:
            sections: section name -> its text; `findings` and `impression` are what the policies know.
        """
        whole = [Section(name, 0, len(text)) for name, text in sections.items() if text.strip()]
        return self._first_that_speaks(whole, self._finder.pick_split, sections)

    def _first_that_speaks(
        self,
        sections: Sequence[Section],
        pick: Callable[[Sequence[Section], str], list[Section]],
        texts: Mapping[str, str],
    ) -> LabeledReport:
        """Label the sections that the policy picks; where it says so, pass over the silent ones."""
        picked = pick(sections, self.policy)
        report = self._report(picked, *self._read(picked, texts), texts)
        if self._finder.skips_silent(self.policy) and not any(
            value is not None for value in report.labels.values()
        ):
            rest = pick([s for s in sections if s not in picked], self.policy)
            other = self._report(rest, *self._read(rest, texts), texts)
            if rest and any(value is not None for value in other.labels.values()):
                return other
        return report

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
            InputError: neither or both of `text` and `sections` are given, or a column is missing.
        """
        if (text is None) == (sections is None):
            raise InputError("give either the raw text column or the section columns")
        keep = list(keep)
        for batch in batches:
            wanted = [*keep, *([text] if text is not None else (sections or {}).values())]
            missing = [name for name in wanted if name not in batch.columns]
            if missing:
                raise InputError(
                    f"no column {missing[0]!r}; the columns are {', '.join(map(str, batch.columns))}"
                )
            if text is not None:
                reports = [self.label(_text(cell)) for cell in batch[text]]
            else:
                names = list(sections or {})
                columns = [batch[column] for column in (sections or {}).values()]
                reports = [
                    self.label_sections(
                        {name: _text(cell) for name, cell in zip(names, cells, strict=True)}
                    )
                    for cells in zip(*columns, strict=True)
                ]
            yield self._frame(batch, reports, keep, evidence)

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
            InputError: a column is missing, or it is not said which to take.
        """
        if text is None and not sections:
            text = "report"
        (labels,) = self.label_batches([frame], text=text, sections=sections or None)
        return labels[list(self.observations)]

    def _read(self, picked: Sequence[Section], texts: Mapping[str, str]) -> tuple[list[_Hit], bool]:
        hits: list[_Hit] = []
        says = False
        for section in picked:
            text = texts[section.name]
            for sentence in self._splitter.split(text, section.start, section.end):
                words = text[sentence.start : sentence.end]
                says = says or _says_something(words, self._silent)
                heading = text[sentence.heading_start : sentence.heading_end]
                for mention in self._sentence(words, heading, sentence.first):
                    hits.append((section, sentence, mention))
        firm = {hit.observation for _, _, hit in hits if not hit.weak}
        return [h for h in hits if not (h[2].weak and h[2].observation in firm)], says

    def _report(
        self,
        picked: Sequence[Section],
        hits: Sequence[_Hit],
        says: bool,
        texts: Mapping[str, str],
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
                    sentence=text[min(sentence.start, start) : sentence.end],
                    sentence_start=min(sentence.start, start),
                )
            )
        return LabeledReport(labels=labels, mentions=tuple(mentions), sections=tuple(picked))

    def _frame(
        self,
        batch: pd.DataFrame,
        reports: Sequence[LabeledReport],
        keep: Sequence[str],
        evidence: bool,
    ) -> pd.DataFrame:
        frame = batch[list(keep)].copy()
        for name in self.observations:
            frame[name] = pd.array([report.labels[name] for report in reports], dtype="Int8")
        frame["sections"] = ["+".join(s.name for s in report.sections) for report in reports]
        if evidence:
            mentions = [list(map(asdict, report.mentions)) for report in reports]
            frame["evidence"] = pd.Series(mentions, index=frame.index, dtype=object)
        return frame


_COMPARED = regex.compile(r" (?:from|since|(?:when |as )?compared|in comparison)\b")


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _says_something(words: str, silent: frozenset[str]) -> bool:
    plain = "".join(c if c.isalnum() else " " for c in words.lower()).split()
    said = [word for word in plain if word.isalpha() and word.strip("x")]
    text = " ".join(said)
    # "no change since the last film": what is compared with says nothing either
    head, *compared = _COMPARED.split(text, maxsplit=1)
    return (
        bool(said)
        and text not in silent
        and (head not in silent or not compared or "normal" in compared[0])
    )
