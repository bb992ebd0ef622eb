"""Reports of several languages: each report is read by the rules of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from labeler.assertion.cues import CueTable, MakeFinder
from labeler.engine.arguments import report_text
from labeler.engine.exchange import Exchange
from labeler.engine.labeler import Labeler
from labeler.engine.portable import Portable
from labeler.engine.sentence import SentenceMention
from labeler.errors import InputError
from labeler.rules.languages import AUTO, languages_asked, load_languages
from labeler.rules.load import LANGUAGE
from labeler.text.language import LanguageFinder
from labeler.types import LabeledReport


class AutoLabeler(Labeler):
    """A labeler that tells each report's language, and labels it by that language's rules.

    `Labeler(language="auto")` makes one. A report whose words do not tell its language is read as English.

    Args:
        label_set, rules, sections, cache_size, cue_finder: as `Labeler` takes them.
        language: `"auto"`.

    Raises:
        RulesError: a rule file is wrong.
        InputError: there is no such label set or section policy, or two languages have other labels.
    """

    def __init__(
        self,
        label_set: str | Sequence[str] = "chexpert",
        rules: str | Path | None = None,
        sections: str = "findings+impression",
        *,
        language: str = AUTO,
        cache_size: int = 200_000,
        cue_finder: MakeFinder = CueTable,
    ) -> None:
        Portable.__init__(self, label_set, rules, sections, language, cache_size, cue_finder)
        told = load_languages(rules)
        self._finder_of_language = LanguageFinder(told)
        self._labelers = {
            name: Labeler(
                label_set,
                rules,
                sections,
                language=name,
                cache_size=cache_size,
                cue_finder=cue_finder,
            )
            for name in languages_asked(rules, AUTO)
        }
        self._default = self._labelers[LANGUAGE]
        for name, labeler in self._labelers.items():
            if labeler.observations != self._default.observations:
                raise InputError(
                    f"--language auto: label set {label_set!r} has other labels in {name!r} than in "
                    f"{LANGUAGE!r}: name the language"
                )
        self.rules = self._default.rules
        self.sentences = self._default.sentences
        self.policy = sections
        self.views = self._default.views

    def language_of(self, texts: Iterable[str]) -> str:
        """The language by whose rules a report of these texts is read."""
        return self._finder_of_language(" ".join(texts)) or LANGUAGE

    def reader(self, texts: Iterable[str]) -> Labeler:
        """The labeler that reads a report of these texts."""
        return self._labelers[self.language_of(texts)]

    def exchange_with(self, exchange: Exchange) -> None:
        """Exchange what the sentences of English reports say, as `Labeler.exchange_with` does."""
        self._default.exchange_with(exchange)

    def label(self, text: str | float | None) -> LabeledReport:
        """Label one report's raw text, as `Labeler.label` does."""
        text = report_text(text)
        return self._labelers[self.language_of([text])].label(text)

    def label_sections(self, sections: Mapping[str, str | float | None]) -> LabeledReport:
        """Label a report that is already split, as `Labeler.label_sections` does."""
        language = self.language_of(map(report_text, sections.values()))
        return self._labelers[language].label_sections(sections)

    def findings(self, sections: Mapping[str, str | float | None]) -> list[SentenceMention]:
        """The findings of all sections given, as `Labeler.findings` gives them."""
        language = self.language_of(map(report_text, sections.values()))
        return self._labelers[language].findings(sections)

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
        """Label frames of reports, as `Labeler.label_batches` does; the column `language` comes last."""
        keep = list(keep)
        columns = [text] if text is not None else list((sections or {}).values())
        for batch in batches:
            known = [name for name in columns if name in batch.columns]
            rows = batch[known].itertuples(index=False, name=None)
            languages = [
                self.language_of(cell for cell in cells if isinstance(cell, str)) for cells in rows
            ]
            numbered = batch.set_axis(pd.RangeIndex(len(batch)))
            parts: list[pd.DataFrame] = []
            for name in dict.fromkeys(languages or [LANGUAGE]):
                mine = [i for i, language in enumerate(languages) if language == name]
                parts += self._labelers[name].label_batches(
                    [numbered.iloc[mine]],
                    text=text,
                    sections=sections,
                    keep=keep,
                    evidence=evidence,
                    doubt=doubt,
                )
            labelled = pd.concat(parts).sort_index() if len(parts) > 1 else parts[0]
            labelled["language"] = languages
            yield labelled.set_axis(batch.index)
