"""`labeler label`: a corpus of reports in, a label table out."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.choices import Engine, LayoutName, OnError
from labeler.cli.options import (
    Encoding,
    Findings,
    IdColumns,
    Impression,
    Keep,
    LabelSet,
    Language,
    NoHeader,
    Policy,
    Rules,
    TextColumn,
    keep_columns,
)
from labeler.cli.progress import progress_bar

if TYPE_CHECKING:
    from labeler.corpus.summary import Summary

EPILOG = """
**Examples**

`labeler label reports.csv --output labels.csv`

`labeler label reports.parquet --text report --id study_id --output labels.parquet`

`labeler label reports.csv --findings FINDINGS --impression IMPR --output labels.csv`

`labeler label indiana_reports.csv --output labels.csv --evidence why.csv`

`labeler label mimic-cxr/files --layout mimic --sections impression-first -o labels.csv`

`labeler label reports.csv --id filename --label-set chestxray14 --output labels.csv`

`labeler label sample_reports.csv --no-header --layout chexpert --output labeled_reports.csv`

`zcat reports.csv.gz | labeler label - --output labels.csv`

`labeler label reports.csv --output labels.csv --html labels.html --sample 500`

`labeler label reports.csv --output labels.csv --layout wide`

`labeler label reports.csv --output cohort.csv --only "Pneumothorax=1, side=left, change=new"`

`labeler label reports.csv --output labels.csv --resume`

`labeler label reports.xlsx --keep all --output labels.xlsx`

`labeler label note.parquet --layout note_nlp --date 2026-01-31 --output note_nlp.parquet`

`labeler label diagnostic_reports.ndjson --layout fhir --output observations.ndjson`

