"""Which files a run writes, checked before the first report is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labeler.corpus.outputs import file_of
from labeler.corpus.review import check_review
from labeler.errors import InputError
from labeler.writers.formats import FORMATS, STDOUT, Columns, Format, find_format
from labeler.writers.table import Layout

CSV = FORMATS[".csv"]


@dataclass(frozen=True, slots=True)
class Outputs:
    """The files of one run.

    Attributes:
        final: the file that was named, `-` for standard output.
        form: the format of the label tables.
        tables: label set -> its table's file.
        evidence, rejected, review: the other files, `None` where they are not asked for.
    """

    final: Path
    form: Format
    tables: Mapping[str, Path]
    evidence: Path | None
    rejected: Path | None
    review: Path | None

    @property
    def to_stdout(self) -> bool:
        """Does the label table go to standard output?"""
        return str(self.final) == STDOUT

    @property
    def files(self) -> dict[Path, Format]:
        """Every file with its format, the label tables first."""
        files = {} if self.to_stdout else dict.fromkeys(self.tables.values(), self.form)
        for file, option in ((self.evidence, "--evidence"), (self.review, "--review")):
            if file is not None:
                files[file] = find_format(file, option)
        return files if self.rejected is None else files | {self.rejected: CSV}

    def encode_rows(
        self, file: Path, columns: Columns, rows: Sequence[tuple[Any, ...]], first: bool
    ) -> bytes:
        """Encode rows for the evidence or the review file; the first ones with their header."""
        encode = self.files[file].rows
        assert encode is not None
        return encode(columns, rows, first)


def plan_outputs(
    output: str | Path,
    table: Layout,
    names: Sequence[str],
    *,
    evidence: str | Path | None,
    review: str | Path | None,
    skips: bool,
    resume: bool,
) -> Outputs:
    """The files that a run writes.

    Args:
        output: the label table, `-` for standard output.
        table: the layout.
        names: the label sets.
        evidence, review: files to write beside it.
        skips: are bad rows listed in a file of their own?
        resume: is a killed run to go on?

    Raises:
        InputError: two of them are one file, or an option does not go with standard output.
    """
    final, to_stdout = Path(output), str(output) == STDOUT
    form = find_format(final, "--output", table.formats)
    tables = dict.fromkeys(names, final)
    if len(names) > 1:
        if to_stdout:
            raise InputError("--output -: several label sets make several tables: name a file")
        tables = {name: file_of(final, form, name) for name in names}
    if to_stdout and (resume or skips):
        option = "--resume" if resume else "--on-error skip"
        raise InputError(f"{option} needs a file: name one with --output")
    evidence_file = Path(evidence) if evidence is not None else None
    rejected = final.with_name(final.name + ".rejected.csv") if skips else None
    if evidence_file is not None:
        _check_evidence(evidence_file, tables, rejected)
    planned = Outputs(final, form, tables, evidence_file, rejected, None)
    if review is None:
        return planned
    check_review(Path(review), [*planned.files, final])
    return Outputs(final, form, tables, evidence_file, rejected, Path(review))


def _check_evidence(evidence: Path, tables: Mapping[str, Path], rejected: Path | None) -> None:
    if str(evidence) == STDOUT:
        raise InputError("--evidence -: only --output can be standard output: name a file")
    if evidence.resolve() in {path.resolve() for path in tables.values()}:
        raise InputError("--evidence and --output name the same file")
    find_format(evidence, "--evidence")
    if rejected is not None and evidence.resolve() == rejected.resolve():
        raise InputError(f"--evidence {evidence}: the rejected rows are listed there: name another")
