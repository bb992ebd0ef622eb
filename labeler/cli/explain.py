"""`labeler explain`: why a report has its labels."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.options import (
    Encoding,
    Findings,
    Impression,
    LabelSet,
    Language,
    NoHeader,
    Policy,
    Rules,
)

EPILOG = """
**Examples**

`labeler explain "Small left effusion. No pneumothorax."`

`labeler explain - < report.txt`

`labeler explain --corpus reports.csv --id 1042 --html why.html`
"""


def explain(
    text: Annotated[
        str | None,
        typer.Argument(metavar="[TEXT|-]", help="The report, or - to read it from standard input."),
    ] = None,
    corpus: Annotated[
        str | None,
        typer.Option(metavar="INPUT", help="Take a report out of a corpus, with --id."),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The id of the report in the corpus.")
    ] = None,
    text_column: Annotated[
        str | None,
        typer.Option("--text", metavar="COL", help="Column of the corpus with the raw text."),
    ] = None,
    findings: Findings = None,
    impression: Impression = None,
    id_columns: Annotated[
        list[str] | None,
        typer.Option("--id-column", metavar="COL", help="Id column; may be given twice."),
    ] = None,
    no_header: NoHeader = False,
    encoding: Encoding = "utf-8",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page to this file instead.")
    ] = None,
    sections: Policy = "findings+impression",
    label_set: LabelSet = "chexpert",
    rules: Rules = None,
    language: Language = "en",
) -> None:
    """Print a report's mentions, cues and labels, and the rule lines that made them."""
    from rich.console import Console

    from labeler.corpus.label import refuse_overwrite
    from labeler.corpus.reports import Report, find_report, open_reports
    from labeler.engine.labeler import Labeler
    from labeler.errors import InputError
    from labeler.explanation.explain import Explainer
    from labeler.explanation.explain_text import print_explanation
    from labeler.readers import find_sources
    from labeler.tables.files import check_place

    if (text is None) == (corpus is None):
        raise InputError("give either a report's TEXT (or -), or --corpus INPUT with --id ID")
    if (corpus is None) != (key is None):
        raise InputError("--corpus and --id go together")
    if html is not None:
        check_place(html)
        if corpus is not None and html.exists():
            for source in find_sources([corpus]):
                refuse_overwrite(source, [html])
    if corpus is not None and key is not None:
        report = find_report(
            open_reports(
                [corpus],
                text=text_column,
                findings=findings,
                impression=impression,
                ids=id_columns or (),
                header=not no_header,
                encoding=encoding,
            ).reports,
            key,
        )
    else:
        _check_no_file(text or "")
        report = Report("", _standard_input() if text == "-" else text or "")
    explanation = Explainer(Labeler(label_set, rules, sections, language=language))(report)
    if html is not None:
        from labeler.pages.explanation import explanation_page
        from labeler.tables.files import write_text

        write_text(html, explanation_page(explanation, report.id), private=True)
        return
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    print_explanation(explanation, console)


def _check_no_file(text: str) -> None:
    """A file's name is no report, whether the file is there or not."""
    from labeler.errors import InputError
    from labeler.readers.sources import names_a_file

    if names_a_file(text):
        raise InputError(
            "TEXT is a file's name, not a report: give --corpus FILE --id ID, or - and the report "
            "on standard input"
        )


def _standard_input() -> str:
    from labeler.errors import InputError

    if sys.stdin is None:
        raise InputError("standard input is closed: give the report as an argument")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"standard input: byte {error.start} is not UTF-8") from None
