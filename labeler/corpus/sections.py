"""Writes the sections of a corpus' reports as a table, and counts which reports have which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from labeler.corpus.label import Progress, refuse_overwrite
from labeler.readers import Columns, check_unchanged, find_sources, open_corpus
from labeler.readers.records import CHUNK_ROWS, TEXT_COLUMN, section_column
from labeler.rules.load import load_rules
from labeler.text.sections import BODY, BOTH, FINDINGS, IMPRESSION, SectionFinder
from labeler.writers.checkpoint import Checkpoint
from labeler.writers.formats import STDOUT, find_format
from labeler.writers.stdout import write_stdout
from labeler.writers.table import LabelTable


@dataclass(slots=True)
class SectionShares:
    """How many of the reports have which section.

    Attributes:
        reports: rows written.
        without_text: those of them that are blank.
        has: section name -> number of reports that have it.
        impression: reports with an impression, as MIMIC-CXR counts them.
        findings_only: reports with findings and no impression.
        neither: reports with neither of the two.
        passed_over: what the folders given hold that was not read, a sentence each.
    """

    reports: int = 0
    without_text: int = 0
    has: Counter[str] = field(default_factory=Counter)
    impression: int = 0
    findings_only: int = 0
    neither: int = 0
    passed_over: list[str] = field(default_factory=list)

    def add(self, names: set[str]) -> None:
        """Count a report by the sections that it has."""
        self.reports += 1
        self.without_text += not names
        self.has.update(names)
        if names & {IMPRESSION, BOTH}:
            self.impression += 1
        elif FINDINGS in names:
            self.findings_only += 1
        else:
            self.neither += 1


def write_sections(
    inputs: Sequence[str],
    output: str | Path,
    *,
    text: str | None = None,
    ids: Sequence[str] = (),
    header: bool = True,
    encoding: str = "utf-8",
    rules: str | Path | None = None,
    chunk_rows: int = CHUNK_ROWS,
    progress: Progress | None = None,
) -> SectionShares:
    """Write a table with the ids and a column for each kind of section, a row a report.

    A section that a report has several times is joined by a line break; text before any header is
    `body`. The table can be labelled in turn: `findings` and `impression` are columns of it.

    Args:
        inputs: files, folders, patterns, or `-`, as `labeler label` takes them.
        output: the table, `.csv`, `.parquet`, `.jsonl` or `.xlsx`, or `-` for CSV on standard output.
        text, ids, header, encoding: see `labeler.readers.open_corpus`.
        rules: folder with the rule files; the package's own by default.
        chunk_rows: reports read at a time.
        progress: called after each chunk.

    Raises:
        InputError: the input, an option or a rule file is wrong.
        LabelerError: something else went wrong.
    """
    final, to_stdout = Path(output), str(output) == STDOUT
    form = find_format(final, "--output")
    files = {} if to_stdout else {final: form}
    shares = SectionShares()
    sources = find_sources(inputs, shares.passed_over)
    for source in sources:
        refuse_overwrite(source, files)
    loaded = load_rules(folder=rules)
    finder_rules = loaded.sections
    finder = SectionFinder(finder_rules, loaded.forms)
    corpus = open_corpus(
        sources, text=text, ids=ids, header=header, encoding=encoding, chunk_rows=chunk_rows
    )
    names = [FINDINGS, IMPRESSION, BOTH, *finder_rules.headers, BODY, *corpus.columns.sections]
    names = list(dict.fromkeys(names))
    journal = None if to_stdout else final
    with Checkpoint(
        journal, files, {}, resume=False, private=list(files), keeps=False
    ) as checkpoint:
        first = True
        try:
            for chunk in corpus.chunks:
                table = _split(chunk.frame, corpus.columns, finder, names, shares)
                encoded = form.labels(table, first)
                if not to_stdout:
                    checkpoint.append(final, encoded)
                elif not write_stdout(encoded):
                    break  # nobody reads on
                first = False
                if progress is not None:
                    progress(corpus.meter.done, corpus.meter.total, shares.reports)
            check_unchanged(sources)
            checkpoint.finish()
        except BaseException:
            checkpoint.discard()
            raise
    return shares


def _split(
    frame: pd.DataFrame,
    columns: Columns,
    finder: SectionFinder,
    names: Sequence[str],
    shares: SectionShares,
) -> LabelTable:
    cells: dict[str, list[str]] = {name: [""] * len(frame) for name in names}
    if columns.text is not None:
        for row, text in enumerate(frame[TEXT_COLUMN].tolist()):
            found: dict[str, list[str]] = {}
            for section in finder.find(text):
                found.setdefault(section.name, []).append(text[section.start : section.end].strip())
            for name, parts in found.items():
                cells[name][row] = "\n".join(parts)
    else:
        for name in columns.sections:
            cells[name] = frame[section_column(name)].tolist()
    for values in zip(*cells.values(), strict=True):
        shares.add({name for name, value in zip(cells, values, strict=True) if value.strip()})
    ids: dict[str, Sequence[str]] = {
        name: frame[column].tolist()
        for name, column in zip(columns.id_names, columns.id_columns, strict=True)
    }
    taken = {name: f"section {name}" for name in names if name in ids}
    return LabelTable({**ids, **{taken.get(name, name): cells[name] for name in names}}, {})
