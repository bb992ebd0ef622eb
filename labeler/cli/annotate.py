"""`labeler annotate`: a page in which a person labels reports."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.options import (
    Encoding,
    IdColumns,
    LabelSet,
    Language,
    NoHeader,
    Policy,
    Rules,
    TextColumn,
)

EPILOG = """
**Examples**

`labeler annotate reports.csv --html sheet.html --blind --reader "Reader A"`

`labeler annotate reports.csv --html sheet.html --sample 200 --seed 1`

`labeler annotate reports.csv --html doubtful.html --review review.csv --sample 100`
"""


def annotate(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="REPORTS...", help="Reports, as `labeler label` takes them.", show_default=False
        ),
    ],
    html: Annotated[Path, typer.Option("--html", metavar="FILE", help="The page to write.")],
    blind: Annotated[
        bool, typer.Option("--blind", help="Leave the machine's labels and evidence out.")
    ] = False,
    reader: Annotated[
        str, typer.Option(metavar="NAME", help="Who labels; else the page asks.")
    ] = "",
    review: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Review queue (id,doubt,reasons): most doubtful reports first."
        ),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="At most N reports: the most doubtful with --review, else N at random.",
            min=1,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Picks the random reports.")] = 0,
    text: TextColumn = None,
    findings: Annotated[
        str | None, typer.Option(metavar="COL", help="Column with the findings, already split.")
    ] = None,
    impression: Annotated[
        str | None, typer.Option(metavar="COL", help="Column with the impression, already split.")
    ] = None,
    ids: IdColumns = None,
    no_header: NoHeader = False,
    encoding: Encoding = "utf-8",
    sections: Policy = "findings+impression",
    label_set: LabelSet = "chexpert",
    rules: Rules = None,
    language: Language = "en",
) -> None:
    """Make a page in which a person labels reports.

    One file that needs no server and no network. What is entered stays in the browser and is
    saved as a label table that `compare`, `agreement` and `reference` read. The page holds the
    reports' text: keep it as safe as the reports.
    """
    import labeler.pages.annotation as pages
    from labeler.corpus.label import refuse_overwrite
    from labeler.corpus.reports import open_reports
    from labeler.engine.labeler import Labeler
    from labeler.explanation.annotation_sheet import MANY, make_sheet
    from labeler.readers import find_sources
    from labeler.tables.files import check_place, write_text

    check_place(html, inputs=[review])
    if html.exists():
        for source in find_sources(inputs):
            refuse_overwrite(source, [html])
    sheet = make_sheet(
        Labeler(label_set, rules, sections, language=language),
        open_reports(
            inputs,
            text=text,
            findings=findings,
            impression=impression,
            ids=ids or (),
            header=not no_header,
            encoding=encoding,
        ),
        blind=blind,
        review=review,
        sample=sample if sample is not None else MANY,
        seed=seed,
    )
    title = ", ".join(Path(name).name for name in inputs)
    write_text(html, pages.annotation_page(sheet, title, reader=reader), private=True)
    shown = len(sheet.reports)
    typer.echo(f"{html}: {shown:,} of {sheet.total:,} reports", err=True)
    if sample is None and shown < sheet.total:
        which = "the most doubtful" if sheet.by_doubt else "drawn at random"
        typer.echo(
            f"warning: a page of all reports would be slow; it holds {shown:,}, {which} "
            "(--sample N chooses how many)",
            err=True,
        )
    elif shown > MANY:
        typer.echo(
            f"warning: a page of more than {MANY:,} reports is slow in a browser: "
            "choose fewer with --sample",
            err=True,
        )
