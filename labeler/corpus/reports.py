"""The reports of a corpus one by one, for the commands that show reports and not tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from labeler.engine.doubt import Doubt
from labeler.engine.labeler import Labeler
from labeler.engine.languages import AutoLabeler
from labeler.errors import InputError
from labeler.readers import Columns, find_sources, open_corpus
from labeler.readers.records import TEXT_COLUMN, section_column
from labeler.tables.names import key_columns
from labeler.types import LabeledReport


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was read.

    Attributes:
        id: its id; of several id columns joined by `/`.
        text: the raw text, or section name -> text where the report came split.
        key: what an evidence row calls it: a study's id alone, for it tells the subject.
        parts: its id, a part an id column; empty where the report is of no corpus.
    """

    id: str
    text: str | Mapping[str, str]
    key: str = ""
    parts: tuple[str, ...] = ()

    def section_text(self, section: str) -> str:
        """The text that a section's offsets count into."""
        return self.text if isinstance(self.text, str) else self.text[section]


@dataclass(frozen=True, slots=True)
class Reports:
    """An open corpus.

    Attributes:
        id_names: the id columns, `row` where the reports are numbered.
        reports: the reports, read as they are asked for.
    """

    id_names: tuple[str, ...]
    reports: Iterator[Report]


def label_report(labeler: Labeler, report: Report) -> LabeledReport:
    """Label a report, split or not."""
    if isinstance(report.text, str):
        return labeler.label(report.text)
    return labeler.label_sections(report.text)


def doubt_report(labeler: Labeler, report: Report) -> Doubt:
    """How doubtful the labels of a report are."""
    text = report.text
    if isinstance(labeler, AutoLabeler):
        labeler = labeler.reader([text] if isinstance(text, str) else text.values())
    return labeler.reviewer.raw(text) if isinstance(text, str) else labeler.reviewer.split(text)


def open_reports(
    inputs: Sequence[str],
    *,
    text: str | None = None,
    findings: str | None = None,
    impression: str | None = None,
    ids: Sequence[str] = (),
    header: bool = True,
    encoding: str = "utf-8",
    skip_bad_rows: bool = False,
) -> Reports:
    """Open reports, to be read in constant memory.

    Args:
        inputs: files, folders, patterns, or `-`, as `labeler label` takes them.
        text, findings, impression, ids, header, encoding, skip_bad_rows: see
            `labeler.readers.open_corpus`.

    Raises:
        InputError: the input or an option is wrong.
    """
    corpus = open_corpus(
        find_sources(inputs),
        text=text,
        findings=findings,
        impression=impression,
        ids=ids,
        header=header,
        encoding=encoding,
        skip_bad_rows=skip_bad_rows,
    )
    columns = corpus.columns
    telling = len(key_columns(columns.id_names))

    def reports() -> Iterator[Report]:
        for chunk in corpus.chunks:
            cells = [chunk.frame[name].tolist() for name in columns.id_columns]
            for *parts, texts in zip(*cells, _texts(chunk.frame, columns), strict=True):
                key = "/".join(parts[-telling:])
                yield Report("/".join(parts), texts, key, tuple(parts))

    return Reports(columns.id_names, reports())


def find_report(reports: Iterable[Report], key: str) -> Report:
    """The report with an id; reading stops there.

    Args:
        reports: from `open_reports`.
        key: its id; one of them where the reports have several id columns.

    Raises:
        InputError: there is none, or the input or an option is wrong.
    """
    count = 0
    for report in reports:
        if report.id == key or key in report.id.split("/"):
            return report
        count += 1
    raise InputError(f"no report has the id {key!r}; {count} reports were read")


def _texts(frame: pd.DataFrame, columns: Columns) -> Iterator[str | dict[str, str]]:
    if columns.text is not None:
        yield from frame[TEXT_COLUMN].tolist()
        return
    parts = [frame[section_column(name)].tolist() for name in columns.sections]
    for cells in zip(*parts, strict=True):
        yield dict(zip(columns.sections, cells, strict=True))
