"""`labeler sections`: which sections the reports of a corpus have."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.options import Encoding, IdColumns, NoHeader, Rules, TextColumn
from labeler.cli.progress import progress_bar

if TYPE_CHECKING:
    from labeler.corpus.sections import SectionShares

EPILOG = """
**Examples**

`labeler sections reports.csv --output sections.csv`

`labeler sections mimic-cxr/files --output sections.parquet`
"""


def sections(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="Reports, as `labeler label` takes them.", show_default=False
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="Table: .csv, .parquet, .jsonl, .xlsx, or - for standard output.",
        ),
    ],
    text: TextColumn = None,
    ids: IdColumns = None,
    no_header: NoHeader = False,
    encoding: Encoding = "utf-8",
    rules: Rules = None,
) -> None:
    """Write the sections of every report, and say what share of the reports has which."""
    from labeler.corpus.sections import write_sections

    with progress_bar() as progress:
        shares = write_sections(
            inputs,
            output,
            text=text,
            ids=ids or (),
            header=not no_header,
            encoding=encoding,
            rules=rules,
            progress=progress,
        )
    typer.echo(_describe(shares, output), err=str(output) == "-")


def _describe(shares: "SectionShares", output: Path) -> str:
    def line(name: str, count: int) -> str:
        return f"{name:28}{count:>12,}{100 * count / max(1, shares.reports):>8.1f}%"

    lines = [f"{output}: {shares.reports:,} reports, {shares.without_text:,} without text"]
    lines += shares.passed_over
    lines += [
        line("impression", shares.impression),
        line("findings only", shares.findings_only),
        line("neither", shares.neither),
        "sections found:",
    ]
    lines += [line(f"  {name}", count) for name, count in shares.has.most_common()]
    return "\n".join(lines)
