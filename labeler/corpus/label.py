"""Labels whole corpora: files in, files out, in constant memory, resumable."""

import contextlib
import copy
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from labeler.corpus.checks import check_date, input_digest
from labeler.corpus.cohort import read_cohort
from labeler.corpus.outputs import part_of
from labeler.corpus.plan import Outputs, plan_outputs
from labeler.corpus.rejected import rejected_csv
from labeler.corpus.review import COLUMNS, count_looks, review_rows
from labeler.corpus.settings import run_settings
from labeler.corpus.summary import Summary
from labeler.corpus.workers import CACHE_SIZE, LabelerSettings, run
from labeler.engine.label_attributes import LabelAttributes
from labeler.errors import InputError
from labeler.readers import (
    TABLES,
    Chunk,
    Columns,
    Rejection,
    Source,
    check_unchanged,
    find_sources,
    open_corpus,
)
from labeler.readers.records import CHUNK_ROWS
from labeler.rules.label_sets import label_set_names
from labeler.rules.languages import AUTO, load_asked
from labeler.rules.load import LANGUAGE
from labeler.tables.names import key_columns
from labeler.version import __version__
from labeler.writers.checkpoint import Checkpoint
from labeler.writers.formats import EVIDENCE, evidence_rows
from labeler.writers.layouts import find_layout
from labeler.writers.stdout import write_stdout
from labeler.writers.table import Run, joined_ids

# Layouts of ids and labels alone; a file of another one holds text of the reports.
_WITHOUT_TEXT = frozenset({"table", "mimic", "nih"})


Progress = Callable[[int, int | None, int], None]
"""Called after each chunk with the bytes read, the bytes in all (`None`: unknown), the reports."""