`labeler label reports/ --output labels/ --engine spark`
"""


def label(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="CSV, TSV, Excel, Parquet, JSON, JSON Lines, FHIR or HL7 v2 (also .gz, .zst), Open-i "
            "XML, a folder of .txt, .xml, .parquet or .hl7 files, a pattern, or - for standard "
            "input. Several are read as one.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="Label table: .csv, .parquet, .jsonl, .xlsx (.csv and .jsonl also .gz, .zst), or "
            "- for CSV on standard output.",
        ),
    ],
    text: TextColumn = None,
    findings: Findings = None,
    impression: Impression = None,
    ids: IdColumns = None,
    no_header: NoHeader = False,
    encoding: Encoding = "utf-8",
    sections: Policy = "findings+impression",
    label_set: LabelSet = "chexpert",
    rules: Rules = None,
    language: Language = "en",
    keep: Keep = None,
    layout: Annotated[
        LayoutName, typer.Option(help="The columns, or the resources, of the output.")
    ] = LayoutName.table,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITIONS",
            help="Write only the reports that fit: 'Pneumothorax=1, side=left, change=new'.",
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD", help="The day to write in layout note_nlp. [default: today]"
        ),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write one row a mention: .csv, .parquet, .jsonl."),
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write each report's doubt and its reasons, as the label table.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write a page to browse the labels and reports."),
    ] = None,
    sample: Annotated[
        int, typer.Option(metavar="N", help="Show at most N reports on the page.", min=0)
    ] = 300,
    seed: Annotated[int, typer.Option(metavar="N", help="Picks the reports of the page.")] = 0,
    workers: Annotated[int, typer.Option(metavar="N", help="Number of processes.")] = 1,
    cache: Annotated[
        int,
        typer.Option(metavar="N", help="Distinct sentences each process remembers; 0 for none."),
    ] = 200_000,
    engine: Annotated[
        Engine, typer.Option(help="spark is for Parquet folders (extra spark, Java 17).")
    ] = Engine.plain,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a killed run stopped.")
    ] = False,
    on_error: Annotated[
        OnError,
        typer.Option(help="Stop at the first bad row, or list such rows in FILE.rejected.csv."),
    ] = OnError.stop,
    chunk_rows: Annotated[int, typer.Option(hidden=True)] = 1000,
) -> None:
    """Label a corpus of reports.

    Writes the ids and the observations of every report, 1.0 positive, 0.0 negative, -1.0 uncertain,
    empty not mentioned, and a summary to standard error.
    """
    if engine != "plain":
        from labeler.errors import InputError

        given = {
            "--no-header": no_header, "--evidence": evidence, "--review": review, "--html": html, "--resume": resume,
            "--layout": layout != "table", "--keep": keep, "--only": only, "--on-error": on_error != "stop",
        }  # fmt: skip
        for option, value in given.items():
            if value:
                raise InputError(f"{option} is not for --engine spark: leave it out")
        from labeler.spark import label_parquet

        summary = label_parquet(
            inputs,
            output,
            text=text,
            findings=findings,
            impression=impression,
            ids=ids or (),
            sections=sections,
            label_set=label_set,
            rules=rules,
            language=language,
            workers=workers,
            cache_size=cache,
        )
        typer.echo(_describe(summary, output), err=True)
        return
    # A fifth of the start is looking for garbage among modules and rules; the run enables it again.
    gc.disable()
    from labeler.corpus.label import label_corpus

    if html is not None:
        rejected = output.with_name(output.name + ".rejected.csv") if on_error == "skip" else None
        _check_page(html, inputs, output, evidence, rejected)
    try:
        with progress_bar() as progress:
            summary = label_corpus(
                inputs,
                output,
                text=text,
                findings=findings,
                impression=impression,
                ids=ids or (),
                header=not no_header,
                encoding=encoding,
                sections=sections,
                label_set=label_set,
                rules=rules,
                language=language,
                keep=keep_columns(keep),
                layout=layout,
                only=only,
                date=date,
                evidence=evidence,
                review=review,
                workers=workers,
                cache_size=cache,
                resume=resume,
                on_error=on_error,
                chunk_rows=chunk_rows,
                progress=progress,
            )
        gc.enable()
    except KeyboardInterrupt:
        begun = output.with_name(output.name + ".checkpoint").exists()
        rest = "the same command with --resume goes on" if begun else "nothing was kept"
        typer.echo(f"labeler: interrupted: {rest}", err=True)
        raise
    typer.echo(_describe(summary, output), err=True)
    if html is None:
        return
    from labeler.corpus.cohort import read_cohort
    from labeler.corpus.reports import open_reports
    from labeler.engine.label_attributes import LabelAttributes
    from labeler.engine.labeler import Labeler
    from labeler.explanation.corpus_view import view_corpus
    from labeler.pages.corpus import corpus_page
    from labeler.tables.files import write_text

    labeler = Labeler(label_set, rules, sections, language=language)
    cohort = read_cohort(only, LabelAttributes(labeler.rules))
    view = view_corpus(
        labeler,
        open_reports(
            inputs,
            text=text,
            findings=findings,
            impression=impression,
            ids=ids or (),
            header=not no_header,
            encoding=encoding,
            skip_bad_rows=on_error == "skip",
        ).reports,
        total=summary.reports,
        sample=sample,
        seed=seed,
        counts=summary.labels,
        sections=summary.sections,
        without_text=summary.without_text,
        fits=cohort.fits_report if only else None,
    )
    title = ", ".join(Path(name).name for name in inputs) + (f", only {only}" if only else "")
    write_text(html, corpus_page(view, title), private=True)


def _check_page(html: Path, inputs: list[str], *others: Path | None) -> None:
    """Before hours of labelling: can the page be made, and be put there?"""
    import labeler.pages.corpus  # noqa: F401 - says what to install where jinja2 is missing
    from labeler.corpus.label import refuse_overwrite
    from labeler.errors import InputError
    from labeler.readers import find_sources
    from labeler.tables.files import check_place

    check_place(html)
    if html.resolve() in {other.resolve() for other in others if other is not None}:
        raise InputError(f"--html {html}: is the name of another output, too: name another")
    if html.exists():
        for source in find_sources(inputs):
            refuse_overwrite(source, [html])
    if "-" in inputs:
        raise InputError("--html reads the reports again, which standard input cannot: give a file")


def _describe(summary: "Summary", output: Path) -> str:
    from labeler.corpus.review import warning

    rate = summary.labelled / summary.seconds if summary.seconds else 0.0
    used = ", ".join(
        f"{name} {count:,}"
        for name, count in sorted(summary.sections.items(), key=lambda item: (-item[1], item[0]))
    )
    lines = [f"{output}: {summary.reports:,} reports, {summary.without_text:,} without text"]
    if summary.columns:
        lines.append(f"columns read: {summary.columns}")
    if summary.rejected:
        lines.append(f"rejected rows: {summary.rejected:,}, listed in {output}.rejected.csv")
    lines += summary.passed_over
    if summary.left_out:
        lines.append(f"--only: {summary.left_out:,} further reports do not fit")
    if summary.resumed:
        lines.append(f"resumed: {summary.resumed:,} of the reports were done before")
    if summary.discarded:
        lines.append("started anew: an unfinished run was dropped (--resume goes on with one)")
    if summary.looks:
        ranked = sorted(summary.looks.items(), key=lambda item: (-item[1], item[0]))
        reasons = ", ".join(f"{count:,} {name}" for name, count in ranked)
        lines.append(
            f"{summary.want_a_look:,} of {summary.reports:,} reports want a look: {reasons}"
        )
    if told := warning(summary.reports, summary.without_text, summary.labels, "No Finding"):
        lines.append(told)
    lines.append(f"sections used: {used or 'none'}")
    lines.append(f"{'':28}{'positive':>12}{'negative':>12}{'uncertain':>12}")
    for name, counts in summary.labels.items():
        lines.append(f"{name:28}" + "".join(f"{count:>12,}" for count in counts))
    lines.append(f"{summary.seconds:.1f} seconds, {rate:,.0f} reports/s")
    return "\n".join(lines)
