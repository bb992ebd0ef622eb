"""What makes a labeler useful in other people's programs: pickles, processes, a telling `repr`."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from labeler.assertion.cues import MakeFinder
from labeler.engine.parallel import map_in_processes
from labeler.errors import InputError
from labeler.rules.load import RuleSet
from labeler.types import LabeledReport

Text = str | float | None
"""A report's text; `None` and NaN are a report that is missing."""


class Portable(ABC):
    """A labeler that is known by the arguments that it was made with; see `Labeler`."""

    rules: RuleSet

    def __init__(
        self,
        label_set: str | Sequence[str],
        rules: str | Path | None,
        sections: str,
        language: str,
        cache_size: int,
        cue_finder: MakeFinder,
    ) -> None:
        self._arguments = {
            "label_set": label_set,
            "rules": rules,
            "sections": sections,
            "language": language,
            "cache_size": cache_size,
            "cue_finder": cue_finder,
        }

    @abstractmethod
    def label(self, text: Text) -> LabeledReport:
        """Label one report's raw text."""

    @abstractmethod
    def label_sections(self, sections: Mapping[str, Text]) -> LabeledReport:
        """Label a report that is already split."""

    def __repr__(self) -> str:
        folder = self._arguments["rules"]
        said = {
            "label_set": self._arguments["label_set"],
            "language": self._arguments["language"],
            "rules": str(folder) if folder is not None else None,
            "sections": self._arguments["sections"],
        }
        return f"Labeler({', '.join(f'{name}={value!r}' for name, value in said.items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Caches and compiled patterns are made anew: a fraction of a second.
        return _restore, (type(self), self._arguments, self.rules.fingerprint)

    def pipe(
        self,
        texts: Iterable[Text | Mapping[str, Text]],
        *,
        n_process: int = 1,
        batch_size: int = 1000,
    ) -> Iterator[LabeledReport]:
        """Label reports one after the other; those that are split come as mappings.

        Args:
            texts: the reports, taken as they are needed.
            n_process: number of processes, -1 for one a processor. A script that uses several must
                guard its main part by `if __name__ == "__main__":`, as multiprocessing says.
            batch_size: reports sent to a process at a time.

        Yields:
            A labelled report each, in order.

        Raises:
            InputError: a report is neither text nor missing, or a number is less than 1.
        """
        processes = (os.cpu_count() or 1) if n_process == -1 else n_process
        if processes < 1 or batch_size < 1:
            raise InputError("n_process must be -1 or at least 1, batch_size at least 1")
        if processes == 1:
            return map(self._label_either, texts)
        return map_in_processes(
            self._label_either, texts, processes=processes, batch_size=batch_size
        )

    def _label_either(self, report: Text | Mapping[str, Text]) -> LabeledReport:
        return self.label_sections(report) if isinstance(report, Mapping) else self.label(report)


def _restore(kind: type[Portable], arguments: dict[str, Any], fingerprint: str) -> Portable:
    """The labeler that was pickled, where the rules are still the same."""
    labeler = kind(**arguments)
    if labeler.rules.fingerprint != fingerprint:
        raise InputError(
            f"{labeler.rules.layers.top}: the rules are not those that the labeler was pickled with"
        )
    return labeler