def label_corpus(
    inputs: Sequence[str],
    output: str | Path,
    *,
    text: str | None = None,
    findings: str | None = None,
    impression: str | None = None,
    ids: Sequence[str] = (),
    header: bool = True,
    encoding: str = "utf-8",
    sections: str = "findings+impression",
    label_set: str | Sequence[str] = "chexpert",
    rules: str | Path | None = None,
    language: str = LANGUAGE,
    layout: str = "table",
    only: str | None = None,
    keep: Sequence[str] = (),
    date: str | None = None,
    evidence: str | Path | None = None,
    review: str | Path | None = None,
    workers: int = 1,
    cache_size: int = CACHE_SIZE,
    resume: bool = False,
    on_error: str = "stop",
    chunk_rows: int = CHUNK_ROWS,
    commit_seconds: float = 1.0,
    progress: Progress | None = None,
) -> Summary:
    """Label report files and write the label table.

    The same input gives the same bytes, whatever `workers` and `chunk_rows` are. The output appears
    whole or not at all.

    Args:
        inputs: files, folders, patterns, or `-`, as `labeler label` takes them.
        output: the label table, `.csv`, `.parquet`, `.jsonl` or `.xlsx` (the text formats also with
            `.gz` or `.zst`), or `-` for CSV on standard output.
        text, findings, impression, ids, header, encoding: see `labeler.readers.open_corpus`.
        sections: the policy that picks the sections to label.
        label_set: name of the label set, or several, as a sequence or joined by commas: then there is a
            table for each, `OUT.chexpert.csv` for `OUT.csv`, and evidence names labels `chexpert:Edema`.
        language: the language of the reports, a folder of the rule folder.
        rules: folder with the rule files; the package's own by default.
        layout: a name in `labeler.writers.layouts.LAYOUTS`.
        only: which reports to write, as `labeler.corpus.cohort` reads it; all by default.
        keep: columns of the input to carry along, or `all`.
        date: the day that stands in the output of a layout that has one; today by default, and then
            the bytes differ from day to day.
        evidence: also write a row for each mention to this file.
        review: also write the doubt about each report's labels to this file, in one of these formats.
        workers: number of processes.
        cache_size: distinct sentences whose result each process remembers.
        resume: go on with a killed run, if there is one.
        on_error: `stop` at the first bad row, or `skip` bad rows and list them in
            `OUTPUT.rejected.csv`.
        chunk_rows: reports labelled at a time.
        commit_seconds: time between two commits; a killed run loses so much at most. A commit waits
            for the disk several times, too long to do it with each chunk.
        progress: called after each chunk.

    Returns:
        The figures of the run.

    Raises:
        InputError: the input, an option or a rule file is wrong.
        LabelerError: something else went wrong; a run that had begun can be resumed.
    """
    began = time.perf_counter()
    _check_options(on_error, chunk_rows, cache_size)
    table = find_layout(layout)
    names = label_set_names(label_set)
    plan = plan_outputs(
        output,
        table,
        names,
        evidence=evidence,
        review=review,
        skips=on_error == "skip",
        resume=resume,
    )
    final, form, files = plan.final, plan.form, plan.files
    to_stdout, outputs = plan.to_stdout, plan.tables
    evidence_file, rejected_file, review_file = plan.evidence, plan.rejected, plan.review
    if date is not None:
        check_date(date, table)
    if keep and not table.carries:
        raise InputError(f"--keep: layout {layout} has columns of its own: choose another --layout")
    passed_over: list[str] = []
    sources = find_sources(inputs, passed_over)
    for source in sources:
        refuse_overwrite(source, files)
    if resume and any(source.size is None for source in sources):
        raise InputError("--resume needs files: standard input and pipes cannot be read again")
    corpus = open_corpus(
        sources,
        text=text,
        findings=findings,
        impression=impression,
        ids=ids,
        keep=keep,
        also=table.also,
        header=header,
        encoding=encoding,
        skip_bad_rows=on_error == "skip",
        chunk_rows=chunk_rows,
    )
    columns = corpus.columns
    loaded = load_asked(names, rules, language)
    if len(names) > 1 and (only or table.sums_up):
        option = "--only" if only else f"--layout {layout}"
        raise InputError(f"{option} is for one label set: run once for each")
    attributes = LabelAttributes(loaded) if only or table.sums_up else None
    cohort = read_cohort(only, attributes)
    mentions = evidence is not None or table.mentions or cohort.needs_mentions
    settings = run_settings(
        columns, table, sections, ",".join(names), rules, mentions, review is not None
    )
    settings = replace(settings, language=language, cache_size=cache_size, doubt=review is not None)
    fingerprint = {
        "the input": input_digest(sources),
        "the rules": loaded.fingerprint,
        "the version of labeler": __version__,
        "the id and text columns": repr((columns.ids, columns.text, dict(columns.sections))),
        "--keep": ", ".join(columns.extras),
        "--date": date or "",
        "--label-set": ",".join(names),
        "--language": language,
        "--sections": sections,
        "--layout": layout,
        "--only": only or "",
        "--encoding": encoding,
        "--no-header": str(not header),
        "--on-error": on_error,
        "--evidence": evidence_file.name if evidence_file is not None else "",
        "--review": review_file.name if review_file is not None else "",
    }

    system = f"labeler {__version__} rules {loaded.fingerprint[:12]}"
    journal = None if to_stdout else final
    private = {file for file in (evidence_file, rejected_file) if file is not None}
    if keep or layout not in _WITHOUT_TEXT:
        private.add(final)
    with Checkpoint(journal, files, fingerprint, resume=resume, private=private) as checkpoint:
        summary = Summary(**copy.deepcopy(checkpoint.counts))
        summary.resumed, summary.discarded = summary.reports, checkpoint.discards
        summary.passed_over = passed_over
        summary.columns = str(columns) if sources[0].form in TABLES and header else ""
        if checkpoint.is_complete:
            return summary
        # A run that goes on after midnight is still of the day on which it began.
        summary.date = date or summary.date or time.strftime("%Y-%m-%d")
        first, is_read = checkpoint.rows == 0, True
        committed = time.monotonic()
        try:
            for given, frame in _labelled(corpus.chunks, settings, checkpoint.rows, workers):
                chunk = _without_failed(given, frame, sources, skip=on_error == "skip")
                observations = _observations(frame, settings)
                frame, left_out = cohort.select(frame)
                summary.left_out += left_out
                run = Run(system, summary.date, summary.mentions, attributes)
                encoded = b""
                for name, path in outputs.items():
                    part, labels = part_of(frame, observations, name if len(names) > 1 else "")
                    encoded = form.labels(table.arrange(part, columns, labels, run), first)
                    if not to_stdout:
                        checkpoint.append(path, encoded)
                if to_stdout and is_read and not (is_read := write_stdout(encoded)) and not files:
                    break
                for file, rows in _more(plan, frame, chunk, columns, first):
                    checkpoint.append(file, rows)
                if review_file is not None:
                    look_from = loaded.doubt.look_from
                    summary.want_a_look += count_looks(frame, look_from, summary.looks)
                summary.add(frame, observations, len(chunk.rejected))
                first = False
                checkpoint.mark(chunk.last, summary.counts())
                if time.monotonic() - committed >= commit_seconds:
                    checkpoint.commit()
                    committed = time.monotonic()
                if progress is not None:
                    progress(corpus.meter.done, corpus.meter.total, summary.reports)
            if is_read or files:
                check_unchanged(sources)
            checkpoint.finish()
        except BaseException as error:
            # A bad row must be mended before anything can go on; everything else may be resumed.
            checkpoint.abandon(keep=not isinstance(error, InputError))
            raise
    summary.seconds = time.perf_counter() - began
    return summary


def _check_options(on_error: str, chunk_rows: int, cache_size: int) -> None:
    if on_error not in ("stop", "skip"):
        raise InputError(f"--on-error {on_error}: must be stop or skip")
    if chunk_rows < 1:
        raise InputError(f"a chunk of {chunk_rows} reports: at least one is needed")
    if cache_size < 0:
        raise InputError(f"--cache {cache_size}: must be 0 (remember nothing) or more")


def _more(
    plan: Outputs, frame: pd.DataFrame, chunk: Chunk, columns: Columns, first: bool
) -> Iterator[tuple[Path, bytes]]:
    """What a chunk adds to the files beside the label tables."""
    keys: list[str] = []
    if plan.evidence is not None or plan.review is not None:
        keys = joined_ids(frame, columns, telling=len(key_columns(columns.id_names)))
    if plan.evidence is not None:
        rows = evidence_rows(keys, frame["evidence"])
        yield plan.evidence, plan.encode_rows(plan.evidence, EVIDENCE, rows, first)
    if plan.review is not None:
        yield plan.review, plan.encode_rows(plan.review, *review_rows(keys, frame), first)
    if plan.rejected is not None:
        yield plan.rejected, rejected_csv([rejection for _, rejection in chunk.rejected], first)


def _labelled(
    chunks: Iterator[Chunk], settings: LabelerSettings, done: int, workers: int
) -> Iterator[tuple[Chunk, pd.DataFrame]]:
    """Label the chunks behind row `done`, and give each with its labelled frame."""
    waiting: deque[Chunk] = deque()

    def frames() -> Iterator[pd.DataFrame]:
        for chunk in chunks:
            if chunk.last <= done:
                continue
            rest = chunk
            if done:
                frame = chunk.frame[chunk.frame.index > done]
                rejected = tuple(item for item in chunk.rejected if item[0] > done)
                rest = Chunk(frame, rejected, chunk.last)
            waiting.append(rest)
            yield rest.frame

    for frame in run(settings, frames(), workers=workers):
        yield waiting.popleft(), frame


def _without_failed(
    chunk: Chunk, labelled: pd.DataFrame, sources: Sequence[Source], *, skip: bool
) -> Chunk:
    """Reject the rows of a chunk that could not be labelled.

    Raises:
        InputError: there are some, and bad rows are not to be skipped.
    """
    failed = chunk.frame.index.difference(labelled.index).tolist()
    if not failed:
        return chunk
    file = sources[0].name if len(sources) == 1 else "all inputs"
    reason = "cannot be labelled with the memory and time there is"
    rejected = [
        *chunk.rejected,
        *((row, Rejection(file, row, None, "", None, reason)) for row in failed),
    ]
    rejected.sort(key=lambda item: item[0])
    if not skip:
        raise InputError(f"{rejected[0][1]} (--on-error skip leaves such rows out)")
    return Chunk(chunk.frame.loc[labelled.index], tuple(rejected), chunk.last)


def _observations(frame: pd.DataFrame, settings: LabelerSettings) -> list[str]:
    others = {*settings.keep, "sections", "evidence", *COLUMNS}
    others |= {"language"} if settings.language == AUTO else set()
    return [str(name) for name in frame.columns if name not in others]


def refuse_overwrite(source: Source, files: Iterable[Path]) -> None:
    """Raise `InputError` if an output file is the input."""
    for file in files:
        with contextlib.suppress(OSError):
            if os.path.samefile(source.path, file):
                raise InputError(f"{source.name}: is input and output: name another output")
